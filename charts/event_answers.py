"""What became of those who were interested, as one bar; who came without that stands apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from charts import theme
from charts.canvas import Canvas, Style
from charts.placing import Box
from charts.text import drawable
from charts.theme import BOLD, Colour
from reports.figures import EventFigure
from reports.wording import whole

AREA = Box(theme.LEFT, 164, theme.WIDTH - theme.RIGHT, 236)
LABELS_BASELINE = 274.0
BETWEEN, APART = 4.0, 18.0  # two pieces of the bar; the bar and who was not among those interested
SMALLEST_PIECE, SMALLEST_EXTRA, SMALLEST_BAR = 5.0, 150.0, 150.0
INDENT, BETWEEN_LABELS = 16.0, 20.0
BORDER = 4.0
WALKED_IN, FROM_THE_SERIES = "walked in", "from the series"

INSIDE_SIZE = 34
EXTRA = Style(INSIDE_SIZE, BOLD, Colour.BETTER)
LABEL = Style(29)


@dataclass(frozen=True, slots=True)
class Piece:
    people: int
    word: str
    colour: str
    hatch: str | None = None

    @property
    def text(self) -> str:
        return f"{whole(self.people)} {self.word}"


@dataclass(frozen=True, slots=True)
class Extra:
    """Who came without an interest in this occurrence."""

    people: int
    word: str


def draw_answers(canvas: Canvas, figure: EventFigure) -> bool:
    """Whether there was anything to draw: not, where nobody had answered."""
    pieces = [
        piece
        for piece in (
            Piece(figure.attended, "there so far" if figure.is_running else "attended", Colour.BETTER),
            Piece(figure.partial, "partly", Colour.PARTIAL),
            Piece(figure.no_show, "no-show", Colour.WORSE, Colour.WORSE_HATCH),
            Piece(figure.unknown, "unknown", Colour.NEUTRAL),
            Piece(figure.not_yet, "not yet", Colour.NEUTRAL),
        )
        if piece.people
    ]
    if not pieces:
        return False
    extras = [
        extra
        for extra in (Extra(figure.standing, FROM_THE_SERIES), Extra(figure.walk_ins, WALKED_IN))
        if extra.people
    ]
    bar, boxes = _shared_out(sum(piece.people for piece in pieces), [extra.people for extra in extras])
    room_right = AREA.right
    for box, extra in reversed(list(zip(boxes, extras, strict=True))):
        room_right = _draw_extra(canvas, box, extra, room_right)
    places = _places(bar, pieces)
    said = [_draw_piece(canvas, place, piece) for place, piece in zip(places, pieces, strict=True)]
    outside = [(place.centre, text) for place, text in zip(places, said, strict=True) if text]
    _write_labels(canvas, drawable(figure.interested_label), outside, pieces, room_right)
    return True


def _shared_out(interested: int, extras: Sequence[int]) -> tuple[Box, list[Box]]:
    """The bar and the others on one scale, unless one of them would then be too small to read."""
    whole_width = AREA.width - APART * len(extras)
    everybody = interested + sum(extras)
    widths = [max(whole_width * people / everybody, SMALLEST_EXTRA) for people in extras]
    excess = sum(widths) - (whole_width - SMALLEST_BAR)
    for place in sorted(range(len(widths)), key=lambda place: -widths[place]):
        taken = min(max(excess, 0), widths[place] - SMALLEST_EXTRA)
        widths[place] -= taken
        excess -= taken
    boxes, right = [], AREA.right
    for width in reversed(widths):
        boxes.append(Box(right - width, AREA.top, right, AREA.bottom))
        right -= width + APART
    return Box(AREA.left, AREA.top, right, AREA.bottom), boxes[::-1]


def _places(bar: Box, pieces: Sequence[Piece]) -> list[Box]:
    people = sum(piece.people for piece in pieces)
    free = bar.width - BETWEEN * (len(pieces) - 1)
    widths = [max(free * piece.people / people, SMALLEST_PIECE) for piece in pieces]
    excess = sum(widths) - free
    widths[widths.index(max(widths))] -= excess
    places, left = [], bar.left
    for width in widths:
        places.append(Box(left, bar.top, left + width, bar.bottom))
        left += width + BETWEEN
    return places


def _draw_piece(canvas: Canvas, place: Box, piece: Piece) -> str:
    """What found no room inside is returned: nothing, the word, or the number and the word."""
    canvas.rectangle(place, piece.colour, piece.hatch)
    style = Style(INSIDE_SIZE, BOLD, Colour.DARK)
    for inside, outside in ((piece.text, ""), (whole(piece.people), piece.word)):
        width = canvas.text_width(inside, style.size, style.weight)
        if width + 2 * INDENT <= place.width:
            canvas.text(place.left + INDENT, style.baseline(place.middle), inside, style)
            return outside
    return piece.text


def _draw_extra(canvas: Canvas, box: Box, extra: Extra, right: float) -> float:
    """Its label may reach to `right`; returned is how far the labels to the left of it may."""
    canvas.border(box, Colour.BETTER, BORDER)
    baseline, number = EXTRA.baseline(box.middle), f"+{whole(extra.people)}"
    together = f"{number} {extra.word}"
    if canvas.text_width(together, EXTRA.size, EXTRA.weight) + 2 * INDENT <= box.width:
        canvas.text(box.centre, baseline, together, EXTRA, align="center")
        return right
    canvas.text_within(box.centre, baseline, number, EXTRA, width=box.width - INDENT, align="center")
    width = canvas.text_width(extra.word, LABEL.size, LABEL.weight)
    left = min(box.centre - width / 2, right - width)
    canvas.text(left, LABELS_BASELINE, extra.word, LABEL)
    return left - BETWEEN_LABELS


def _write_labels(
    canvas: Canvas,
    total: str,
    outside: Sequence[tuple[float, str]],
    pieces: Sequence[Piece],
    right: float,
) -> None:
    """Each under its piece; where they would crowd each other, all in one sentence."""
    after, placed = AREA.left + canvas.text_width(total, LABEL.size, LABEL.weight), []
    for centre, text in outside:
        width = canvas.text_width(text, LABEL.size, LABEL.weight)
        left = max(centre - width / 2, after + BETWEEN_LABELS)
        after = left + width
        placed.append((left, text))
    if after <= right:
        for left, text in ((AREA.left, total), *placed):
            canvas.text(left, LABELS_BASELINE, text, LABEL)
    else:
        sentence = f"{total}: {', '.join(piece.text for piece in pieces)}"
        canvas.text_within(AREA.left, LABELS_BASELINE, sentence, LABEL, width=right - AREA.left)
