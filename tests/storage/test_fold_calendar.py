"""Local days: every moment lies in exactly one, whatever a zone's clocks do."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from storage.fold.calendar import Calendar
from storage.rules import EPOCH, Rules

HOUR = 3_600_000
# Clocks that change at midnight (Beirut, Havana, Asunción), by half an hour (Lord Howe), by a day (Apia).
ZONES = (
    *("UTC", "Europe/Berlin", "America/New_York", "Asia/Beirut", "America/Havana", "America/Asuncion"),
    *("Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"),
)


@settings(max_examples=200)
@given(zone=st.sampled_from(ZONES), at_ms=st.integers(1_262_304_000_000, 1_893_456_000_000))
@example(zone="America/Havana", at_ms=1_793_509_200_000)
def test_every_moment_lies_within_its_local_day(zone: str, at_ms: int) -> None:
    day = Calendar(Rules(zone=zone)).day_of(at_ms)
    local = datetime.fromtimestamp(at_ms // 1000, ZoneInfo(zone)).date()
    assert day.number == (local - EPOCH).days
    assert day.start_ms <= at_ms < day.end_ms


@pytest.mark.parametrize("zone", ZONES)
def test_each_day_ends_where_the_next_begins(zone: str) -> None:
    calendar = Calendar(Rules(zone=zone))
    for number in range(20_000, 21_000):
        today, tomorrow = calendar.day(number), calendar.day(number + 1)
        assert today.end_ms == tomorrow.start_ms
        assert 0 <= today.end_ms - today.start_ms <= 25 * HOUR


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("Europe/Berlin", "2026-06-01", 24),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("Asia/Beirut", "2026-03-29", 23),
        ("Pacific/Apia", "2011-12-30", 0),  # was skipped
    ],
)
def test_days_last_as_long_as_their_clocks_say(zone: str, day: str, hours: float) -> None:
    number = (datetime.fromisoformat(day).replace(tzinfo=UTC).date() - EPOCH).days
    found = Calendar(Rules(zone=zone)).day(number)
    assert (found.end_ms - found.start_ms) / HOUR == hours


def test_a_span_is_shared_out_among_its_days() -> None:
    calendar = Calendar(Rules(zone="Pacific/Apia"))
    start = int(datetime(2011, 12, 29, 22, tzinfo=ZoneInfo("Pacific/Apia")).timestamp()) * 1000
    shared = list(calendar.shared_out(start, start + 5 * HOUR))
    first = (datetime(2011, 12, 29, tzinfo=UTC).date() - EPOCH).days
    assert shared == [(first, 2 * HOUR), (first + 2, 3 * HOUR)], "30 December was skipped"
    assert list(calendar.shared_out(start, start)) == []
