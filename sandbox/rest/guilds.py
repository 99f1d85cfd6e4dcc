"""The guild, its channels, roles, members and voice. Source: Guild resource; Voice resource."""

from __future__ import annotations

from sandbox.intents import Intent
from sandbox.objects import (
    active_thread_objects,
    channel_object,
    channel_objects,
    guild_object,
    member_object,
    role_object,
    voice_object,
)
from sandbox.refusals import Refusal, Refused
from sandbox.rest.call import Answer, Call, Route


def guild(call: Call) -> Answer:
    call.check_guild()
    counted = {"approximate_member_count": len(call.world.guild.members), "approximate_presence_count": 0}
    return guild_object(call.world.guild) | (
        counted if call.query.get("with_counts") in ("true", "1") else {}
    )


def channels(call: Call) -> Answer:
    call.check_guild()
    guild_id = str(call.world.guild.guild_id)
    return [shape | {"guild_id": guild_id} for shape in channel_objects(call.world.guild.channels.values())]


def channel(call: Call) -> Answer:
    return channel_object(call.channel()) | {"guild_id": str(call.world.guild.guild_id)}


def roles(call: Call) -> Answer:
    call.check_guild()
    return [role_object(role, place) for place, role in enumerate(call.world.guild.roles.values())]


def members(call: Call) -> Answer:
    """ "List Guild Members": only for applications with the privileged members intent switched on."""
    call.check_guild()
    if call.world.application.disallowed(Intent.GUILD_MEMBERS):
        raise Refused(Refusal.MISSING_ACCESS)
    limit = call.number("limit", 1, least=1, most=1000)
    after = call.number("after", 0, least=0, most=(1 << 64) - 1)
    ids = sorted(user_id for user_id in call.world.guild.members if user_id > after)[:limit]
    return [member_object(call.world.guild.members[user_id]) for user_id in ids]


def member(call: Call) -> Answer:
    call.check_guild()
    found = call.world.guild.members.get(call.id("user_id"))
    if found is None:
        raise Refused(Refusal.UNKNOWN_MEMBER)
    return member_object(found)


def voice_state(call: Call) -> Answer:
    call.check_guild()
    user_id = call.id("user_id")
    stay = call.world.guild.voice.get(user_id)
    if stay is None:
        raise Refused(Refusal.UNKNOWN_VOICE_STATE)
    return voice_object(user_id, stay, stay.channel_id) | {"guild_id": str(call.world.guild.guild_id)}


def active_threads(call: Call) -> Answer:
    call.check_guild()
    return {"threads": active_thread_objects(call.world.guild), "members": [], "has_more": False}


ROUTES: list[Route] = [
    ("GET", "/guilds/{guild_id}", guild),
    ("GET", "/guilds/{guild_id}/channels", channels),
    ("GET", "/channels/{channel_id}", channel),
    ("GET", "/guilds/{guild_id}/roles", roles),
    ("GET", "/guilds/{guild_id}/members", members),
    ("GET", "/guilds/{guild_id}/members/{user_id}", member),
    ("GET", "/guilds/{guild_id}/voice-states/{user_id}", voice_state),
    ("GET", "/guilds/{guild_id}/threads/active", active_threads),
]
