"""From joining to the first command to the first event. Definition: docs/kpis.md, "Engagement funnel"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from reports.cohorts import Cohorts
from reports.columns import Numbers, bitmap, numbers
from reports.populations import People
from reports.retention import COHORT_DAYS, Window
from storage.day_sets import union

Days = Mapping[int, People]  # who did it, by local day
NEVER = 2**31  # in place of the place of a day


@dataclass(frozen=True, slots=True)
class Steps:
    """Who took two steps, and how many days lay between (median; None where nobody did)."""

    first: People
    second: People
    days_to_first: float | None  # from joining
    days_to_second: float | None  # from the first


@dataclass(frozen=True, slots=True)
class Funnel:
    """One cohort's way, each step within `funnel_days` of the step before. The joining day is the first."""

    joined_in: Window
    joined: People
    in_order: Steps  # the first command, then an event: after it, or on the same day
    any_order: Steps  # a command or an event, then the other; who did both on one day took both steps on it
    attended_any: People  # within both steps' days of joining, whether they ran a command or not
    days_to_any_event: float | None  # from joining

    @property
    def commanded(self) -> People:
        return self.in_order.first

    @property
    def attended(self) -> People:
        return self.in_order.second


def closed_window(as_of_day: int, funnel_days: int, back: int = 0) -> Window:
    """The join days of the `back`th newest cohort of four weeks of which both steps' days are past."""
    last_day = as_of_day - 2 * funnel_days + 1 - back * COHORT_DAYS
    return Window(last_day - COHORT_DAYS + 1, last_day)


def funnel(cohorts: Cohorts, commands: Days, events: Days, joined_in: Window, funnel_days: int) -> Funnel:
    """`commands`, `events`: who ran a command, who was at an event, by local day."""
    joining = {
        day: cohorts.by_day[day]
        for day in range(joined_in.first_day, joined_in.last_day + 1)
        if day in cohorts.by_day
    }
    joined = union(joining.values())
    own = numbers(joined)
    joined_on = np.zeros(len(own), dtype=np.int64)  # places of days, the first join day's is 0
    for day, people in joining.items():
        joined_on[np.searchsorted(own, numbers(people))] = day - joined_in.first_day
    days = range(joined_in.first_day, joined_in.last_day + 2 * funnel_days)
    command, event = _Next.of(commands, joined, days), _Next.of(events, joined, days)

    commanded = command.since(joined_on, funnel_days)
    attended = event.since(commanded, funnel_days)
    first = np.minimum(commanded, event.since(joined_on, funnel_days))
    came_first = event.since(first, 1) == first
    other = np.where(came_first, command.since(first, funnel_days), event.since(first, funnel_days))
    any_event = event.since(joined_on, 2 * funnel_days)
    return Funnel(
        joined_in,
        joined,
        Steps(
            _took(own, commanded),
            _took(own, attended),
            _median(joined_on, commanded),
            _median(commanded, attended),
        ),
        Steps(_took(own, first), _took(own, other), _median(joined_on, first), _median(first, other)),
        _took(own, any_event),
        _median(joined_on, any_event),
    )


@dataclass(frozen=True, slots=True)
class _Next:
    """When some people do something next."""

    days: Numbers  # by place of a day and of a person: the place of the first day since then, or NEVER

    @classmethod
    def of(cls, doing: Days, people: People, days: range) -> _Next:
        own = numbers(people)
        found = np.full((len(days) + 1, len(own)), NEVER)
        for place in range(len(days) - 1, -1, -1):
            found[place] = found[place + 1]
            did = numbers(people & doing.get(days[place], People()))
            found[place, np.searchsorted(own, did)] = place
        return cls(found)

    def since(self, places: Numbers, within: int) -> Numbers:
        """The first day of so many from each person's own on; NEVER where there is none."""
        begun = places != NEVER
        found = np.full(len(places), NEVER)
        found[begun] = self.days[places[begun], np.flatnonzero(begun)]
        found[found >= places + within] = NEVER
        return found


def _took(people: NDArray[np.uint32], places: Numbers) -> People:
    return bitmap(people[places != NEVER])


def _median(before: Numbers, places: Numbers) -> float | None:
    """Of the days from one step to the next, of whoever took both."""
    took = places != NEVER
    waits = (places[took] - before[took]).tolist()
    return median(waits) if waits else None
