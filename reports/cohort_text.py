"""The cohort matrix as lines for a terminal: of each cohort the weeks that matter most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reports import wording
from reports.basis import MIN_N
from reports.cohort_kpis import measure
from reports.lines import NOTHING
from reports.periods import describe_days
from reports.quality import COMPARABLE
from reports.report import CohortMatrix, CohortWeek, JoinCohort
from reports.retention import COHORTS, POOLED_DAYS, WEEK

TITLE = "Active in the weeks after joining, by date of joining"
MOST_COLUMNS = 76  # of a terminal's 80
BY_WORTH = (4, 8, 12, 1, 2, 3)  # of these as many as fit
PENDING, GAP = "pending", "gap"
IN_PART, NOT_ALL = "+", "*"
MARKS = {IN_PART: "for some of them that week is pending", NOT_ALL: "of some it was hardly recorded"}


def cohort_lines(matrix: CohortMatrix) -> list[str]:
    """A row for each of the newest cohorts, oldest first, and one for all; then what their marks mean."""
    shown = matrix.cohorts[-COHORTS:]
    rows = [*((describe_days(one.first_date, one.last_date), one) for one in shown)]
    rows.append((f"All, {POOLED_DAYS // WEEK} weeks", matrix.pooled))
    for number in range(len(BY_WORTH), 0, -1):
        lines = _table(rows, sorted(BY_WORTH[:number]))
        if max(map(len, lines)) <= MOST_COLUMNS:
            break
    told = "\n".join(lines)
    return [*lines, *(f"{mark} {meaning}" for mark, meaning in MARKS.items() if mark in told)]


def _table(rows: Iterable[tuple[str, JoinCohort]], weeks: Sequence[int]) -> list[str]:
    cells = [["", *(f"week {week}" for week in weeks)]]
    cells += [[label, *(_cell(cohort, cohort.weeks[week]) for week in weeks)] for label, cohort in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(
            text.ljust(width) if place == 0 else text.rjust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in cells
    ]


def _cell(cohort: JoinCohort, week: CohortWeek) -> str:
    """“12/31 39 %”, of few “3/8”; “pending” where that week is past for nobody."""
    if not week.eligible:
        return GAP if cohort.not_recorded(week) else PENDING if week.pending else NOTHING
    now = measure(week)
    if week.recorded < COMPARABLE:
        return GAP
    counts = f"{wording.whole(week.retained or 0)}/{wording.whole(week.eligible)}"
    rate = f" {wording.percent(now.value)}" if now.value is not None and week.eligible >= MIN_N else ""
    mark = IN_PART * bool(week.pending) + NOT_ALL * bool(cohort.not_recorded(week))
    return f"{counts}{rate}{mark}"
