"""A frame to draw on in pixels, from the top left, and the way from there to a small PNG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Polygon, Rectangle
from matplotlib.patheffects import Normal, Stroke
from matplotlib.text import Text
from PIL import Image

from charts import theme
from charts.placing import Box
from charts.text import clamped, drawable
from charts.theme import BOLD, MEDIUM, Colour, Weight

PALETTE = 64  # cuts a picture to a third
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Style:
    """How a piece of text looks. `outlined` text stands over data."""

    size: float
    weight: Weight = MEDIUM
    colour: str = Colour.TEXT
    outlined: bool = False


HEADLINE = Style(theme.HEADLINE_SIZE, BOLD, Colour.INK)
SUBTITLE = Style(theme.SUBTITLE_SIZE, MEDIUM, Colour.MUTED)
FOOTER = Style(theme.FOOTER_SIZE, MEDIUM, Colour.MUTED)
SMALLEST_HEADLINE = 38
_SHIFT = {"left": 0.0, "center": 0.5, "right": 1.0}


class Canvas:
    def __init__(self, height: int = theme.HEIGHT) -> None:
        self.width, self.height = theme.WIDTH, height
        self.texts: list[Text] = []
        figure = Figure(
            figsize=(self.width / theme.DPI, height / theme.DPI), dpi=theme.DPI, facecolor=Colour.BACKGROUND
        )
        self._agg: Any = FigureCanvasAgg(figure)  # matplotlib gives this class no types
        self._axes = figure.add_axes((0, 0, 1, 1))
        self._axes.set_axis_off()
        self._axes.set_xlim(0, self.width)
        self._axes.set_ylim(height, 0)

    def frame(self, headline: str, subtitle: str, footer: str) -> None:
        """The finding above, what it is beneath it, and how far to trust it at the foot."""
        self.line_of_text(theme.HEADLINE_BASELINE, headline, HEADLINE, smallest=SMALLEST_HEADLINE)
        self.line_of_text(theme.SUBTITLE_BASELINE, subtitle, SUBTITLE)
        self.line_of_text(self.height - theme.FOOTER_RISE, footer, FOOTER)

    def line_of_text(
        self, baseline: float, text: str, style: Style, smallest: float = theme.SMALLEST
    ) -> None:
        shown, size = self.fitted(drawable(text), style, self.width - theme.LEFT - theme.RIGHT, smallest)
        self.text(theme.LEFT, baseline, shown, Style(size, style.weight, style.colour))

    def fitted(self, text: str, style: Style, width: float, smallest: float) -> tuple[str, float]:
        """The text and the largest size at which it fits; what still does not fit is cut with “…”."""
        size = style.size
        while size > smallest and self.text_width(text, size, style.weight) > width:
            size -= 1
        length = len(text)
        shown = text
        while length > 1 and self.text_width(shown, size, style.weight) > width:
            length -= 1
            shown = clamped(text, length)
        return shown, size

    def text_width(self, text: str, size: float, weight: Weight) -> float:
        font, renderer = theme.font(size, weight), self._agg.get_renderer()
        width: float = renderer.get_text_width_height_descent(text, font, ismath=False)[0]
        return width

    def text(self, x: float, baseline: float, text: str, style: Style, align: str = "left") -> Text:
        artist = self._axes.text(
            x,
            baseline,
            text,
            fontproperties=theme.font(style.size, style.weight),
            color=style.colour,
            ha=align,
            va="baseline",
            parse_math=False,
            zorder=10,
        )
        if style.outlined:
            artist.set_path_effects(
                [Stroke(linewidth=theme.OUTLINE, foreground=Colour.BACKGROUND, joinstyle="round"), Normal()]
            )
        self.texts.append(artist)
        return artist

    def extent(self, x: float, baseline: float, text: str, style: Style, align: str = "left") -> Box:
        """The place that a line of `text` would take with the same arguments, from ascent to descent."""
        width = self.text_width(text, style.size, style.weight)
        left = x - width * _SHIFT[align]
        top, bottom = baseline - theme.ASCENT * style.size, baseline + theme.DESCENT * style.size
        return Box(left, top, left + width, bottom)

    def box(self, artist: Text) -> Box:
        """The text's place as it will be drawn, without its outline."""
        extent = artist.get_window_extent(self._agg.get_renderer())
        left, top, right, bottom = map(float, (extent.x0, extent.y1, extent.x1, extent.y0))
        return Box(left, self.height - top, right, self.height - bottom)

    def text_boxes(self) -> list[tuple[Text, Box]]:
        return [(artist, self.box(artist)) for artist in self.texts]

    def rectangle(self, box: Box, colour: str, hatch: str | None = None) -> None:
        """A filled area. `hatch` is the colour of diagonal lines over it."""
        self._axes.add_artist(
            Rectangle(
                (box.left, box.top),
                box.width,
                box.height,
                facecolor=colour,
                edgecolor=hatch or "none",
                hatch="//" if hatch else None,
                hatch_linewidth=theme.HATCH_LINE,
                linewidth=0,
                zorder=1,
                snap=True,
            )
        )

    def level(self, left: float, right: float, y: float, colour: str, width: float) -> None:
        """A horizontal line of exactly `width` rows of pixels."""
        top = round(y - width / 2)
        self._axes.add_artist(
            Rectangle((left, top), right - left, width, facecolor=colour, linewidth=0, zorder=2, snap=True)
        )

    def area(self, outline: Points, colour: str, opacity: float) -> None:
        self._axes.add_artist(
            PolyCollection([outline], facecolors=[colour], alpha=opacity, linewidths=0, zorder=3)
        )

    def line(self, points: Points, colour: str, width: float = theme.DATA_LINE) -> None:
        xs, ys = zip(*points, strict=True)
        self._axes.add_artist(
            Line2D(
                xs,
                ys,
                color=colour,
                linewidth=width,
                zorder=5,
                solid_joinstyle="round",
                solid_capstyle="round",
            )
        )

    def dot(self, x: float, y: float, colour: str, size: float = theme.END_DOT, hollow: bool = False) -> None:
        """A filled dot in a ring of background, or a hollow one where the value is not wholly sure."""
        self._disc(x, y, Colour.BACKGROUND, size + 2 * theme.DOT_RING)
        self._disc(x, y, colour, size)
        if hollow:
            self._disc(x, y, Colour.BACKGROUND, size - 2 * theme.HOLLOW_EDGE)

    def _disc(self, x: float, y: float, colour: str, size: float) -> None:
        self._axes.add_artist(Circle((x, y), size / 2, facecolor=colour, linewidth=0, zorder=6))

    def arrow(
        self, x: float, y: float, colour: str, *, upwards: bool, size: float = theme.END_DOT + 5
    ) -> None:
        """A hollow triangle in a ring of background."""
        tip, foot = (y - size / 2, y + size / 2) if upwards else (y + size / 2, y - size / 2)
        corners = [(x, tip), (x - size / 2, foot), (x + size / 2, foot)]
        for edge, width in ((Colour.BACKGROUND, 2 * theme.DOT_RING), (colour, 0)):
            self._axes.add_artist(
                Polygon(
                    corners,
                    facecolor=Colour.BACKGROUND,
                    edgecolor=edge,
                    linewidth=theme.HOLLOW_EDGE + width,
                    joinstyle="round",
                    zorder=6,
                )
            )

    def pixels(self) -> Image.Image:
        self._agg.draw()
        return Image.frombytes("RGBA", (self.width, self.height), bytes(self._agg.buffer_rgba())).convert(
            "RGB"
        )

    def png(self) -> bytes:
        """The picture with at most 64 colours. The same drawing gives the same bytes."""
        out = BytesIO()
        reduced = self.pixels().quantize(PALETTE, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        reduced.save(out, "PNG", optimize=True)
        return out.getvalue()
