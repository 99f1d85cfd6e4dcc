"""What the rows of the event log say, as frozen past-tense facts: a module per subject.

A fact's moment lies within [from_ms, to_ms]; the two are equal when it is known. Who comes is counted from
the later one, who goes until the earlier one (docs/kpis.md, "Coverage").
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import msgspec

from storage.event import LogRow
from storage.facts import commands, events, members, recording, removals, rsvps, voice
from storage.facts.commands import AccessChecked, CommandCompleted, CommandFact, CommandInvoked
from storage.facts.events import (
    Departure,
    EventDeclared,
    EventDeleted,
    EventFact,
    EventHidden,
    EventSeen,
    EventsListed,
    ExceptionRemoved,
    ExceptionSeen,
    ExceptionsGone,
)
from storage.facts.members import (
    MemberChanged,
    MemberFact,
    MemberJoined,
    MemberLeft,
    MembersListed,
    MemberWithdrew,
)
from storage.facts.reading import Fact, Unparseable
from storage.facts.recording import CoverageNoted, GuildLost, GuildSeen, RecordingFact
from storage.facts.removals import RemovalFact, RemovalLogged
from storage.facts.rsvps import WHOLE_EVENT, RsvpFact, RsvpGiven, RsvpListed, RsvpsListed, RsvpWithdrawn
from storage.facts.voice import Occupant, VoiceFact, VoiceListed, VoiceStateSeen

DAY_MS = 86_400_000

AnyFact = MemberFact | VoiceFact | CommandFact | RecordingFact | EventFact | RsvpFact | RemovalFact

_READERS = {
    **members.READERS,
    **voice.READERS,
    **commands.READERS,
    **recording.READERS,
    **events.READERS,
    **rsvps.READERS,
    **removals.READERS,
}


def parse(row: LogRow) -> AnyFact:
    """The fact that a row of the log states. Raises Unparseable with a reason that a person can act on."""
    reader = cast("Callable[[LogRow], AnyFact] | None", _READERS.get(row.type))
    if reader is None:
        raise Unparseable(f"unknown event type {row.type}")
    if not 0 <= row.occurred_from_ms <= row.occurred_to_ms:
        raise Unparseable(f"{row.type} ends before it starts")
    if row.occurred_to_ms > row.recorded_at_ms + DAY_MS:
        # One wrong clock would otherwise carry the tables years ahead, and they never go back.
        raise Unparseable(f"{row.type} says it happened more than a day after it was recorded")
    try:
        return reader(row)
    except msgspec.MsgspecError as error:
        raise Unparseable(f"{row.type}: {error}") from error


__all__ = [
    "WHOLE_EVENT",
    "AccessChecked",
    "AnyFact",
    "CommandCompleted",
    "CommandInvoked",
    "CoverageNoted",
    "Departure",
    "EventDeclared",
    "EventDeleted",
    "EventFact",
    "EventHidden",
    "EventSeen",
    "EventsListed",
    "ExceptionRemoved",
    "ExceptionSeen",
    "ExceptionsGone",
    "Fact",
    "GuildLost",
    "GuildSeen",
    "MemberChanged",
    "MemberFact",
    "MemberJoined",
    "MemberLeft",
    "MemberWithdrew",
    "MembersListed",
    "Occupant",
    "RemovalFact",
    "RemovalLogged",
    "RsvpFact",
    "RsvpGiven",
    "RsvpListed",
    "RsvpWithdrawn",
    "RsvpsListed",
    "Unparseable",
    "VoiceListed",
    "VoiceStateSeen",
    "parse",
]
