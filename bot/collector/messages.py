"""What another bot's process hands over, line by line, and the events that are made of it."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from bot.coverage import command_completed, coverage
from bot.draft import Received
from bot.intake import Intake
from storage.fact_bodies import Duration, Id, Moment, Outcome

SESSION: Final = "extension"  # commands are known by their interaction, whoever tells of them
NOT_DELIVERED: Final = "another bot could not hand over its commands"


class Ended(Struct):
    interaction_id: Id
    guild_id: Id
    user_id: Id
    outcome: Outcome
    latency_ms: Duration
    error_type: Annotated[str, Meta(max_length=64)] | None = None


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
    """What the journal is given. None: it is of another server, or of an excluded channel."""
    if message.invoked is not None:
        return _invoked(message.invoked, message, intake)
    if message.ended is not None and message.ended.guild_id == guild_id:
        ended = message.ended
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


def _invoked(interaction: dict[str, Any], message: Message, intake: Intake) -> Received | None:
    kept = intake.extract("INTERACTION_CREATE", interaction)
    if kept is None or intake.is_untold(kept):
        return None
    at_ms = message.at_ms
    return Received(kept, SESSION, at_ms, message.number, at_ms, at_ms, at_ms)
