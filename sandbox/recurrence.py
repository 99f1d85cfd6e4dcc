"""When a recurring event takes place.

Source: Guild Scheduled Event resource, "Recurrence Rule Structure": a subset of the iCalendar rules as
python-dateutil implements them.

Assumption: Discord does not document a time zone, nor what a change to summer time does to a rule. Here every
start keeps the rule's UTC time of day, and weekdays and dates are those of UTC.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from itertools import count

WEEK = 7
LAST_WEEK = 5


class Frequency(IntEnum):
    YEARLY = 0
    MONTHLY = 1
    WEEKLY = 2
    DAILY = 3


@dataclass(frozen=True)
class RecurrenceRule:
    """Weekdays are 0 (Monday) to 6; `by_n_weekday` holds (1–5, weekday), where the fifth week is the last."""

    frequency: Frequency
    start: datetime
    interval: int = 1
    by_weekday: tuple[int, ...] = ()
    by_n_weekday: tuple[tuple[int, int], ...] = ()
    by_month: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()

    @classmethod
    def weekly(cls, start: datetime, interval: int = 1) -> RecurrenceRule:
        """Every week, or every other one, on the weekday of `start`."""
        return cls(Frequency.WEEKLY, start, interval, by_weekday=(start.astimezone(UTC).weekday(),))

    def next_after(self, moment: datetime) -> datetime:
        """The first start that is later than `moment`."""
        return next(start for start in self._starts() if start > moment)

    def includes(self, moment: datetime) -> bool:
        return next(start for start in self._starts() if start >= moment) == moment

    def begun_at(self, start: datetime) -> RecurrenceRule:
        """The rule as it is once its series was moved: a weekly one follows to the new weekday."""
        moved = replace(self, start=start)
        if self.frequency is Frequency.WEEKLY and self.by_weekday:
            return replace(moved, by_weekday=(start.astimezone(UTC).weekday(),))
        return moved

    def _starts(self) -> Iterator[datetime]:
        begin = self.start.astimezone(UTC)
        starts = (datetime.combine(day, begin.timetz()) for day in self._days(begin.date()))
        return (start for start in starts if start >= begin)

    def _days(self, first: date) -> Iterator[date]:
        match self.frequency:
            case Frequency.DAILY:
                days = (first + timedelta(days=number) for number in count(0, self.interval))
                return (day for day in days if not self.by_weekday or day.weekday() in self.by_weekday)
            case Frequency.WEEKLY:
                return self._in_weeks(first)
            case Frequency.MONTHLY:
                return self._in_months(first)
            case Frequency.YEARLY:
                return self._in_years(first)

    def _in_weeks(self, first: date) -> Iterator[date]:
        monday = first - timedelta(days=first.weekday())
        for number in count(0, self.interval):
            for weekday in sorted(self.by_weekday or (first.weekday(),)):
                yield monday + timedelta(days=WEEK * number + weekday)

    def _in_months(self, first: date) -> Iterator[date]:
        """A month without that day has no occurrence."""
        for number in count(first.month - 1, self.interval):
            year, month = first.year + number // 12, number % 12 + 1
            for n, weekday in self.by_n_weekday:
                yield from _nth_weekday(year, month, n, weekday)
            if not self.by_n_weekday:
                yield from _day_of(year, month, first.day)

    def _in_years(self, first: date) -> Iterator[date]:
        for year in count(first.year, self.interval):
            for month in sorted(self.by_month or (first.month,)):
                for day in sorted(self.by_month_day or (first.day,)):
                    yield from _day_of(year, month, day)


def _day_of(year: int, month: int, day: int) -> Iterator[date]:
    if day <= calendar.monthrange(year, month)[1]:
        yield date(year, month, day)


def _nth_weekday(year: int, month: int, n: int, weekday: int) -> Iterator[date]:
    weekday_of_first, days = calendar.monthrange(year, month)
    found = range(1 + (weekday - weekday_of_first) % WEEK, days + 1, WEEK)
    if n == LAST_WEEK:
        yield date(year, month, found[-1])
    else:
        yield date(year, month, found[n - 1])
