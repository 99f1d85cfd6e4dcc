"""Which check of the limits is due: one a day, the newest only, never twice."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.digests.claim import Run
from bot.digests.due import DAY_MS, Recorded
from bot.digests.due_check import (
    CheckSettings,
    broken_off,
    checks_made,
    due_check,
    next_check_ms,
    seven_days,
)
from bot.settings import Settings

BERLIN = CheckSettings(1000, 77, True, "Europe/Berlin", time(9, 0))
ALWAYS = Recorded(0, 2**62)


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp() * 1000)


def run(day: str, status: str = "checked") -> tuple[str, Run]:
    return day, Run(day, status, 0, 1, 77)


def due(now: str, *runs: tuple[str, Run], settings=BERLIN, recorded=ALWAYS):
    return due_check(settings, dict(runs), recorded, ms(now))


def key(*arguments, **named) -> str | None:
    found = due(*arguments, **named)
    return found and found.period.key


def test_a_day_is_checked_from_the_configured_moment_on():
    assert key("2025-11-17T08:59") == "2025-11-16"
    assert key("2025-11-17T09:00") == "2025-11-17"
    assert key("2025-11-17T23:59") == "2025-11-17"


def test_it_speaks_of_the_seven_days_before():
    week = seven_days(due("2025-11-17T09:00").period)
    assert (week.first_date.isoformat(), week.last_date.isoformat()) == ("2025-11-10", "2025-11-16")


@pytest.mark.parametrize("status", ["posted", "checked"])
def test_a_check_that_was_made_is_never_due_again(status):
    assert key("2025-11-17T09:00", run("2025-11-17", status)) is None
    assert key("2025-11-17T08:59", run("2025-11-17", status)) is None  # the clock was set back
    assert key("2025-11-01T09:00", run("2025-11-17", status)) is None


@pytest.mark.parametrize("status", ["claimed", "failed"])
def test_one_that_broke_off_is_still_due(status):
    assert key("2025-11-17T09:00", run("2025-11-17", status)) == "2025-11-17"


def test_after_an_absence_only_the_newest_is_due_and_it_is_late():
    found = due("2025-11-20T14:00", run("2025-11-12"))
    assert (found.period.key, found.late, found.due_at_ms) == ("2025-11-20", True, ms("2025-11-20T09:00"))


def test_the_seven_days_must_be_recorded_from_the_first_on_and_folded_to_the_end():
    first, end = ms("2025-11-10T00:00"), ms("2025-11-17T00:00")
    assert key("2025-11-17T09:00", recorded=Recorded(first + DAY_MS - 1, end)) == "2025-11-17"
    assert key("2025-11-17T09:00", recorded=Recorded(first + DAY_MS, end)) is None
    assert key("2025-11-17T09:00", recorded=Recorded(first, end - 1)) is None
    assert key("2025-11-17T09:00", recorded=None) is None


@pytest.mark.parametrize(
    "content",
    [
        {"digest": {"weekly": {"channel_id": 7}}},
        {"community": {"guild_id": 5}},
        {"community": {"guild_id": 5}, "digest": {"weekly": {"channel_id": 7}, "alerts": {"enabled": False}}},
        {"community": {"guild_id": 5}, "digest": {"weekly": {"channel_id": 7}}, "alert": []},
    ],
    ids=["no guild", "no channel", "switched off", "no limits"],
)
def test_without_a_place_or_a_limit_nothing_is_due(content):
    settings = CheckSettings.of(Settings.model_validate(content))
    assert key("2025-11-17T09:00", settings=settings) is None


def test_on_a_night_of_the_clocks_change_there_is_one_check():
    night = CheckSettings(1000, 77, True, "Europe/Berlin", time(2, 30))
    assert key("2025-10-26T02:30", settings=night) == "2025-10-26"
    assert key("2025-10-26T03:30", run("2025-10-26"), settings=night) is None
    assert key("2026-03-29T03:30", settings=night) == "2026-03-29"  # 02:30 does not exist


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2025-11-17T08:59", "2025-11-17T09:00"),
        ("2025-11-17T09:00", "2025-11-18T09:00"),
        ("2025-10-25T10:00", "2025-10-26T09:00"),  # over the night in which the clocks are put back
    ],
)
def test_the_next_check_is_at_the_next_configured_moment(now, then):
    assert next_check_ms(BERLIN, ms(now)) == ms(then)


def test_earlier_checks_are_those_that_were_made_the_newest_first():
    runs = dict(
        [
            run("2025-11-12"),
            run("2025-11-13", "posted"),
            run("2025-11-14", "failed"),
            run("2025-11-15", "claimed"),
        ]
    )
    now = due_check(BERLIN, runs, ALWAYS, ms("2025-11-17T09:00"))
    assert [check.key for check in checks_made(runs, now)] == ["2025-11-13", "2025-11-12"]
    many = dict(run(f"2025-10-{day:02}") for day in range(1, 31))
    assert len(checks_made(many, now)) == 14


def test_an_earlier_check_that_nobody_knows_of_is_looked_for_first():
    runs = dict([run("2025-11-15", "claimed"), run("2025-11-16", "failed")])
    now = due_check(BERLIN, runs, ALWAYS, ms("2025-11-17T09:00"))
    found = broken_off(BERLIN, runs, now)
    assert (found.period.key, found.marker) == ("2025-11-15", "alerts 2025-11-15")
    assert broken_off(BERLIN, dict([run("2025-11-17", "claimed")]), now) is None
