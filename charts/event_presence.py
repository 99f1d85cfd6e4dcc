"""How many were there at each moment, from before the start to after the end."""

from __future__ import annotations

from collections.abc import Iterator

from charts import theme
from charts.canvas import Canvas, Style
from charts.event_plot import MARGIN, TICK, TICK_GAP, Presence, Span, presence_of
from charts.placing import Box, around, strip, thinned
from charts.text import drawable
from charts.theme import BOLD, Colour
from reports.figures import EventFigure
from reports.wording import whole

TICKS_BASELINE = 712.0
BETWEEN_TICKS = 18.0
INSIDE_OPACITY, OUTSIDE_OPACITY = 0.5, 0.24  # within the event's window, before and after it
BORDER_LINE = 3.0

MARK = Style(32, BOLD, Colour.INK, outlined=True)
BORDER = Style(29, outlined=True)
GAP_NAME = Style(29, outlined=True, outline=Colour.GAP)
NOT_RECORDED, GAP, NOBODY = "not recorded", "gap", "nobody was there"


def draw_presence(canvas: Canvas, figure: EventFigure, top: float) -> None:
    presence = presence_of(canvas, figure, top)
    _draw_grid(presence)
    _draw_clock(presence)
    _draw_unknown(presence)
    for span in presence.recorded():
        _draw_span(presence, span)
    _draw_borders(presence)
    _draw_marks(presence)
    _name_gaps(presence)
    if not figure.steps and not figure.gaps:
        middle = (presence.area.top + presence.area.bottom) / 2
        left = presence.x(figure.window[0]) + 3 * MARGIN
        presence.write(NOBODY, BORDER, iter([(left, middle)]), 0)


def _draw_grid(presence: Presence) -> None:
    canvas, area = presence.canvas, presence.area
    for value in presence.scale.lines:
        y = presence.scale.y(value)
        colour, width = (Colour.GRID, theme.GRID_LINE) if value else (Colour.AXIS, theme.BASELINE)
        canvas.level(area.left, area.right, y, colour, width)
        canvas.text(area.left - TICK_GAP, TICK.baseline(y), whole(value), TICK, align="right")


def _draw_clock(presence: Presence) -> None:
    """Every tick that stands apart from its neighbours and inside the frame."""
    canvas, frame = presence.canvas, Box(theme.LEFT, 0, theme.WIDTH - theme.RIGHT, presence.canvas.height)
    start, end = presence.figure.axis
    ticks = [
        (canvas.extent(presence.x(at), TICKS_BASELINE, drawable(text), TICK, "center"), drawable(text))
        for at, text in presence.figure.ticks
        if start <= at <= end
    ]
    inside = [tick for tick in ticks if tick[0].within(frame)]
    for n in thinned([box for box, _ in inside], BETWEEN_TICKS):
        box, text = inside[n]
        canvas.text(box.left, TICKS_BASELINE, text, TICK)


def _draw_unknown(presence: Presence) -> None:
    for gap in presence.figure.gaps:
        presence.canvas.rectangle(presence.column(gap), Colour.GAP)
    if presence.until < presence.figure.axis[1]:
        to_come = presence.column((presence.until, presence.figure.axis[1]))
        presence.canvas.rectangle(to_come, Colour.BACKGROUND, hatch=Colour.GRID)


def _draw_span(presence: Presence, span: Span) -> None:
    start, end = presence.figure.window
    parts = ((span[0], start, OUTSIDE_OPACITY), (start, end, INSIDE_OPACITY), (end, span[1], OUTSIDE_OPACITY))
    for begin, finish, opacity in parts:
        part = max(begin, span[0]), min(finish, span[1])
        if part[0] < part[1]:
            bottom = presence.area.bottom
            line = presence.steps(part)
            outline = [*line, (line[-1][0], bottom), (line[0][0], bottom)]
            presence.canvas.area(outline, Colour.BETTER, opacity)
    line = presence.steps(span)
    presence.canvas.line(line, Colour.BETTER)
    presence.lines += strip(line, line, theme.OUTLINE)


def _draw_borders(presence: Presence) -> None:
    """The start; the end too, once it is over and somebody may have stayed on."""
    area, (start, end) = presence.area, presence.figure.window
    borders = [(start, "start", Colour.TEXT)]
    if not presence.figure.is_running:
        borders.append((end, "end", Colour.NEUTRAL))
    for at, text, colour in borders:
        if presence.figure.axis[0] <= at <= presence.figure.axis[1]:
            x = presence.x(at)
            presence.canvas.upright(x, area.top - 14, area.bottom, colour, BORDER_LINE)
            presence.dots.append(Box(x, area.top, x, area.bottom).grown(BORDER_LINE))
            width = presence.canvas.text_width(text, BORDER.size, BORDER.weight)
            lefts = (x - width - 2 * MARGIN, x + 2 * MARGIN)
            middles = (area.top - 4, area.top + 40)
            presence.write(text, BORDER, ((left, middle) for middle in middles for left in lefts), least=2)


def _draw_marks(presence: Presence) -> None:
    marks = [mark for mark in presence.figure.marks if mark.at_ms <= presence.until]
    places = [(presence.x(mark.at_ms), presence.scale.y(mark.people)) for mark in marks]
    presence.dots += [around(x, y, theme.END_DOT / 2 + theme.DOT_RING) for x, y in places]
    last = presence.figure.steps[-1][0] if presence.figure.steps else None
    for mark, (x, y) in zip(marks, places, strict=True):
        hollow = presence.figure.is_running and mark.at_ms in (presence.until, last)
        presence.canvas.dot(x, y, Colour.BETTER, hollow=hollow)
    for mark, (x, y) in zip(marks, places, strict=True):
        text = drawable(mark.text)
        if text:
            presence.write(text, MARK, _around(presence, x, y, text), least=1)


def _around(presence: Presence, x: float, y: float, text: str) -> Iterator[tuple[float, float]]:
    """Above the dot and to the right, then to either side, then higher, then beneath."""
    width = presence.canvas.text_width(text, MARK.size, MARK.weight)
    lefts = (x + MARGIN, x + 2 * MARGIN, x - width / 2, x - width - MARGIN)
    for rise in (30, 40, 0, 54, 72, 96, -36, -60, -90):
        yield from ((left, y - rise) for left in lefts)


def _name_gaps(presence: Presence) -> None:
    """Once, at the longest: in it, in short if need be, else beside it."""
    if not presence.figure.gaps:
        return
    column = presence.column(max(presence.figure.gaps, key=lambda gap: gap[1] - gap[0]))
    middles = [column.top + column.height * share for share in (0.5, 0.3, 0.7, 0.12, 0.9)]
    for text in (NOT_RECORDED, GAP):
        width = presence.canvas.text_width(text, GAP_NAME.size, GAP_NAME.weight)
        if width + 2 * MARGIN <= column.width:
            left = column.centre - width / 2
            presence.write(text, GAP_NAME, ((left, middle) for middle in middles), least=1)
            return
    lefts = (column.right + 2 * MARGIN, column.left - 2 * MARGIN - width)
    presence.write(text, BORDER, ((left, middle) for left in lefts for middle in middles), least=1)
