"""A member's attendance across events. Definition: docs/kpis.md, "member_attendance"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reports import wording
from reports.basis import MIN_N
from reports.held import Held
from reports.membership import Membership
from reports.report import Kpi, Measure
from reports.series import Series
from reports.statistics import wilson


@dataclass(frozen=True, slots=True)
class MemberAttendance:
    """Of one member at what was held of a series while they were here."""

    series: Series
    held: tuple[Held, ...]  # of which it is known whether they attended, the oldest first
    attended: tuple[Held, ...]
    unknown: int  # a gap could decide it

    @property
    def missed_in_a_row(self) -> int:
        """So many of the newest they did not attend."""
        there = {one.occurrence.key for one in self.attended}
        places = [place for place, one in enumerate(self.held) if one.occurrence.key in there]
        return len(self.held) - 1 - places[-1] if places else len(self.held)


def attendance_across(
    member_no: int, series: Iterable[Series], membership: Membership, from_ms: int = 0
) -> tuple[MemberAttendance, ...]:
    """Of every series that they attended, or may have, since a moment; most attended first."""
    found = [_attendance(member_no, one, membership, from_ms) for one in series]
    return tuple(
        sorted(
            (one for one in found if one.attended or one.unknown),
            key=lambda one: (-len(one.attended), one.series.name),
        )
    )


def _attendance(member_no: int, of: Series, membership: Membership, from_ms: int) -> MemberAttendance:
    """Whoever was seen there counts as having been here."""
    due = [
        one
        for one in of.held
        if one.occurrence.starts_ms >= from_ms
        and (member_no in one.attended or membership.was_here(member_no, one.occurrence.starts_ms))
    ]
    known = tuple(one for one in due if member_no not in one.unknown)
    return MemberAttendance(
        of, known, tuple(one for one in known if member_no in one.attended), len(due) - len(known)
    )


def member_attendance(of: MemberAttendance) -> Kpi:
    """Of one series; of fewer than 10 held only the two numbers."""
    part, whole = len(of.attended), len(of.held)
    coverage = whole / (whole + of.unknown)
    rate = part / whole if whole >= MIN_N else None
    interval = wilson(part, whole) if whole >= MIN_N else None
    measure = Measure(rate, part, whole, interval, coverage)
    return Kpi(
        "member_attendance", measure, caveats=_unknown(of), cut=of.series.label, subject=of.series.name
    )


def _unknown(of: MemberAttendance) -> tuple[str, ...]:
    if not of.unknown:
        return ()
    held = wording.count(len(of.held) + of.unknown, "event", "events")
    return (f"Of {wording.whole(of.unknown)} of {held} held a gap hides whether they came.",)
