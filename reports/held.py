"""Who attended the occurrences of a series, as far as that is known. Definition: docs/kpis.md, "Series"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reports.event_report import OccurrenceKey
from reports.membership import Membership
from reports.occurrence_records import AttendanceRow, Occurrence
from reports.quality import COMPARABLE
from reports.turnout import People, attendees
from storage.day_sets import union


@dataclass(frozen=True, slots=True)
class Held:
    """One that was held and recorded well enough."""

    occurrence: Occurrence
    attended: People
    unknown: People  # who may have attended: a gap could decide it


@dataclass(frozen=True, slots=True)
class Again:
    """Some people at other occurrences: for whom it is known, and who of them was there."""

    known: People
    there: People

    @classmethod
    def at_any(cls, people: People, others: Sequence[Held]) -> Again:
        there = people & union(one.attended for one in others)
        return cls(people - (union(one.unknown for one in others) - there), there)

    @classmethod
    def at_least(cls, number: int, people: People, others: Sequence[Held]) -> Again:
        surely, perhaps = People(), People()
        for member_no in people:
            there = sum(member_no in one.attended for one in others)
            unknown = sum(member_no in one.unknown for one in others)
            if there >= number:
                surely.add(member_no)
            elif there + unknown >= number:
                perhaps.add(member_no)
        return cls(people - perhaps, surely)


def overflow(occurrence: Occurrence, attended: People) -> int | None:
    """How many more attended than fit in; None where the places are not known."""
    if occurrence.capacity is None:
        return None
    return max(0, len(attended) - occurrence.capacity)


def held_of(
    occurrences: Iterable[Occurrence],
    attendance: Mapping[OccurrenceKey, Sequence[AttendanceRow]],
    outside: People,
    membership: Membership,
) -> list[Held]:
    """In their order. Of what was hardly recorded nobody knows who was there: it counts as none of them."""
    return [
        _held(one, attendance.get(one.key, ()), outside, membership) for one in occurrences if was_seen(one)
    ]


def was_seen(one: Occurrence) -> bool:
    return one.is_held and one.tells_who_came and one.recorded >= COMPARABLE


def _held(one: Occurrence, rows: Sequence[AttendanceRow], outside: People, membership: Membership) -> Held:
    """Who had left the server before it began was surely not there."""
    unknown = [
        row.member_no
        for row in rows
        if row.status == "unknown" and membership.was_here(row.member_no, one.starts_ms)
    ]
    return Held(one, attendees(rows, outside), People(unknown) - outside)
