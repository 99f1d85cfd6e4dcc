"""What counts of a moment that the tables have left behind: they may know of days and events after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from reports.occurrence_records import AttendanceRow, Occurrence
from reports.periods import Period, local_day, span

COMING = "coming"
CALLED_OFF = "cancelled"


def until_today(period: Period, now_ms: int) -> Period:
    """Of a period that is not over at the moment its days to that one's, under its own key."""
    today = local_day(now_ms, period.zone)
    if not period.first_day <= today < period.last_day:
        return period
    return span(period.key, period.first_day, today, period.zone)


def as_it_stood(occurrence: Occurrence, now_ms: int) -> Occurrence:
    """One that had not begun at the moment is still to come, whatever became of it."""
    if occurrence.starts_ms <= now_ms or occurrence.outcome in (COMING, CALLED_OFF):
        return occurrence
    return replace(occurrence, outcome=COMING, began_ms=None, window=None, voice_gap_ms=0, told_held=None)


def answers_only(rows: Iterable[AttendanceRow]) -> list[AttendanceRow]:
    """Who answered, without who came."""
    return [
        AttendanceRow(row.member_no, row.rsvp, "none", 0, is_early=False, is_estimated=False)
        for row in rows
        if row.rsvp
    ]
