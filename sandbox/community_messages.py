"""Messages of the story's past as Discord would have sent them, and what people say live."""

from __future__ import annotations

from typing import Any, Final

from sandbox.community_moves import AsksOtherBot, Writes
from sandbox.community_place import GUILD_ID, PROFILE_BOT_ID, snowflake
from sandbox.guild import Guild
from sandbox.objects import user_object

Json = dict[str, Any]
ORDINARY, ANSWERS_COMMAND, COMMAND = 0, 20, 2  # message types; interaction type
PHRASES: Final = (
    "gg, that was close",
    "anyone up for ranked?",
    "see you at the inhouse",
    "two more and we have a full lobby",
    "what a comeback",
    "back in ten",
    "who drafts tonight?",
)


def phrase(move: Writes) -> str:
    return PHRASES[move.at_ms % len(PHRASES)]


def message(guild: Guild, move: Writes | AsksOtherBot, number: int) -> Json:
    """The dispatch's data. `number` makes its id one of its own."""
    shape: Json = {
        "id": str(snowflake(move.at_ms, number)),
        "guild_id": str(GUILD_ID),
        "channel_id": str(move.channel_id),
    }
    if isinstance(move, Writes):
        return shape | {"type": ORDINARY, "content": phrase(move), "author": _user(guild, move.user_id)}
    interaction = {
        "id": str(snowflake(move.at_ms, number + 1)),
        "type": COMMAND,
        "name": move.command,
        "user": _user(guild, move.user_id),
    }
    return shape | {
        "type": ANSWERS_COMMAND,
        "content": "",
        "application_id": str(PROFILE_BOT_ID),
        "webhook_id": str(PROFILE_BOT_ID),
        "author": _user(guild, PROFILE_BOT_ID),
        "interaction": interaction,
    }


def _user(guild: Guild, user_id: int) -> Json:
    return user_object(guild.users[user_id])
