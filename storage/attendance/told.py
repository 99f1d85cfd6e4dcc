"""Attendance of which a file tells. Like staff's word it holds, whatever presence shows."""

from __future__ import annotations

from typing import NamedTuple

from storage.attendance.intervals import Span
from storage.attendance.presence import Attendance, Attended


class ToldAttendance(NamedTuple):
    attended: bool
    presence_ms: int | None  # None: not told how long


def so_long(person: Attendance, told: ToldAttendance | None, window: Span) -> Attendance:
    """Their attendance, as long as was told. When it was is not told: from the beginning."""
    if told is None or told.presence_ms is None or person.status is not Attended.ATTENDED:
        return person
    length_ms = min(told.presence_ms, window.length_ms)
    return person._replace(presence=(Span(window.start_ms, window.start_ms + length_ms),))
