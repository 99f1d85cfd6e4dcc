"""Where do people move? A small picture for each segment, all on one scale from 0; the alumni as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from charts import theme
from charts.canvas import Canvas, Style
from charts.placing import Box, around, first_free, strip
from charts.text import drawable
from charts.theme import BOLD, Colour
from reports.figures import AlumniPanel, SegmentPanel, SegmentsFigure
from reports.wording import signed, whole

AREA = Box(theme.LEFT, 156, theme.WIDTH - theme.RIGHT, 728)
COLUMNS, ROWS, BETWEEN = 3, 2, 36.0
FEWEST_PEOPLE = 8  # of the scale: one person must not look like a crowd
NAME_BASELINE, DETAIL_BASELINE, CHANGE_BASELINE = 40.0, 84.0, 261.0  # from a panel's top
PLOT_TOP, PLOT_BOTTOM = 102.0, 222.0
LEFT_BASELINE, SILENT_BASELINE = 148.0, 190.0
FILL_OPACITY = 0.32
MARGIN = 8.0
UNKNOWN = "–"

NAME = Style(theme.VALUE_SIZE, BOLD, Colour.INK)
VALUE = Style(48, BOLD)
DETAIL = Style(29, colour=Colour.MUTED)
CHANGE = Style(29)
PEAK = Style(29, BOLD, Colour.INK, outlined=True)


@dataclass(frozen=True, slots=True)
class Plot:
    """Where a panel's weeks stand; `most` people reach its top."""

    box: Box
    weeks: int
    most: float

    @property
    def step(self) -> float:
        return (self.box.width - theme.END_DOT / 2) / max(self.weeks - 1, 1)

    def at(self, week: int, value: float) -> tuple[float, float]:
        first = self.box.left if self.weeks > 1 else self.box.right - theme.END_DOT / 2
        return first + week * self.step, self.box.bottom - value / self.most * self.box.height

    def column(self, first: int, last: int) -> Box:
        left, right = self.at(first, 0)[0] - self.step / 2, self.at(last, 0)[0] + self.step / 2
        return Box(max(left, self.box.left), self.box.top, min(right, self.box.right), self.box.bottom)


def draw_segments(figure: SegmentsFigure) -> bytes:
    return segments_canvas(figure).png()


def segments_canvas(figure: SegmentsFigure) -> Canvas:
    canvas = Canvas(theme.TALL_HEIGHT)
    canvas.frame(figure.headline, figure.subtitle, figure.footer)
    panels = figure.panels[: COLUMNS * ROWS - 1]
    known = [value for panel in panels for value in panel.values if value is not None]
    most = max([*known, FEWEST_PEOPLE])
    *places, last = _places()[: len(panels) + 1]
    for place, panel in zip(places, panels, strict=True):
        _draw_panel(canvas, place, panel, most)
    _draw_alumni(canvas, last, figure.alumni)
    return canvas


def _places() -> list[Box]:
    """Left edge, top and right edge of each panel, row by row."""
    width = (AREA.width - (COLUMNS - 1) * BETWEEN) / COLUMNS
    height = AREA.height / ROWS
    corners = [
        (AREA.left + column * (width + BETWEEN), AREA.top + row * height)
        for row in range(ROWS)
        for column in range(COLUMNS)
    ]
    return [Box(left, top, left + width, top + height) for left, top in corners]


def _draw_panel(canvas: Canvas, place: Box, panel: SegmentPanel, most: float) -> None:
    colour = Colour.WORSE if panel.is_concern else Colour.BETTER
    _write_head(canvas, place, panel.name, panel.detail, (panel.value, colour))
    _write_change(canvas, place, panel.change)
    plot = Plot(
        Box(place.left, place.top + PLOT_TOP, place.right, place.top + PLOT_BOTTOM), len(panel.values), most
    )
    lines = _draw_weeks(canvas, plot, panel.values, colour)
    if panel.peak is not None:
        _name_peak(canvas, plot, panel, lines)


def _write_head(canvas: Canvas, place: Box, name: str, detail: str, number: tuple[int | None, str]) -> None:
    value, colour = number
    style, baseline = Style(VALUE.size, BOLD, colour), place.top + NAME_BASELINE
    text = UNKNOWN if value is None else whole(value)
    drawn = canvas.text_within(place.right, baseline, text, style, width=place.width / 2, align="right")
    canvas.text_within(place.left, baseline, name, NAME, width=drawn.left - MARGIN - place.left)
    canvas.text_within(place.left, place.top + DETAIL_BASELINE, detail, DETAIL, width=place.width)


def _write_change(canvas: Canvas, place: Box, change: int | None) -> None:
    text = {None: "not compared", 0: "as 4 weeks ago"}.get(change) or f"{signed(change or 0)} in 4 weeks"
    canvas.text_within(place.left, place.top + CHANGE_BASELINE, text, CHANGE, width=place.width)


def _draw_weeks(
    canvas: Canvas, plot: Plot, values: Sequence[int | None], colour: str
) -> list[list[tuple[float, float]]]:
    """Lines over their areas; the line is broken where a week is left out, and a grey column stands there."""
    lines = []
    for known, weeks in groupby(range(len(values)), lambda week: values[week] is not None):
        run = list(weeks)
        if not known:
            canvas.rectangle(plot.column(run[0], run[-1]), Colour.GAP)
            continue
        line = [plot.at(week, values[week] or 0) for week in run]
        lines.append(line)
        bottom = plot.box.bottom
        canvas.area([*line, (line[-1][0], bottom), (line[0][0], bottom)], colour, FILL_OPACITY)
        if len(line) > 1:
            canvas.line(line, colour)
        else:
            canvas.dot(*line[0], colour, theme.DOT)
    canvas.level(plot.box.left, plot.box.right, plot.box.bottom, Colour.AXIS, theme.BASELINE)
    if values and values[-1] is not None:
        canvas.dot(*plot.at(len(values) - 1, values[-1]), colour)
    return lines


def _name_peak(
    canvas: Canvas, plot: Plot, panel: SegmentPanel, lines: Sequence[Sequence[tuple[float, float]]]
) -> None:
    """Beneath the highest point, else above it, where it covers no line."""
    assert panel.peak is not None
    week, said = panel.peak
    value = panel.values[week] if 0 <= week < len(panel.values) else None
    text = drawable(said)
    if value is None or not text:
        return
    x, y = plot.at(week, value)
    size = canvas.extent(0, 0, text, PEAK)
    left = min(max(x - size.width / 2, plot.box.left), plot.box.right - size.width)
    beneath = (y + MARGIN + 8 * n for n in range(12))
    tops = (*beneath, y - MARGIN - size.height)
    taken = [box for line in lines for box in strip(line, line, theme.DATA_LINE)]
    taken += [around(*line[-1], theme.END_DOT) for line in lines]
    place = first_free(
        (Box(left, top, left + size.width, top + size.height) for top in tops), plot.box, [taken], at_least=1
    )
    if place is not None:
        canvas.text(place.left, PEAK.baseline(place.middle), text, PEAK)


def _draw_alumni(canvas: Canvas, place: Box, alumni: AlumniPanel) -> None:
    _write_head(canvas, place, "Alumni", alumni.detail, (alumni.value, Colour.MUTED))
    parts = (
        (LEFT_BASELINE, f"{whole(alumni.left)} left the server"),
        (SILENT_BASELINE, f"{whole(alumni.silent)} here, silent"),
    )
    for baseline, text in parts:
        canvas.text_within(place.left, place.top + baseline, text, CHANGE, width=place.width)
    _write_change(canvas, place, alumni.change)
