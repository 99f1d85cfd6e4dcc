"""Half-open spans of local days in the guild's zone. Definitions: docs/kpis.md, "Shared rules"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]

EPOCH = date(1970, 1, 1)
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TRAILING_WEEK = "trailing-7d"
WEEK_KEY = re.compile(r"([0-9]{4})-W([0-9]{2})")
MONTH_KEY = re.compile(r"([0-9]{4})-([0-9]{2})")
DAY_MS = 24 * 60 * 60 * 1000
LAST_YEAR = 9000  # dates end soon after


@dataclass(frozen=True, slots=True)
class Period:
    """A span of whole local days, [first_day, last_day + 1), and the same span in UTC milliseconds.

    Days are local days since 1970-01-01. A DST week has 167 or 169 hours, so the milliseconds are kept
    beside the days instead of being computed from them.
    """

    key: str  # 2026-W46, 2026-11, trailing-7d, 2026-11-22
    first_day: int
    last_day: int  # inclusive
    start_ms: int
    end_ms: int  # exclusive
    zone: str

    @property
    def days(self) -> range:
        return range(self.first_day, self.last_day + 1)

    @property
    def first_date(self) -> date:
        return date_of(self.first_day)

    @property
    def last_date(self) -> date:
        return date_of(self.last_day)

    @property
    def is_month(self) -> bool:
        return MONTH_KEY.fullmatch(self.key) is not None

    def is_open(self, now_ms: int) -> bool:
        return now_ms < self.end_ms


def date_of(local_day: int) -> date:
    return EPOCH + timedelta(days=local_day)


def day_number(day: date) -> int:
    return (day - EPOCH).days


def month_name(day: date) -> str:
    """In English, whatever the machine's language is."""
    return MONTHS[day.month - 1]


def weekday_name(day: date) -> str:
    return WEEKDAYS[day.weekday()].capitalize()


def local_moment(at_ms: int, zone: str) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(zone))


def local_day(at_ms: int, zone: str) -> int:
    """The local day that holds a moment, as days since 1970-01-01."""
    return day_number(local_moment(at_ms, zone).date())


def local_days(moments_ms: Numbers, zone: str) -> Numbers:
    """The same of many: a local day begins within a day of the UTC one of its date."""
    utc_days = moments_ms // DAY_MS
    known, places = np.unique(utc_days, return_inverse=True)
    starts = np.array([day_start_ms(day, zone) for day in known.tolist()], dtype=np.int64)
    ends = np.array([day_start_ms(day + 1, zone) for day in known.tolist()], dtype=np.int64)
    days: Numbers = utc_days + (moments_ms >= ends[places]) - (moments_ms < starts[places])
    return days


@lru_cache(maxsize=2**14)  # forty years of days: reports ask for the same ones again and again
def day_start_ms(day: int, zone: str) -> int:
    """The first moment of a local day: 01:00 where the clocks skip midnight, the earlier where it repeats."""
    midnight = datetime.combine(date_of(day), datetime.min.time(), ZoneInfo(zone))
    return int(midnight.timestamp()) * 1000


def span(key: str, first_day: int, last_day: int, zone: str) -> Period:
    return Period(
        key, first_day, last_day, day_start_ms(first_day, zone), day_start_ms(last_day + 1, zone), zone
    )


def week_of(day: int, zone: str, week_start: str = "monday") -> Period:
    """The week that holds a local day.

    Its key is the ISO week of its fourth day: of a Monday week its own, of any other week the one that it
    shares most days with.
    """
    first_day = day - (date_of(day).weekday() - WEEKDAYS.index(week_start)) % 7
    iso = date_of(first_day + 3).isocalendar()
    return span(f"{iso.year}-W{iso.week:02}", first_day, first_day + 6, zone)


def week_at(now_ms: int, zone: str, week_start: str = "monday") -> Period:
    return week_of(local_day(now_ms, zone), zone, week_start)


def last_closed_week(now_ms: int, zone: str, week_start: str = "monday") -> Period:
    return previous(week_at(now_ms, zone, week_start))


def month_of(day: int, zone: str) -> Period:
    first = date_of(day).replace(day=1)
    next_first = (first + timedelta(days=31)).replace(day=1)
    return span(f"{first:%Y-%m}", day_number(first), day_number(next_first) - 1, zone)


def last_closed_month(now_ms: int, zone: str) -> Period:
    return previous(month_of(local_day(now_ms, zone), zone))


def day_of(day: int, zone: str) -> Period:
    return span(date_of(day).isoformat(), day, day, zone)


