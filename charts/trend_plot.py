"""Where a trend's points stand on the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from charts import theme
from charts.canvas import Canvas, Style
from charts.placing import Box
from charts.scale import Scale, scale_for
from charts.text import drawable
from charts.theme import BOLD, Colour
from reports.figures import PointState, TrendFigure, TrendPoint
from reports.wording import whole

TOP, BOTTOM = 166.0, 540.0
TICK = Style(theme.LABEL_SIZE, colour=Colour.MUTED)
LATEST = Style(theme.BIG_VALUE_SIZE, BOLD, Colour.BETTER)
NO_VALUE = Style(theme.BIG_VALUE_SIZE, BOLD, Colour.MUTED)
LATEST_NAME = Style(theme.LABEL_SIZE)
OPEN = Style(theme.LABEL_SIZE, BOLD)
OPEN_NAME = Style(theme.LABEL_SIZE, colour=Colour.MUTED)

FEWEST_COLUMNS = 8  # a young community's few weeks are not stretched over the whole width
OPEN_WIDTH = 40.0  # the least width of the hatched column
SIDE_WIDTH = 250.0  # the most that the texts on the right may take
SQUEEZE = 1.4  # an open value that widens the scale more than this is shown at its edge instead
EDGE = 16.0
VISIBLE_BAND = 14.0  # pixels; a thinner one is hidden by its line
TICK_SPACE, SIDE_SPACE = 14.0, 16.0
LONE_BAR = 12.0  # width of the interval's bar behind a point without neighbours

_CLOSED = (PointState.RECORDED, PointState.PARTLY)


@dataclass(frozen=True, slots=True)
class SideText:
    """A text on the right of the plot, at the size at which it fits."""

    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class TrendPlot:
    canvas: Canvas
    area: Box
    scale: Scale | None  # None: not one value is known
    points: tuple[TrendPoint, ...]
    latest_side: tuple[SideText, ...]
    open_side: tuple[SideText, ...]

    @property
    def closed(self) -> list[TrendPoint]:
        return [point for point in self.points if is_closed(point)]

    @property
    def latest(self) -> TrendPoint | None:
        """The last closed period, if its value may be shown."""
        over = [point for point in self.points if point.state is not PointState.OPEN]
        return over[-1] if over and is_closed(over[-1]) else None

    @property
    def open_point(self) -> TrendPoint | None:
        return next((point for point in self.points if point.state is PointState.OPEN), None)

    def lowest_points(self) -> list[TrendPoint]:
        """The lowest closed point, unless it is the latest or all are equal."""
        values = [point.value or 0 for point in self.closed]
        if not values or min(values) == max(values):
            return []
        lowest = min(reversed(self.closed), key=lambda point: point.value or 0)
        return [] if lowest == self.latest else [lowest]

    def named_points(self) -> list[TrendPoint]:
        """The lowest, and the last sure one where the latest period is left out."""
        last = self.closed[-1:] if self.latest is None else []
        return last + [point for point in self.lowest_points() if point not in last]

    def grid(self) -> list[tuple[float, float]]:
        """The scale's lines as (value, y)."""
        return [(value, self.scale.y(value)) for value in self.scale.lines] if self.scale else []

    def runs(self) -> list[list[TrendPoint]]:
        """Closed points without a break between them."""
        return [list(group) for closed, group in groupby(self.points, is_closed) if closed]

    def lone_points(self) -> list[TrendPoint]:
        return [run[0] for run in self.runs() if len(run) == 1]

    def gap_blocks(self) -> list[list[TrendPoint]]:
        return [list(group) for gap, group in groupby(self.points, is_gap) if gap]

    def columns(self, points: Sequence[TrendPoint]) -> Box:
        left, right = self._edges(points[0])[0], self._edges(points[-1])[1]
        return Box(left, self.area.top, right, self.area.bottom)

    def _edges(self, point: TrendPoint) -> tuple[float, float]:
        """Equal columns up to the right edge; where periods are few, the place before them stays empty."""
        columns, empty = max(len(self.points), FEWEST_COLUMNS), max(0, FEWEST_COLUMNS - len(self.points))
        right = self.area.right
        if self.open_point is not None:
            right -= max(OPEN_WIDTH, self.area.width / columns)
            columns -= 1
            if point == self.open_point:
                return right, self.area.right
        width = (right - self.area.left) / columns
        left = self.area.left + (empty + self.points.index(point)) * width
        return left, left + width

    def x(self, point: TrendPoint) -> float:
        left, right = self._edges(point)
        return (left + right) / 2

    def at(self, point: TrendPoint) -> tuple[float, float]:
        assert self.scale is not None and point.value is not None
        y = (self.scale.y(point.value), self.area.top + EDGE, self.area.bottom - EDGE)[self.beyond(point)]
        return self.x(point), y

    def beyond(self, point: TrendPoint) -> int:
        """−1 where the value lies under the scale, 1 where above it; its place is then the scale's end."""
        value = point.value or 0
        return 0 if self.scale is None else (value > self.scale.high) - (value < self.scale.low)

    def line(self, run: Sequence[TrendPoint]) -> list[tuple[float, float]]:
        return [self.at(point) for point in run]

    def band(self, run: Sequence[TrendPoint]) -> list[tuple[float, float]]:
        """The interval's outline: along the upper ends and back along the lower ones."""
        known = [(self.x(point), point.low, point.high) for point in run]
        ends = [(x, low, high) for x, low, high in known if low is not None and high is not None]
        if self.scale is None or not ends:
            return []
        if len(ends) == 1:
            x, low, high = ends[0]
            ends = [(x - LONE_BAR / 2, low, high), (x + LONE_BAR / 2, low, high)]
        upper = [(x, self.scale.y(high)) for x, _, high in ends]
        return upper + [(x, self.scale.y(low)) for x, low, _ in reversed(ends)]

    def has_visible_band(self) -> bool:
        halves = ((outline[: len(outline) // 2], outline) for outline in map(self.band, self.runs()))
        return any(
            outline[-at - 1][1] - y >= VISIBLE_BAND
            for upper, outline in halves
            for at, (_, y) in enumerate(upper)
        )


def is_closed(point: TrendPoint) -> bool:
    return point.state in _CLOSED and point.value is not None


def is_gap(point: TrendPoint) -> bool:
    return point.state is PointState.GAP


def plot_of(canvas: Canvas, figure: TrendFigure) -> TrendPlot:
    points = _shown(figure.points)
    scale = _scale(points)
    latest_side, open_side = _latest_side(canvas, figure, points), _open_side(canvas, figure, points)
    ticks = [whole(value) for value in scale.lines] if scale else []
    left = theme.LEFT + max((canvas.text_width(tick, TICK.size, TICK.weight) for tick in ticks), default=0)
    side = max(
        (canvas.text_width(s.text, s.style.size, s.style.weight) for s in latest_side + open_side), default=0
    )
    right = theme.WIDTH - theme.RIGHT - side - (SIDE_SPACE if side else theme.LEFT - theme.RIGHT)
    area = Box(round(left + (TICK_SPACE if ticks else 0)), TOP, round(right), BOTTOM)
    return TrendPlot(canvas, area, scale, points, latest_side, open_side)


def _shown(points: tuple[TrendPoint, ...]) -> tuple[TrendPoint, ...]:
    """Without the periods before recording began, but never so few columns that they look like years."""
    first = next((at for at, p in enumerate(points) if p.state is not PointState.BEFORE), len(points))
    return points[max(0, min(first, len(points) - FEWEST_COLUMNS)) :]


def _scale(points: Sequence[TrendPoint]) -> Scale | None:
    """Made for the closed values; the open one is let in where it does not squeeze them."""
    sure = [point for point in points if is_closed(point)]
    so_far = [p.value for p in points if p.state is PointState.OPEN and p.value is not None]
    if not sure:
        return scale_for([0, *so_far], 0, TOP, BOTTOM) if so_far else None
    ends = [end for point in sure for end in _ends(point)]
    halves = [(p.high - p.low) / 2 for p in sure if p.low is not None and p.high is not None]
    half = median(halves) if halves else 0
    alone, together = (scale_for(values, half, TOP, BOTTOM) for values in (ends, ends + so_far))
    return together if together.span <= SQUEEZE * alone.span else alone


def _ends(point: TrendPoint) -> list[float]:
    return [end for end in (point.value, point.low, point.high) if end is not None]


def _latest_side(canvas: Canvas, figure: TrendFigure, points: Sequence[TrendPoint]) -> tuple[SideText, ...]:
    over = [point for point in points if point.state is not PointState.OPEN]
    if not over or over[-1].state is PointState.BEFORE:
        return ()
    value = over[-1].value if is_closed(over[-1]) else None
    number = (
        _fitted(canvas, "–", NO_VALUE)
        if value is None
        else _fitted(canvas, whole(value), LATEST, theme.VALUE_SIZE)
    )
    return (
        number,
        _fitted(canvas, figure.latest_label, LATEST_NAME),
    )


def _open_side(canvas: Canvas, figure: TrendFigure, points: Sequence[TrendPoint]) -> tuple[SideText, ...]:
    if not points or points[-1].state is not PointState.OPEN:
        return ()
    value = points[-1].value
    number = "not over" if value is None else f"{whole(value)} so far"
    name = (figure.open_label,) if figure.open_label else ()
    return (_fitted(canvas, number, OPEN), *(_fitted(canvas, text, OPEN_NAME) for text in name))


def _fitted(canvas: Canvas, text: str, style: Style, smallest: float = theme.SMALLEST) -> SideText:
    shown, size = canvas.fitted(drawable(text), style, SIDE_WIDTH, smallest)
    return SideText(shown, Style(size, style.weight, style.colour, style.outlined))
