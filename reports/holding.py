"""One occurrence with everything that its numbers are made of, and the ones of its series beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.occurrence_records import Occurrence
from reports.presence import Presence
from reports.turnout import People, Turnout
from storage.day_sets import union

REGULAR_AT, REGULAR_OF = 3, 4  # at so many of the last so many


@dataclass(frozen=True, slots=True)
class Holding:
    occurrence: Occurrence
    turnout: Turnout
    presence: Presence | None  # None: not in a channel, or not begun
    members: People | None  # P(T0); None: nobody's membership was known

    @property
    def recorded(self) -> float:
        return self.occurrence.recorded


@dataclass(frozen=True, slots=True)
class InSeries:
    """Who attended the occurrences of the series that were held before and after: nearest first."""

    before: tuple[People, ...]
    after: tuple[People, ...]

    @classmethod
    def of(cls, occurrence: Occurrence, held: Sequence[tuple[Occurrence, People]]) -> InSeries:
        """`held`: the series' held occurrences with their attendees, oldest first."""
        place = (occurrence.starts_ms, occurrence.key)
        earlier = [people for other, people in held if (other.starts_ms, other.key) < place]
        later = [people for other, people in held if (other.starts_ms, other.key) > place]
        return cls(tuple(reversed(earlier)), tuple(later))

    def first_timers(self, attended: People) -> People:
        return attended - union(self.before)

    def regulars(self, attended: People) -> People | None:
        """Who attended at least 3 of the 4 held before; None where fewer were held."""
        last = self.before[:REGULAR_OF]
        if len(last) < REGULAR_OF:
            return None
        return People(
            [number for number in attended if sum(number in people for people in last) >= REGULAR_AT]
        )
