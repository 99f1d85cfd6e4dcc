"""Of a moment that the tables have left behind no later day counts, and nothing that had yet to begin.

The tables know all until Wednesday 19 November 2025, noon; the week is that of Monday 17 November.
"""

from __future__ import annotations

from typing import Any

import pytest

from reports.asked import Asked
from reports.health import health_asked
from reports.json import to_json
from reports.periods import parse_period
from reports.text import to_text

KNOWN_UNTIL = "2025-11-19 12:00"
MONDAY_NIGHT, TUESDAY_NOON = "2025-11-17 20:00", "2025-11-18 12:00"
EVENING = ("2025-11-18 19:00", "2025-11-18 21:00")


@pytest.fixture
def club(guild: Any) -> Any:
    """Forty people; 12 are in voice on Monday and 15 others on Tuesday, the day of the event."""
    guild.recorded("2025-08-01 00:00", KNOWN_UNTIL, sources=("voice", "members", "commands", "events"))
    guild.present(guild.days("2025-08-01", "2025-11-19"), range(1, 41))
    for number in range(1, 41):
        guild.spell(number, 0)
    guild.did("voice", "2025-11-17", range(1, 13))
    guild.did("voice", "2025-11-18", range(21, 36))
    before = guild.event(2, "2025-11-11 19:00", "2025-11-11 21:00", hosts=(1,))
    guild.came(before, range(21, 31), "interested")
    key = guild.event(1, *EVENING, hosts=(1,))
    guild.came(key, range(21, 31), "interested")
    guild.came(key, range(31, 36))
    return guild


async def asked(guild: Any, warehouse: Any, now: str) -> Any:
    await guild.write(warehouse)
    now_ms = guild.ms(now)
    period = parse_period("2025-W47", guild.zone, "monday", now_ms)
    async with warehouse.reading() as conn:
        return await health_asked(conn, guild.guild_id, guild.settings(), guild.rules, Asked(period, now_ms))


@pytest.mark.parametrize(
    ("now", "active", "held"),
    [(MONDAY_NIGHT, 12, 0), (TUESDAY_NOON, 27, 0), ("2025-11-18 19:30", 27, 1), (KNOWN_UNTIL, 27, 1)],
)
async def test_no_later_day_counts_and_no_event_that_had_not_begun(
    club: Any, warehouse: Any, kpi: Any, now: str, active: int, held: int
) -> None:
    report = await asked(club, warehouse, now)
    assert kpi(report, "weekly_active_members").current.value == active
    assert kpi(report, "events_held").current.value == held


async def test_the_period_keeps_its_own_name_and_end(club: Any, warehouse: Any) -> None:
    report = await asked(club, warehouse, MONDAY_NIGHT)
    assert to_json(report)["period"]["last_day"] == "2025-11-23"
    text = to_text(report)
    assert "Week 47 · 17–23 Nov 2025 · not over" in text
    assert "17–23 Nov is not over: the numbers are so far" in text
    assert "asked as of Mon 17 Nov 2025, 20:00, counted with all that was known on Wed 19 Nov" in text


async def test_an_event_that_had_not_begun_is_still_to_come(club: Any, warehouse: Any) -> None:
    await club.write(warehouse)
    then = await club.occurrence(warehouse, club.key(1), TUESDAY_NOON)
    assert then.outcome == "coming" and then.sections == ()
    assert then.finding == "10 interested so far; it begins Tue 18 Nov, 19:00."
    assert {person.status for person in then.people} == {"none"}
    assert len(then.people) == 10
    now = await club.occurrence(warehouse, club.key(1), KNOWN_UNTIL)
    assert now.outcome == "held" and len(now.people) == 15
