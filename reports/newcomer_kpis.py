"""Whether newcomers stay and how far they get, with the values of the period before beside them."""

from __future__ import annotations

from reports.basis import MIN_N
from reports.comparison import NOT_COMPARED, tested_otherwise
from reports.funnel import Funnel
from reports.lifecycle import Lifecycle
from reports.quality import COMPARABLE
from reports.report import Change, Kpi, Measure, Verdict, Worth
from reports.retention import FRAMED, Retention
from reports.statistics import fisher_exact, wilson

STILL_HERE_WEEK = 8


def retention_kpis(lifecycle: Lifecycle, previous_day: int) -> tuple[Kpi, ...]:
    """As of the end of the period, beside that of the end of the one before."""
    now, then = lifecycle.retention(), lifecycle.retention(previous_day)
    return (*(retention_kpi(now, then, week) for week in FRAMED), _still_here(lifecycle, now))


def retention_kpi(now: Retention, then: Retention, week: int) -> Kpi:
    """Untested: nearly all of its people are in the previous value as well."""
    previous = _retained(then, week)
    return Kpi(f"retention_week_{week}", _retained(now, week), previous if previous.denominator else None)


def _retained(retention: Retention, week: int) -> Measure:
    cell = retention.cell(retention.pooled, week)
    return share(cell.retained, cell.eligible, cell.recorded)


def _still_here(lifecycle: Lifecycle, retention: Retention) -> Kpi:
    due = retention.due(retention.pooled, STILL_HERE_WEEK)
    here = lifecycle.populations.at_end_of(lifecycle.as_of_day)
    return Kpi("newcomers_still_here", share(len(due & here), len(due), 1.0))


def funnel_kpis(lifecycle: Lifecycle) -> tuple[Kpi, ...]:
    """The newest closed cohort beside the one before. Their people are different ones."""
    steps = ("funnel_first_command", "funnel_first_event") if lifecycle.knows_commands else ()
    now, then = lifecycle.funnel(), lifecycle.funnel(back=1)
    recorded = lifecycle.funnel_recorded(), lifecycle.funnel_recorded(back=1)
    return tuple(
        _step(name, _counts(now, name), _counts(then, name), recorded)
        for name in (*steps, "funnel_any_event")
    )


def _counts(of: Funnel, name: str) -> tuple[int, int]:
    joined, commanded = len(of.joined), len(of.commanded)
    return {
        "funnel_first_command": (commanded, joined),
        "funnel_first_event": (len(of.attended), commanded),
        "funnel_any_event": (len(of.attended_any), joined),
    }[name]


def _step(name: str, now: tuple[int, int], then: tuple[int, int], recorded: tuple[float, float]) -> Kpi:
    current = share(*now, recorded[0])
    if not now[1]:
        return Kpi(name, current)
    previous = share(*then, recorded[1])
    if min(recorded) < COMPARABLE or not then[1]:
        return Kpi(name, current, previous, NOT_COMPARED)
    return Kpi(name, current, previous, _change(name, current, previous, now, then))


def _change(
    name: str, current: Measure, previous: Measure, now: tuple[int, int], then: tuple[int, int]
) -> Change:
    if current.value is None or previous.value is None:
        return Change(None, None, None, None, Verdict.TOO_FEW, Worth.NEUTRAL)
    return tested_otherwise(name, current.value - previous.value, fisher_exact(*now, *then))


def share(part: int, whole: int, coverage: float) -> Measure:
    """A rate of people; of fewer than 10 only the counts."""
    if whole < MIN_N:
        return Measure(None, part, whole, None, coverage)
    return Measure(part / whole, part, whole, wilson(part, whole), coverage)
