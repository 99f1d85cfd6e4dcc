"""What stands of periods that are none: the calendar in force has other weeks, or recording began later.

Nobody computes them again, so that they would keep whoever withdraws. Decision: docs/decisions/0040.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.closed_periods import (
    Closed,
    KindAndKey,
    Standing,
    closed_periods,
    kind_and_key,
    standing_periods,
)
from reports.periods import local_day
from reports.published import WEEK
from reports.settings import ReportSettings
from storage.rules import Rules
from storage.tables import cohort_values, kpi_values


async def remove_strays(
    conn: AsyncConnection, guild_id: int, settings: ReportSettings, rules: Rules, now_ms: int
) -> tuple[str, ...]:
    """Returns the keys of what was removed, in their order."""
    strays = await stray_periods(conn, guild_id, settings, rules, now_ms)
    if strays:
        await _remove(conn, guild_id, strays)
    return tuple(sorted(key for _, key in strays))


async def stray_periods(
    conn: AsyncConnection, guild_id: int, settings: ReportSettings, rules: Rules, now_ms: int
) -> dict[KindAndKey, Standing]:
    """None while the tables stand under other rules: a rebuild is due then, and changes everything."""
    closed = await closed_periods(conn, guild_id, settings, rules, now_ms)
    if closed is None:
        return {}
    spans = {kind_and_key(period): (period.first_day, period.last_day) for period in closed.periods}
    since_day = local_day(closed.since_ms, settings.zone)
    return {
        of: stands
        for of, stands in (await standing_periods(conn, guild_id)).items()
        if spans.get(of) != (stands.first_day, stands.last_day) and not _is_to_come(stands, closed, since_day)
    }


def _is_to_come(stands: Standing, closed: Closed, since_day: int) -> bool:
    """Of the calendar in force and not over: the clock was set back. What it was first must not be lost."""
    return stands.under == closed.under and stands.last_day >= since_day


async def _remove(conn: AsyncConnection, guild_id: int, strays: Mapping[KindAndKey, Standing]) -> None:
    """And the cohorts as of such a week: they come back with the newest one."""
    v, c = kpi_values.c, cohort_values.c
    await conn.execute(
        delete(kpi_values).where(v.guild_id == guild_id, tuple_(v.period_kind, v.period).in_(list(strays)))
    )
    last_days = [stands.last_day for (kind, _), stands in strays.items() if kind == WEEK]
    await conn.execute(delete(cohort_values).where(c.guild_id == guild_id, c.as_of_day.in_(last_days)))
