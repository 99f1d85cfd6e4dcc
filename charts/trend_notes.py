"""The words inside a trend: each where it covers neither another nor, if possible, the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import floor

from charts import theme
from charts.canvas import Style
from charts.placing import Box, around, first_free, strip
from charts.theme import BOLD, Colour
from charts.trend_plot import TrendPlot
from reports.figures import PointState, TrendPoint
from reports.periods import describe_days
from reports.wording import NO_BREAK, percent, whole

NOTE = Style(theme.LABEL_SIZE - 1, outlined=True)
QUIET_NOTE = Style(theme.LABEL_SIZE - 1, colour=Colour.MUTED, outlined=True)
VALUE = Style(theme.LABEL_SIZE, BOLD, outlined=True)

LINE_HEIGHT = 40.0
FEW_GAPS = 2  # so many are named one by one, more of them together
MARGIN = 10.0
BENEATH, ABOVE = 12.0, 14.0  # from a dot to the line of text at it
_UNITS = {1: "day", 7: "week"}


@dataclass(slots=True)
class Notes:
    """What stands in the plot, from what must not be covered to what had better not be."""

    plot: TrendPlot
    texts: list[Box] = field(default_factory=list)
    line: list[Box] = field(default_factory=list)
    columns: list[Box] = field(default_factory=list)
    band: list[Box] = field(default_factory=list)
    grid: list[Box] = field(default_factory=list)

    def layers(self) -> list[list[Box]]:
        return [self.texts, self.line, self.columns, self.band, self.grid]

    def size(self, lines: Sequence[str], style: Style) -> tuple[float, float, float]:
        """Width, height, and ascent of the first line."""
        boxes = [self.plot.canvas.extent(0, n * LINE_HEIGHT, text, style) for n, text in enumerate(lines)]
        return max(box.right for box in boxes), boxes[-1].bottom - boxes[0].top, -boxes[0].top

    def place(self, lines: Sequence[str], style: Style, candidates: Iterator[Box], at_least: int = 2) -> bool:
        """Write the lines into the first free candidate; `at_least` layers are never covered."""
        place = first_free(candidates, self.plot.area, self.layers(), at_least)
        if place is None:
            return False
        ascent = self.size(lines, style)[2]
        for n, text in enumerate(lines):
            self.plot.canvas.text(place.left, place.top + ascent + n * LINE_HEIGHT, text, style)
        self.texts.append(place.grown(MARGIN))
        return True


def write_notes(plot: TrendPlot) -> None:
    notes = _taken(plot)
    for point in plot.named_points():
        _name_value(notes, point)
    _name_gaps(notes)
    _name_partly(notes)
    _name_beginning(notes)
    _name_band(notes)


def _taken(plot: TrendPlot) -> Notes:
    notes = Notes(plot)
    notes.grid = [Box(plot.area.left, y, plot.area.right, y).grown(theme.GRID_LINE) for _, y in plot.grid()]
    notes.columns = [plot.columns(block).grown(4) for block in plot.gap_blocks()]
    if plot.open_point is not None:
        notes.columns.append(plot.columns([plot.open_point]).grown(4))
    for run in plot.runs():
        line, outline = plot.line(run), plot.band(run)
        upper, lower = outline[: len(outline) // 2], outline[len(outline) // 2 :][::-1]
        notes.line += [
            *strip(line, line, theme.OUTLINE),
            *(around(x, y, theme.END_DOT / 2 + theme.DOT_RING) for x, y in line[-1:]),
        ]
        notes.band += strip(upper, lower, theme.OUTLINE)
    return notes


def _name_value(notes: Notes, point: TrendPoint) -> None:
    text = whole(point.value or 0)
    notes.place([text], VALUE, _around_point(notes, point, text, VALUE, (0,)), at_least=1)


def _around_point(
    notes: Notes, point: TrendPoint, text: str, style: Style, distances: Sequence[float]
) -> Iterator[Box]:
    """Beneath it, above, beside; then at the further distances."""
    x, y = notes.plot.at(point)
    width, height, _ = notes.size([text], style)
    lefts = [x - shift for shift in (width / 2, width - MARGIN, MARGIN)]
    for away in distances:
        tops = (y + BENEATH + away, y - ABOVE - away - height)
        yield from (Box(left, top, left + width, top + height) for top in tops for left in lefts)
        if not away:
            beside = (x + 2 * MARGIN, x - 2 * MARGIN - width)
            yield from (Box(left, y - height / 2, left + width, y + height / 2) for left in beside)


def _name_partly(notes: Notes) -> None:
    """What a hollow dot means: the share at a single one, else once for all."""
    partly = [point for point in notes.plot.closed if point.state is PointState.PARTLY]
    if len(partly) == 1:
        text = f"{percent(_never_up(partly[0].recorded))} recorded"
        notes.place([text], QUIET_NOTE, _around_point(notes, partly[0], text, QUIET_NOTE, (0, 24, 48)))
    elif partly:
        _name_along(notes, f"hollow: 80–95{NO_BREAK}% recorded")


def _name_gaps(notes: Notes) -> None:
    blocks = notes.plot.gap_blocks()
    if len(blocks) > FEW_GAPS:
        _name_together(notes, [point for block in blocks for point in block])
        return
    for block in blocks:
        for lines in _gap_texts(block):
            width, height, _ = notes.size(lines, NOTE)
            if notes.place(lines, NOTE, _at_column(notes.plot.columns(block), width, height)):
                break


def _gap_texts(block: Sequence[TrendPoint]) -> list[list[str]]:
    """From what should be said to the least that must be."""
    left_out = "so left out" if len(block) == 1 else f"{_counted(block)} left out"
    return [[f"{_shares(block)} recorded,", left_out], [f"{_shares(block)} recorded"], [_shares(block)]]


def _name_together(notes: Notes, points: Sequence[TrendPoint]) -> None:
    lines = [f"{_counted(points)} left out,", f"{_shares(points)} recorded"]
    width, height, _ = notes.size(lines, NOTE)
    notes.place(lines, NOTE, _anywhere(notes.plot.area, width, height), at_least=1)


def _counted(points: Sequence[TrendPoint]) -> str:
    unit = _UNITS.get((points[0].end - points[0].start).days + 1, "period")
    return f"{len(points)} {unit}{'' if len(points) == 1 else 's'}"


def _shares(points: Sequence[TrendPoint]) -> str:
    shares = [p.recorded for p in points]
    least, most = (percent(_never_up(share)) for share in (min(shares), max(shares)))
    return least if least == most else f"{least.split(NO_BREAK)[0]}–{most}"


def _never_up(share: float) -> float:
    """79.6 % is left out because it is below 80: it must not read as 80."""
    return floor(share * 100) / 100 if share >= 0.01 else share


def _at_column(column: Box, width: float, height: float) -> Iterator[Box]:
    """In the column if it is wide enough, else right of it or left: low first, then high, then between."""
    if column.width >= width + 2 * MARGIN:
        left, top = (column.left + column.right - width) / 2, (column.top + column.bottom - height) / 2
        yield Box(left, top, left + width, top + height)
        return
    for share in (0.96, 0.04, *(n / 12 for n in range(11, 0, -1))):
        top = column.top + (column.height - height) * share
        for left in (column.right + MARGIN, column.left - MARGIN - width):
            yield Box(left, top, left + width, top + height)


def _anywhere(area: Box, width: float, height: float) -> Iterator[Box]:
    for row in range(1, 12):
        top = area.bottom - MARGIN - height - (row - 1) * area.height / 12
        for column in range(16):
            left = area.left + MARGIN + column * (area.width - width) / 16
            yield Box(left, top, left + width, top + height)


def _name_beginning(notes: Notes) -> None:
    """Say why the first columns, or all, are empty."""
    before = [point for point in notes.plot.points if point.state is PointState.BEFORE]
    after = [point for point in notes.plot.points if point.state is not PointState.BEFORE]
    if not after:
        _write_in(notes, notes.plot.area, ["nothing recorded yet"])
    elif before:
        began = describe_days(after[0].start, after[0].start)
        _write_in(notes, notes.plot.columns(before), ["recording began", began])


def _write_in(notes: Notes, area: Box, lines: Sequence[str]) -> None:
    width, height, _ = notes.size(lines, QUIET_NOTE)
    left, top = area.left + MARGIN, (area.top + area.bottom - height) / 2
    notes.place(lines, QUIET_NOTE, iter([Box(left, top, left + width, top + height)]))


def _name_band(notes: Notes) -> None:
    """Once, next to the band where there is room: above it, else beneath it, else over it."""
    if not notes.plot.has_visible_band():
        return
    drawn = "band" if any(len(run) > 1 for run in notes.plot.runs()) else "bar"
    _name_along(notes, f"{drawn}: 95{NO_BREAK}% interval")


def _name_along(notes: Notes, text: str) -> None:
    width, height, _ = notes.size([text], QUIET_NOTE)
    notes.place([text], QUIET_NOTE, _along_the_band(notes, width, height), at_least=1)


def _along_the_band(notes: Notes, width: float, height: float) -> Iterator[Box]:
    places = []
    for left in range(round(notes.plot.area.left + MARGIN), round(notes.plot.area.right - width), 16):
        near = [box for box in notes.band if box.left < left + width and left < box.right]
        if near:
            above, beneath = min(box.top for box in near), max(box.bottom for box in near)
            places.append((left, above - height - 2, beneath + 2))
    yield from (Box(left, top, left + width, top + height) for left, top, _ in places)
    yield from (Box(left, top, left + width, top + height) for left, _, top in places)
    yield from _anywhere(notes.plot.area, width, height)
