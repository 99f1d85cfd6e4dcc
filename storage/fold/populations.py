"""Who was in the guild on each local day: humans, spells less than `bridge_days` apart as one.

*Present*: at any moment of the day. *Present at the end*: in its last millisecond, or now. The sets of the
open day are held here; what becomes known about earlier days later is handed on as corrections.
"""

from __future__ import annotations

from pyroaring import BitMap

from storage.fold.calendar import Calendar, LocalDay
from storage.fold.changes import Changes, Correction, DayPopulation, Spell, correct


class Populations:
    def __init__(self, changes: Changes, calendar: Calendar, bridge_ms: int) -> None:
        self._changes = changes
        self._calendar = calendar
        self._bridge_ms = bridge_ms
        self.first_day: int | None = None
        self.today: LocalDay | None = None
        self.sets = DayPopulation(BitMap(), BitMap())  # of the open day

    def resume(self, first_day: int, now_ms: int, sets: DayPopulation | None) -> None:
        """Goes on where the tables stand."""
        self.first_day = first_day
        self.today = self._calendar.day_of(now_ms)
        if sets is not None:
            self.sets = sets

    def advance(self, now_ms: int) -> None:
        """Moves on to the local day that holds this moment; the days passed over are done."""
        if self.today is None:
            self.today = self._calendar.day_of(now_ms)
            self.first_day = self.today.number
            self._changes.days[self.first_day] = self.sets
        elif now_ms >= self.today.end_ms:
            self._pass_days(self._calendar.day_of(now_ms).number)

    def _pass_days(self, number: int) -> None:
        while self._today.number < number:
            self._changes.days[self._today.number] = self.sets
            there = self.sets.present_at_end
            self.sets = DayPopulation(there.copy(), there.copy())
            self.today = self._calendar.day(self._today.number + 1)
        self._changes.days[number] = self.sets

    @property
    def _today(self) -> LocalDay:
        assert self.today is not None, "the calendar is moved on before a fact is applied"
        return self.today

    def came(self, member_no: int, joined_ms: int, left_before_ms: int | None) -> None:
        """Someone is there from a moment on; a short absence before it never was one."""
        is_bridged = left_before_ms is not None and joined_ms - left_before_ms < self._bridge_ms
        self.stayed(member_no, left_before_ms if is_bridged and left_before_ms is not None else joined_ms)

    def stayed(self, member_no: int, from_ms: int) -> None:
        for number in self._days_since(from_ms):
            self._put(number, member_no, present=True, at_end=True)

    def went(self, spell: Spell, left_ms: int) -> None:
        """Someone who was there until now turns out to have been there until this moment only."""
        last = self._calendar.day_of(max(spell.joined_ms, left_ms - 1)).number
        for number in self._days_since(left_ms - 1):
            was_there_at_end = left_ms >= self._calendar.day(number).end_ms
            self._put(
                number,
                spell.member_no,
                present=None if number <= last else False,
                at_end=None if was_there_at_end else False,
            )

    def forget(self, member_no: int) -> None:
        """Someone is no human after all."""
        for number in self._days_since(0):
            self._put(number, member_no, present=False, at_end=False)

    def _days_since(self, at_ms: int) -> range:
        assert self.first_day is not None
        today = self._today.number
        first = min(today, max(self.first_day, self._calendar.day_of(at_ms).number))
        return range(first, today + 1)

    def _put(self, number: int, member_no: int, present: bool | None, at_end: bool | None) -> None:
        if number == self._today.number:
            self._changes.days[number] = self.sets
        known = self._changes.days.get(number)
        if known is not None:
            correct(known.present, member_no, present)
            correct(known.present_at_end, member_no, at_end)
            return
        correction = self._changes.corrections.setdefault((number, member_no), Correction())
        correction.present = correction.present if present is None else present
        correction.present_at_end = correction.present_at_end if at_end is None else at_end
