"""Every chart, with ordinary and with extreme data, held against what a reader on a phone needs."""

from __future__ import annotations

from io import BytesIO
from itertools import combinations

import pytest
from matplotlib.patheffects import Stroke
from matplotlib.text import Text
from PIL import Image

from charts import theme
from charts.canvas import Canvas, Style
from charts.placing import Box
from charts.theme import Colour, contrast
from charts.worker import canvas_of, draw
from reports.figures import (
    AnyFigure,
    DigestFigure,
    EventFigure,
    EventsFigure,
    RetentionFigure,
    SegmentsFigure,
    TrendFigure,
)

TALL = (SegmentsFigure, RetentionFigure, EventFigure, EventsFigure, DigestFigure)

ENOUGH_CONTRAST = 4.5
pytestmark = pytest.mark.filterwarnings("error:Glyph")  # an empty box says nothing


def problems(canvas: Canvas) -> list[str]:
    frame = Box(theme.LEFT - 1, 0, canvas.width - theme.RIGHT + 1, canvas.height)
    found = []
    boxes = [(text.get_text(), box) for text, box in canvas.text_boxes() if text.get_text()]
    for (one, box), (other, other_box) in combinations(boxes, 2):
        if box.overlaps(other_box):
            found.append(f"{one!r} overlaps {other!r}")
    found += [f"{text!r} leaves the frame: {box}" for text, box in boxes if not box.within(frame)]
    found += [
        f"{text.get_text()!r} is too small" for text in canvas.texts if text.get_fontsize() < theme.SMALLEST
    ]
    return found + too_faint(canvas)


def too_faint(canvas: Canvas) -> list[str]:
    """Texts whose colour stands out too little from any pixel under them."""
    boxes = canvas.text_boxes()
    for text in canvas.texts:
        text.set_visible(False)
    picture = canvas.pixels()
    found = []
    for text, box in boxes:
        under = outline(text) or colours(picture, box)
        worst = min((contrast(text.get_color(), colour) for colour in under), default=21)
        if worst < ENOUGH_CONTRAST:
            found.append(f"{text.get_text()!r} has a contrast of {worst:.1f}")
    return found


def outline(text: Text) -> set[str]:
    """An outlined text stands on its outline, whatever is under that."""
    return {effect._gc["foreground"] for effect in text.get_path_effects() if isinstance(effect, Stroke)}


def colours(picture: Image.Image, box: Box) -> set[str]:
    place = picture.crop((round(box.left), round(box.top), round(box.right), round(box.bottom)))
    counted = place.getcolors(place.width * place.height) or []
    return {f"#{r:02x}{g:02x}{b:02x}" for _, (r, g, b) in counted}


def test_every_text_can_be_read(any_figure: AnyFigure) -> None:
    assert problems(canvas_of(any_figure)) == []


def test_texts_over_each_other_off_the_frame_and_too_small_are_found() -> None:
    canvas = Canvas()
    canvas.line_of_text(300, "one over", Style(30))
    canvas.line_of_text(310, "the other", Style(30))
    canvas.text(1150, 100, "leaving", Style(30))
    canvas.text(100, 500, "small", Style(26))
    canvas.rectangle(Box(80, 560, 400, 640), Colour.BETTER)
    canvas.text(100, 600, "faint", Style(30))
    found = " ".join(problems(canvas))
    for sign in (
        "'one over' overlaps 'the other'",
        "'leaving' leaves",
        "'small' is too small",
        "'faint' has a contrast",
    ):
        assert sign in found


def test_the_same_figure_gives_the_same_bytes(ordinary_figure: AnyFigure) -> None:
    assert draw(ordinary_figure) == draw(ordinary_figure)


@pytest.mark.parametrize("name", ["a year with every second week missing", "odd texts"])
def test_the_same_trend_gives_the_same_bytes(trends: dict[str, TrendFigure], name: str) -> None:
    assert draw(trends[name]) == draw(trends[name])


def test_a_picture_has_the_frames_size_and_at_most_64_colours(ordinary_figure: AnyFigure) -> None:
    png = draw(ordinary_figure)
    picture = Image.open(BytesIO(png))
    height = 800 if isinstance(ordinary_figure, TALL) else 675
    assert (picture.format, picture.size, picture.mode) == ("PNG", (1200, height), "P")
    assert len(picture.convert("RGB").getcolors(1000) or []) <= 64
    assert len(png) < 60_000


KEPT = {
    "trend": {Colour.BACKGROUND, Colour.INK, Colour.MUTED, Colour.BETTER, Colour.GAP},
    "bridge": {Colour.BACKGROUND, Colour.INK, Colour.TEXT, Colour.BETTER, Colour.WORSE},
    "segments": {Colour.BACKGROUND, Colour.INK, Colour.BETTER, Colour.WORSE},
    "retention": {Colour.BACKGROUND, Colour.INK, *theme.HEAT[1:]},
    "event": {Colour.BACKGROUND, Colour.BETTER, Colour.PARTIAL, Colour.WORSE},
    "events": {Colour.BACKGROUND, Colour.BETTER, Colour.WORSE, Colour.NEUTRAL},
    "funnel": {Colour.BACKGROUND, Colour.PANEL, Colour.BETTER},
    "hosts": {Colour.BACKGROUND, Colour.BETTER, Colour.NEUTRAL},
    "coverage": {Colour.BACKGROUND, Colour.RECORDED, Colour.PARTIAL},
    "digest": {Colour.BACKGROUND, Colour.PANEL, Colour.INK, Colour.BETTER, Colour.WORSE, Colour.NEUTRAL},
}


@pytest.mark.parametrize("kind", KEPT)
def test_the_palette_keeps_the_themes_colours_exactly(
    ordinary_figures: dict[str, AnyFigure], kind: str
) -> None:
    picture = Image.open(BytesIO(draw(ordinary_figures[kind]))).convert("RGB")
    assert KEPT[kind] <= colours(picture, Box(0, 0, picture.width, picture.height))


@pytest.mark.parametrize("text", ["187", "62 % recorded,", "▲ clearly worse", "Café"])
@pytest.mark.parametrize("align", ["left", "center", "right"])
def test_a_place_is_reckoned_as_it_is_then_drawn(text: str, align: str) -> None:
    canvas, style = Canvas(), Style(30)
    drawn = canvas.box(canvas.text(300, 200, text, style, align))
    reckoned = canvas.extent(300, 200, text, style, align)
    assert (drawn.left, drawn.top, drawn.right, drawn.bottom) == pytest.approx(
        (reckoned.left, reckoned.top, reckoned.right, reckoned.bottom), abs=1
    )
