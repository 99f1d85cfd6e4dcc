"""How far newcomers get: the newest closed cohort beside the one before, which is of different people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from reports.catalogue import CATALOGUE
from reports.comparison import NOT_COMPARED, tested_otherwise
from reports.day_coverage import DayCoverage
from reports.funnel import Funnel
from reports.lifecycle import Lifecycle
from reports.newcomer_kpis import share
from reports.populations import People
from reports.quality import COMPARABLE, left_out_sentence
from reports.report import Change, Kpi, Measure, Verdict, Worth
from reports.small_groups import WITHHELD, is_small
from reports.statistics import fisher_exact

Of = Callable[[Funnel], People]

WITH_COMMANDS = ("funnel_first_command", "funnel_first_event", "funnel_any_event")
WITHOUT_COMMANDS = ("funnel_any_event",)

# Who took a step, and out of whom.
STEPS: dict[str, tuple[Of, Of]] = {
    "funnel_first_command": (lambda of: of.commanded, lambda of: of.joined),
    "funnel_first_event": (lambda of: of.attended, lambda of: of.commanded),
    "funnel_either": (lambda of: of.any_order.first, lambda of: of.joined),
    "funnel_both": (lambda of: of.any_order.second, lambda of: of.joined),
    "funnel_any_event": (lambda of: of.attended_any, lambda of: of.joined),
}

# Whoever took one of these has taken the step.
ON_THE_WAY: dict[str, tuple[str, ...]] = {
    "funnel_first_command": (),
    "funnel_first_event": (),
    "funnel_both": ("funnel_first_event",),
    "funnel_either": ("funnel_first_command", "funnel_both"),
    "funnel_any_event": ("funnel_first_event", "funnel_both"),
}

# How long they took for it, and how many they are.
WAITS: dict[str, tuple[Callable[[Funnel], float | None], Of]] = {
    "funnel_days_to_command": (lambda of: of.in_order.days_to_first, lambda of: of.commanded),
    "funnel_days_to_event": (lambda of: of.in_order.days_to_second, lambda of: of.attended),
    "funnel_days_to_either": (lambda of: of.any_order.days_to_first, lambda of: of.any_order.first),
    "funnel_days_to_both": (lambda of: of.any_order.days_to_second, lambda of: of.any_order.second),
    "funnel_days_to_any_event": (lambda of: of.days_to_any_event, lambda of: of.attended_any),
}


def funnel_kpis(lifecycle: Lifecycle, smallest: int) -> tuple[Kpi, ...]:
    """The steps whose change is tested; of commands only where anybody was ever seen running one."""
    cohorts = FunnelCohorts.of(lifecycle, smallest)
    return tuple(
        cohorts.step(name) for name in (WITH_COMMANDS if lifecycle.knows_commands else WITHOUT_COMMANDS)
    )


@dataclass(frozen=True, slots=True)
class FunnelCohorts:
    lifecycle: Lifecycle
    now: Funnel
    then: Funnel
    smallest: int  # people; a step of fewer, or one that so few did not take, is not shown

    @classmethod
    def of(cls, lifecycle: Lifecycle, smallest: int) -> FunnelCohorts:
        return cls(lifecycle, lifecycle.funnel(), lifecycle.funnel(back=1), smallest)

    def everything(self) -> tuple[Kpi, ...]:
        """Every step and every wait; of commands only where anybody was ever seen running one."""
        of_events = (self.joined(), self.step("funnel_any_event"), self.wait("funnel_days_to_any_event"))
        if not self.lifecycle.knows_commands:
            return of_events
        return (self.joined(), *map(self.step, STEPS), *map(self.wait, WAITS))

    def joined(self) -> Kpi:
        """How many there are."""
        name = "funnel_joined"
        recorded = self._recorded(name)
        now, then = len(self.now.joined), len(self.then.joined)
        if is_small(now, self.smallest):
            return self._withheld(name, recorded)
        current, previous = (
            Measure(number if seen else None, number, coverage=seen)
            for number, seen in zip((now, then), recorded, strict=True)
        )
        return self._told(Kpi(name, current, None if is_small(then, self.smallest) else previous), recorded)

    def step(self, name: str) -> Kpi:
        """A share; its change is tested where it is one of the tested ones."""
        recorded = self._recorded(name)
        if self._hides(name, self.now):
            return self._withheld(name, recorded)
        now, then = (self._counts(name, of) for of in (self.now, self.then))
        current = _share(*now, recorded[0])
        if not now[1] or self._hides(name, self.then):
            return self._told(Kpi(name, current), recorded)
        previous, change = _share(*then, recorded[1]), None
        if min(recorded) < COMPARABLE or not then[1]:
            change = NOT_COMPARED
        elif name in WITH_COMMANDS:
            change = _change(name, current, previous, now, then)
        return self._told(Kpi(name, current, previous, change), recorded)

    def wait(self, name: str) -> Kpi:
        """A median of days."""
        days, who = WAITS[name]
        recorded = self._recorded(name)
        if is_small(len(who(self.now)), self.smallest):
            return self._withheld(name, recorded)
        current, previous = (
            Measure(days(of) if seen else None, None, len(who(of)), None, seen)
            for of, seen in zip((self.now, self.then), recorded, strict=True)
        )
        if not who(self.then) or is_small(len(who(self.then)), self.smallest):
            return self._told(Kpi(name, current), recorded)
        change = NOT_COMPARED if min(recorded) < COMPARABLE else None
        return self._told(Kpi(name, current, previous, change), recorded)

    def _counts(self, name: str, of: Funnel) -> tuple[int, int]:
        part, whole = STEPS[name]
        return len(part(of)), len(whole(of))

    def _hides(self, name: str, of: Funnel) -> bool:
        """Also where few took a step that others had taken on their way: they would follow by subtraction."""
        part, whole = self._counts(name, of)
        ahead = [part - self._counts(step, of)[0] for step in ON_THE_WAY[name] if not self._hides(step, of)]
        return any(is_small(cell, self.smallest) for cell in (part, whole - part, *ahead))

    def _withheld(self, name: str, recorded: tuple[float, float]) -> Kpi:
        return Kpi(name, Measure(None, coverage=recorded[0]), caveats=(WITHHELD,))

    def _recorded(self, name: str) -> tuple[float, float]:
        """The share of both cohorts' days in which what the step needs was recorded."""
        sources = CATALOGUE[name].sources
        now, then = (self._share_recorded(sources, back) for back in (0, 1))
        return now, then

    def _share_recorded(self, sources: tuple[str, ...], back: int) -> float:
        days = self.lifecycle.funnel_days(back)
        return DayCoverage.of(self.lifecycle.recording, sources, days.days).share(
            days.first_day, days.last_day
        )

    def _told(self, kpi: Kpi, recorded: tuple[float, float]) -> Kpi:
        """With what was not recorded of either cohort's days, and which of them is not compared for it."""
        recording, days = self.lifecycle.recording, [self.lifecycle.funnel_days(back) for back in (0, 1)]
        gaps = recording.caveats(CATALOGUE[kpi.name].sources, days, days[0].end_ms)
        left_out = tuple(
            left_out_sentence(of, seen)
            for of, seen in zip(days, recorded, strict=True)
            if seen < COMPARABLE and of.end_ms > recording.since_ms
        )
        return replace(kpi, caveats=(*gaps, *left_out))


def _share(part: int, whole: int, recorded: float) -> Measure:
    return share(part, whole, recorded) if recorded else Measure(None, coverage=recorded)


def _change(
    name: str, current: Measure, previous: Measure, now: tuple[int, int], then: tuple[int, int]
) -> Change:
    if current.value is None or previous.value is None:
        return Change(None, None, None, None, Verdict.TOO_FEW, Worth.NEUTRAL)
    return tested_otherwise(name, current.value - previous.value, fisher_exact(*now, *then))
