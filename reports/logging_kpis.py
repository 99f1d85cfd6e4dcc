"""What reached the log, what could not be understood, and how late it was heard of.

Definition: docs/kpis.md, "Logging health". What only a running bot knows is in reports/vitals.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.comparison import NOT_COMPARED
from reports.pair import Pair
from reports.periods import Period
from reports.quality import COMPARABLE
from reports.report import Kpi, Measure
from reports.statistics import rank
from storage.event import Source
from storage.tables import dead_letters, event_log

# Events that carry their own moment: of any other only is known when it was heard of.
DATED = ("GUILD_MEMBER_ADD", "INTERACTION_CREATE", "MESSAGE_CREATE", "COMMAND_ANSWERED")
LAGS = {"recording_lag_p50": 50, "recording_lag_p95": 95}


@dataclass(frozen=True, slots=True)
class Logged:
    """What was recorded in one period."""

    events: int
    dead_letters: int
    dated: int  # of the events, those that carry their own moment
    lag_ms: Mapping[int, int | None]  # per cent → how late so many of these were heard of at most


async def load_logged(conn: AsyncConnection, guild_id: int, period: Period) -> Logged:
    within = _recorded_in(event_log, guild_id, period)
    dated = (*within, event_log.c.source == Source.GATEWAY, event_log.c.type.in_(DATED))
    number = await _count(conn, event_log, dated)
    return Logged(
        events=await _count(conn, event_log, within),
        dead_letters=await _count(conn, dead_letters, _recorded_in(dead_letters, guild_id, period)),
        dated=number,
        lag_ms={per_cent: await _lag_ms(conn, dated, number, per_cent) for per_cent in LAGS.values()},
    )


def _recorded_in(table: Table, guild_id: int, period: Period) -> tuple[ColumnElement[bool], ...]:
    at = table.c.recorded_at_ms
    return table.c.guild_id == guild_id, at >= period.start_ms, at < period.end_ms


async def _count(conn: AsyncConnection, table: Table, which: tuple[ColumnElement[bool], ...]) -> int:
    return (await conn.execute(select(func.count()).select_from(table).where(*which))).scalar_one()


async def _lag_ms(
    conn: AsyncConnection, which: tuple[ColumnElement[bool], ...], number: int, per_cent: int
) -> int | None:
    """A clock that is behind Discord's hears of nothing before it happens."""
    if not number:
        return None
    lag = event_log.c.recorded_at_ms - event_log.c.occurred_to_ms
    ascending = select(lag).where(*which).order_by(lag)
    at_rank = await conn.execute(ascending.offset(rank(number, per_cent)).limit(1))
    return max(0, int(at_rank.scalar_one()))


@dataclass(frozen=True, slots=True)
class LoggingHealth:
    pair: Pair
    logged: Mapping[Period, Logged]
    sources: tuple[str, ...]  # that are recorded by now

    def kpis(self) -> tuple[Kpi, ...]:
        return (
            self._kpi("events_recorded", lambda of: (of.events, of.events, None)),
            self._kpi("dead_letters", lambda of: (of.dead_letters, of.dead_letters, None)),
            *(self._lag(name, per_cent) for name, per_cent in LAGS.items()),
        )

    def _lag(self, name: str, per_cent: int) -> Kpi:
        return self._kpi(name, lambda of: (of.lag_ms[per_cent], None, of.dated))

    def _kpi(self, name: str, counts: Callable[[Logged], tuple[int | None, int | None, int | None]]) -> Kpi:
        pair, recording, now_ms = self.pair, self.pair.basis.recording, self.pair.basis.now_ms
        current, previous = (
            Measure(*counts(self.logged[of]), None, self._recorded(of)) for of in (pair.this, pair.last)
        )
        is_comparable = min(current.coverage, previous.coverage) >= COMPARABLE
        return Kpi(
            name,
            current,
            previous if previous.coverage else None,
            None if is_comparable and not pair.this.is_open(now_ms) else NOT_COMPARED,
            recording.caveats(self.sources, (pair.this, pair.last), now_ms),
        )

    def _recorded(self, period: Period) -> float:
        recording, now_ms = self.pair.basis.recording, self.pair.basis.now_ms
        return recording.share(self.sources, period, now_ms) if self.sources else 0.0
