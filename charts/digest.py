"""Was it a good week? At most four panels: a number, what it was before, and a small drawing."""

from __future__ import annotations

from charts import theme
from charts.canvas import Canvas, Style
from charts.digest_minis import draw_mini
from charts.placing import Box
from charts.text import drawable
from charts.theme import BOLD, Colour
from reports.figures import DigestFigure, DigestPanel

AREA = Box(theme.LEFT - 12, 156, theme.WIDTH - theme.LEFT + 12, 718)
MOST = 4
BETWEEN, PADDING = 16.0, 24.0
LABEL_BASELINE, VALUE_BASELINE, NOTE_RISE = 49.0, 146.0, 28.0  # from a panel's top; from its foot
SMALLEST_VALUE = 56.0
MARKS = {"▲": (True, True), "△": (True, False), "▼": (False, True), "▽": (False, False)}  # upwards, filled
MARK_SIZE, MARK_GAP = 22.0, 14.0
MINI_TOP, MINI_RISE = 76.0, 82.0  # from a panel's top and foot
MINI_GAP, MINI_SHARE, NARROWEST_MINI = 28.0, 0.5, 130.0

LABEL = Style(33, colour=Colour.MUTED)
SPAN = Style(29, colour=Colour.MUTED)
VALUE = Style(theme.PANEL_SIZE, BOLD, Colour.INK)
WORSE_VALUE = Style(theme.PANEL_SIZE, BOLD, Colour.WORSE)
NOTE = Style(31, BOLD)
WORSE_NOTE = Style(31, BOLD, Colour.WORSE)


def draw_digest(figure: DigestFigure) -> bytes:
    return digest_canvas(figure).png()


def digest_canvas(figure: DigestFigure) -> Canvas:
    canvas = Canvas(theme.TALL_HEIGHT)
    canvas.frame(figure.headline, figure.subtitle, figure.footer)
    panels = figure.panels[:MOST]
    if not panels:
        canvas.say_nothing()
    for place, panel in zip(_places(len(panels)), panels, strict=True):
        _draw_panel(canvas, place, panel)
    return canvas


def _places(count: int) -> list[Box]:
    """Two by two; a panel without a neighbour takes the whole width."""
    half, middle = (AREA.width - BETWEEN) / 2, (AREA.top + AREA.bottom) / 2
    left, right = (AREA.left, AREA.left + half), (AREA.right - half, AREA.right)
    upper, lower = (AREA.top, middle - BETWEEN / 2), (middle + BETWEEN / 2, AREA.bottom)
    whole = (AREA.left, AREA.right)
    places = {
        0: [],
        1: [(whole, upper)],
        2: [(whole, upper), (whole, lower)],
        3: [(left, upper), (right, upper), (whole, lower)],
        4: [(left, upper), (right, upper), (left, lower), (right, lower)],
    }
    return [Box(x[0], y[0], x[1], y[1]) for x, y in places[count]]


def _draw_panel(canvas: Canvas, place: Box, panel: DigestPanel) -> None:
    canvas.rectangle(place, Colour.PANEL)
    left, right = place.left + PADDING, place.right - PADDING
    baseline = place.top + LABEL_BASELINE
    span = canvas.text_within(right, baseline, panel.span, SPAN, width=(right - left) / 2, align="right")
    canvas.text_within(left, baseline, panel.label, LABEL, width=span.left - PADDING - left)
    value = _write_value(canvas, place, panel)
    _write_note(canvas, Box(left, place.top, right, place.bottom), panel)
    mini_left = max(value.right + MINI_GAP, right - MINI_SHARE * (right - left))
    if panel.drawing is not None and right - mini_left >= NARROWEST_MINI:
        box = Box(mini_left, place.top + MINI_TOP, right, place.bottom - MINI_RISE)
        draw_mini(canvas, box, panel.drawing, is_worse=panel.is_worse)


def _write_note(canvas: Canvas, place: Box, panel: DigestPanel) -> None:
    """Its triangle is drawn: the fonts' hollow one is too thin to be told from the filled one on a phone."""
    style, text, left = WORSE_NOTE if panel.is_worse else NOTE, drawable(panel.note), place.left
    baseline = place.bottom - NOTE_RISE
    mark = MARKS.get(text[:1])
    if mark is not None:
        upwards, filled = mark
        x, y = left + MARK_SIZE / 2 + 2, baseline - style.size * theme.CAP_HEIGHT / 2
        canvas.arrow(
            x, y, style.colour, upwards=upwards, filled=filled, size=MARK_SIZE, background=Colour.PANEL
        )
        text, left = text[1:].lstrip(), left + MARK_SIZE + MARK_GAP
    canvas.text_within(left, baseline, text, style, width=place.right - left)


def _write_value(canvas: Canvas, place: Box, panel: DigestPanel) -> Box:
    """As large as leaves room for the drawing, but never small."""
    room = place.width - 2 * PADDING
    beside = room if panel.drawing is None else room - NARROWEST_MINI - MINI_GAP
    style = WORSE_VALUE if panel.is_worse else VALUE
    _, fitting = canvas.fitting(drawable(panel.value), style, beside, SMALLEST_VALUE)
    x, baseline = place.left + PADDING, place.top + VALUE_BASELINE
    return canvas.text_within(x, baseline, panel.value, fitting, width=room)
