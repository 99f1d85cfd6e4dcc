"""Who attended (docs/kpis.md, "Attended")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from storage.attendance.answers import Rsvp
from storage.attendance.intervals import Span, clipped, merged, total_ms
from storage.attendance.window import MINUTE_MS, Judgement, Outcome, Stay, planned
from storage.occurrence import Occurrence
from storage.rules import EventRules


class Attended(StrEnum):
    ATTENDED = "attended"
    PARTIAL = "partial"  # there, but too shortly
    ABSENT = "absent"
    UNKNOWN = "unknown"  # a gap could decide it


class Attendance(NamedTuple):
    """One person at one occurrence."""

    member_no: int
    rsvp: Rsvp | None
    status: Attended
    presence: tuple[Span, ...]  # within the window, short breaks counted in
    is_early: bool
    is_estimated: bool
    is_told: bool  # staff or a file told whether they were there


def attendances(
    occurrence: Occurrence,
    judgement: Judgement,
    *,
    stays: Iterable[Stay],
    gaps: Sequence[Span],
    answers: Mapping[int, Rsvp],
    told: Mapping[int, bool],
    rules: EventRules,
) -> list[Attendance]:
    """Everybody who answered or came, in the order of their numbers.

    `told` is staff's or a file's word on who came.
    """
    window = judgement.window
    if window is None:
        return []
    by_person: dict[int, list[Stay]] = {member_no: [] for member_no in (*answers, *told)}
    for stay in stays:
        if clipped([stay.span], window):
            by_person.setdefault(stay.member_no, []).append(stay)
    judge = _Judge(occurrence, judgement.outcome, window, gaps, rules)
    return [
        judge.attendance(who, by_person[who], answers.get(who), told.get(who)) for who in sorted(by_person)
    ]


class _Judge:
    def __init__(
        self,
        occurrence: Occurrence,
        outcome: Outcome,
        window: Span,
        gaps: Sequence[Span],
        rules: EventRules,
    ) -> None:
        self._window = window
        self._break_ms = rules.break_minutes * MINUTE_MS
        length_ms = window.length_ms
        if outcome is Outcome.RUNNING:  # of an event that has just begun, nobody has attended half
            length_ms = max(length_ms, planned(occurrence, rules).length_ms)
        self._least_ms = min(rules.attend_minutes * MINUTE_MS, length_ms / 2)
        self._gaps = clipped(gaps, window)
        self._is_decidable = outcome is not Outcome.UNKNOWN and bool(occurrence.channels)
        # Elsewhere, a list of those who were there is whole once it is over.
        self._is_list_whole = occurrence.has_check_ins and not occurrence.channels
        self._is_list_whole &= outcome in {Outcome.HELD, Outcome.HELD_UNSTARTED}

    def attendance(
        self, member_no: int, stays: Sequence[Stay], rsvp: Rsvp | None, told: bool | None
    ) -> Attendance:
        if told is False:
            stays = ()  # whatever was seen of them there, it was not attending
        spans = clipped((stay.span for stay in stays), self._window)
        presence = merged(spans, self._break_ms)
        begins_ms = self._window.start_ms
        return Attendance(
            member_no,
            rsvp,
            self._status(presence) if told is None else _as_told(told),
            tuple(presence),
            is_early=any(stay.start_ms <= begins_ms < stay.end_ms for stay in stays),
            is_estimated=any(self._is_estimated(stay) for stay in stays),
            is_told=told is not None,
        )

    def _status(self, presence: Sequence[Span]) -> Attended:
        if self._is_list_whole:
            return Attended.ABSENT
        if not self._is_decidable:
            return Attended.UNKNOWN
        if presence and total_ms(presence) >= self._least_ms:
            return Attended.ATTENDED
        if self._gaps and total_ms(merged([*presence, *self._gaps], self._break_ms)) >= self._least_ms:
            return Attended.UNKNOWN
        return Attended.PARTIAL if presence else Attended.ABSENT

    def _is_estimated(self, stay: Stay) -> bool:
        start_ms, end_ms = self._window
        return (stay.start_estimated and stay.start_ms > start_ms) or (
            stay.end_estimated and stay.end_ms < end_ms
        )


def _as_told(told: bool) -> Attended:
    return Attended.ATTENDED if told else Attended.ABSENT
