"""Which closed periods have to be computed again: those that a changed day can have reached.

The fold notes the earliest day that each batch changed, with its position (storage/fold/changed_days.py).
What is said of a period may depend on every day up to its end, and on none after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.periods import Period, local_day, month_of, next_period, week_of
from reports.published import fingerprint, kind_of
from reports.settings import ReportSettings
from storage.rules import Rules
from storage.tables import changed_days, coverage, fold_progress, kpi_values

SETTLED_MS = 60 * 60 * 1000  # after its end: by then a batch or two have brought what was under way


class Stale(NamedTuple):
    period: Period
    is_newest_week: bool  # with its values those of the cohorts are due


async def stale_periods(
    conn: AsyncConnection, guild_id: int, settings: ReportSettings, rules: Rules, now_ms: int
) -> list[Stale]:
    """The closed weeks and months whose values are missing, or may be others by now, the newest first.

    None while the tables stand under other rules: a rebuild is due then, and changes everything.
    """
    progress = (await conn.execute(select(fold_progress).where(fold_progress.c.guild_id == guild_id))).first()
    since_ms = await _recording_since(conn, guild_id)
    if progress is None or since_ms is None or progress.rules != rules.fingerprint():
        return []
    until_ms = min(progress.folded_to_ms, now_ms) - SETTLED_MS
    standing, changed = await _standing(conn, guild_id), await _changed(conn, guild_id)
    under = (rules.fingerprint(), fingerprint(settings), settings.min_group)

    def is_stale(period: Period) -> bool:
        stands = standing.get((kind_of(period), period.key))
        if stands is None or (stands.rules, stands.settings, stands.min_group) != under:
            return True
        if stands.position >= progress.position:
            return False  # computed from these very tables
        return any(day <= period.last_day and position > stands.position for day, position in changed)

    closed = sorted(_closed(settings, since_ms, until_ms), key=lambda period: -period.end_ms)
    newest = next((period for period in closed if not period.is_month), None)
    return [Stale(period, period == newest) for period in closed if is_stale(period)]


@dataclass(frozen=True, slots=True)
class _Standing:
    position: int
    rules: str
    settings: str
    min_group: int | None  # None: of a version that withheld nothing


async def _standing(conn: AsyncConnection, guild_id: int) -> dict[tuple[str, str], _Standing]:
    """A period's values are written together, so that any of them speaks for all."""
    v = kpi_values.c
    rows = await conn.execute(
        select(v.period_kind, v.period, *map(func.min, (v.position, v.rules, v.settings, v.min_group)))
        .where(v.guild_id == guild_id)
        .group_by(v.period_kind, v.period)
    )
    return {(kind, key): _Standing(*rest) for kind, key, *rest in rows}


async def _changed(conn: AsyncConnection, guild_id: int) -> list[tuple[int, int]]:
    c = changed_days.c
    rows = await conn.execute(select(c.local_day, c.position).where(c.guild_id == guild_id))
    return [(day, position) for day, position in rows]


async def _recording_since(conn: AsyncConnection, guild_id: int) -> int | None:
    c = coverage.c
    first = select(func.min(c.from_ms)).where(
        c.guild_id == guild_id, c.state != "gap", c.source != "removals"
    )
    found: int | None = (await conn.execute(first)).scalar()
    return found


def _closed(settings: ReportSettings, since_ms: int, until_ms: int) -> Iterator[Period]:
    """From those in which recording began to those that are over."""
    first_day = local_day(since_ms, settings.zone)
    week, month = week_of(first_day, settings.zone, settings.week_start), month_of(first_day, settings.zone)
    for first in (week, month):
        period = first
        while period.end_ms <= until_ms:
            yield period
            period = next_period(period)
