"""What another bot's process hands over, line by line, and the events that are made of it."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from bot.coverage import command_completed, coverage
from bot.draft import Keys, Received
from bot.intake import Intake
from storage.event import Event
from storage.fact_bodies import NOT_DELIVERED, NOT_READ, Duration, Id, Moment, Outcome

SESSION: Final = "extension"  # commands are known by their interaction, whoever tells of them
# Of JSON that nests too deep, and of text that is no UTF-8, msgspec lets Python's own errors through.
UNREADABLE: Final = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)


class Ended(Struct):
    interaction_id: Id
    guild_id: Id
    user_id: Id | None  # nobody's is not recorded
    outcome: Outcome
    latency_ms: Duration
    error_type: str | None = None


class Missed(Struct):
    from_ms: Moment
    to_ms: Moment


class Message(Struct):
    """One line: numbered, and one of the three."""

    number: Annotated[int, Meta(ge=1)]
    at_ms: Moment
    invoked: dict[str, Any] | None = None
    ended: Ended | None = None
    missed: Missed | None = None


# Not strict: Discord writes ids as strings.
read_message = msgspec.json.Decoder(Message, strict=False).decode


def journal_item(message: Message, intake: Intake, guild_id: int) -> object | None:
    """What the journal is given. None: it is of another server, of an excluded channel, or nobody's."""
    if message.invoked is not None:
        return _invoked(message.invoked, message, intake)
    ended = message.ended
    if ended is not None and ended.guild_id == guild_id and ended.user_id is not None:
        return command_completed(
            intake.keys,
            guild_id,
            ended.user_id,
            ended.interaction_id,
            outcome=ended.outcome,
            error_type=ended.error_type,
            latency_ms=ended.latency_ms,
            now_ms=message.at_ms,
        )
    if message.missed is not None:
        missed = message.missed
        span = missed.from_ms, missed.to_ms
        return coverage(intake.keys, guild_id, "gap", ("commands",), *span, NOT_DELIVERED)
    return None


def unread(at_ms: int, keys: Keys, guild_id: int) -> Event:
    """A line of that moment told something that nobody knows."""
    return coverage(keys, guild_id, "gap", ("commands",), at_ms, at_ms + 1, NOT_READ)


def _invoked(interaction: dict[str, Any], message: Message, intake: Intake) -> Received | None:
    kept = intake.extract("INTERACTION_CREATE", interaction)
    if kept is None or intake.is_untold(kept) or not isinstance(kept.person, str | int):
        return None  # nobody's is none either: Discord tells of a member wherever there is a server
    at_ms = message.at_ms
    return Received(kept, SESSION, at_ms, message.number, at_ms, at_ms, at_ms)
