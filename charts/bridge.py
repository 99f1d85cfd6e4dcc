"""Why did it change? Levels as lines, changes as bars of their true length, losses hatched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from charts import theme
from charts.canvas import Canvas, Style
from charts.placing import Box
from charts.text import clamped, drawable
from charts.theme import BOLD, Colour
from reports.figures import BridgeFigure
from reports.wording import signed, whole

TOP, BOTTOM = 158.0, 592.0  # of everything, texts included
FEWEST_PEOPLE = 8  # of the vertical span: one person must not look like a landslide
SMALLEST_BAR = 3.0  # pixels: a single one of 100,000 people can still be seen
LEVEL_LINE, LINK_LINE = 8, 3
BAR_SHARE, LEVEL_SHARE = 0.72, 0.84  # of a column's width
LABEL_LENGTH = 20
BETWEEN_TEXTS = 12.0
NUMBER_GAP, LABEL_GAP = 16.0, 20.0  # from a shape to the text beside it
NUMBER_ROOM, LABEL_LINE = 64.0, 40.0

LEVEL = Style(theme.BIG_VALUE_SIZE, BOLD, Colour.INK)
CHANGE = Style(46, BOLD)
LABEL = Style(theme.LABEL_SIZE)
LEVEL_LABEL = Style(theme.LABEL_SIZE, colour=Colour.MUTED)


@dataclass(frozen=True, slots=True)
class Column:
    """A level, drawn as a line, or a change, drawn as a bar between two levels."""

    label: tuple[str, ...]
    number: str
    start: int
    end: int
    is_level: bool

    @property
    def colour(self) -> str:
        if self.is_level or self.start == self.end:
            return Colour.TEXT
        return Colour.BETTER if self.end > self.start else Colour.WORSE

    @property
    def number_above(self) -> bool:
        """A loss has its number where it ends: beneath."""
        return self.end >= self.start


@dataclass(frozen=True, slots=True)
class Layout:
    """Pixels for people and columns, and the sizes at which every number fits its column."""

    pitch: float
    top_level: float  # the level, in people, that is drawn at `top`
    top: float
    pixels_per_person: float
    level: Style
    change: Style

    def y(self, level: float) -> float:
        return self.top + (self.top_level - level) * self.pixels_per_person

    def middle(self, column: int) -> float:
        return theme.LEFT + self.pitch * (column + 0.5)


def draw_bridge(figure: BridgeFigure) -> bytes:
    return bridge_canvas(figure).png()


def bridge_canvas(figure: BridgeFigure) -> Canvas:
    """Raises ValueError if the changes do not lead from the previous level to the current one."""
    if figure.previous + sum(change for _, change in figure.changes) != figure.current:
        raise ValueError("the bridge's changes do not add up to its current level")
    canvas = Canvas()
    canvas.frame(figure.headline, figure.subtitle, figure.footer)
    pitch = (theme.WIDTH - 2 * theme.LEFT) / (len(figure.changes) + 2)
    columns = _columns(canvas, figure, pitch - BETWEEN_TEXTS)
    layout = _layout(canvas, columns, pitch)
    _draw_links(canvas, layout, columns)
    for at, column in enumerate(columns):
        _draw_shape(canvas, layout, at, column)
        _draw_texts(canvas, layout, at, column)
    return canvas


def _columns(canvas: Canvas, figure: BridgeFigure, width: float) -> list[Column]:
    levels = list(accumulate((change for _, change in figure.changes), initial=figure.previous))
    changes = [
        Column(_wrapped(canvas, label, width), signed(change), before, before + change, is_level=False)
        for (label, change), before in zip(figure.changes, levels, strict=False)
    ]
    ends = [
        Column(_wrapped(canvas, label, width), whole(level), level, level, is_level=True)
        for label, level in (
            (figure.previous_label, figure.previous),
            (figure.current_label, figure.current),
        )
    ]
    return [ends[0], *changes, ends[1]]


def _wrapped(canvas: Canvas, label: str, width: float) -> tuple[str, ...]:
    """One line, or two where one is too narrow; what is then still too long is cut."""
    words = clamped(drawable(label), LABEL_LENGTH).split(" ")

    def fits(text: str) -> bool:
        return canvas.text_width(text, LABEL.size, LABEL.weight) <= width

    first = next((n for n in range(len(words), 0, -1) if fits(" ".join(words[:n]))), 1)
    lines = [" ".join(words[:first]), " ".join(words[first:])]
    return tuple(canvas.fitted(line, LABEL, width, LABEL.size)[0] for line in lines if line)


def _layout(canvas: Canvas, columns: Sequence[Column], pitch: float) -> Layout:
    ends = [end for column in columns for end in (column.start, column.end)]
    text = max(LABEL_GAP + LABEL_LINE * max(len(column.label) for column in columns), NUMBER_ROOM)
    top, bottom = TOP + text, BOTTOM - text
    span = max(max(ends) - min(ends), FEWEST_PEOPLE)
    width = pitch - BETWEEN_TEXTS
    return Layout(
        pitch=pitch,
        top_level=(max(ends) + min(ends) + span) / 2,
        top=top,
        pixels_per_person=(bottom - top) / span,
        level=_fitting(canvas, LEVEL, [c.number for c in columns if c.is_level], width),
        change=_fitting(canvas, CHANGE, [c.number for c in columns if not c.is_level], width),
    )


def _fitting(canvas: Canvas, style: Style, numbers: Sequence[str], width: float) -> Style:
    """One size for all, so that numbers can be compared: the largest at which each fits."""
    size = min((canvas.fitted(n, style, width, theme.SMALLEST)[1] for n in numbers), default=style.size)
    return Style(size, style.weight, style.colour)


def _draw_links(canvas: Canvas, layout: Layout, columns: Sequence[Column]) -> None:
    for at, (column, following) in enumerate(pairwise(columns)):
        left = layout.middle(at) + _half_width(layout, column)
        right = layout.middle(at + 1) - _half_width(layout, following)
        canvas.level(left, right, layout.y(column.end), Colour.AXIS, LINK_LINE)


def _half_width(layout: Layout, column: Column) -> float:
    return layout.pitch * (LEVEL_SHARE if column.is_level else BAR_SHARE) / 2


def _draw_shape(canvas: Canvas, layout: Layout, at: int, column: Column) -> None:
    middle, half = layout.middle(at), _half_width(layout, column)
    top, bottom = _ends(layout, column)
    if column.is_level:
        colour = Colour.TEXT if at == 0 else Colour.INK
        canvas.level(middle - half, middle + half, layout.y(column.end), colour, LEVEL_LINE)
    elif column.start == column.end:
        canvas.level(middle - half, middle + half, layout.y(column.end), Colour.NEUTRAL, SMALLEST_BAR)
    else:
        hatch = Colour.WORSE_HATCH if column.end < column.start else None
        canvas.rectangle(Box(middle - half, top, middle + half, bottom), column.colour, hatch)


def _ends(layout: Layout, column: Column) -> tuple[float, float]:
    top, bottom = sorted((layout.y(column.start), layout.y(column.end)))
    if column.is_level:
        return top - LEVEL_LINE / 2, bottom + LEVEL_LINE / 2
    return top, max(bottom, top + SMALLEST_BAR)


def _draw_texts(canvas: Canvas, layout: Layout, at: int, column: Column) -> None:
    middle, (top, bottom) = layout.middle(at), _ends(layout, column)
    number = layout.level if column.is_level else layout.change
    style = Style(number.size, number.weight, Colour.INK if at and column.is_level else column.colour)
    label = LEVEL_LABEL if column.is_level else LABEL
    if column.number_above:
        canvas.text(middle, top - NUMBER_GAP, column.number, style, align="center")
        baselines = [
            bottom + LABEL_GAP + n * LABEL_LINE + label.size * theme.CAP_HEIGHT
            for n in range(len(column.label))
        ]
    else:
        canvas.text(
            middle, bottom + NUMBER_GAP + style.size * theme.CAP_HEIGHT, column.number, style, align="center"
        )
        baselines = [top - LABEL_GAP - n * LABEL_LINE for n in reversed(range(len(column.label)))]
    for line, baseline in zip(column.label, baselines, strict=True):
        canvas.text(middle, baseline, line, label, align="center")
