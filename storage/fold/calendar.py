"""Local days of the guild's zone, looked up once each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from storage.rules import Rules


class LocalDay(NamedTuple):
    """A local day and its half-open span. It lasts 23, 24 or 25 hours; a day that a zone skipped, none."""

    number: int
    start_ms: int
    end_ms: int


class Calendar:
    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._days: dict[int, LocalDay] = {}
        self._latest = self.day(0)

    def day(self, number: int) -> LocalDay:
        found = self._days.get(number)
        if found is None:
            start_ms, end_ms = self._rules.day_start_ms(number), self._rules.day_start_ms(number + 1)
            found = self._days[number] = LocalDay(number, start_ms, end_ms)
        return found

    def day_of(self, at_ms: int) -> LocalDay:
        latest = self._latest
        if not latest.start_ms <= at_ms < latest.end_ms:
            latest = self._latest = self.day(self._rules.local_day(at_ms))
        return latest

    def shared_out(self, start_ms: int, end_ms: int) -> Iterator[tuple[int, int]]:
        """The days that a span reaches, and how much of it lies in each."""
        day = self.day_of(start_ms)
        while start_ms < end_ms:
            until_ms = min(end_ms, day.end_ms)
            if start_ms < until_ms:  # a day that a zone skipped has no time
                yield day.number, until_ms - start_ms
                start_ms = until_ms
            day = self.day(day.number + 1)
