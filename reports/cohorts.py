"""Who joined when: everybody's first ever join, on the local date. Definition: docs/kpis.md, "Spells"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from reports.columns import Numbers
from reports.populations import People, Populations
from storage.day_sets import union


@dataclass(frozen=True, slots=True)
class Cohorts:
    """By join day. Bots, withdrawn people, raids, and who was here before recording began are in none."""

    by_day: Mapping[int, People]  # in the days' order

    @classmethod
    def of(cls, populations: Populations) -> Cohorts:
        left_out = populations.outside | populations.raiders
        kept = {day: people - left_out for day, people in sorted(populations.joins.items())}
        return cls({day: people for day, people in kept.items() if people})

    def joined(self, first_day: int, last_day: int) -> People:
        return union(people for day, people in self.by_day.items() if first_day <= day <= last_day)

    def sizes(self, borders: Numbers) -> Numbers:
        """How many joined from each first day up to, but not on, its second: `borders` are pairs of days."""
        sums = np.cumsum([0, *map(len, self.by_day.values())])
        before, after = sums[np.searchsorted([*self.by_day], borders)].T
        found: Numbers = after - before
        return found
