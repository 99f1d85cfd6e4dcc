"""The words around a trend: scale, time, the latest value and the open one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import ceil

from charts import theme
from charts.placing import Box, thinned
from charts.trend_plot import SIDE_SPACE, TICK, TICK_SPACE, SideText, TrendPlot
from reports.figures import TrendPoint
from reports.periods import describe_days, month_name
from reports.wording import whole

TIME_BASELINE = 579.0
BETWEEN_TIMES = 14.0
APART = 28.0  # from the foot of a text on the right to the head of the next
FEWEST_MONTHS = 3  # with fewer on the axis, single dates say more


def label_axes(plot: TrendPlot) -> None:
    for value, y in plot.grid():
        baseline = y + TICK.size * theme.CAP_HEIGHT / 2
        plot.canvas.text(plot.area.left - TICK_SPACE, baseline, whole(value), TICK, align="right")
    for x, text in _fitting(plot, _times(plot)):
        plot.canvas.text(x, TIME_BASELINE, text, TICK, align="center")


def _times(plot: TrendPlot) -> list[tuple[float, str]]:
    """Months at the column in which they begin; single dates where there are too few of those."""
    months = [(plot.x(point), month_name(point.end)[:3]) for point in plot.points if _begins_a_month(point)]
    if len(months) >= FEWEST_MONTHS:
        return months
    return [(plot.x(point), describe_days(point.start, point.start)) for point in plot.points]


def _fitting(plot: TrendPlot, times: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """Those inside the plot that stand apart."""
    inside = [time for time in times if _place(plot, time).within(_axis(plot))]
    return [inside[at] for at in thinned([_place(plot, time) for time in inside], BETWEEN_TIMES)]


def _place(plot: TrendPlot, time: tuple[float, str]) -> Box:
    return plot.canvas.extent(time[0], TIME_BASELINE, time[1], TICK, align="center")


def _axis(plot: TrendPlot) -> Box:
    return Box(theme.LEFT, plot.area.bottom, plot.area.right + BETWEEN_TIMES, plot.canvas.height)


def _begins_a_month(point: TrendPoint) -> bool:
    return point.start.day == 1 or point.start.month != point.end.month


def label_sides(plot: TrendPlot) -> None:
    """The latest value and the open one, each beside its dot, pushed apart where they would meet."""
    sides = [(_anchor(plot, plot.latest), plot.latest_side), (_anchor(plot, plot.open_point), plot.open_side)]
    filled = sorted((side for side in sides if side[1]), key=lambda side: side[0])
    tops = [y - _cap(texts[0]) / 2 for y, texts in filled]
    heights = [_height(texts) for _, texts in filled]
    for (_, texts), top in zip(filled, pushed_apart(tops, heights, plot.area), strict=True):
        _draw(plot, texts, top)


def _anchor(plot: TrendPlot, point: TrendPoint | None) -> float:
    if point is None or point.value is None:
        return (plot.area.top + plot.area.bottom) / 2
    return plot.at(point)[1]


def _cap(text: SideText) -> float:
    return text.style.size * theme.CAP_HEIGHT


def _height(texts: Sequence[SideText]) -> float:
    """From the first line's head to the last one's foot."""
    return _cap(texts[0]) + sum(_advance(above, below) for above, below in pairwise(texts))


def _advance(above: SideText, below: SideText) -> float:
    """From one baseline to the next, so that the lines just touch."""
    return ceil(theme.DESCENT * above.style.size + theme.ASCENT * below.style.size)


def pushed_apart(tops: Sequence[float], heights: Sequence[float], area: Box) -> list[float]:
    """Tops of blocks stacked downwards in the given order, as near to `tops` as the area allows."""
    placed: list[float] = []
    for at, (top, height) in enumerate(zip(tops, heights, strict=True)):
        following = sum(heights[at + 1 :]) + APART * (len(heights) - at - 1)
        floor = area.top if not placed else placed[-1] + heights[at - 1] + APART
        wanted = top - _crowding(tops, heights, at) / 2
        placed.append(max(floor, min(wanted, area.bottom - following - height)))
    return placed


def _crowding(tops: Sequence[float], heights: Sequence[float], at: int) -> float:
    """By how much the next block stands too near: half of it is given way upwards."""
    if at + 1 == len(tops):
        return 0.0
    return max(0.0, tops[at] + heights[at] + APART - tops[at + 1])


def _draw(plot: TrendPlot, texts: Sequence[SideText], top: float) -> None:
    x, baseline = plot.area.right + SIDE_SPACE, top + _cap(texts[0])
    plot.canvas.text(x, baseline, texts[0].text, texts[0].style)
    for above, below in pairwise(texts):
        baseline += _advance(above, below)
        plot.canvas.text(x, baseline, below.text, below.style)
