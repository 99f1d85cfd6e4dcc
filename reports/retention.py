"""Whether newcomers stay, on each one's own clock. Definition: docs/kpis.md, "Cohort retention"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from reports.cohorts import Cohorts
from reports.day_coverage import DayCoverage
from reports.figures import RetentionCell
from reports.populations import People
from reports.quality import COMPARABLE
from storage.day_sets import union

FRAMED = (4, 8, 12)
WEEK = 7
COHORT_DAYS = 4 * WEEK
COHORTS = 8
POOLED_DAYS = COHORTS * COHORT_DAYS


class Window(NamedTuple):
    """Days on which a cohort joined, both included."""

    first_day: int
    last_day: int


class ActiveFrom(dict[int, People | None]):
    """Who was active in the 7 days from a day on, by that day; None where less than 80 % was recorded."""

    def __init__(self, active: Mapping[int, People], coverage: DayCoverage) -> None:
        """`active`: by local day."""
        super().__init__()
        self._active, self._coverage = active, coverage

    def __missing__(self, first_day: int) -> People | None:
        last_day = first_day + WEEK - 1
        is_recorded = self._coverage.share(first_day, last_day) >= COMPARABLE
        days = [self._active[day] for day in range(first_day, last_day + 1) if day in self._active]
        self[first_day] = union(days) if is_recorded else None
        return self[first_day]


@dataclass(frozen=True)
class Retention:
    """As of the end of a local day: what is past by then is known, what is not is pending."""

    cohorts: Cohorts
    active_from: ActiveFrom
    as_of_day: int

    def cell(self, joined: Window, week: int) -> RetentionCell:
        """Of those who joined then, who was active in week `week` of their own clock.

        A member's week of which less than 80 % was recorded is in neither number.
        """
        retained = eligible = pending = missed = 0
        by_day, last_start = self.cohorts.by_day, self.as_of_day - WEEK + 1
        for day in range(joined.first_day, joined.last_day + 1):
            cohort = by_day.get(day)
            if cohort is None:
                continue
            start = day + WEEK * week
            if start > last_start:
                pending += len(cohort)
            elif (active := self.active_from[start]) is None:
                missed += len(cohort)
            else:
                eligible += len(cohort)
                retained += cohort.intersection_cardinality(active)
        past = eligible + missed
        return RetentionCell(retained, eligible, pending, eligible / past if past else 1.0)

    def due(self, joined: Window, week: int) -> People:
        """Those of them for whom that week is past."""
        return self.cohorts.joined(
            joined.first_day, min(joined.last_day, self.as_of_day - WEEK * week - WEEK + 1)
        )

    @property
    def pooled(self) -> Window:
        """Those who joined in the last 32 weeks: all cohorts that are shown."""
        return Window(self.as_of_day - POOLED_DAYS + 1, self.as_of_day)

    def windows(self) -> list[Window]:
        """The last 8 cohorts, oldest first: of a week each, of four where fewer than 20 join in a week."""
        size = len(self.cohorts.joined(*self.pooled))
        days = COHORT_DAYS if size < 20 * POOLED_DAYS / WEEK else WEEK
        ends = [self.as_of_day - days * back for back in range(COHORTS)]
        windows = [Window(end - days + 1, end) for end in reversed(ends)]
        first = next(
            (place for place, joined in enumerate(windows) if self.cohorts.joined(*joined)), len(windows)
        )
        return windows[first:]
