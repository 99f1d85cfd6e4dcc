"""How far the members that the log believes in and Discord's list were apart, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from reports.drift import member_drift
from reports.lines import line
from reports.periods import parse_period, previous

NOW = "2025-11-20 12:00"


@pytest.fixture
def drift_of(guild: Any, warehouse: Any) -> Any:
    """Of the week of 10 November, beside that of 3 November."""

    async def of(key: str = "2025-W46") -> Any:
        await guild.write(warehouse)
        this = parse_period(key, guild.zone, "monday", guild.ms(NOW))
        async with warehouse.reading() as conn:
            return await member_drift(conn, guild.guild_id, this, previous(this), guild.zone)

    return of


async def test_it_is_the_difference_of_the_newest_list_over_its_length(guild: Any, drift_of: Any) -> None:
    guild.listed("2025-11-01 10:00", 950, unexpected=950)
    guild.listed("2025-11-05 10:00", 1000, absent=8, unexpected=2)
    guild.listed("2025-11-11 10:00", 1000, absent=500, unexpected=7)
    guild.listed("2025-11-15 10:00", 1200, absent=3, unexpected=1)
    drift = await drift_of()
    assert (drift.current.value, drift.current.numerator, drift.current.denominator) == (4 / 1200, 4, 1200)
    assert drift.previous.value == pytest.approx(10 / 1000)
    assert drift.caveats == ()
    assert line(drift).plain().replace("\u00a0", " ") == "Drift 0.3 % (4/1,200) · was 1 %"


async def test_the_first_list_is_where_the_log_begins_and_no_drift(guild: Any, drift_of: Any) -> None:
    guild.listed("2025-11-11 10:00", 1000, unexpected=1000)
    drift = await drift_of()
    assert drift.current.value is None
    assert drift.caveats == ("No whole list of the members came in this time.",)
    assert drift.previous.value is None


async def test_what_came_before_or_after_the_period_is_not_its_drift(guild: Any, drift_of: Any) -> None:
    guild.listed("2025-11-01 10:00", 1000, unexpected=1000)
    guild.listed("2025-11-02 23:59", 1000, absent=9)
    guild.listed("2025-11-17 00:00", 1000, absent=9)
    drift = await drift_of()
    assert (drift.current.value, drift.previous.value) == (None, None)


async def test_lists_of_voice_and_events_are_no_lists_of_members(guild: Any, drift_of: Any) -> None:
    guild.listed("2025-11-01 10:00", 1000, unexpected=1000)
    guild.listed("2025-11-12 10:00", 20, absent=9, source="voice")
    guild.listed("2025-11-12 10:00", 5, absent=1, source="events")
    assert (await drift_of()).current.value is None


async def test_a_refused_list_counts_and_is_told(guild: Any, drift_of: Any) -> None:
    guild.listed("2025-11-01 10:00", 1000, unexpected=1000)
    guild.listed("2025-11-12 13:10", 700, absent=300, verdict="refused")
    drift = await drift_of()
    assert drift.current.value == pytest.approx(300 / 700)
    assert drift.caveats == (
        "The list of members of Wed 12 Nov, 13:10 lacks 300 of 1,000: nobody was removed by it.",
    )


async def test_a_partial_list_is_told_and_says_nothing_of_the_difference(guild: Any, drift_of: Any) -> None:
    guild.listed("2025-11-01 10:00", 1000, unexpected=1000)
    guild.listed("2025-11-12 13:10", 1000, absent=1)
    for minute in (20, 30, 40):
        guild.listed(f"2025-11-12 13:{minute}", 10, absent=990, verdict="partial")
    drift = await drift_of()
    assert drift.current.value == pytest.approx(1 / 1000)
    assert drift.caveats == (
        "The list of members of Wed 12 Nov, 13:40 was not whole: nobody was removed by it. "
        "2 before it were no better.",
    )


async def test_before_the_first_list_that_was_taken_nothing_is_compared(guild: Any, drift_of: Any) -> None:
    guild.listed("2025-11-11 10:00", 100, unexpected=100, verdict="partial")
    guild.listed("2025-11-11 11:00", 1000, unexpected=900)
    guild.listed("2025-11-12 10:00", 1000, absent=4)
    assert (await drift_of()).current.value == pytest.approx(4 / 1000)


async def test_of_fewer_than_ten_only_the_counts_are_told(guild: Any, drift_of: Any) -> None:
    guild.listed("2025-11-01 10:00", 9, unexpected=9)
    guild.listed("2025-11-12 10:00", 9, absent=1)
    drift = await drift_of()
    assert (drift.current.value, drift.current.numerator, drift.current.denominator) == (None, 1, 9)
