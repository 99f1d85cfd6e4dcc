"""When events were held, and how much of them was recorded. Definition: docs/kpis.md, "Coverage"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean

from reports.occurrence_records import Occurrence
from reports.periods import Period
from reports.spans import Span

PERHAPS = "unknown"  # the outcome where a gap hides whether it was held
RUNNING = "running"


@dataclass(frozen=True, slots=True)
class EventWindows:
    """Of the events that were held, may have been, or still go on."""

    each: tuple[Occurrence, ...] = ()

    @classmethod
    def of(cls, occurrences: Iterable[Occurrence]) -> EventWindows:
        return cls(tuple(one for one in occurrences if one.is_held or one.outcome in (PERHAPS, RUNNING)))

    @property
    def spans(self) -> tuple[Span, ...]:
        """From the beginning of each to its end, both as planned where nothing else is known."""
        return tuple(one.window or (one.starts_ms, one.scheduled[1] or one.starts_ms) for one in self.each)

    def seen(self, period: Period) -> float:
        """The share, 0 to 1, of the period's events with a record of who was there, each counting as much.

        Elsewhere than in a channel nobody is ever seen: such an event is not among them.
        """
        due = [one for one in self._over(period) if one.tells_who_came]
        return fmean(0.0 if one.outcome == PERHAPS else one.recorded for one in due) if due else 1.0

    def decided(self, period: Period) -> float:
        """The share, 0 to 1, of the period's events of which it is known that they were held."""
        due = self._over(period)
        return fmean(one.outcome != PERHAPS for one in due) if due else 1.0

    def _over(self, period: Period) -> list[Occurrence]:
        within = [one for one in self.each if period.start_ms <= one.starts_ms < period.end_ms]
        return [one for one in within if one.outcome != RUNNING]
