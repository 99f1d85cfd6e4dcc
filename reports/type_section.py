"""The types of events in a period: how many were held, and how many different people came to each type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from reports.event_history import EventHistory
from reports.event_section import hides, unrecorded
from reports.occurrence_records import Occurrence
from reports.pair import Pair
from reports.periods import Period
from reports.populations import People
from reports.report import Kpi, Measure
from reports.series import Series
from reports.small_groups import WITHHELD, is_small
from storage.day_sets import union


@dataclass(frozen=True, slots=True)
class TypeSection:
    pair: Pair
    history: EventHistory
    types: tuple[Series, ...]  # as they stood when the period ended
    smallest: int

    def held(self) -> tuple[Kpi, ...]:
        """Of each type of which one was held in either period, as `by_rank` has them."""

        def number(of: Series, period: Period) -> Measure:
            held = len(self._held(of, period))
            return self._pair_of(of).basis.figure("type_held", held, held, None, period)

        return tuple(
            replace(self._beside("type_held", one, number), parts=unrecorded(self._held(one, self.pair.this)))
            for one in self._shown()
        )

    def people(self) -> tuple[Kpi, ...]:
        return tuple(self._people(one) for one in self._shown())

    def _people(self, of: Series) -> Kpi:
        this, last = self.pair.this, self.pair.last
        if hides(self._attended_each(of, this), self.smallest):
            coverage = self._pair_of(of).basis.coverage("type_people", this)
            return Kpi(
                "type_people", Measure(None, coverage=coverage), None, None, (WITHHELD,), of.label, of.name
            )
        made = self._beside("type_people", of, self._different)
        return replace(made, previous=None) if hides(self._attended_each(of, last), self.smallest) else made

    def _different(self, of: Series, period: Period) -> Measure:
        held = self._held(of, period)
        if held and not any(one.tells_who_came for one in held):
            return Measure(None, coverage=0.0)
        people = len(union(self._attended_each(of, period)))
        return self._pair_of(of).basis.figure("type_people", people, people, None, period)

    def _beside(self, name: str, of: Series, measure: Callable[[Series, Period], Measure]) -> Kpi:
        made = self._pair_of(of).beside(name, lambda period: measure(of, period))
        return replace(made, cut=of.label, subject=of.name)

    def _pair_of(self, of: Series) -> Pair:
        """Of what was lost of another type's events nothing is missing here."""
        return replace(self.pair, basis=self.pair.basis.of_events(of.occurrences))

    def _shown(self) -> list[Series]:
        periods = (self.pair.this, self.pair.last)
        return by_rank(one for one in self.types if any(self._held(one, period) for period in periods))

    def _held(self, of: Series, period: Period) -> list[Occurrence]:
        return [
            one for one in of.occurrences if one.is_held and period.start_ms <= one.starts_ms < period.end_ms
        ]

    def _attended_each(self, of: Series, period: Period) -> list[People]:
        return [self.history.turnout(one).attended for one in self._held(of, period) if one.tells_who_came]


def by_rank(types: Iterable[Series]) -> list[Series]:
    """The highest mean of the last 8 held first. Those of which fewer than 3 were held are last, unranked.

    Definition: docs/kpis.md, `type_mean`.
    """

    def place(one: Series) -> tuple[bool, float, str]:
        popular = one.popularity
        return popular is None, -popular.mean if popular else 0.0, one.name

    return sorted(types, key=place)


def events_per_attendee(pair: Pair, each: Mapping[Period, list[People]], smallest: int) -> Kpi | None:
    """`each`: who attended each event of the two periods. None where nobody attended any.

    Withheld where one of them had few: from the others and the sum their number could be worked out.
    """
    name = "events_per_attendee"
    if not union(each[pair.this]):
        return None

    def mean(period: Period) -> Measure:
        attendances, people = sum(map(len, each[period])), len(union(each[period]))
        return pair.basis.figure(
            name, attendances / people if people else None, attendances, people or None, period
        )

    hidden = {
        of
        for of, attended in each.items()
        if hides(attended, smallest) or any(is_small(len(people), smallest) for people in attended)
    }
    if pair.this in hidden:
        return Kpi(name, Measure(None, coverage=pair.basis.coverage(name, pair.this)), caveats=(WITHHELD,))
    made = pair.beside(name, mean)
    return replace(made, previous=None) if pair.last in hidden else made
