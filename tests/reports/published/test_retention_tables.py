"""Retention as other tools document it, where they define it as we do."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from reports.gather import Reach, gather
from reports.periods import day_number
from reports.retention import Retention, Window
from storage.database import Warehouse

# FastStats, "Retention", the cohort table: https://beta.faststats.dev/docs/retention
# "Week columns show the share of that cohort active in each later week."
# Cohort → its users, and the share of them that was active in weeks 0 to 4.
FASTSTATS = {
    (2026, 1): (1240, (100, 51, 38, 31, 27)),
    (2026, 2): (1178, (100, 49, 35, 29, 24)),
    (2026, 3): (1321, (100, 46, 33, 26, 22)),
    (2026, 4): (1215, (100, 44, 30, 24, 19)),
}
NOW = "2026-03-09 12:00"  # week 4 of the last cohort is over
PERIOD = "2026-W10"


async def retention(guild: Any, warehouse: Warehouse, week_of: Any) -> Retention:
    await guild.write(warehouse)
    async with warehouse.reading() as conn:
        material = await gather(
            conn,
            guild.guild_id,
            guild.settings(),
            guild.rules,
            period=week_of(guild, PERIOD, NOW),
            now_ms=guild.ms(NOW),
            smallest_part=0,
            reach=Reach.SHORT,
        )
    return material.lifecycle.retention()


def joins(guild: Any, people: range, day: date) -> None:
    """With no stay after it: who has left is still of the cohort."""
    for number in people:
        guild.member(number, joined=f"{day} 12:00")
    guild.present([guild.day(day)], people)


async def test_a_cohort_as_theirs_has_the_retention_that_they_show(
    guild: Any, warehouse: Warehouse, week_of: Any
) -> None:
    guild.recorded("2025-12-01 00:00", NOW)
    first = 1
    for (year, week), (users, shares) in FASTSTATS.items():
        monday = date.fromisocalendar(year, week, 1)
        cohort = range(first, first + users)
        joins(guild, cohort, monday)
        for later, share in enumerate(shares):
            # other days of the week, and at its end other people: nobody has to come in every week
            active = cohort[-round(users * share / 100) :]
            guild.did("voice", monday + timedelta(days=7 * later + (3 * later) % 7), active)
        first += users
    told = await retention(guild, warehouse, week_of)
    for (year, week), (users, shares) in FASTSTATS.items():
        monday = day_number(date.fromisocalendar(year, week, 1))
        cells = [told.cell(Window(monday, monday + 6), later) for later in range(len(shares))]
        assert [cell.eligible for cell in cells] == [users] * len(shares)
        assert [round(100 * cell.retained / cell.eligible) for cell in cells] == list(shares)


# Amplitude, "How time works in a retention analysis", weekly retention on each user's own clock:
# https://amplitude.com/docs/analytics/charts/retention-analysis/retention-analysis-time
# Whoever began on 1 December is retained in week 0 by coming back on the 6th, and in week 1 by coming back on
# any day from the 8th to the 14th.
@pytest.mark.parametrize(
    ("came_back", "week"),
    [("2025-12-06", 0), ("2025-12-07", 0), ("2025-12-08", 1), ("2025-12-14", 1), ("2025-12-15", 2)],
)
async def test_a_week_is_seven_days_of_the_members_own(
    guild: Any, warehouse: Warehouse, week_of: Any, came_back: str, week: int
) -> None:
    guild.recorded("2025-11-01 00:00", NOW)
    joins(guild, range(1, 2), date(2025, 12, 1))
    guild.did("voice", came_back, {1})
    told = await retention(guild, warehouse, week_of)
    joined = Window(day_number(date(2025, 12, 1)), day_number(date(2025, 12, 1)))
    assert [told.cell(joined, number).retained for number in range(4)] == [
        int(number == week) for number in range(4)
    ]
