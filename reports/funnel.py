"""From joining to the first command to the first event. Definition: docs/kpis.md, "Engagement funnel"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median

from reports.cohorts import Cohorts
from reports.populations import People
from reports.retention import COHORT_DAYS, Window
from storage.day_sets import union

Days = Mapping[int, People]  # who did it, by local day


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
    at_an_event = _Waits()
    for day, cohort in joining.items():
        for event_day, people in _firsts(cohort, events, day, 2 * funnel_days):
            at_an_event.add(people, event_day - day)
    return Funnel(
        joined_in,
        union(joining.values()),
        _in_order(joining, commands, events, funnel_days),
        _any_order(joining, commands, events, funnel_days),
        at_an_event.people,
        at_an_event.median,
    )


@dataclass(slots=True)
class _Waits:
    """Who took a step, and how many days each of them took for it."""

    people: People = field(default_factory=People)
    days: list[int] = field(default_factory=list)

    def add(self, people: People, days: int) -> None:
        self.people |= people
        self.days += [days] * len(people)

    @property
    def median(self) -> float | None:
        return median(self.days) if self.days else None


def _in_order(joining: Days, commands: Days, events: Days, funnel_days: int) -> Steps:
    first, second = _Waits(), _Waits()
    for day, cohort in joining.items():
        for command_day, people in _firsts(cohort, commands, day, funnel_days):
            first.add(people, command_day - day)
            for event_day, then in _firsts(people, events, command_day, funnel_days):
                second.add(then, event_day - command_day)
    return Steps(first.people, second.people, first.median, second.median)


def _any_order(joining: Days, commands: Days, events: Days, funnel_days: int) -> Steps:
    either = {day: commands.get(day, People()) | events.get(day, People()) for day in {*commands, *events}}
    first, second = _Waits(), _Waits()
    for day, cohort in joining.items():
        for first_day, people in _firsts(cohort, either, day, funnel_days):
            first.add(people, first_day - day)
            came = people & events.get(first_day, People())
            for of_those, other in ((came, commands), (people - came, events)):
                for other_day, then in _firsts(of_those, other, first_day, funnel_days):
                    second.add(then, other_day - first_day)
    return Steps(first.people, second.people, first.median, second.median)


def _firsts(people: People, doing: Days, from_day: int, days: int) -> list[tuple[int, People]]:
    """Who of them did it first on which of these days."""
    waiting, firsts = People(people), []
    for day in range(from_day, from_day + days):
        if not waiting:
            break
        if day in doing and (first := waiting & doing[day]):
            firsts.append((day, first))
            waiting -= first
    return firsts
