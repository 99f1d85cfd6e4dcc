from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.commands.local_time import parse_local

NOW_MS = int(datetime(2025, 11, 17, 9, 0, tzinfo=UTC).timestamp() * 1000)


def parsed(text, zone="Europe/Berlin", now_ms=NOW_MS):
    return datetime.fromtimestamp(parse_local(text, zone, now_ms) / 1000, UTC).isoformat()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-11-16 20:00", "2025-11-16T19:00:00+00:00"),
        ("2025-06-16T20:00", "2025-06-16T18:00:00+00:00"),
        ("  Yesterday   8:05 ", "2025-11-16T07:05:00+00:00"),
        ("today 00:00", "2025-11-16T23:00:00+00:00"),
        ("2025-10-26 02:30", "2025-10-26T00:30:00+00:00"),  # comes twice: the first one
    ],
)
def test_a_moment_is_one_of_the_guilds_zone(text, moment):
    assert parsed(text) == moment


def test_today_is_the_guilds_today():
    just_after_midnight_ms = int(datetime(2025, 11, 16, 13, 0, tzinfo=UTC).timestamp() * 1000)

    assert parsed("today 00:30", "Pacific/Auckland", just_after_midnight_ms).startswith("2025-11-16T11:30")
    assert parsed("yesterday 23:00", "Pacific/Auckland", just_after_midnight_ms).startswith("2025-11-16T10")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "20:00",
        "sunday 20:00",
        "2025-02-30 20:00",
        "2025-11-16 25:00",
        "2025-11-16 20:60",
        "16.11.2025 20:00",
        "٢٠٢٥-١١-١٦ ٢٠:٠٠",
        "2025-11-16 20:00 or so",
        "0001-01-01 00:00",
        "9999-12-31 23:59",
        "x" * 6000,
    ],
)
def test_what_is_no_moment_is_refused_with_what_to_write(text):
    with pytest.raises(ValueError, match=r"is no start: write 2025-11-16 20:00, yesterday 20:00") as refused:
        parse_local(text, "Europe/Berlin", NOW_MS)

    assert len(str(refused.value)) < 110


def test_a_time_that_the_clocks_skipped_is_refused():
    with pytest.raises(ValueError, match=r"there was no 02:30: the clocks went forward"):
        parse_local("2025-03-30 02:30", "Europe/Berlin", NOW_MS)
