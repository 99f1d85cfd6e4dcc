"""What every KPI of a report is computed from, and how far each may be trusted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from reports.catalogue import CATALOGUE, OfEvents, resolve
from reports.event_windows import EventWindows
from reports.occurrence_records import Occurrence
from reports.periods import Period
from reports.populations import Populations
from reports.quality import COMPARABLE, Recording
from reports.report import Measure
from reports.statistics import wilson

MIN_N = 10  # below it only counts are shown: no rate, no interval, no verdict


@dataclass(frozen=True, slots=True)
class Basis:
    populations: Populations
    recording: Recording
    qualifying: tuple[str, ...]
    now_ms: int
    events: EventWindows = field(default_factory=EventWindows)

    def of_events(self, occurrences: Iterable[Occurrence]) -> Basis:
        """For what is made of these events alone."""
        return replace(self, events=EventWindows.of(occurrences))

    def coverage(self, name: str, *periods: Period) -> float:
        """The smallest recorded share, 0 to 1, of what the KPI's value needs in these periods.

        What is made of events needs their windows: a week may be recorded but for its only event.
        """
        return min(
            min(self.time_recorded(name, period), self._events_recorded(name, period)) for period in periods
        )

    def time_recorded(self, name: str, period: Period) -> float:
        """The share, 0 to 1, of the period in which all of the KPI's sources were recorded."""
        sources = resolve(CATALOGUE[name].sources, self.qualifying)
        return self.recording.share(sources, period, self.now_ms)

    def _events_recorded(self, name: str, period: Period) -> float:
        of_events = CATALOGUE[name].of_events
        if of_events is OfEvents.NOTHING:
            return 1.0
        return self.events.seen(period) if of_events is OfEvents.PRESENCE else self.events.decided(period)

    def base_is_covered(self, name: str, period: Period) -> bool:
        """Whether the people that a value is compared with, its N, are known."""
        sources = resolve(CATALOGUE[name].base_sources, self.qualifying)
        return (
            self.populations.knows_members(period)
            and self.recording.share(sources, period, self.now_ms) >= COMPARABLE
        )

    def all_sources(self, name: str) -> tuple[str, ...]:
        definition = CATALOGUE[name]
        return resolve((*definition.sources, *definition.base_sources), self.qualifying)

    def caveats(self, name: str, *periods: Period) -> tuple[str, ...]:
        is_of_events = CATALOGUE[name].of_events is not OfEvents.NOTHING
        windows = self.events.spans if is_of_events else None
        return self.recording.caveats(self.all_sources(name), periods, self.now_ms, windows)

    def is_comparable(self, name: str, *periods: Period) -> bool:
        """Whether every one of the periods is over and was recorded well enough."""
        is_over = not any(period.is_open(self.now_ms) for period in periods)
        return is_over and self.coverage(name, *periods) >= COMPARABLE

    def people(self, name: str, count: int, exposed: int, period: Period) -> Measure:
        """A number of people out of the exposed, with the rate's interval in people."""
        coverage = self.coverage(name, period)
        if coverage == 0:
            return Measure(None, coverage=coverage)
        if not self.base_is_covered(name, period):
            return Measure(count, count, None, None, coverage)
        interval = None
        if exposed >= MIN_N and not period.is_open(self.now_ms):
            low, high = wilson(count, exposed)
            interval = (low * exposed, high * exposed)
        return Measure(count, count, exposed, interval, coverage)

    def rate(self, name: str, part: int, whole: int, *periods: Period) -> Measure:
        """A share of people, or of events; below MIN_N of them only the two counts."""
        coverage = self.coverage(name, *periods)
        if coverage == 0:
            return Measure(None, coverage=coverage)
        if whole < MIN_N:
            return Measure(None, part, whole, None, coverage)
        return Measure(part / whole, part, whole, wilson(part, whole), coverage)

    def figure(
        self, name: str, value: float | None, numerator: int | None, denominator: int | None, *periods: Period
    ) -> Measure:
        """A value without an interval; unknown where nothing was recorded."""
        coverage = self.coverage(name, *periods)
        if coverage == 0:
            return Measure(None, coverage=coverage)
        return Measure(value, numerator, denominator, None, coverage)
