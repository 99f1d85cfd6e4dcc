"""Do newcomers stay? A row for each join date, a cell for each week since, its number in the cell."""

from __future__ import annotations

from dataclasses import dataclass

from charts import theme
from charts.canvas import Canvas, Style
from charts.placing import Box, rows
from charts.theme import BOLD, Colour
from reports.figures import RetentionCell, RetentionFigure, RetentionRow
from reports.wording import NO_BREAK, percent, whole

AREA = Box(theme.LEFT, 220, theme.WIDTH - theme.RIGHT, 718)
HEADER_BASELINE = 205.0
MOST, WEEKS = 8, 12
FIRST_CELL = 352.0
TALLEST = 84.0
BEFORE_POOLED = 14.0
NUMBER_GAP, LABEL_GAP = 22.0, 14.0
BETWEEN, INSET = 3.0, 2.0
FEWEST_FOR_A_SHARE, ENOUGH_RECORDED = 10, 0.8
DASHED, FRAME, THIN = 2.0, 4.0, 2.0

HEADER = Style(theme.LABEL_SIZE, colour=Colour.MUTED)
KEY_HEADER = Style(theme.LABEL_SIZE, BOLD, Colour.INK)
SHARE_SIZE, COUNT = 29, Style(28)


@dataclass(frozen=True, slots=True)
class RowStyle:
    label: Style
    number: Style


ROW = RowStyle(Style(theme.LABEL_SIZE), Style(theme.LABEL_SIZE))
POOLED = RowStyle(Style(theme.LABEL_SIZE, BOLD, Colour.INK), Style(theme.LABEL_SIZE, BOLD, Colour.INK))


def draw_retention(figure: RetentionFigure) -> bytes:
    return retention_canvas(figure).png()


def retention_canvas(figure: RetentionFigure) -> Canvas:
    canvas = Canvas(theme.TALL_HEIGHT)
    canvas.frame(figure.headline, figure.subtitle, figure.footer)
    cohorts = figure.rows[-MOST:]
    if not cohorts:
        canvas.say_nothing()
        return canvas
    _draw_header(canvas, figure.framed)
    area = Box(AREA.left, AREA.top, AREA.right, AREA.bottom - BEFORE_POOLED)
    *places, last = rows(area, len(cohorts) + 1, TALLEST)
    for place, cohort in zip(places, cohorts, strict=True):
        _draw_row(canvas, place, cohort, ROW)
    pooled = Box(last.left, last.top + BEFORE_POOLED, last.right, last.bottom + BEFORE_POOLED)
    _draw_row(canvas, pooled, figure.pooled, POOLED)
    for week in figure.framed:
        if any(cell.eligible for cell in figure.pooled.cells[week - 1 : week]):
            canvas.border(_cell(pooled, week - 1).grown(BETWEEN / 2), Colour.INK, FRAME)
    return canvas


def _draw_header(canvas: Canvas, framed: tuple[int, ...]) -> None:
    canvas.text(AREA.left, HEADER_BASELINE, "Joined", HEADER)
    canvas.text(FIRST_CELL - NUMBER_GAP, HEADER_BASELINE, "N", HEADER, align="right")
    for week in range(1, WEEKS + 1):
        style = KEY_HEADER if week in framed else HEADER
        canvas.text(_cell(AREA, week - 1).centre, HEADER_BASELINE, str(week), style, align="center")


def _cell(row: Box, at: int) -> Box:
    width = (row.right - FIRST_CELL) / WEEKS
    left, half = FIRST_CELL + at * width, BETWEEN / 2
    return Box(
        round(left + half), round(row.top + half), round(left + width - half), round(row.bottom - half)
    )


def _draw_row(canvas: Canvas, place: Box, row: RetentionRow, style: RowStyle) -> None:
    right = FIRST_CELL - NUMBER_GAP
    number = canvas.text_within(
        right, style.number.baseline(place.middle), whole(row.joined), style.number, width=150, align="right"
    )
    room = number.left - LABEL_GAP - place.left
    canvas.text_within(place.left, style.label.baseline(place.middle), row.label, style.label, width=room)
    for at, cell in enumerate(row.cells[:WEEKS] if row.joined else ()):
        _draw_cell(canvas, _cell(place, at), cell)


def _draw_cell(canvas: Canvas, box: Box, cell: RetentionCell) -> None:
    if cell.recorded < ENOUGH_RECORDED:
        canvas.rectangle(box, Colour.GAP)
    elif not cell.eligible:
        canvas.rectangle(box, Colour.BACKGROUND, hatch=Colour.GRID)
    elif cell.eligible < FEWEST_FOR_A_SHARE:
        canvas.border(box, Colour.NEUTRAL, THIN)
        _write(canvas, box, f"{cell.retained}/{cell.eligible}", COUNT)
    else:
        _draw_share(canvas, box, cell)


def _draw_share(canvas: Canvas, box: Box, cell: RetentionCell) -> None:
    share = cell.retained / cell.eligible
    number = percent(share).split(NO_BREAK)[0]
    colour = theme.heat(float(number))  # as it is read: 29.6 % reads as 30
    text = theme.text_on(colour)
    canvas.rectangle(box, colour)
    if cell.pending:
        canvas.border(box.grown(-INSET), text, DASHED, dashed=True)
    _write(canvas, box, number, Style(SHARE_SIZE, BOLD, text))


def _write(canvas: Canvas, box: Box, text: str, style: Style) -> None:
    shown, fitting = canvas.fitting(text, style, box.width - 2 * (INSET + DASHED))
    canvas.text(box.centre, fitting.baseline(box.middle), shown, fitting, align="center")
