"""Keeps what is published of closed periods up to date, a period at a time."""

from __future__ import annotations

from reports.publishing import Published, computed, publish
from reports.settings import ReportSettings
from reports.stale_periods import stale_periods
from reports.stray_periods import remove_strays, stray_periods
from storage.database import Warehouse
from storage.rules import Rules


async def publish_next(
    warehouse: Warehouse, guild_id: int, settings: ReportSettings, rules: Rules, now_ms: int
) -> Published | None:
    """Computes the newest stale period in one snapshot and writes it in one transaction.

    None: nothing is stale. What breaks off between the two leaves the period stale. May be called by any
    number of processes: who read older tables writes nothing. Raises WarehouseUnavailable.
    """
    async with warehouse.reading() as conn:
        stale = await stale_periods(conn, guild_id, settings, rules, now_ms)
        if not stale:
            return None
        found = await computed(
            conn,
            guild_id,
            settings,
            rules,
            stale[0].period,
            now_ms,
            with_cohorts=stale[0].is_newest_week,
        )
    async with warehouse.writing() as conn:
        await warehouse.lock_guild(conn, guild_id)
        return await publish(conn, guild_id, found) or Published(found.period.key, 0, 0)


async def forget_strays(
    warehouse: Warehouse, guild_id: int, settings: ReportSettings, rules: Rules, now_ms: int
) -> tuple[str, ...]:
    """Removes in one transaction what stands of periods that are none. Returns their keys.

    Raises WarehouseUnavailable.
    """
    async with warehouse.reading() as conn:
        if not await stray_periods(conn, guild_id, settings, rules, now_ms):
            return ()
    async with warehouse.writing() as conn:
        await warehouse.lock_guild(conn, guild_id)
        return await remove_strays(conn, guild_id, settings, rules, now_ms)
