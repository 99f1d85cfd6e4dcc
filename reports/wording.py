"""How numbers are written for people: digits, signs, percentages, durations, moments."""

from __future__ import annotations

import math
from collections.abc import Iterable

from reports.periods import local_moment, month_name, weekday_name

NO_BREAK = "\u00a0"
MINUS = "\u2212"
LONG_MINUTES = 120


def whole(value: float) -> str:
    """“1,234”; halves go up, so that 0.5 is not now 0 and now 2."""
    return f"{math.floor(value + 0.5):,}"


def signed(difference: float) -> str:
    """“+9”, “−3”, “0”."""
    size = whole(abs(difference))
    if size == "0":
        return "0"
    return ("+" if difference > 0 else MINUS) + size


def percent(share: float) -> str:
    """“31 %”; below 1 % and above 99 % with one decimal, and never 0 % or 100 % for what is not."""
    if share in (0, 1):
        return f"{share * 100:.0f}{NO_BREAK}%"
    if 0.01 <= share <= 0.99:
        return f"{whole(share * 100)}{NO_BREAK}%"
    tenths = min(max(round(share * 1000), 1), 999)
    return f"{tenths / 10:.1f}{NO_BREAK}%"


def percent_beside(share: float, bound: float) -> str:
    """As percent(), but with as many digits as tell the share from a bound that it is not."""
    if share == bound or percent(share) != percent(bound):
        return percent(share)
    return f"{apart(share * 100, bound * 100)[0]}{NO_BREAK}%"


def apart(value: float, bound: float) -> tuple[str, str]:
    """Two different numbers with as few decimals as tell them apart: “79.98”, “80”."""
    texts = ("", "")
    for places in range(1, 10):
        texts = _decimals(value, places), _decimals(bound, places)
        if texts[0] != texts[1]:
            break
    return texts


def _decimals(value: float, most: int) -> str:
    return f"{value:,.{most}f}".rstrip("0").rstrip(".")


def points(difference: float) -> str:
    """A change of a rate: “+4 points”."""
    text = signed(difference * 100)
    return f"{text}{NO_BREAK}{'point' if text.lstrip('+' + MINUS) == '1' else 'points'}"


def minutes(value: float, *, from_minutes: int = LONG_MINUTES) -> str:
    """“42 min”; from 2 h on “2 h 10 min”, unbroken."""
    total = math.floor(value + 0.5)
    if total < from_minutes:
        return f"{total}{NO_BREAK}min"
    hours, rest = divmod(total, 60)
    text = f"{hours:,}{NO_BREAK}h"
    return f"{text}{NO_BREAK}{rest}{NO_BREAK}min" if rest else text


def is_no_time(minutes: float) -> bool:
    """Less than what is written as one minute."""
    return minutes < 0.5


def hours(value: float) -> str:
    """“42 min”, “2 h 10 min”; none are “0 h”, wherever they stand."""
    return f"0{NO_BREAK}h" if is_no_time(value * 60) else minutes(value * 60)


def minutes_beside(value: float, others: Iterable[float]) -> str:
    """As minutes(); beside one of 2 h or more an hour is written as one, too: “1 h 50 min”, “2 h 22 min”."""
    is_long = any(math.floor(other + 0.5) >= LONG_MINUTES for other in others)
    if is_long and is_no_time(value):
        return f"0{NO_BREAK}h"
    return minutes(value, from_minutes=60 if is_long else LONG_MINUTES)


def duration(length_ms: int) -> str:
    return minutes(length_ms / 60_000)


def brief(milliseconds: float) -> str:
    """“under 0.1 s”, “0.4 s”, “12 s”, “3 min”: how long something took."""
    if milliseconds < 100:
        return f"under 0.1{NO_BREAK}s"
    if milliseconds < 10_000:
        return f"{milliseconds / 1000:.1f}{NO_BREAK}s"
    if milliseconds < 120_000:
        return f"{milliseconds / 1000:.0f}{NO_BREAK}s"
    return minutes(milliseconds / 60_000)


def of_time(seconds: int, of_seconds: int, between: str = "/") -> str:
    """“160/168 h”, of less than 2 h “42/90 min”; with as many digits as tell a part from the whole."""
    scale, unit = (3600, "h") if of_seconds >= LONG_MINUTES * 60 else (60, "min")
    texts = whole(seconds / scale), whole(of_seconds / scale)
    if seconds != of_seconds and texts[0] == texts[1]:
        texts = apart(seconds / scale, of_seconds / scale)
    return f"{texts[0]}{between}{texts[1]}{NO_BREAK}{unit}"


def days(number: float) -> str:
    """“1 day”, “2.5 days”, “the same day”."""
    if number == 0:
        return "the same day"
    text = whole(number) if number == int(number) else decimal(number, 1)
    return f"{text}{NO_BREAK}{'day' if number == 1 else 'days'}"


def decimal(value: float, places: int) -> str:
    return f"{value:,.{places}f}"


def count(number: int, singular: str, plural: str) -> str:
    """“1 person”, “9 people”."""
    return f"{whole(number)} {singular if number == 1 else plural}"


def people(number: int) -> str:
    return count(number, "person", "people")


def listing(words: list[str]) -> str:
    """“voice, members and commands”."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def sentence(text: str) -> str:
    """With a capital first letter; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def day_text(at_ms: int, zone: str) -> str:
    """“Wed 12 Nov”."""
    moment = local_moment(at_ms, zone)
    return f"{weekday_name(moment)[:3]} {moment.day} {month_name(moment)[:3]}"


def moment_text(at_ms: int, zone: str) -> str:
    """“Wed 12 Nov 2025, 14:00”."""
    moment = local_moment(at_ms, zone)
    return f"{day_text(at_ms, zone)} {moment.year}, {moment:%H:%M}"


def as_of(tables_ms: int, asked_ms: int | None, zone: str) -> str:
    """“as of Wed 12 Nov 2025, 14:00”: the tables' latest moment, beside the one asked for."""
    latest = moment_text(tables_ms, zone)
    if asked_ms is None or tables_ms - asked_ms < 60_000:
        return f"as of {latest}"
    return f"asked as of {moment_text(asked_ms, zone)}, counted with all that was known on {latest}"


def span_text(from_ms: int, to_ms: int, zone: str) -> str:
    """“Wed 12 Nov, 04:10–05:10”, “Wed 12 Nov, 22:00 – Thu 13 Nov, 03:30”."""
    start, end = local_moment(from_ms, zone), local_moment(to_ms, zone)
    beginning = f"{day_text(from_ms, zone)}, {start:%H:%M}"
    if start.date() == end.date():
        return f"{beginning}–{end:%H:%M}"
    return f"{beginning} – {day_text(to_ms, zone)}, {end:%H:%M}"


def first_fitting(limit: int, *candidates: str) -> str:
    """The first candidate of at most `limit` characters; the last one is cut if none fits."""
    for candidate in candidates:
        if len(candidate) <= limit:
            return candidate
    return candidates[-1][: limit - 1].rstrip() + "…"
