"""A KPI in one period with the one before beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reports.basis import Basis
from reports.comparison import NOT_COMPARED, compare
from reports.periods import Period
from reports.populations import People
from reports.quality import COMPARABLE, events_left_out_sentence, left_out_sentence
from reports.report import Kpi, Measure


@dataclass(frozen=True, slots=True)
class Pair:
    """A period and the one before it; `before` precedes both: the previous attrition is counted from it."""

    basis: Basis
    this: Period
    last: Period
    before: Period

    def tested(self, name: str, measure: Callable[[Period], Measure], doing: Mapping[Period, People]) -> Kpi:
        """The change is tested on the two sets of people: who does it now, and who did it then."""
        current, previous = measure(self.this), self._previous(name, measure)
        change = NOT_COMPARED
        if previous and self.basis.is_comparable(name, self.this, self.last):
            change = compare(name, current, previous, doing[self.this], doing[self.last])
        return Kpi(name, current, previous, change, self.caveats(name, self.this, self.last))

    def beside(self, name: str, measure: Callable[[Period], Measure]) -> Kpi:
        """The previous value stands beside the current one, untested."""
        change = None if self.basis.is_comparable(name, self.this, self.last) else NOT_COMPARED
        return Kpi(
            name,
            measure(self.this),
            self._previous(name, measure),
            change,
            self.caveats(name, self.this, self.last),
        )

    def _previous(self, name: str, measure: Callable[[Period], Measure]) -> Measure | None:
        return measure(self.last) if self.basis.coverage(name, self.last) > 0 else None

    def caveats(self, name: str, *periods: Period) -> tuple[str, ...]:
        """What can have touched the KPI's values, and which period is left out of its comparison."""
        return (*self.basis.caveats(name, *periods), *self.left_out(name, *periods))

    def left_out(self, name: str, *periods: Period) -> tuple[str, ...]:
        shares = {
            period: self.basis.coverage(name, period)
            for period in periods
            if not period.is_open(self.basis.now_ms) and period.end_ms > self.basis.recording.since_ms
        }
        return tuple(
            self._left_out(name, period, share) for period, share in shares.items() if share < COMPARABLE
        )

    def _left_out(self, name: str, period: Period, share: float) -> str:
        """For what was lost of the period, or of its events where that is what is missing."""
        is_of_events = self.basis.time_recorded(name, period) > share
        return events_left_out_sentence(period, share) if is_of_events else left_out_sentence(period, share)
