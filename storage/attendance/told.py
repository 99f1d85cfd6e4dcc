"""Attendance of which somebody told: it holds, whatever presence shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from storage.attendance.answers import Rsvp
from storage.attendance.intervals import Span
from storage.attendance.presence import Attendance, Attended


class Told(NamedTuple):
    attended: bool
    presence_ms: int | None  # None: not told how long


def as_told(
    people: Iterable[Attendance], told: Mapping[int, Told], answers: Mapping[int, Rsvp], window: Span
) -> list[Attendance]:
    """These people's attendance, and that of those who were told of, in the order of their numbers."""
    by_number = {person.member_no: person for person in people}
    for member_no, word in told.items():
        seen = by_number.get(member_no)
        by_number[member_no] = _attendance(member_no, word, seen, answers.get(member_no), window)
    return [by_number[member_no] for member_no in sorted(by_number)]


def _attendance(
    member_no: int, told: Told, seen: Attendance | None, rsvp: Rsvp | None, window: Span
) -> Attendance:
    presence = seen.presence if seen else ()
    if told.presence_ms is not None:  # when it was is not told: from the beginning
        length_ms = min(told.presence_ms, window.length_ms)
        presence = (Span(window.start_ms, window.start_ms + length_ms),)
    return Attendance(
        member_no,
        rsvp,
        Attended.ATTENDED if told.attended else Attended.ABSENT,
        presence if told.attended else (),
        is_early=told.attended and seen is not None and seen.is_early,
        is_estimated=told.attended and not presence,
        is_told=False,
    )
