"""What files tell of the past. None of it moves the clock: what is known live stands beside it."""

from __future__ import annotations

from storage.event import LogRow
from storage.fact_bodies import (
    Change,
    CoveredSource,
    ImportedAttendanceBody,
    ImportedCommandBody,
    ImportedCoverageBody,
    ImportedEventBody,
    ImportedMembershipBody,
    ImportedStayBody,
    Outcome,
)
from storage.facts.events import EventDeclared, declared
from storage.facts.reading import Fact, Reader, Unparseable, others, person, reader, text


class Imported(Fact, frozen=True):
    """Somebody's file says so."""


class MembershipImported(Imported, frozen=True):
    """They joined, or left in some way."""

    member_no: int
    change: Change
    bot: bool | None


class StayImported(Imported, frozen=True):
    """[from_ms, to_ms) in a voice channel."""

    member_no: int
    channel_id: int
    is_deafened: bool
    is_afk: bool
    bot: bool | None


class CommandImported(Imported, frozen=True):
    member_no: int
    interaction_id: int
    application_id: int
    command: str
    outcome: Outcome | None  # None: not known


class EventImported(Imported, frozen=True):
    event: EventDeclared
    interested: tuple[int, ...]
    declined: tuple[int, ...]
    is_listed: bool


class AttendanceImported(Imported, frozen=True):
    member_no: int
    event_id: int
    original_start_ms: int
    attended: bool
    presence_ms: int | None


class CoverageImported(Imported, frozen=True):
    sources: tuple[CoveredSource, ...]


ImportedFact = (
    MembershipImported
    | StayImported
    | CommandImported
    | EventImported
    | AttendanceImported
    | CoverageImported
)


def _membership(row: LogRow, body: ImportedMembershipBody) -> MembershipImported:
    return MembershipImported(row.occurred_from_ms, row.occurred_to_ms, person(row), body.change, body.bot)


def _stay(row: LogRow, body: ImportedStayBody) -> StayImported:
    if row.occurred_from_ms == row.occurred_to_ms:
        raise Unparseable(f"{row.type} without a length")
    span = row.occurred_from_ms, row.occurred_to_ms
    return StayImported(*span, person(row), body.channel_id, body.deafened, body.afk, body.bot)


def _command(row: LogRow, body: ImportedCommandBody) -> CommandImported:
    ids = body.interaction_id, body.application_id
    command = text(body.command, 128)
    return CommandImported(row.occurred_from_ms, row.occurred_to_ms, person(row), *ids, command, body.outcome)


def _event(row: LogRow, body: ImportedEventBody) -> EventImported:
    answers = others(row, "interested"), others(row, "declined")
    return EventImported(
        row.occurred_from_ms, row.occurred_to_ms, declared(row, body), *answers, body.is_listed
    )


def _attendance(row: LogRow, body: ImportedAttendanceBody) -> AttendanceImported:
    event = body.event_id, body.original_start_ms
    return AttendanceImported(
        row.occurred_from_ms, row.occurred_to_ms, person(row), *event, body.attended, body.presence_ms
    )


def _coverage(row: LogRow, body: ImportedCoverageBody) -> CoverageImported:
    return CoverageImported(row.occurred_from_ms, row.occurred_to_ms, body.sources)


READERS: dict[str, Reader] = {
    "IMPORTED_MEMBERSHIP": reader(ImportedMembershipBody, _membership),
    "IMPORTED_STAY": reader(ImportedStayBody, _stay),
    "IMPORTED_COMMAND": reader(ImportedCommandBody, _command),
    "IMPORTED_EVENT": reader(ImportedEventBody, _event),
    "IMPORTED_ATTENDANCE": reader(ImportedAttendanceBody, _attendance),
    "IMPORTED_COVERAGE": reader(ImportedCoverageBody, _coverage),
}
