"""What was seen: dispatches with their moments, when somebody listened, and who opted out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
SNOWFLAKES_BEGIN_MS = 1_420_070_400_000


class Seen(NamedTuple):
    at_ms: int
    type: str
    data: dict[str, Any]


@dataclass(frozen=True)
class EventType:
    name: str
    titles: tuple[str, ...]  # patterns in small letters
    channels: frozenset[int]
    usual_minutes: int
    host_roles: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Known:
    """Everything that the numbers may be made of."""

    zone: ZoneInfo
    seen: Sequence[Seen]  # in the order in which it came
    listening: Sequence[tuple[int, int]]  # from, to; between them nobody listened
    opted_out: Mapping[int, int]  # who, and since when
    event_types: tuple[EventType, ...] = ()
    tracked_commands: frozenset[str] = frozenset()
    profile_commands: frozenset[str] = frozenset()
    promoted_roles: frozenset[int] = frozenset()
    tiers: tuple[tuple[str, frozenset[int]], ...] = ()  # the highest first

    @property
    def withdrawn(self) -> frozenset[int]:
        return frozenset(self.opted_out)

    @property
    def since_ms(self) -> int:
        return self.listening[0][0]

    @property
    def until_ms(self) -> int:
        return self.listening[-1][1]

    @property
    def gaps(self) -> list[tuple[int, int]]:
        return [(lost, back) for (_, lost), (back, _) in pairwise(self.listening)]

    def day(self, at_ms: int) -> date:
        return datetime.fromtimestamp(at_ms / 1000, self.zone).date()

    def midnight(self, day: date) -> int:
        return int(datetime(day.year, day.month, day.day, tzinfo=self.zone).timestamp() * 1000)

    def by_day(self, from_ms: int, to_ms: int) -> list[tuple[date, int]]:
        """A span of time as the milliseconds that it has of each local day."""
        found, start = [], from_ms
        while start < to_ms:
            day = self.day(start)
            end = min(to_ms, self.midnight(day + timedelta(days=1)))
            found.append((day, end - start))
            start = end
        return found


def milliseconds(text: str) -> int:
    return round(datetime.fromisoformat(text).astimezone(UTC).timestamp() * 1000)


def moment_of(snowflake: str) -> int:
    return (int(snowflake) >> 22) + SNOWFLAKES_BEGIN_MS


def days_between(first: date, last: date) -> list[date]:
    """Both of them, and those between."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
