"""The small drawings of a digest's panels: shapes without words, for the eye that has read the number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

from charts import theme
from charts.canvas import Canvas, Style
from charts.placing import Box
from charts.theme import BOLD, Colour
from reports.figures import MiniBars, MiniBridge, MiniIntervals, MiniLine

DATA_LINE, LEVEL_LINE, SMALLEST_BAR = 6, 6, 3.0
BAR_SHARE = 0.8  # of a column's width
BRIDGE_SHARE = 0.86
TOGETHER_LINE = 5
INTERVAL = 12.0  # width of an interval's bar
FEWEST_PEOPLE = 8  # of a bridge's span
WIDEST_COLUMN = 56.0
NOT_HELD, NARROWEST_CROSS = "×", 24.0
CROSS = Style(theme.VALUE_SIZE, BOLD, Colour.MUTED)


@dataclass(frozen=True, slots=True)
class Range:
    """Values from `low` to `high` on the height of a box."""

    box: Box
    low: float
    high: float

    def y(self, value: float) -> float:
        if self.high == self.low:
            return self.box.middle
        return self.box.bottom - (value - self.low) / (self.high - self.low) * self.box.height


def draw_mini(
    canvas: Canvas,
    box: Box,
    drawing: MiniLine | MiniBridge | MiniBars | MiniIntervals,
    *,
    is_worse: bool,
) -> None:
    latest = Colour.WORSE if is_worse else Colour.BETTER
    match drawing:
        case MiniLine():
            _draw_line(canvas, box, drawing, latest)
        case MiniBridge():
            _draw_bridge(canvas, box, drawing)
        case MiniBars():
            _draw_bars(canvas, box, drawing, latest)
        case MiniIntervals():
            _draw_intervals(canvas, box, drawing, Colour.WORSE if is_worse else Colour.INK)


def _columns(box: Box, count: int) -> list[Box]:
    """The newest stands on the right; few columns are no wider than many would be."""
    width = min(box.width / max(count, 1), WIDEST_COLUMN)
    lefts = (box.right - (count - at) * width for at in range(count))
    return [Box(left, box.top, left + width, box.bottom) for left in lefts]


def _draw_line(canvas: Canvas, box: Box, line: MiniLine, colour: str) -> None:
    inner = box.grown(-theme.END_DOT / 2)
    ends = [end for ends in line.band if ends is not None for end in ends]
    known = [value for value in line.values if value is not None] + ends
    if not known:
        return
    scale = Range(inner, min(known), max(known))
    step = inner.width / max(len(line.values) - 1, 1)
    for is_known, group in groupby(range(len(line.values)), lambda at: line.values[at] is not None):
        run = list(group)
        xs = [inner.right - (len(line.values) - 1 - at) * step for at in run]
        if is_known:
            _draw_run(canvas, scale, line, run, xs)
        else:
            left, right = max(xs[0] - step / 2, box.left), min(xs[-1] + step / 2, box.right)
            canvas.rectangle(Box(left, box.top, right, box.bottom), Colour.GAP)
    latest = line.values[-1]
    if latest is not None:
        canvas.dot(inner.right, scale.y(latest), colour, theme.END_DOT + 3)


def _draw_run(canvas: Canvas, scale: Range, line: MiniLine, run: Sequence[int], xs: Sequence[float]) -> None:
    points = [(x, scale.y(line.values[at] or 0)) for at, x in zip(run, xs, strict=True)]
    band = [
        (x, ends)
        for at, x in zip(run, xs, strict=True)
        if at < len(line.band) and (ends := line.band[at]) is not None
    ]
    if len(band) > 1:
        upper = [(x, scale.y(high)) for x, (_, high) in band]
        lower = [(x, scale.y(low)) for x, (low, _) in reversed(band)]
        canvas.area(upper + lower, Colour.BAND, theme.BAND_OPACITY)
    if len(points) > 1:
        canvas.line(points, Colour.BETTER, DATA_LINE)
    else:
        canvas.dot(*points[0], Colour.BETTER, theme.DOT)


def _draw_bridge(canvas: Canvas, box: Box, bridge: MiniBridge) -> None:
    levels = list(accumulate(bridge.changes, initial=bridge.previous))
    spare = max(0.0, FEWEST_PEOPLE - (max(levels) - min(levels))) / 2
    scale = Range(box.grown(-LEVEL_LINE / 2), min(levels) - spare, max(levels) + spare)
    first, *columns, last = _columns(box, len(bridge.changes) + 2)
    canvas.level(first.left, first.right, scale.y(bridge.previous), Colour.TEXT, LEVEL_LINE)
    for column, before, change in zip(columns, levels, bridge.changes, strict=False):
        _draw_change(canvas, scale, column, before, before + change)
    canvas.level(last.left, last.right, scale.y(bridge.current), Colour.INK, LEVEL_LINE)


def _draw_change(canvas: Canvas, scale: Range, column: Box, before: int, after: int) -> None:
    left, right = _narrowed(column, BRIDGE_SHARE)
    if before == after:
        canvas.level(left, right, scale.y(before), Colour.NEUTRAL, SMALLEST_BAR)
        return
    top, bottom = sorted((scale.y(before), scale.y(after)))
    colour, hatch = (Colour.BETTER, None) if after > before else (Colour.WORSE, Colour.WORSE_HATCH)
    canvas.rectangle(Box(left, top, right, max(bottom, top + SMALLEST_BAR)), colour, hatch)


def _draw_bars(canvas: Canvas, box: Box, bars: MiniBars, latest: str) -> None:
    scale = Range(box, 0, max([value for value in bars.values if value is not None], default=0) or 1)
    columns = _columns(box, len(bars.values))
    for at, (column, value) in enumerate(zip(columns, bars.values, strict=True)):
        left, right = _narrowed(column, BAR_SHARE)
        if value is not None:
            top = min(scale.y(value), box.bottom - SMALLEST_BAR)
            colour = latest if at == len(columns) - 1 else Colour.NEUTRAL
            canvas.rectangle(Box(left, top, right, box.bottom), colour)
        elif at in bars.left_out:
            canvas.rectangle(Box(left, box.top, right, box.bottom), Colour.GAP)
        elif column.width >= NARROWEST_CROSS:
            canvas.text(column.centre, box.bottom - 12, NOT_HELD, CROSS, align="center")
    canvas.level(columns[0].left if columns else box.left, box.right, box.bottom, Colour.AXIS, theme.BASELINE)


def _draw_intervals(canvas: Canvas, box: Box, drawing: MiniIntervals, colour: str) -> None:
    """The line is in the colour of the number beside it: they are the same."""
    inner = box.grown(-theme.END_DOT / 2)
    ends = [end for interval in drawing.intervals for end in interval] + list(drawing.values)
    if drawing.together is not None:
        ends.append(drawing.together)
    if not ends:
        return
    scale = Range(inner, min(ends), max(ends))
    columns = _columns(box, len(drawing.values))
    for column, (low, high) in zip(columns, drawing.intervals, strict=False):
        middle = Box(column.centre, scale.y(high), column.centre, scale.y(low))
        canvas.rectangle(
            Box(middle.left - INTERVAL / 2, middle.top, middle.left + INTERVAL / 2, middle.bottom),
            Colour.BAND,
        )
    if drawing.together is not None and columns:
        y = scale.y(drawing.together)
        canvas.level(columns[0].left, columns[-1].right, y, colour, TOGETHER_LINE)
    for column, value in zip(columns, drawing.values, strict=True):
        canvas.dot(column.centre, scale.y(value), Colour.BETTER, theme.END_DOT + 3)


def _narrowed(column: Box, share: float) -> tuple[float, float]:
    half = column.width * share / 2
    return column.centre - half, column.centre + half
