"""What a report on one occurrence of an event says, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from reports.figures import AnyFigure
from reports.report import Section


class OccurrenceKey(NamedTuple):
    """Which holding of which event: its start as first planned stays, wherever it is moved to."""

    event_id: int
    original_start_ms: int


@dataclass(frozen=True, slots=True)
class OccurrenceChoice:
    """An occurrence as somebody may pick it: from those coming, running and past."""

    key: OccurrenceKey
    title: str  # as members wrote it
    start_ms: int  # T0 where it was held, else as scheduled now
    outcome: str  # storage/tables.py, event_occurrences.outcome


@dataclass(frozen=True, slots=True)
class Attendee:
    """One person at one occurrence. Withdrawn people and bots are never among them."""

    member_no: int
    status: str  # attended, partial, absent, unknown; none: nothing was held, or not yet
    rsvp: str | None  # interested, standing, declined, late_cancel; None: no answer
    minutes: float
    is_early: bool | None  # there when it began; None: nothing was recorded then
    was_there_before: bool | None  # at the one of the series before; None: there was none, or not known
    first_join_ms: int | None = None  # within the window; None: never there
    last_leave_ms: int | None = None
    told_by: str | None = None  # staff, file; None: what was recorded counts


@dataclass(frozen=True, slots=True)
class EventReport:
    """All text is ready to be read, except `title`: members wrote it."""

    guild_id: int
    key: OccurrenceKey
    series: str
    title: str
    event_type: str | None
    zone: str
    starts_ms: int
    ends_ms: int | None
    when: str  # "Sun 16 Nov 2025, 20:00–22:05"
    outcome: str
    as_of_ms: int
    finding: str  # one sentence, at most 120 characters
    sections: tuple[Section, ...]
    figures: tuple[AnyFigure, ...]
    caveats: tuple[str, ...]
    excluded: dict[str, int]  # people in no denominator, by reason
    rules: str
    people: tuple[Attendee, ...]  # who answered or came
    hosts: tuple[int, ...]  # member numbers
    now_ms: int | None = None  # as of when it was asked; None: not told
