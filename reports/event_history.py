"""The events of a guild as far back as a report looks, and who came to each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.event_report import OccurrenceKey
from reports.hosts import HostLoad, host_load
from reports.membership import Membership
from reports.occurrence_records import (
    AttendanceRow,
    Occurrence,
    load_attendance_since,
    load_hosts,
    load_occurrences,
)
from reports.periods import Period
from reports.populations import Populations
from reports.series import Series, all_series, all_types
from reports.turnout import Turnout


@dataclass(frozen=True, slots=True)
class EventHistory:
    occurrences: tuple[Occurrence, ...]  # oldest first
    attendance: Mapping[OccurrenceKey, list[AttendanceRow]]
    hosts: Mapping[OccurrenceKey, tuple[int, ...]]
    populations: Populations
    membership: Membership

    def during(self, period: Period) -> list[Occurrence]:
        """Those that began in a period, or were to."""
        return [one for one in self.occurrences if period.start_ms <= one.starts_ms < period.end_ms]

    def held(self, period: Period) -> list[Occurrence]:
        return [one for one in self.during(period) if one.is_held]

    def seen(self, period: Period) -> list[Occurrence]:
        """The held ones of which who came is recorded."""
        return [one for one in self.held(period) if one.tells_who_came]

    def turnout(self, occurrence: Occurrence) -> Turnout:
        was_member = partial(self.membership.was_here, moment_ms=occurrence.starts_ms)
        rows = self.attendance.get(occurrence.key, [])
        return Turnout.of(rows, self.populations.outside, was_member)

    def series(self, until_ms: int) -> list[Series]:
        """As they stood at a moment."""
        past = [one for one in self.occurrences if one.starts_ms < until_ms]
        return all_series(past, self.attendance, self.populations.outside, self.membership)

    def types(self, until_ms: int) -> list[Series]:
        """The same of the types of events."""
        past = [one for one in self.occurrences if one.starts_ms < until_ms]
        return all_types(past, self.attendance, self.populations.outside, self.membership)

    def load(self, from_ms: int, to_ms: int) -> HostLoad:
        """What each host carried of the events that began in a span of time."""
        within = [one for one in self.occurrences if from_ms <= one.starts_ms < to_ms]
        return host_load(within, self.attendance, self.hosts, self.populations.outside)


async def load_event_history(  # noqa: PLR0917  all that a report has gathered already, and of when
    conn: AsyncConnection,
    guild_id: int,
    populations: Populations,
    membership: Membership,
    from_ms: int,
    to_ms: int,
) -> EventHistory:
    return EventHistory(
        tuple(await load_occurrences(conn, guild_id, from_ms, to_ms)),
        await load_attendance_since(conn, guild_id, from_ms),
        await load_hosts(conn, guild_id),
        populations,
        membership,
    )
