"""One occurrence with everything that its numbers are made of, and the ones of its series beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.held import Again, Held
from reports.loyalty import REGULAR_AT, REGULAR_OF
from reports.occurrence_records import Occurrence
from reports.presence import Presence
from reports.turnout import People, Turnout


@dataclass(frozen=True, slots=True)
class Holding:
    occurrence: Occurrence
    turnout: Turnout
    presence: Presence | None  # None: not in a channel, or not begun
    members: People | None  # P(T0); None: nobody's membership was known

    @property
    def recorded(self) -> float:
        return self.occurrence.recorded

    @property
    def is_begin_known(self) -> bool:
        """Whether it was recorded who was there at T0."""
        return self.presence is None or self.presence.is_known(self.presence.window[0])


@dataclass(frozen=True, slots=True)
class InSeries:
    """The occurrences of the series that were held before and after: nearest first."""

    before: tuple[Held, ...]
    after: tuple[Held, ...]

    @classmethod
    def of(cls, occurrence: Occurrence, held: Sequence[Held]) -> InSeries:
        """`held`: the series' held occurrences, oldest first."""
        place = (occurrence.starts_ms, occurrence.key)
        earlier = [one for one in held if (one.occurrence.starts_ms, one.occurrence.key) < place]
        later = [one for one in held if (one.occurrence.starts_ms, one.occurrence.key) > place]
        return cls(tuple(reversed(earlier)), tuple(later))

    def first_timers(self, attended: People) -> Again:
        before = Again.at_any(attended, self.before)
        return Again(before.known, before.known - before.there)

    def regulars(self, attended: People) -> Again | None:
        """Who attended at least 3 of the 4 held before; None where fewer were held."""
        last = self.before[:REGULAR_OF]
        return Again.at_least(REGULAR_AT, attended, last) if len(last) == REGULAR_OF else None

    def was_there_before(self, member_no: int) -> bool | None:
        """None where none was held before, or it is not known."""
        if not self.before or member_no in self.before[0].unknown:
            return None
        return member_no in self.before[0].attended
