"""Weekly active members over half a year, as a figure. Looks: 95 % interval, gaps, the open week apart."""

from __future__ import annotations

from collections.abc import Sequence

from reports import wording
from reports.basis import Basis
from reports.community import active_people, main_name
from reports.figures import PointState, TrendFigure, TrendPoint
from reports.finding import more
from reports.lines import judgement
from reports.periods import (
    Period,
    date_of,
    describe,
    describe_days,
    local_day,
    month_name,
    previous,
    week_at,
    weekday_name,
)
from reports.quality import COMPARABLE, COMPLETE
from reports.report import Kpi, Measure, Verdict

CLOSED_WEEKS = 26


def trend(basis: Basis, latest: Period, week_start: str, active: Kpi) -> TrendFigure | None:
    """Up to 26 closed weeks that end with `latest`, and the open week if that comes next.

    `active` is the latest week's KPI with its verdict. None where no closed week was recorded well enough.
    """
    closed = since_recording(basis, periods_back(latest, CLOSED_WEEKS))
    current = week_at(basis.now_ms, latest.zone, week_start)
    is_last = previous(current).first_day == latest.first_day
    points = [trend_point(basis, week) for week in closed]
    if is_last and closed:
        points.append(trend_point(basis, current))
    shown = [point for point in points if point.state in (PointState.RECORDED, PointState.PARTLY)]
    if not shown:
        return None
    return TrendFigure(
        headline=_headline(active, is_last),
        subtitle=_subtitle(len(closed), is_last),
        footer=_footer(basis, closed, points),
        alt_text=_alt_text(points, shown),
        points=tuple(points),
        latest_label=describe(latest),
        open_label=_open_label(basis, current) if is_last else None,
    )


def periods_back(latest: Period, number: int) -> list[Period]:
    """So many periods of a kind, oldest first, the latest last."""
    periods = [latest]
    while len(periods) < number:
        periods.append(previous(periods[-1]))
    return periods[::-1]


def since_recording(basis: Basis, weeks: Sequence[Period]) -> list[Period]:
    """Without the weeks before recording began, and the first one where most of it is missing for that."""
    since_ms = basis.recording.since_ms
    return [
        week
        for week in weeks
        if week.start_ms >= since_ms
        or (week.end_ms > since_ms and basis.coverage(main_name(week), week) >= COMPARABLE)
    ]


def trend_point(basis: Basis, week: Period) -> TrendPoint:
    measure = active_people(basis, main_name(week), week)
    state = _state(measure, is_open=week.is_open(basis.now_ms))
    value = None if state is PointState.GAP else measure.value
    low, high = measure.interval if measure.interval and value is not None else (None, None)
    return TrendPoint(week.first_date, week.last_date, value, low, high, measure.coverage, state)


def _state(measure: Measure, *, is_open: bool) -> PointState:
    if is_open:
        return PointState.OPEN
    if measure.coverage < COMPARABLE:
        return PointState.GAP
    return PointState.RECORDED if measure.coverage >= COMPLETE else PointState.PARTLY


def _headline(active: Kpi, is_last: bool) -> str:
    if active.current.value is None or active.current.coverage < COMPARABLE:
        return "That week was not recorded well enough"
    number, change = wording.whole(active.current.value), active.change
    when = "active last week" if is_last else "active"
    if not change or change.verdict is Verdict.NOT_COMPARED or change.difference is None:
        return wording.first_fitting(44, f"{number} {when}, nothing to compare with", f"{number} {when}")
    how = more(change.difference).removesuffix(" than").removesuffix(" as")
    verdict = judgement(change)
    return wording.first_fitting(
        44, f"{number} {when}, {how}: {verdict}", f"{number} active, {how}: {verdict}", f"{number} {when}"
    )


def _subtitle(closed: int, is_last: bool) -> str:
    weeks = wording.count(closed, "closed week", "closed weeks")
    return f"Weekly active members, {weeks}{' and the open one' if is_last else ''}"


def _footer(basis: Basis, closed: Sequence[Period], points: Sequence[TrendPoint]) -> str:
    end = points[-1].end
    if points[-1].state is PointState.OPEN:
        end = date_of(local_day(basis.recording.as_of_ms, closed[0].zone))
    span = describe_days(points[0].start, max(end, points[0].start), year=True)
    recorded = sum(point.recorded for point in points) / len(points)
    notes = [span, f"recorded {wording.percent(recorded)}"]
    states = {point.state for point in points}
    notes += ["grey: gap"] * (PointState.GAP in states)
    notes += ["hatched: week not over"] * (PointState.OPEN in states)
    notes += ["hollow: partly recorded"] * (PointState.PARTLY in states)
    return wording.first_fitting(76, *(" · ".join(notes[:kept]) for kept in range(len(notes), 0, -1)))


def _open_label(basis: Basis, current: Period) -> str:
    """“Mon–Thu”: the days of the open week so far."""
    latest = local_day(basis.recording.as_of_ms, current.zone)
    last = min(max(latest, current.first_day), current.last_day)
    first_name, last_name = (weekday_name(date_of(day))[:3] for day in (current.first_day, last))
    return first_name if last == current.first_day else f"{first_name}–{last_name}"


def _alt_text(points: Sequence[TrendPoint], shown: Sequence[TrendPoint]) -> str:
    values = [(point.value or 0.0, point) for point in shown]
    lowest, low_point = min(values, key=lambda pair: pair[0])
    highest, high_point = max(values, key=lambda pair: pair[0])
    text = (
        f"Line chart, weekly active members, {_long_span(points)}: "
        f"from {wording.whole(values[0][0])} to {wording.whole(values[-1][0])}, "
        f"lowest {wording.whole(lowest)} in {month_name(low_point.start)}, "
        f"highest {wording.whole(highest)} in {month_name(high_point.start)}"
    )
    gaps = sum(point.state is PointState.GAP for point in points)
    if gaps:
        text += f"; {wording.count(gaps, 'week', 'weeks')} left out because of gaps"
    if points[-1].state is PointState.OPEN:
        so_far = points[-1].value
        text += f"; the current one open{'' if so_far is None else f' at {wording.whole(so_far)}'}"
    return text + "."


def _long_span(points: Sequence[TrendPoint]) -> str:
    closed = [point for point in points if point.state is not PointState.OPEN]
    first, last = closed[0].start, closed[-1].end
    beginning = f"{first.day} {month_name(first)}"
    if first.year != last.year:
        beginning += f" {first.year}"
    return f"{beginning} to {last.day} {month_name(last)} {last.year}"