def day_at(now_ms: int, zone: str) -> Period:
    """Today: open until midnight."""
    return day_of(local_day(now_ms, zone), zone)


def trailing_week(now_ms: int, zone: str) -> Period:
    """The last 7 complete local days; today is not among them."""
    today = local_day(now_ms, zone)
    return span(TRAILING_WEEK, today - 7, today - 1, zone)


def previous(period: Period) -> Period:
    """The period of the same kind right before: the month before a month, else as many days."""
    if period.is_month:
        return month_of(period.first_day - 1, period.zone)
    length = period.last_day - period.first_day + 1
    if WEEK_KEY.fullmatch(period.key):
        return week_of(period.first_day - 7, period.zone, WEEKDAYS[period.first_date.weekday()])
    is_trailing = period.key.startswith(TRAILING_WEEK)
    key = f"{period.key}-before" if is_trailing else date_of(period.first_day - 1).isoformat()
    return span(key, period.first_day - length, period.first_day - 1, period.zone)


def next_period(period: Period) -> Period:
    """The week or month right after."""
    if period.is_month:
        return month_of(period.last_day + 1, period.zone)
    return week_of(period.last_day + 1, period.zone, WEEKDAYS[period.first_date.weekday()])


def parse_period(text: str, zone: str, week_start: str, now_ms: int) -> Period:
    """Read a period as people type it. Raises ValueError with one sentence that says what to type."""
    if text == TRAILING_WEEK:
        return trailing_week(now_ms, zone)
    if week := WEEK_KEY.fullmatch(text):
        return _parse_week(text, int(week[1]), int(week[2]), zone, week_start)
    month = MONTH_KEY.fullmatch(text)
    if month and EPOCH.year <= int(month[1]) <= LAST_YEAR and 1 <= int(month[2]) <= 12:
        return month_of(day_number(date(int(month[1]), int(month[2]), 1)), zone)
    raise ValueError(
        f"“{text}” is not a period: use a week such as 2026-W46, a month such as 2026-11, or {TRAILING_WEEK}."
    )


def _parse_week(text: str, year: int, week: int, zone: str, week_start: str) -> Period:
    if year < EPOCH.year:
        raise ValueError(f"“{text}” is too long ago: use a week after 1970, such as 2026-W46.")
    if year > LAST_YEAR:
        raise ValueError(f"“{text}” is too far ahead: use a week before {LAST_YEAR}, such as 2026-W46.")
    try:
        monday = date.fromisocalendar(year, week, 1)
    except ValueError:
        last_week = date(year, 12, 28).isocalendar().week  # 28 December is always in a year's last week
        raise ValueError(
            f"“{text}” does not exist: the weeks of {year} go from {year}-W01 to {year}-W{last_week}."
        ) from None
    fourth_weekday = (WEEKDAYS.index(week_start) + 3) % 7
    return week_of(day_number(monday) + fourth_weekday, zone, week_start)


def whole(period: Period) -> Period:
    """The week or month that a period of its key is, where only its first days are counted."""
    if period.is_month:
        return month_of(period.first_day, period.zone)
    if WEEK_KEY.fullmatch(period.key):
        return week_of(period.first_day, period.zone, WEEKDAYS[period.first_date.weekday()])
    return period


def reaching(window: tuple[int, int], zone: str) -> Period:
    """A span of time as it is, whatever days it begins and ends on."""
    return Period("", local_day(window[0], zone), local_day(window[1], zone), *window, zone)


def describe(period: Period, *, year: bool = False) -> str:
    """“10–16 Nov”, “30 Nov – 6 Dec”, “22 Nov”; with the year “10–16 Nov 2025”, “29 Dec 2025 – 4 Jan 2026”."""
    shown = whole(period)
    return describe_days(shown.first_date, shown.last_date, year=year)


def within(period: Period) -> str:
    """“in week 46”, “in November”, “in 7 days”."""
    if week := WEEK_KEY.fullmatch(period.key):
        return f"in week {int(week[2])}"
    if period.is_month:
        return f"in {month_name(period.first_date)}"
    return "in 7 days" if period.key == TRAILING_WEEK else f"in {describe(period)}"


def describe_days(first: date, last: date, *, year: bool = False) -> str:
    ending = f"{last.day} {month_name(last)[:3]}" + (f" {last.year}" if year else "")
    if first == last:
        return ending
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{ending}"
    beginning_year = f" {first.year}" if year and first.year != last.year else ""
    return f"{first.day} {month_name(first)[:3]}{beginning_year} – {ending}"
