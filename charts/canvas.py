"""A frame to draw on in pixels, from the top left, and the way from there to a small PNG."""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import Normal, Stroke
from matplotlib.text import Text
from PIL import Image

from charts import theme
from charts.placing import Box
from charts.shapes import Shapes
from charts.text import clamped, drawable
from charts.theme import BOLD, MEDIUM, Colour, Weight

PALETTE = 64  # cuts a picture to a third
COMPRESSION = 7  # 9 takes six times as long for a twelfth less


@dataclass(frozen=True, slots=True)
class Style:
    """How a piece of text looks. `outlined` text stands over data, which `outline` keeps away from it."""

    size: float
    weight: Weight = MEDIUM
    colour: str = Colour.TEXT
    outlined: bool = False
    outline: str = Colour.BACKGROUND

    def baseline(self, middle: float) -> float:
        """Of a line whose capitals and digits stand evenly around `middle`."""
        return middle + self.size * theme.CAP_HEIGHT / 2


HEADLINE = Style(theme.HEADLINE_SIZE, BOLD, Colour.INK)
SUBTITLE = Style(theme.SUBTITLE_SIZE, MEDIUM, Colour.MUTED)
FOOTER = Style(theme.FOOTER_SIZE, MEDIUM, Colour.MUTED)
EMPTY = Style(theme.LABEL_SIZE, MEDIUM, Colour.MUTED)
NOTHING = "nothing recorded yet"
SMALLEST_HEADLINE = 38
_SHIFT = {"left": 0.0, "center": 0.5, "right": 1.0}


class Canvas(Shapes):
    def __init__(self, height: int = theme.HEIGHT) -> None:
        self.width, self.height = theme.WIDTH, height
        self.texts: list[Text] = []
        self._widths: dict[tuple[str, float, Weight], float] = {}  # measuring is slow
        figure = Figure(
            figsize=(self.width / theme.DPI, height / theme.DPI), dpi=theme.DPI, facecolor=Colour.BACKGROUND
        )
        self._agg: Any = FigureCanvasAgg(figure)  # matplotlib gives this class no types
        super().__init__(figure.add_axes((0, 0, 1, 1)))
        self._axes.set_axis_off()
        self._axes.set_xlim(0, self.width)
        self._axes.set_ylim(height, 0)

    def frame(self, headline: str, subtitle: str, footer: str) -> None:
        """The finding above, what it is beneath it, and how far to trust it at the foot."""
        self.line_of_text(theme.HEADLINE_BASELINE, headline, HEADLINE, smallest=SMALLEST_HEADLINE)
        self.line_of_text(theme.SUBTITLE_BASELINE, subtitle, SUBTITLE)
        self.line_of_text(self.height - theme.FOOTER_RISE, footer, FOOTER)

    def say_nothing(self, text: str = NOTHING) -> None:
        """In the place of a plot that has nothing to show."""
        self.text(theme.LEFT, EMPTY.baseline((theme.PLOT_TOP + self.height) / 2), text, EMPTY)

    def line_of_text(
        self, baseline: float, text: str, style: Style, smallest: float = theme.SMALLEST
    ) -> None:
        width = self.width - theme.LEFT - theme.RIGHT
        shown, fitting = self.fitting(drawable(text), style, width, smallest)
        self.text(theme.LEFT, baseline, shown, fitting)

    def text_within(
        self, x: float, baseline: float, text: str, style: Style, *, width: float, align: str = "left"
    ) -> Box:
        """A text that is made smaller, then cut, where `width` is too little. Its place is returned."""
        shown, fitting = self.fitting(drawable(text), style, width)
        self.text(x, baseline, shown, fitting, align)
        return self.extent(x, baseline, shown, fitting, align)

    def fitting(
        self, text: str, style: Style, width: float, smallest: float = theme.SMALLEST
    ) -> tuple[str, Style]:
        shown, size = self.fitted(text, style, width, smallest)
        return shown, replace(style, size=size)

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
        key = (text, size, weight)
        if key not in self._widths:
            font, renderer = theme.font(size, weight), self._agg.get_renderer()
            self._widths[key] = renderer.get_text_width_height_descent(text, font, ismath=False)[0]
        return self._widths[key]

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
                [Stroke(linewidth=theme.OUTLINE, foreground=style.outline, joinstyle="round"), Normal()]
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

    def pixels(self) -> Image.Image:
        self._agg.draw()
        return Image.frombytes("RGBA", (self.width, self.height), bytes(self._agg.buffer_rgba())).convert(
            "RGB"
        )

    def png(self) -> bytes:
        """The picture with at most 64 colours. The same drawing gives the same bytes."""
        out = BytesIO()
        reduced = self.pixels().quantize(PALETTE, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        reduced.save(out, "PNG", compress_level=COMPRESSION)
        return out.getvalue()
