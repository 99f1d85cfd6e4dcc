"""Which series rise or fade? A row of bars each, all on one scale, with the average and the one before."""

from __future__ import annotations

from charts import theme
from charts.canvas import Canvas, Style
from charts.placing import Box, rows
from charts.text import member_text
from charts.theme import BOLD, Colour
from reports.figures import EventsFigure, Holding, HoldingState, SeriesRow
from reports.wording import whole

AREA = Box(theme.LEFT, 177, theme.WIDTH - theme.RIGHT, 724)
MOST, DATES = 6, 8
TALLEST = 150.0
NAMES_END, BARS, TEXTS = 366.0, (386.0, 918.0), 948.0
BAR_SHARE = 0.78  # of a date's width
NUMBER_ROOM = 35.0  # over the highest bar
FOOT = 8.0  # from a baseline to the next row
FEWEST_PEOPLE = 4  # of the scale
SMALLEST_BAR = 3.0
NOTE_BASELINE, AVERAGE_BASELINE = 8.0, 48.5  # above the row's foot
HEADER_BASELINE = 168.0
UNTITLED, NOT_HELD, NO_AVERAGE = "untitled", "×", "–"

NAME = Style(33, BOLD, Colour.INK)
NUMBER = Style(30, BOLD, Colour.INK)
CROSS = Style(theme.VALUE_SIZE, BOLD, Colour.MUTED)
HEADER = Style(28, colour=Colour.MUTED)
NOTE = Style(28)


def draw_events(figure: EventsFigure) -> bytes:
    return events_canvas(figure).png()


def events_canvas(figure: EventsFigure) -> Canvas:
    canvas = Canvas(theme.TALL_HEIGHT)
    canvas.frame(figure.headline, figure.subtitle, figure.footer)
    series = figure.rows[:MOST]
    if not series:
        canvas.say_nothing()
        return canvas
    canvas.text(TEXTS, HEADER_BASELINE, "average", HEADER)
    people = [holding.people or 0 for row in series for holding in row.holdings[-DATES:]]
    most = max([*people, FEWEST_PEOPLE])
    for place, row in zip(rows(AREA, len(series), TALLEST), series, strict=True):
        _draw_row(canvas, place, row, most)
    return canvas


def _draw_row(canvas: Canvas, place: Box, row: SeriesRow, most: int) -> None:
    foot = round(place.bottom - FOOT)
    middle = (place.top + NUMBER_ROOM / 2 + foot) / 2
    name = member_text(row.name) or UNTITLED
    canvas.text_within(place.left, NAME.baseline(middle), name, NAME, width=NAMES_END - place.left)
    plot = Box(BARS[0], place.top + NUMBER_ROOM, BARS[1], foot)
    _draw_bars(canvas, plot, row, most)
    average = Style(40, BOLD, _colour(row) if row.average is not None else Colour.MUTED)
    number = NO_AVERAGE if row.average is None else whole(row.average)
    width = place.right - TEXTS
    canvas.text_within(TEXTS, place.bottom - AVERAGE_BASELINE, number, average, width=width)
    canvas.text_within(TEXTS, place.bottom - NOTE_BASELINE, row.note, NOTE, width=width)


def _colour(row: SeriesRow) -> str:
    if row.average is None:
        return Colour.NEUTRAL
    return Colour.WORSE if row.is_worse else Colour.BETTER


def _draw_bars(canvas: Canvas, plot: Box, row: SeriesRow, most: int) -> None:
    """The newest date stands on the right, also where there are fewer than eight."""
    holdings = row.holdings[-DATES:]
    width = plot.width / DATES
    for at, holding in enumerate(reversed(holdings)):
        centre = plot.right - (at + 0.5) * width
        column = Box(centre - width * BAR_SHARE / 2, plot.top, centre + width * BAR_SHARE / 2, plot.bottom)
        _draw_holding(canvas, column, holding, most, _colour(row), is_latest=at == 0)
    canvas.level(plot.left, plot.right, plot.bottom, Colour.AXIS, theme.GRID_LINE)


def _draw_holding(
    canvas: Canvas, column: Box, holding: Holding, most: int, colour: str, *, is_latest: bool
) -> None:
    match holding.state:
        case HoldingState.NONE:
            return
        case HoldingState.GAP:
            canvas.rectangle(column, Colour.GAP)
        case HoldingState.NOT_HELD:
            canvas.text(column.centre, column.bottom - 12, NOT_HELD, CROSS, align="center")
        case HoldingState.HELD:
            people = holding.people or 0
            height = max(people / most * column.height, SMALLEST_BAR)
            bar = Box(column.left, column.bottom - height, column.right, column.bottom)
            canvas.rectangle(bar, colour if is_latest else theme.faded(colour))
            if is_latest:
                canvas.text_within(
                    column.centre, bar.top - 9, whole(people), NUMBER, width=120, align="center"
                )
