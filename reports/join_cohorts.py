"""Those who joined in the same days, and who of them was active in each week of their own clock.

Definition: docs/kpis.md, "retention_of_cohort".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from reports.periods import date_of
from reports.report import CohortMatrix, CohortWeek, JoinCohort
from reports.retention import POOLED_DAYS, Retention, Window
from reports.small_groups import withheld

OWN_WEEKS = range(27)


def cohort_matrix(retention: Retention, smallest: int) -> CohortMatrix | None:
    """None where nobody joined in the last 32 weeks. Small cells are withheld, and what would tell them."""
    (pooled,) = _cohorts(retention, [retention.pooled])
    if not pooled.joined:
        return None
    cohorts = _cohorts(retention, _windows(retention))
    return CohortMatrix(_withholding(cohorts, smallest), pooled)


def _windows(retention: Retention) -> list[Window]:
    """Those of 32 weeks, as long as those of the picture, from the first on in which anybody joined."""
    newest = retention.windows()[-1]
    days = newest.last_day - newest.first_day + 1
    ends = range(retention.as_of_day - POOLED_DAYS + days, retention.as_of_day + 1, days)
    windows = [Window(end - days + 1, end) for end in ends]
    first = next(place for place, joined in enumerate(windows) if retention.cohorts.joined(*joined))
    return windows[first:]


def _cohorts(retention: Retention, windows: Sequence[Window]) -> tuple[JoinCohort, ...]:
    rows = zip(windows, retention.matrix(windows, OWN_WEEKS), strict=True)
    return tuple(
        JoinCohort(
            first_date=date_of(window.first_day),
            last_date=date_of(window.last_day),
            joined=len(retention.cohorts.joined(*window)),
            weeks=tuple(CohortWeek(*cell) for cell in cells),
        )
        for window, cells in rows
    )


def _withholding(cohorts: tuple[JoinCohort, ...], smallest: int) -> tuple[JoinCohort, ...]:
    """All of them together are known: so of a week of the own clock others are hidden with a small cell."""
    small = withheld(_numbered(one.joined or 0 for one in cohorts), smallest)
    columns = [_hidden_of([one.weeks[week] for one in cohorts], small, smallest) for week in OWN_WEEKS]
    return tuple(
        replace(
            one,
            joined=None if str(place) in small else one.joined,
            weeks=tuple(
                CohortWeek(None, None, None, cell.recorded) if str(place) in columns[week] else cell
                for week, cell in zip(OWN_WEEKS, one.weeks, strict=True)
            ),
        )
        for place, one in enumerate(cohorts)
    )


def _hidden_of(column: Sequence[CohortWeek], small: frozenset[str], smallest: int) -> frozenset[str]:
    kinds = [[cell.retained or 0 for cell in column], [cell.lost or 0 for cell in column]]
    hidden = small
    while True:
        found = hidden.union(*(withheld(_numbered(sizes), smallest, hidden) for sizes in kinds))
        if found == hidden:
            return hidden
        hidden = found


def _numbered(sizes: Iterable[int]) -> dict[str, int]:
    return {str(place): size for place, size in enumerate(sizes)}
