"""A vertical scale with three or four round lines that does not make noise look like news."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor, log10

HALF_WIDTHS = 6  # the least span, in half-widths of the interval: less would magnify noise
_ROUND = (1, 2, 2.5, 3, 4, 5, 6, 8)
_INTERVALS = (3, 2)
THREE_LINES_COST = 1.2  # four lines read better, unless they waste a fifth of the height


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from `low` to `high` on pixels from `bottom` up to `top`."""

    low: float
    high: float
    step: float
    top: float
    bottom: float

    @property
    def lines(self) -> list[float]:
        return [self.low + self.step * n for n in range(round(self.span / self.step) + 1)]

    @property
    def span(self) -> float:
        return self.high - self.low

    def y(self, value: float) -> float:
        return self.bottom - (value - self.low) / self.span * (self.bottom - self.top)


def scale_for(values: Sequence[float], half_width: float, top: float, bottom: float) -> Scale:
    """The tightest scale with round lines for counts of people: it never goes below 0.

    `values` are all the ends that must fit, `half_width` that of a typical interval; both in people.
    """
    low, high = _widened(min(values), max(values), half_width * HALF_WIDTHS)
    fitting = (
        _tightest(low, high, step, intervals) for step in _steps(high - low) for intervals in _INTERVALS
    )
    start, step, intervals = min((found for found in fitting if found is not None), key=_looseness)
    return Scale(start, start + step * intervals, step, top, bottom)


def _looseness(found: tuple[float, float, int]) -> float:
    _, step, intervals = found
    return step * intervals * (1 if intervals == max(_INTERVALS) else THREE_LINES_COST)


def _widened(low: float, high: float, span: float) -> tuple[float, float]:
    missing = max(0.0, span - (high - low))
    low = max(0.0, low - missing / 2)
    return low, max(high, low + span, low + 2)


def _steps(span: float) -> Iterator[float]:
    """Round whole steps around a third of the span, and one that is certainly enough."""
    magnitude = floor(log10(span / 3))
    for power in range(max(0, magnitude - 1), magnitude + 3):
        yield from (mantissa * 10**power for mantissa in _ROUND if (mantissa * 10**power) % 1 == 0)


def _tightest(low: float, high: float, step: float, intervals: int) -> tuple[float, float, int] | None:
    """Start on a line, or half-way between two, where that is a whole number and everything fits."""
    half = step / 2 if step % 2 == 0 else step
    start = floor(low / half) * half
    return (start, step, intervals) if start + step * intervals >= high else None
