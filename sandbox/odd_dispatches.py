"""Dispatch shapes that Discord may send and that client libraries stumble over, each with what it is about.

A bot must survive all of them and lose nothing else. Source: Gateway Events, the event that each names;
"Gateway", "Payload Structure": new events and fields may appear at any time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.guild import Guild
from sandbox.objects import guild_object, member_object, user_object

NOWHERE = "999999999999999999"
STRANGER = {"id": "999999999999999998", "username": "stranger", "discriminator": "0", "avatar": None}


@dataclass(frozen=True)
class OddDispatch:
    name: str
    dispatch: str
    data: Any


def odd_dispatches(guild: Guild) -> Iterator[OddDispatch]:
    """One of each, about this guild."""
    gid = {"guild_id": str(guild.guild_id)}
    member = next(iter(guild.members.values()))
    yield OddDispatch("a dispatch nobody knows", "GUILD_MOOD_UPDATE", gid | {"mood": "fine"})
    yield OddDispatch("no data at all", "GUILD_NOTHING_UPDATE", None)
    yield OddDispatch("a list where an object was", "GUILD_LIST_UPDATE", [1, 2, 3])
    yield from _odd_guilds(guild)
    yield from _odd_voice(gid, member_object(member))
    yield from _odd_members(gid)
    yield from _odd_messages(gid, guild)
    yield OddDispatch(
        "an audit entry without a target",
        "GUILD_AUDIT_LOG_ENTRY_CREATE",
        gid
        | {"id": "1", "action_type": 21, "user_id": str(guild.owner_id), "options": {"members_removed": "3"}},
    )
    yield OddDispatch(
        "an interaction of a new type",
        "INTERACTION_CREATE",
        gid | {"id": "2", "type": 99, "token": "t", "version": 1, "application_id": "1", "data": {}},
    )


def _odd_guilds(guild: Guild) -> Iterator[OddDispatch]:
    away = {"id": str(guild.guild_id), "unavailable": True}
    yield OddDispatch("a guild that is created unavailable", "GUILD_CREATE", away)
    yield OddDispatch("an outage", "GUILD_DELETE", away)
    extra = {"features": ["SOMETHING_NEW"], "a_new_field": {"deep": [1]}, "nsfw_level": 77}
    yield OddDispatch("a guild with unknown values", "GUILD_UPDATE", guild_object(guild) | extra)


def _odd_voice(gid: dict[str, Any], member: dict[str, Any]) -> Iterator[OddDispatch]:
    state = gid | {"user_id": member["user"]["id"], "session_id": "s", "member": member}
    yield OddDispatch(
        "voice in a channel nobody knows", "VOICE_STATE_UPDATE", state | {"channel_id": NOWHERE}
    )
    yield OddDispatch("leaving voice unseen", "VOICE_STATE_UPDATE", state | {"channel_id": None})
    without = {key: value for key, value in state.items() if key != "member"} | {"channel_id": None}
    yield OddDispatch("voice without a member", "VOICE_STATE_UPDATE", without)


def _odd_members(gid: dict[str, Any]) -> Iterator[OddDispatch]:
    yield OddDispatch("a stranger leaves", "GUILD_MEMBER_REMOVE", gid | {"user": STRANGER})
    update = gid | {"user": STRANGER, "roles": [], "joined_at": None, "nick": None}
    yield OddDispatch("a member whose join is unknown", "GUILD_MEMBER_UPDATE", update)


def _odd_messages(gid: dict[str, Any], guild: Guild) -> Iterator[OddDispatch]:
    message = gid | {
        "id": "3",
        "channel_id": str(next(iter(guild.channels), 0)),
        "author": user_object(guild.bot.user),
        "content": "",
        "timestamp": "2025-01-01T00:00:00.000000+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
        "type": 0,
    }
    component = {"components": [{"type": 98, "id": 1, "novelty": True}]}
    yield OddDispatch("a component of a new type", "MESSAGE_CREATE", message | component)
    yield OddDispatch("a message of a new type", "MESSAGE_CREATE", message | {"type": 250})
    yield OddDispatch(
        "a deleted message that was never seen", "MESSAGE_DELETE", gid | {"id": "4", "channel_id": NOWHERE}
    )
    yield OddDispatch("half a character", "MESSAGE_CREATE", message | {"content": "\ud83d"})
