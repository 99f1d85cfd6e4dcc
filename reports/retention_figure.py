"""Who of the newcomers is still active in each week after joining, as a figure."""

from __future__ import annotations

from reports import wording
from reports.basis import MIN_N
from reports.figures import RetentionCell, RetentionFigure, RetentionRow
from reports.growth import is_small
from reports.periods import date_of, describe_days
from reports.quality import COMPARABLE
from reports.retention import FRAMED, POOLED_DAYS, Retention, Window
from reports.statistics import wilson

WEEKS = range(1, 13)
HEADLINE_WEEKS = (8, 4, 12, 1)  # of the first of these that enough people have behind them


def retention_figure(retention: Retention, smallest: int) -> RetentionFigure | None:
    """None where nobody joined. Where a cohort's cell is too small to be shown, no cohort is."""
    pooled = _row(retention, retention.pooled)
    if not pooled.joined:
        return None
    rows = tuple(_row(retention, window) for window in retention.windows())
    if any(_is_small(cell, smallest) for row in rows for cell in row.cells):
        rows = ()
    return RetentionFigure(
        headline=_headline(pooled),
        subtitle="Share active in each week after joining, %, by join date",
        footer=_footer(pooled, rows),
        alt_text=_alt_text(pooled, rows),
        rows=rows,
        pooled=RetentionRow(_pooled_label(retention, rows), pooled.joined, pooled.cells),
        framed=FRAMED,
    )


def _row(retention: Retention, joined: Window) -> RetentionRow:
    days = (date_of(joined.first_day), date_of(joined.last_day))
    cells = tuple(retention.matrix([joined], WEEKS)[0])
    return RetentionRow(describe_days(*days), len(retention.cohorts.joined(*joined)), cells)


def _is_small(cell: RetentionCell, smallest: int) -> bool:
    return is_small((cell.retained, cell.eligible - cell.retained), smallest)


def _pooled_label(retention: Retention, rows: tuple[RetentionRow, ...]) -> str:
    shown = retention.windows()
    is_all = bool(rows) and shown[-1].last_day - shown[-1].first_day > 7
    return "All together" if is_all else f"All, {POOLED_DAYS // 7} weeks"


def _week(pooled: RetentionRow) -> tuple[int, RetentionCell] | None:
    cells = {week: pooled.cells[week - 1] for week in HEADLINE_WEEKS}
    known = ((week, cell) for week, cell in cells.items() if cell.eligible >= MIN_N)
    return next((pair for pair in known if pair[1].recorded >= COMPARABLE), None)


def _headline(pooled: RetentionRow) -> str:
    found = _week(pooled)
    if not found:
        return "Too few newcomers to say who stays"
    week, cell = found
    share = cell.retained / cell.eligible
    in_words = {1 / 2: "Half of", 1 / 3: "1 in 3", 1 / 4: "1 in 4", 1 / 5: "1 in 5"}
    near = next((words for number, words in in_words.items() if abs(share - number) < 0.015), None)
    if near == "Half of":
        return f"Half of newcomers are still active in week {week}"[:44]
    if near:
        return f"{near} newcomers is still active in week {week}"
    return wording.first_fitting(
        44,
        f"{wording.percent(share)} of newcomers are active in week {week}",
    )


def _footer(pooled: RetentionRow, rows: tuple[RetentionRow, ...]) -> str:
    cells = [cell for row in (*rows, pooled) for cell in row.cells]
    notes = []
    if found := _week(pooled):
        week, cell = found
        low, high = wilson(cell.retained, cell.eligible)
        notes.append(
            f"Week {week}: {wording.whole(cell.retained)} of {wording.whole(cell.eligible)}, interval "
            f"{wording.whole(low * 100)}–{wording.percent(high)}"
        )
    partly = any(cell.eligible and cell.pending for cell in cells)
    not_yet = any(cell.pending and not cell.eligible for cell in cells)
    notes += ["hatched: not yet, dashed: in part"] * (partly and not_yet)
    notes += ["dashed: partly pending"] * (partly and not not_yet)
    notes += ["hatched: not yet"] * (not_yet and not partly)
    notes += ["grey: gap"] * any(cell.recorded < COMPARABLE for cell in cells)
    return wording.first_fitting(76, *(" · ".join(notes[:kept]) for kept in range(len(notes), 0, -1)), "")


def _alt_text(pooled: RetentionRow, rows: tuple[RetentionRow, ...]) -> str:
    told = []
    for week in FRAMED:
        cell = pooled.cells[week - 1]
        if cell.eligible:
            told.append(f"week {week} {wording.whole(cell.retained)} of {wording.whole(cell.eligible)}")
        else:
            told.append(f"week {week} pending")
    return (
        f"Table of the share of newcomers active in each week after joining, "
        f"{wording.count(len(rows), 'cohort', 'cohorts')}, {wording.whole(pooled.joined)} joined; "
        f"all together: {', '.join(told)}."
    )
