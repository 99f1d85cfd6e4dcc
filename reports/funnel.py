"""From joining to the first command to the first event. Definition: docs/kpis.md, "Engagement funnel"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from reports.cohorts import Cohorts
from reports.populations import People
from reports.retention import COHORT_DAYS, Window


@dataclass(frozen=True, slots=True)
class Funnel:
    """One cohort's way, each step within `funnel_days` of the step before. The joining day is the first."""

    joined_in: Window
    joined: People
    commanded: People
    attended: People  # after their first command, or on the same day
    attended_any: People  # within both steps' days of joining, whether they ran a command or not
    days_to_command: float | None  # median
    days_to_event: float | None
    days_to_any_event: float | None  # from joining


def closed_window(as_of_day: int, funnel_days: int, back: int = 0) -> Window:
    """The join days of the `back`th newest cohort of four weeks of which both steps' days are past."""
    last_day = as_of_day - 2 * funnel_days + 1 - back * COHORT_DAYS
    return Window(last_day - COHORT_DAYS + 1, last_day)


def funnel(
    cohorts: Cohorts,
    commands: Mapping[int, People],
    events: Mapping[int, People],
    joined_in: Window,
    funnel_days: int,
) -> Funnel:
    """`commands`, `events`: who ran a command, who was at an event, by local day."""
    joined, commanded, attended, attended_any = People(), People(), People(), People()
    to_command: list[int] = []
    to_event: list[int] = []
    to_any_event: list[int] = []
    for day in range(joined_in.first_day, joined_in.last_day + 1):
        cohort = cohorts.by_day.get(day, People())
        joined |= cohort
        for event_day, first in _firsts(cohort, events, day, 2 * funnel_days):
            attended_any |= first
            to_any_event += [event_day - day] * len(first)
        for command_day, first in _firsts(cohort, commands, day, funnel_days):
            commanded |= first
            to_command += [command_day - day] * len(first)
            for event_day, then in _firsts(first, events, command_day, funnel_days):
                attended |= then
                to_event += [event_day - command_day] * len(then)
    return Funnel(
        joined_in,
        joined,
        commanded,
        attended,
        attended_any,
        median(to_command) if to_command else None,
        median(to_event) if to_event else None,
        median(to_any_event) if to_any_event else None,
    )


def _firsts(
    people: People, doing: Mapping[int, People], from_day: int, days: int
) -> list[tuple[int, People]]:
    """Who of them did it first on which of these days."""
    waiting, firsts = People(people), []
    for day in range(from_day, from_day + days):
        if first := waiting & doing.get(day, People()):
            firsts.append((day, first))
            waiting -= first
    return firsts
