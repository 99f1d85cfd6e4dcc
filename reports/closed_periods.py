"""The closed weeks and months of the calendar in force, and those of which values stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.periods import Period, local_day, month_of, next_period, week_of
from reports.published import fingerprint, kind_of
from reports.settings import ReportSettings
from storage.rules import Rules
from storage.tables import coverage, fold_progress, kpi_values

SETTLED_MS = 60 * 60 * 1000  # after its end: by then a batch or two have brought what was under way

KindAndKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Closed:
    """From the periods in which recording began to those that are over, as the tables stand."""

    periods: tuple[Period, ...]
    since_ms: int  # when recording began
    position: int  # of the log, that the tables stand at
    under: tuple[str, str]  # fingerprints of the rules and of the settings that are in force


@dataclass(frozen=True, slots=True)
class Standing:
    """What the values of a period were computed from."""

    first_day: int
    last_day: int
    position: int
    rules: str
    settings: str
    min_group: int | None  # None: of a version that withheld nothing

    @property
    def under(self) -> tuple[str, str]:
        return self.rules, self.settings


async def closed_periods(
    conn: AsyncConnection, guild_id: int, settings: ReportSettings, rules: Rules, now_ms: int
) -> Closed | None:
    """None while the tables stand under other rules: a rebuild is due then, and changes everything."""
    progress = (await conn.execute(select(fold_progress).where(fold_progress.c.guild_id == guild_id))).first()
    since_ms = await _recording_since(conn, guild_id)
    if progress is None or since_ms is None or progress.rules != rules.fingerprint():
        return None
    until_ms = min(progress.folded_to_ms, now_ms) - SETTLED_MS
    return Closed(
        tuple(_closed(settings, since_ms, until_ms)),
        since_ms,
        progress.position,
        (progress.rules, fingerprint(settings)),
    )


async def standing_periods(conn: AsyncConnection, guild_id: int) -> dict[KindAndKey, Standing]:
    """A period's values are written together, so that any of them speaks for all."""
    v = kpi_values.c
    told = (v.first_day, v.last_day, v.position, v.rules, v.settings, v.min_group)
    rows = await conn.execute(
        select(v.period_kind, v.period, *map(func.min, told))
        .where(v.guild_id == guild_id)
        .group_by(v.period_kind, v.period)
    )
    return {(kind, key): Standing(*rest) for kind, key, *rest in rows}


def kind_and_key(period: Period) -> KindAndKey:
    return kind_of(period), period.key


async def _recording_since(conn: AsyncConnection, guild_id: int) -> int | None:
    c = coverage.c
    first = select(func.min(c.from_ms)).where(
        c.guild_id == guild_id, c.state != "gap", c.source != "removals"
    )
    found: int | None = (await conn.execute(first)).scalar()
    return found


def _closed(settings: ReportSettings, since_ms: int, until_ms: int) -> Iterator[Period]:
    first_day = local_day(since_ms, settings.zone)
    week, month = week_of(first_day, settings.zone, settings.week_start), month_of(first_day, settings.zone)
    for first in (week, month):
        period = first
        while period.end_ms <= until_ms:
            yield period
            period = next_period(period)
