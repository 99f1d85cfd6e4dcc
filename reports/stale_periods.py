"""Which closed periods have to be computed again: those that a changed day can have reached.

The fold notes the earliest day that each batch changed, with its position (storage/fold/changed_days.py).
What is said of a period may depend on every day up to its end, and on none after it.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.closed_periods import closed_periods, kind_and_key, standing_periods
from reports.periods import Period
from reports.settings import ReportSettings
from storage.rules import Rules
from storage.tables import changed_days


class Stale(NamedTuple):
    period: Period
    is_newest_week: bool  # with its values those of the cohorts are due


async def stale_periods(
    conn: AsyncConnection, guild_id: int, settings: ReportSettings, rules: Rules, now_ms: int
) -> list[Stale]:
    """The closed weeks and months whose values are missing, or may be others by now, the newest first.

    None while the tables stand under other rules: a rebuild is due then, and changes everything.
    """
    closed = await closed_periods(conn, guild_id, settings, rules, now_ms)
    if closed is None:
        return []
    standing, changed = await standing_periods(conn, guild_id), await _changed(conn, guild_id)

    def is_stale(period: Period) -> bool:
        stands = standing.get(kind_and_key(period))
        if stands is None or (stands.under, stands.min_group) != (closed.under, settings.min_group):
            return True
        if stands.position >= closed.position:
            return False  # computed from these very tables
        return any(day <= period.last_day and position > stands.position for day, position in changed)

    newest_first = sorted(closed.periods, key=lambda period: -period.end_ms)
    newest = next((period for period in newest_first if not period.is_month), None)
    return [Stale(period, period == newest) for period in newest_first if is_stale(period)]


async def _changed(conn: AsyncConnection, guild_id: int) -> list[tuple[int, int]]:
    c = changed_days.c
    rows = await conn.execute(select(c.local_day, c.position).where(c.guild_id == guild_id))
    return [(day, position) for day, position in rows]
