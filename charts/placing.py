"""Where a label may stand: boxes, what is taken, and the first place that is free."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def centre(self) -> float:
        return (self.left + self.right) / 2

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    def overlaps(self, other: Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def within(self, other: Box) -> bool:
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.top <= self.top
            and self.bottom <= other.bottom
        )

    def grown(self, by: float) -> Box:
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)


def rows(area: Box, count: int, tallest: float) -> list[Box]:
    """Equal strips from the top of `area` downwards, filling it unless they would be too tall."""
    height = min(tallest, area.height / max(count, 1))
    tops = (area.top + n * height for n in range(count))
    return [Box(area.left, top, area.right, top + height) for top in tops]


Points = Sequence[tuple[float, float]]

SLICE = 8.0  # pixels; finer would only cost time


def strip(upper: Points, lower: Points, margin: float) -> Iterator[Box]:
    """Small boxes that cover the area between two lines over the same x, and `margin` around it.

    A line alone is the strip between itself and itself.
    """
    ends = list(zip(upper, lower, strict=True))
    for ((x0, above0), (_, below0)), ((x1, above1), (_, below1)) in pairwise(ends):
        slices = max(1, ceil(max(x1 - x0, abs(above1 - above0), abs(below1 - below0)) / SLICE))
        for a, b in pairwise(n / slices for n in range(slices + 1)):
            yield Box(
                x0 + (x1 - x0) * a,
                min(above0 + (above1 - above0) * a, above0 + (above1 - above0) * b),
                x0 + (x1 - x0) * b,
                max(below0 + (below1 - below0) * a, below0 + (below1 - below0) * b),
            ).grown(margin)


def around(x: float, y: float, radius: float) -> Box:
    return Box(x, y, x, y).grown(radius)


def first_free(
    candidates: Iterable[Box], area: Box, layers: Sequence[Sequence[Box]], at_least: int
) -> Box | None:
    """The first candidate inside `area` that touches no box of any layer.

    The layers go from what must never be covered to what had better not be. Where nothing is free, the
    last layer is given up, then the one before, but never the first `at_least`.
    """
    inside = [box for box in candidates if box.within(area)]
    for kept in range(len(layers), at_least - 1, -1):
        taken = [box for layer in layers[:kept] for box in layer]
        free = next((box for box in inside if not any(box.overlaps(other) for other in taken)), None)
        if free is not None:
            return free
    return None


def thinned(boxes: Sequence[Box], between: float) -> list[int]:
    """Places in `boxes` of every one, or every second, or every third …: the most that stand apart.

    The last one is always among them.
    """
    for stride in range(1, len(boxes)):
        kept = list(range(len(boxes)))[::-1][::stride][::-1]
        if all(boxes[b].left - boxes[a].right >= between for a, b in pairwise(kept)):
            return kept
    return [len(boxes) - 1] if boxes else []
