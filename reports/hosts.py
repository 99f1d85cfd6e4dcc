"""Who carries the events. Definition: docs/kpis.md, "Host load"."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.event_report import OccurrenceKey
from reports.occurrence_records import AttendanceRow, Occurrence
from reports.turnout import People, attendees

LEADING_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Host:
    member_no: int
    events: int
    hours: float  # of attendees; shared among the hosts of an event


@dataclass(frozen=True, slots=True)
class HostLoad:
    """The hosts of the held events of a span of time, most hours first."""

    hosts: tuple[Host, ...]
    attended: People  # whose hours they are

    @property
    def hours(self) -> float:
        return sum(host.hours for host in self.hosts)

    @property
    def carrying(self) -> tuple[Host, ...]:
        """Who hosted only what nobody attended carries nothing."""
        return tuple(host for host in self.hosts if host.hours)

    def share(self, hosts: Sequence[Host]) -> float:
        return sum(host.hours for host in hosts) / self.hours if self.hours else 0.0

    @property
    def leading(self) -> tuple[Host, ...]:
        """The fewest hosts who together carry more than half of the hours."""
        for number in range(1, len(self.hosts) + 1):
            if self.share(self.hosts[:number]) > LEADING_SHARE:
                return self.hosts[:number]
        return ()

    @property
    def effective_number(self) -> float | None:
        """As many equal hosts would be as uneven: 1 / Σ share²."""
        return 1 / sum(self.share([host]) ** 2 for host in self.hosts) if self.hours else None


def host_load(
    occurrences: Sequence[Occurrence],
    attendance: Mapping[OccurrenceKey, Sequence[AttendanceRow]],
    hosts: Mapping[OccurrenceKey, Sequence[int]],
    outside: People,
) -> HostLoad:
    """Bots and withdrawn people host nothing; an event without another host is nobody's.

    Elsewhere than in a channel nobody is seen: such an event says nothing of its host's hours.
    """
    hours: defaultdict[int, float] = defaultdict(float)
    events: Counter[int] = Counter()
    attended = People()
    for occurrence in occurrences:
        own = [number for number in hosts.get(occurrence.key, ()) if number not in outside]
        if not occurrence.is_held or not occurrence.channels or not own:
            continue
        rows = attendance.get(occurrence.key, ())
        people = attendees(rows, outside)
        attended |= people
        presence_ms = sum(row.presence_ms for row in rows if row.member_no in people)
        events.update(own)
        for number in own:
            hours[number] += presence_ms / len(own)
    by_load = [Host(number, events[number], hours[number] / 3_600_000) for number in events]
    by_load.sort(key=lambda host: (-host.hours, -host.events, host.member_no))
    return HostLoad(tuple(by_load), attended)
