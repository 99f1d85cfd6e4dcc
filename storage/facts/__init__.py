"""What the rows of the event log say, as frozen past-tense facts: a module per subject.

A module's READERS name the types of rows that it reads, and are found by looking into this folder: a new
type of row that says something of a known kind is one new file here, and nothing else.

A fact's moment lies within [from_ms, to_ms]; the two are equal when it is known. Who comes is counted from
the later one, who goes until the earlier one (docs/kpis.md, "Coverage").
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

import msgspec

from storage.event import LogRow
from storage.facts.accounts import AccountsLinked
from storage.facts.activity import ActivityNoted
from storage.facts.channels import ChannelSeen
from storage.facts.commands import AccessChecked, CommandCompleted, CommandFact, CommandInvoked
from storage.facts.corrections import CorrectionFact, CorrectionMade, CorrectionTakenBack
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
from storage.facts.imports import (
    AttendanceImported,
    CommandImported,
    CoverageImported,
    EventImported,
    Imported,
    ImportedFact,
    MembershipImported,
    StayImported,
)
from storage.facts.members import (
    MemberChanged,
    MemberFact,
    MemberJoined,
    MemberLeft,
    MembersListed,
    MemberWithdrew,
)
from storage.facts.reading import DAY_MS, Fact, Unparseable
from storage.facts.recording import CoverageNoted, GuildLost, GuildSeen, RecordingFact
from storage.facts.removals import RemovalFact, RemovalLogged
from storage.facts.rsvps import WHOLE_EVENT, RsvpFact, RsvpGiven, RsvpListed, RsvpsListed, RsvpWithdrawn
from storage.facts.text import MessageSent
from storage.facts.voice import Occupant, VoiceFact, VoiceListed, VoiceStateSeen

SeenFact = (
    MemberFact
    | RemovalFact
    | VoiceFact
    | CommandFact
    | MessageSent
    | ActivityNoted
    | RecordingFact
    | EventFact
    | ChannelSeen
    | RsvpFact
    | CorrectionFact
)
AnyFact = SeenFact | ImportedFact | AccountsLinked


def found_readers() -> dict[str, Callable[[LogRow], AnyFact]]:
    """By type of row, from every module of this folder."""
    readers: dict[str, Callable[[LogRow], AnyFact]] = {}
    for module in iter_modules(__path__):
        readers |= getattr(import_module(f"{__name__}.{module.name}"), "READERS", {})
    return readers


_READERS = found_readers()


def parse(row: LogRow) -> AnyFact:
    """The fact that a row of the log states. Raises Unparseable with a reason that a person can act on."""
    reader = _READERS.get(row.type)
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
    "DAY_MS",
    "WHOLE_EVENT",
    "AccessChecked",
    "AccountsLinked",
    "ActivityNoted",
    "AnyFact",
    "AttendanceImported",
    "ChannelSeen",
    "CommandCompleted",
    "CommandFact",
    "CommandImported",
    "CommandInvoked",
    "CorrectionFact",
    "CorrectionMade",
    "CorrectionTakenBack",
    "CoverageImported",
    "CoverageNoted",
    "Departure",
    "EventDeclared",
    "EventDeleted",
    "EventFact",
    "EventHidden",
    "EventImported",
    "EventSeen",
    "EventsListed",
    "ExceptionRemoved",
    "ExceptionSeen",
    "ExceptionsGone",
    "Fact",
    "GuildLost",
    "GuildSeen",
    "Imported",
    "ImportedFact",
    "MemberChanged",
    "MemberFact",
    "MemberJoined",
    "MemberLeft",
    "MemberWithdrew",
    "MembersListed",
    "MembershipImported",
    "MessageSent",
    "Occupant",
    "RemovalFact",
    "RemovalLogged",
    "RsvpFact",
    "RsvpGiven",
    "RsvpListed",
    "RsvpWithdrawn",
    "RsvpsListed",
    "SeenFact",
    "StayImported",
    "Unparseable",
    "VoiceListed",
    "VoiceStateSeen",
    "found_readers",
    "parse",
]
