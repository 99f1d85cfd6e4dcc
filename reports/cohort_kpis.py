"""The cells of the cohort matrix as KPIs, for programs and for tables."""

from __future__ import annotations

from collections.abc import Iterator

from reports.newcomer_kpis import share
from reports.periods import describe_days
from reports.report import CohortWeek, JoinCohort, Kpi, Measure
from reports.small_groups import WITHHELD

NAME = "retention_of_cohort"
PENDING, NOT_RECORDED = "pending", "not recorded"  # parts of a cohort that are in neither number


def cohort_kpis(cohort: JoinCohort) -> Iterator[Kpi]:
    """One for each week of their own clock. Its subject: “joined:2025-11-03 week:4”."""
    days = describe_days(cohort.first_date, cohort.last_date, year=True)
    for number, week in enumerate(cohort.weeks):
        yield Kpi(
            NAME,
            measure(week),
            cut=f"Joined {days}, week {number}",
            subject=f"joined:{cohort.first_date.isoformat()} week:{number}",
            parts=_beside(cohort, week),
            caveats=(WITHHELD,) if week.eligible is None else (),
        )


def measure(week: CohortWeek) -> Measure:
    """Where that week is past for nobody there is no numerator: pending is never 0."""
    if week.retained is None or week.eligible is None:
        return Measure(None, coverage=week.recorded)
    if not week.eligible:
        return Measure(None, None, 0, coverage=week.recorded)
    return share(week.retained, week.eligible, week.recorded)


def _beside(cohort: JoinCohort, week: CohortWeek) -> tuple[tuple[str, int], ...]:
    beside = ((PENDING, week.pending), (NOT_RECORDED, cohort.not_recorded(week)))
    return tuple((label, number) for label, number in beside if number)
