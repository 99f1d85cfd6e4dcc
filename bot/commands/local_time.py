"""A moment as people type it, in the guild's zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.clock import milliseconds
from bot.presentation.escape import clamp, clean
from reports.periods import local_moment

TYPED = 24  # as much of it as is repeated to whoever typed it
MOMENT = re.compile(r"(today|yesterday|20\d{2}-\d{2}-\d{2})[ T](\d{1,2}):(\d{2})", re.IGNORECASE | re.ASCII)
DAYS_BACK = {"today": 0, "yesterday": 1}


def parse_local(text: str, zone: str, now_ms: int) -> int:
    """“2026-11-25 20:00”, “yesterday 20:00”, “today 20:00” as milliseconds. A time that comes twice is taken
    the first time. Raises ValueError with one sentence that says what to type.
    """
    today = local_moment(now_ms, zone).date()
    typed = _typed(text, today, ZoneInfo(zone))
    if typed is None:
        raise ValueError(_expected(text, today))
    moment = typed.astimezone(UTC)
    if moment.astimezone(typed.tzinfo).replace(tzinfo=None) != typed.replace(tzinfo=None):
        raise ValueError(f"On that day there was no {typed:%H:%M}: the clocks went forward.")
    return milliseconds(moment)


def _typed(text: str, today: date, zone: ZoneInfo) -> datetime | None:
    match = MOMENT.fullmatch(clean(text))
    if match is None:
        return None
    try:
        day, clock = _day(match[1].lower(), today), time(int(match[2]), int(match[3]))
        return datetime.combine(day, clock, zone)
    except ValueError:  # a 30 February, a 25th hour
        return None


def _day(text: str, today: date) -> date:
    back = DAYS_BACK.get(text)
    return date.fromisoformat(text) if back is None else today - timedelta(days=back)


def _expected(text: str, today: date) -> str:
    example = today - timedelta(days=1)
    typed = clamp(clean(text), TYPED)
    return f"“{typed}” is no start: write {example} 20:00, yesterday 20:00 or today 20:00."
