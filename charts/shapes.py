"""Everything on a picture that is not text: areas, lines, dots, borders. All in pixels from the top left."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Polygon, Rectangle

from charts import theme
from charts.placing import Box
from charts.theme import Colour

Points = Sequence[tuple[float, float]]
DASH = (8.0, 6.0)


class Shapes:
    def __init__(self, axes: Axes) -> None:
        self._axes = axes

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
        self,
        x: float,
        y: float,
        colour: str,
        *,
        upwards: bool,
        filled: bool = False,
        size: float = theme.END_DOT + 5,
        background: str = Colour.BACKGROUND,
    ) -> None:
        """A triangle in a ring of background, hollow where the value or the change is not sure."""
        tip, foot = (y - size / 2, y + size / 2) if upwards else (y + size / 2, y - size / 2)
        corners = [(x, tip), (x - size / 2, foot), (x + size / 2, foot)]
        for edge, width in ((background, 2 * theme.DOT_RING), (colour, 0)):
            self._axes.add_artist(
                Polygon(
                    corners,
                    facecolor=colour if filled else background,
                    edgecolor=edge,
                    linewidth=theme.HOLLOW_EDGE + width,
                    joinstyle="round",
                    zorder=6,
                )
            )

    def upright(self, x: float, top: float, bottom: float, colour: str, width: float) -> None:
        """A vertical line of exactly `width` columns of pixels, over the areas and under the dots."""
        left = round(x - width / 2)
        self._axes.add_artist(
            Rectangle((left, top), width, bottom - top, facecolor=colour, linewidth=0, zorder=4, snap=True)
        )

    def border(self, box: Box, colour: str, width: float, *, dashed: bool = False) -> None:
        """The inner edge of a box, `width` pixels wide."""
        inner = box.grown(-width / 2)
        self._axes.add_artist(
            Rectangle(
                (inner.left, inner.top),
                inner.width,
                inner.height,
                fill=False,
                edgecolor=colour,
                linewidth=width,
                linestyle=(0, tuple(length / width for length in DASH)) if dashed else "solid",
                joinstyle="miter",
                capstyle="butt",
                zorder=4,
                snap=True,
            )
        )
