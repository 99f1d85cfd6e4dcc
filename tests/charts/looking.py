"""What stands on a canvas, for tests that look at it."""

from __future__ import annotations

from typing import TypeVar

from matplotlib.artist import Artist
from matplotlib.patches import Rectangle

from charts.canvas import Canvas

Kind = TypeVar("Kind", bound=Artist)


def words(canvas: Canvas) -> list[str]:
    return [text.get_text() for text in canvas.texts]


def artists(canvas: Canvas, kind: type[Kind]) -> list[Kind]:
    (axes,) = canvas._agg.figure.axes
    return [artist for artist in axes.get_children() if isinstance(artist, kind)]


def filled(canvas: Canvas, *colours: str, higher_than: float = 8) -> list[Rectangle]:
    """Rectangles of these colours in the order in which they were drawn, but for thin lines."""
    return [
        patch
        for patch in artists(canvas, Rectangle)
        if patch.get_fill()
        and not patch.get_hatch()
        and patch.get_height() > higher_than
        and hex_of(patch.get_facecolor()) in colours
    ]


def hatched(canvas: Canvas, colour: str) -> list[Rectangle]:
    return [p for p in artists(canvas, Rectangle) if p.get_hatch() and hex_of(p.get_edgecolor()) == colour]


def borders(canvas: Canvas, *, dashed: bool) -> list[Rectangle]:
    found = [p for p in artists(canvas, Rectangle) if not p.get_fill() and p.get_width() < 1000]
    return [p for p in found if (p.get_linestyle() != "solid") == dashed]


def hex_of(colour: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in colour[:3])
