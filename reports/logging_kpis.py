"""What reached the log, what could not be understood, and how late it was heard of.

Definition: docs/kpis.md, "Logging health". What only a running bot knows is in reports/vitals.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import Table, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.comparison import NOT_COMPARED
from reports.pair import Pair
from reports.periods import Period
from reports.quality import COMPARABLE
from reports.report import Kpi, Measure
from reports.statistics import percentile
from storage.event import Source
from storage.tables import dead_letters, event_log

# Events that carry their own moment: of any other only is known when it was heard of.
DATED = ("GUILD_MEMBER_ADD", "INTERACTION_CREATE", "MESSAGE_CREATE", "COMMAND_ANSWERED")
Counts: TypeAlias = tuple[int | None, int | None, int | None]  # value, numerator, denominator
LAGS = {"recording_lag_p50": 50, "recording_lag_p95": 95}


@dataclass(frozen=True, slots=True)
class Logged:
    """What was recorded in one period."""

    events: int
    dead_letters: int
    lags_ms: tuple[int, ...]  # how late each event that carries its own moment was heard of, ascending

    def lag_ms(self, per_cent: int) -> int | None:
        return percentile(self.lags_ms, per_cent) if self.lags_ms else None


async def load_logged(
    conn: AsyncConnection, guild_id: int, periods: Sequence[Period]
) -> Mapping[Period, Logged]:
    """The log is walked through once for all of the periods: it has no order but that of arrival."""
    events = await _counts(conn, event_log, guild_id, periods)
    letters = await _counts(conn, dead_letters, guild_id, periods)
    lags = await _lags_ms(conn, guild_id, periods)
    return {period: Logged(events[period], letters[period], lags[period]) for period in periods}


async def load_dead_letters(
    conn: AsyncConnection, guild_id: int, periods: Sequence[Period]
) -> Mapping[Period, int]:
    return await _counts(conn, dead_letters, guild_id, periods)


async def _counts(
    conn: AsyncConnection, table: Table, guild_id: int, periods: Sequence[Period]
) -> dict[Period, int]:
    at = table.c.recorded_at_ms
    within = (and_(at >= period.start_ms, at < period.end_ms) for period in periods)
    counts = select(*(func.count(case((condition, 1))) for condition in within))
    row = (await conn.execute(counts.where(table.c.guild_id == guild_id))).one()
    return dict(zip(periods, row, strict=True))


async def _lags_ms(
    conn: AsyncConnection, guild_id: int, periods: Sequence[Period]
) -> dict[Period, tuple[int, ...]]:
    """A clock that is behind Discord's hears of nothing before it happens."""
    row = event_log.c
    found = await conn.execute(
        select(row.recorded_at_ms, row.recorded_at_ms - row.occurred_to_ms)
        .where(row.guild_id == guild_id, row.source == Source.GATEWAY, row.type.in_(DATED))
        .where(row.recorded_at_ms >= min(period.start_ms for period in periods))
        .where(row.recorded_at_ms < max(period.end_ms for period in periods))
    )
    heard = [(at_ms, max(0, lag_ms)) for at_ms, lag_ms in found]
    return {
        period: tuple(sorted(lag for at_ms, lag in heard if period.start_ms <= at_ms < period.end_ms))
        for period in periods
    }


@dataclass(frozen=True, slots=True)
class LoggingHealth:
    pair: Pair
    logged: Mapping[Period, Logged]
    sources: tuple[str, ...]  # that are recorded by now

    def kpis(self) -> tuple[Kpi, ...]:
        return (
            self._kpi("events_recorded", lambda of: (of.events, of.events, None)),
            dead_letters_kpi(
                self.pair, {period: of.dead_letters for period, of in self.logged.items()}, self.sources
            ),
            *(self._lag(name, per_cent) for name, per_cent in LAGS.items()),
        )

    def _lag(self, name: str, per_cent: int) -> Kpi:
        return self._kpi(name, lambda of: (of.lag_ms(per_cent), None, len(of.lags_ms)))

    def _kpi(self, name: str, counts: Callable[[Logged], Counts]) -> Kpi:
        return _beside(name, self.pair, self.sources, lambda period: counts(self.logged[period]))


def dead_letters_kpi(pair: Pair, letters: Mapping[Period, int], sources: tuple[str, ...]) -> Kpi:
    """`sources`: that are recorded by now."""
    return _beside("dead_letters", pair, sources, lambda period: (letters[period], letters[period], None))


def _beside(name: str, pair: Pair, sources: tuple[str, ...], counts: Callable[[Period], Counts]) -> Kpi:
    recording, now_ms = pair.basis.recording, pair.basis.now_ms

    def measure(period: Period) -> Measure:
        recorded = recording.share(sources, period, now_ms) if sources else 0.0
        return Measure(*counts(period), None, recorded)

    current, previous = measure(pair.this), measure(pair.last)
    is_comparable = min(current.coverage, previous.coverage) >= COMPARABLE
    return Kpi(
        name,
        current,
        previous if previous.coverage else None,
        None if is_comparable and not pair.this.is_open(now_ms) else NOT_COMPARED,
        recording.caveats(sources, (pair.this, pair.last), now_ms),
    )
