"""Whether newcomers stay, with the values of the period before beside them."""

from __future__ import annotations

from reports.basis import MIN_N
from reports.lifecycle import Lifecycle
from reports.report import Kpi, Measure
from reports.retention import FRAMED, Retention
from reports.statistics import wilson

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


def share(part: int, whole: int, coverage: float) -> Measure:
    """A rate of people; of fewer than 10 only the counts."""
    if whole < MIN_N:
        return Measure(None, part, whole, None, coverage)
    return Measure(part / whole, part, whole, wilson(part, whole), coverage)
