"""Whether newcomers stay, on each one's own clock. Definition: docs/kpis.md, "Cohort retention"."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from reports.cohorts import Cohorts
from reports.columns import Numbers
from reports.day_coverage import DayCoverage
from reports.figures import RetentionCell
from reports.populations import People, Populations
from reports.quality import COMPARABLE
from storage.day_sets import blocks

FRAMED = (4, 8, 12)
WEEK = 7
OWN_WEEKS = range(27)  # of a member's own clock: half a year, and the first is week 0
COHORT_DAYS = 4 * WEEK
COHORTS = 8
POOLED_DAYS = COHORTS * COHORT_DAYS
NOBODY = People()


class Window(NamedTuple):
    """Days on which a cohort joined, both included."""

    first_day: int
    last_day: int


@dataclass(frozen=True, slots=True)
class ActiveWeeks:
    """Who was active in each 7 days, one after the other, that lie within these days."""

    populations: Populations
    coverage: DayCoverage
    days: range
    _kept: Sequence[People | None] | None = None

    def kept(self) -> ActiveWeeks:
        """The same put together once, for many to walk through."""
        return replace(self, _kept=tuple(self))

    def __iter__(self) -> Iterator[People | None]:
        return self._put_together() if self._kept is None else iter(self._kept)

    def _put_together(self) -> Iterator[People | None]:
        """From the first day on, from the second on …; None where less than 80 % was recorded.

        Outsiders are among them, whom no cohort has. None of these sets is kept: of a large community each
        is large, and what was made just now is read soonest.
        """
        joiners = blocks(self.populations.newcomers)
        weeks = _unions_of_7(self.populations.did_on(day, joiners) for day in self.days)
        for last_day, active in zip(self.days[WEEK - 1 :], weeks, strict=True):
            is_recorded = self.coverage.share(last_day - WEEK + 1, last_day) >= COMPARABLE
            yield active if is_recorded else None

    @property
    def number(self) -> int:
        return max(0, len(self.days) - WEEK + 1)


def _unions_of_7(days: Iterable[People]) -> Iterator[People]:
    """Of the first 7, of the second to the eighth …: 2 days make 4, 4 make 7, three unions instead of six."""
    one, twos, fours = NOBODY, deque([NOBODY] * 2, maxlen=2), deque([NOBODY] * 3, maxlen=3)
    for place, people in enumerate(days):
        two = one | people
        four = twos[0] | two
        if place >= WEEK - 1:
            yield fours[0] | four
        one = people
        twos.append(two)
        fours.append(four)


@dataclass(frozen=True)
class Retention:
    """As of the end of the last day: what is past by then is known, what is not is pending."""

    cohorts: Cohorts
    active: ActiveWeeks

    @property
    def as_of_day(self) -> int:
        return self.active.days[-1]

    def cell(self, joined: Window, week: int) -> RetentionCell:
        """Of those who joined then, who was active in week `week` of their own clock."""
        return self.matrix([joined], range(week, week + 1))[0][0]

    def matrix(self, joined: Sequence[Window], weeks: range) -> list[list[RetentionCell]]:
        """A row for each of these windows, in it a cell for each of these weeks.

        A member's week of which less than 80 % was recorded is in neither number. Raises ValueError where a
        window begins before the days of which it is known who was active, and for weeks that are not counted.
        """
        if weeks and not (OWN_WEEKS.start <= min(weeks) and max(weeks) < OWN_WEEKS.stop):
            raise ValueError(f"weeks 0 to {OWN_WEEKS[-1]} are counted, and asked of {weeks}")
        if not joined:
            return []
        first_day = self.active.days.start
        if min(joined).first_day < first_day:
            raise ValueError(f"who was active is known from day {first_day} on, and asked of {min(joined)}")
        borders = np.array([(window.first_day, window.last_day + 1) for window in joined])
        of_week = np.array(weeks)
        places = np.minimum(borders[:, :, np.newaxis] - first_day + WEEK * of_week, self.active.number)
        column = np.minimum(of_week, self._sums.shape[2] - 1)
        before, after = (self._sums[:, place, column] for place in places.transpose(1, 0, 2))
        retained, eligible, past = after - before
        pending = self.cohorts.sizes(borders)[:, np.newaxis] - past
        recorded = np.divide(eligible, past, out=np.ones(past.shape), where=past > 0)
        rows = zip(*(table.tolist() for table in (retained, eligible, pending, recorded)), strict=True)
        return [[*map(RetentionCell, *row)] for row in rows]

    @cached_property
    def _sums(self) -> Numbers:
        """How many were active, how many are known, and of how many it is past: three tables.

        A row has what is of the 7 days from each day before it on, added up, so that a sum over days is a
        difference of two rows; a column is of those of whom these days are that week of theirs.
        """
        days, number = self.active.days, self.active.number
        cohorts = [self.cohorts.by_day.get(day, NOBODY) for day in days[:number]]
        retained: list[int] = []
        is_recorded: list[bool] = []
        for place, active in enumerate(self.active):
            is_recorded.append(active is not None)
            count = (active or NOBODY).intersection_cardinality
            too_long_ago = place - WEEK * len(OWN_WEEKS)
            retained.extend(map(count, cohorts[place : too_long_ago if too_long_ago >= 0 else None : -WEEK]))
        own_weeks = np.arange(min(number // WEEK + 1, len(OWN_WEEKS)))
        cohort_of = np.arange(number)[:, np.newaxis] - WEEK * own_weeks
        is_one = cohort_of >= 0
        sizes = np.array([len(cohort) for cohort in cohorts], dtype=np.int64)
        tables = np.zeros((3, number + 1, cohort_of.shape[1]), dtype=np.int64)
        of_retained, of_known, of_past = tables[:, 1:]
        of_retained[is_one] = retained
        of_past[is_one] = sizes[cohort_of[is_one]]
        of_known[is_recorded] = of_past[is_recorded]
        return tables.cumsum(axis=1)

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
