"""Who the bot is and where the gateway is.

Source: User resource; Gateway, "Get Gateway" and "Get Gateway Bot".
"""

from __future__ import annotations

from sandbox.objects import user_object
from sandbox.permissions import on_the_wire
from sandbox.refusals import Refusal, Refused
from sandbox.rest.call import Answer, Call, Route


def me(call: Call) -> Answer:
    return call.world.application.me()


def user(call: Call) -> Answer:
    known = call.world.guild.users.get(call.id("user_id"))
    if known is None:
        raise Refused(Refusal.UNKNOWN_USER)
    return user_object(known)


def my_guilds(call: Call) -> Answer:
    guild = call.world.guild
    return [
        {
            "id": str(guild.guild_id),
            "name": guild.name,
            "icon": None,
            "banner": None,
            "owner": guild.owner_id == guild.bot_user_id,
            "permissions": on_the_wire(guild.permissions(guild.bot)),
            "features": [],
        }
    ]


def application(call: Call) -> Answer:
    return call.world.application.as_object()


def gateway(call: Call) -> Answer:
    return {"url": f"ws://{call.host}/gateway"}


def gateway_bot(call: Call) -> Answer:
    left = call.world.gateway.identifies_left()
    start_limit = {
        "total": call.world.limits.identifies_per_day,
        "remaining": left,
        "reset_after": 24 * 60 * 60 * 1000,
        "max_concurrency": 1,
    }
    shards = call.world.application.shards_required
    return {"url": f"ws://{call.host}/gateway", "shards": shards, "session_start_limit": start_limit}


ROUTES: list[Route] = [
    ("GET", "/users/@me", me),
    ("GET", "/users/@me/guilds", my_guilds),
    ("GET", "/users/{user_id}", user),
    ("GET", "/oauth2/applications/@me", application),
    ("GET", "/applications/@me", application),
    ("GET", "/gateway", gateway),
    ("GET", "/gateway/bot", gateway_bot),
]
