"""Whether newcomers stay, with the values of the period before beside them."""

from __future__ import annotations

from reports.basis import MIN_N
from reports.catalogue import CATALOGUE, resolve
from reports.lifecycle import Lifecycle
from reports.periods import local_day, span
from reports.report import Kpi, Measure
from reports.retention import FRAMED, POOLED_DAYS, Retention
from reports.statistics import wilson

STILL_HERE = "newcomers_still_here"
STILL_HERE_WEEK = 8


def retention_kpis(lifecycle: Lifecycle, previous_day: int) -> tuple[Kpi, ...]:
    """As of the end of the period, beside that of the end of the one before."""
    now, then = lifecycle.retention(), lifecycle.retention(previous_day)
    retained = (_retention_kpi(lifecycle, now, then, week) for week in FRAMED)
    return (*retained, _still_here(lifecycle, now, then))


def _retention_kpi(lifecycle: Lifecycle, now: Retention, then: Retention, week: int) -> Kpi:
    """Untested: nearly all of its people are in the previous value as well."""
    name = f"retention_week_{week}"
    current, previous = (_retained(lifecycle, name, of, week) for of in (now, then))
    return Kpi(name, current, previous if previous.denominator else None)


def _retained(lifecycle: Lifecycle, name: str, retention: Retention, week: int) -> Measure:
    cell = retention.cell(retention.pooled, week)
    recorded = min(cell.recorded, _recorded(lifecycle, name, retention))
    return share(cell.retained, cell.eligible, recorded)


def _recorded(lifecycle: Lifecycle, name: str, retention: Retention) -> float:
    """The share of the days on which its people joined and grew older, from the first day of recording on."""
    recording, zone = lifecycle.recording, lifecycle.settings.zone
    last_day = retention.as_of_day
    first_day = max(last_day - POOLED_DAYS + 1, local_day(recording.since_ms, zone) + 1)
    if first_day > last_day:
        return 1.0
    days = span("", first_day, last_day, zone)
    return recording.share(resolve(CATALOGUE[name].sources, lifecycle.settings.qualifying), days, days.end_ms)


def _still_here(lifecycle: Lifecycle, now: Retention, then: Retention) -> Kpi:
    current, previous = (_here(lifecycle, of) for of in (now, then))
    return Kpi(STILL_HERE, current, previous if previous.denominator else None)


def _here(lifecycle: Lifecycle, retention: Retention) -> Measure:
    due = retention.due(retention.pooled, STILL_HERE_WEEK)
    here = lifecycle.populations.at_end_of(retention.as_of_day)
    return share(len(due & here), len(due), _recorded(lifecycle, STILL_HERE, retention))


def share(part: int, whole: int, coverage: float) -> Measure:
    """A rate of people; of fewer than 10 only the counts."""
    if whole < MIN_N:
        return Measure(None, part, whole, None, coverage)
    return Measure(part / whole, part, whole, wilson(part, whole), coverage)
