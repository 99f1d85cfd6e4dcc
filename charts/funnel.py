"""Where do newcomers stop? A bar for each step from the same left edge, and the share that got there."""

from __future__ import annotations

from charts import theme
from charts.canvas import Canvas, Style
from charts.placing import Box, rows
from charts.theme import BOLD, Colour
from reports.figures import FunnelFigure
from reports.wording import whole

AREA = Box(theme.LEFT, 154, theme.WIDTH - theme.RIGHT, 598)
BARS = (350.0, 900.0)  # left and right of the whole
TEXTS = 928.0  # left of what stands beside the bars
TALLEST, BAR_SHARE = 148.0, 0.58
TWO_LINES = 21.5  # from the row's middle to that of either line
INDENT = 20.0
SMALLEST_BAR = 3.0  # a single one of 100,000 people can still be seen

LABEL = Style(theme.VALUE_SIZE, BOLD, Colour.INK)
DETAIL = Style(28, colour=Colour.MUTED)
PEOPLE = Style(46, BOLD)
SHARE = Style(31, BOLD, Colour.INK)


def draw_funnel(figure: FunnelFigure) -> bytes:
    return funnel_canvas(figure).png()


def funnel_canvas(figure: FunnelFigure) -> Canvas:
    canvas = Canvas()
    canvas.frame(figure.headline, figure.subtitle, figure.footer)
    if not figure.steps:
        canvas.say_nothing()
    most = max((step.people for step in figure.steps), default=0)
    for row, step in zip(rows(AREA, len(figure.steps), TALLEST), figure.steps, strict=True):
        _draw_bar(canvas, row, step.people, most)
        _write_lines(canvas, row, AREA.left, (step.label, step.detail), LABEL)
        _write_lines(canvas, row, TEXTS, (step.share, step.previous), SHARE)
    return canvas


def _draw_bar(canvas: Canvas, row: Box, people: int, most: int) -> None:
    left, right = BARS
    half = row.height * BAR_SHARE / 2
    track = Box(left, row.middle - half, right, row.middle + half)
    canvas.rectangle(track, Colour.PANEL)
    length = people / most * track.width if most else 0
    end = left + (max(length, SMALLEST_BAR) if people else 0)
    if people:
        canvas.rectangle(Box(left, track.top, end, track.bottom), Colour.BETTER)
    number, inside = whole(people), end - left - 2 * INDENT
    fits = canvas.text_width(number, PEOPLE.size, PEOPLE.weight) <= inside
    colour, x = (theme.text_on(Colour.BETTER), left) if fits else (Colour.INK, end)
    canvas.text(x + INDENT, PEOPLE.baseline(row.middle), number, Style(PEOPLE.size, BOLD, colour))


def _write_lines(canvas: Canvas, row: Box, left: float, lines: tuple[str, str], first: Style) -> None:
    """The upper line alone stands in the middle."""
    width = (BARS[0] - INDENT if left < BARS[0] else AREA.right) - left
    upper, lower = lines
    shift = TWO_LINES if lower else 0
    canvas.text_within(left, first.baseline(row.middle - shift), upper, first, width=width)
    canvas.text_within(left, DETAIL.baseline(row.middle + shift), lower, DETAIL, width=width)
