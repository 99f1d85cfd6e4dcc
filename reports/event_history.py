"""The events of a guild as far back as a report looks, and who came to each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.event_report import OccurrenceKey
from reports.held import was_seen
from reports.hosts import HostLoad, host_load
from reports.loyalty import LAST_HELD
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


class EventRows(NamedTuple):
    """What the warehouse holds of them."""

    occurrences: tuple[Occurrence, ...]  # oldest first
    attendance: Mapping[OccurrenceKey, list[AttendanceRow]]
    hosts: Mapping[OccurrenceKey, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class EventHistory:
    """Reports ask for the same of it again and again: what was made is kept."""

    occurrences: tuple[Occurrence, ...]  # oldest first
    attendance: Mapping[OccurrenceKey, list[AttendanceRow]]
    hosts: Mapping[OccurrenceKey, tuple[int, ...]]
    populations: Populations
    membership: Membership
    _turnouts: dict[OccurrenceKey, Turnout] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _series: dict[int, list[Series]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of_type(self, event_type: str) -> EventHistory:
        return replace(
            self, occurrences=tuple(one for one in self.occurrences if one.event_type == event_type)
        )

    def during(self, period: Period) -> list[Occurrence]:
        """Those that began in a period, or were to."""
        return [one for one in self.occurrences if period.start_ms <= one.starts_ms < period.end_ms]

    def held(self, period: Period) -> list[Occurrence]:
        return [one for one in self.during(period) if one.is_held]

    def seen(self, period: Period) -> list[Occurrence]:
        """The held ones of which who came is recorded."""
        return [one for one in self.held(period) if one.tells_who_came]

    def turnout(self, occurrence: Occurrence) -> Turnout:
        key = occurrence.key
        if key not in self._turnouts:
            was_member = partial(self.membership.was_here, moment_ms=occurrence.starts_ms)
            rows = self.attendance.get(key, [])
            self._turnouts[key] = Turnout.of(rows, self.populations.outside, was_member)
        return self._turnouts[key]

    def series(self, until_ms: int) -> list[Series]:
        """As they stood at a moment."""
        if until_ms not in self._series:
            past = [one for one in self.occurrences if one.starts_ms < until_ms]
            self._series[until_ms] = all_series(
                past, self.attendance, self.populations.outside, self.membership
            )
        return self._series[until_ms]

    def types(self, until_ms: int) -> list[Series]:
        """The same of the types of events."""
        past = [one for one in self.occurrences if one.starts_ms < until_ms]
        return all_types(past, self.attendance, self.populations.outside, self.membership)

    def load(self, from_ms: int, to_ms: int) -> HostLoad:
        """What each host carried of the events that began in a span of time."""
        within = [one for one in self.occurrences if from_ms <= one.starts_ms < to_ms]
        return host_load(within, self.attendance, self.hosts, self.populations.outside)


async def load_event_rows(
    conn: AsyncConnection, guild_id: int, from_ms: int, to_ms: int, *, whole_since_ms: int | None = None
) -> EventRows:
    """`whole_since_ms`: of what began before, only what is among the last 8 held of its series is read."""
    occurrences = await load_occurrences(conn, guild_id, from_ms, to_ms)
    if whole_since_ms is None:
        whole_since_ms = from_ms
    else:
        occurrences = last_held(occurrences, whole_since_ms)
    earlier = [one.key for one in occurrences if one.starts_ms < whole_since_ms]
    attendance = {
        **await load_attendance_since(conn, guild_id, earlier),
        **await load_attendance_since(conn, guild_id, [one.key for one in occurrences[len(earlier) :]]),
    }
    return EventRows(tuple(occurrences), attendance, await load_hosts(conn, guild_id))


def last_held(occurrences: Sequence[Occurrence], since_ms: int) -> list[Occurrence]:
    """Those since a moment, and of each series all from the first of its last 8 held on. Oldest first."""
    seen: Counter[str] = Counter()
    kept = []
    for one in reversed(occurrences):
        if one.starts_ms >= since_ms or seen[one.series] < LAST_HELD:
            kept.append(one)
            seen[one.series] += was_seen(one)
    return kept[::-1]
