"""What became of those who answered, as one bar; those who came without an answer stand apart."""

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
BETWEEN, APART = 4.0, 18.0  # two pieces of the bar; the bar and the walk-ins
SMALLEST_PIECE, SMALLEST_WALK_INS, SMALLEST_BAR = 5.0, 150.0, 150.0
INDENT, BETWEEN_LABELS = 16.0, 20.0
BORDER = 4.0
WALKED_IN = "walked in"

INSIDE_SIZE = 34
WALK_INS = Style(INSIDE_SIZE, BOLD, Colour.BETTER)
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
    bar, walk_ins = _shared_out(sum(piece.people for piece in pieces), figure.walk_ins)
    room_right = AREA.right
    if walk_ins is not None:
        room_right = _draw_walk_ins(canvas, walk_ins, figure.walk_ins)
    places = _places(bar, pieces)
    said = [_draw_piece(canvas, place, piece) for place, piece in zip(places, pieces, strict=True)]
    outside = [(place.centre, text) for place, text in zip(places, said, strict=True) if text]
    _write_labels(canvas, drawable(figure.interested_label), outside, pieces, room_right)
    return True


def _shared_out(interested: int, walk_ins: int) -> tuple[Box, Box | None]:
    """The bar and the walk-ins on one scale, unless one of them would then be too small to read."""
    if not walk_ins:
        return AREA, None
    whole_width = AREA.width - APART
    wanted = whole_width * walk_ins / (interested + walk_ins)
    width = min(max(wanted, SMALLEST_WALK_INS), whole_width - SMALLEST_BAR)
    left = AREA.right - width
    return Box(AREA.left, AREA.top, left - APART, AREA.bottom), Box(left, AREA.top, AREA.right, AREA.bottom)


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


def _draw_walk_ins(canvas: Canvas, box: Box, people: int) -> float:
    """How far to the right the labels under the bar may reach."""
    canvas.border(box, Colour.BETTER, BORDER)
    baseline, number = WALK_INS.baseline(box.middle), f"+{whole(people)}"
    together = f"{number} {WALKED_IN}"
    if canvas.text_width(together, WALK_INS.size, WALK_INS.weight) + 2 * INDENT <= box.width:
        canvas.text(box.centre, baseline, together, WALK_INS, align="center")
        return AREA.right
    canvas.text_within(box.centre, baseline, number, WALK_INS, width=box.width - INDENT, align="center")
    label = canvas.extent(box.centre, LABELS_BASELINE, WALKED_IN, LABEL, "center")
    canvas.text(label.left, LABELS_BASELINE, WALKED_IN, LABEL)
    return label.left - BETWEEN_LABELS


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
