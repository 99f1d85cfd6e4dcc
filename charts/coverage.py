"""What did we miss? A row for each week, with holes as long as they were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from charts import theme
from charts.canvas import Canvas, Style
from charts.placing import Box, first_free, rows
from charts.text import drawable
from charts.theme import BOLD, Colour
from reports.figures import CoverageFigure, CoverageSpan, CoverageState, CoverageWeek

AREA = Box(theme.LEFT, 222, theme.WIDTH - theme.RIGHT, 596)
DAYS_BASELINE = 205.0
FIRST_COLUMN = "Week of"
MOST = 6
TALLEST, BAR_SHARE = 92.0, 0.66
GAP, BETWEEN_DAYS = 16.0, 3.0
SMALLEST_SPAN = 6.0  # minutes of a week can still be seen
MARGIN = 10.0
HOLES = (CoverageState.LATE, CoverageState.GAP)
OUTLINE_WITHIN = {  # of a name that stands in its own span
    CoverageState.RECORDED: Colour.RECORDED,
    CoverageState.LATE: Colour.RECORDED,
    CoverageState.GAP: Colour.BACKGROUND,
    CoverageState.BEFORE: Colour.PANEL,
}

HEADER = Style(theme.LABEL_SIZE, colour=Colour.MUTED)
WEEK = Style(theme.LABEL_SIZE, BOLD)
NAME = Style(theme.LABEL_SIZE, BOLD, Colour.INK, outlined=True, outline=Colour.RECORDED)


def draw_coverage(figure: CoverageFigure) -> bytes:
    return coverage_canvas(figure).png()


def coverage_canvas(figure: CoverageFigure) -> Canvas:
    canvas = Canvas()
    canvas.frame(figure.headline, figure.subtitle, figure.footer)
    weeks = figure.weeks[-MOST:]
    if not weeks:
        canvas.say_nothing()
        return canvas
    labels = [drawable(week.label) for week in weeks]
    widest = max(canvas.text_width(text, WEEK.size, BOLD) for text in (*labels, FIRST_COLUMN))
    area = Box(AREA.left + min(widest, 200) + GAP, AREA.top, AREA.right, AREA.bottom)
    for row, week in zip(rows(area, len(weeks), TALLEST), weeks, strict=True):
        half = row.height * BAR_SHARE / 2
        bar = Box(row.left, row.middle - half, row.right, row.middle + half)
        width = area.left - GAP - AREA.left
        canvas.text_within(AREA.left, WEEK.baseline(row.middle), week.label, WEEK, width=width)
        _draw_week(canvas, bar, week, len(figure.days))
        _name_spans(canvas, bar, week)
    _label_days(canvas, area, figure.days)
    return canvas


def _label_days(canvas: Canvas, area: Box, days: Sequence[str]) -> None:
    canvas.text(AREA.left, DAYS_BASELINE, FIRST_COLUMN, HEADER)
    width = area.width / max(len(days), 1)
    for n, day in enumerate(days):
        x = area.left + width * (n + 0.5)
        canvas.text_within(x, DAYS_BASELINE, day, HEADER, width=width - MARGIN, align="center")


def _draw_week(canvas: Canvas, bar: Box, week: CoverageWeek, days: int) -> None:
    """What is rare and short is drawn over what is common and long."""
    order = (CoverageState.BEFORE, CoverageState.RECORDED, CoverageState.LATE, CoverageState.GAP)
    for span in sorted(week.spans, key=lambda span: order.index(span.state)):
        _draw_span(canvas, _place(bar, span), span.state)
    for n in range(1, days):
        x = bar.left + bar.width * n / days
        canvas.upright(x, bar.top, bar.bottom, Colour.BACKGROUND, BETWEEN_DAYS)


def _draw_span(canvas: Canvas, place: Box, state: CoverageState) -> None:
    match state:
        case CoverageState.RECORDED:
            canvas.rectangle(place, Colour.RECORDED)
        case CoverageState.LATE:
            canvas.rectangle(place, Colour.PARTIAL)
        case CoverageState.GAP:
            canvas.rectangle(place, Colour.BACKGROUND, hatch=Colour.WORSE)
        case CoverageState.BEFORE:
            canvas.rectangle(place, Colour.PANEL)


def _place(bar: Box, span: CoverageSpan) -> Box:
    left, right = bar.left + bar.width * span.start, bar.left + bar.width * span.end
    if span.state in HOLES and right - left < SMALLEST_SPAN:
        left = min(left, bar.right - SMALLEST_SPAN)
        right = left + SMALLEST_SPAN
    return Box(left, bar.top, right, bar.bottom)


def _name_spans(canvas: Canvas, bar: Box, week: CoverageWeek) -> None:
    """The longest first; what finds no place stays without a name rather than hide a hole or another name."""
    named: list[Box] = []
    for span in sorted(week.spans, key=lambda span: span.start - span.end):
        label = drawable(span.label)
        if not label:
            continue
        size, holes = canvas.extent(0, 0, label, NAME), _holes(bar, week, span)
        place = first_free(_beside(_place(bar, span), size), bar, [named, holes], at_least=2)
        if place is not None:
            within = place.overlaps(_place(bar, span))
            style = replace(NAME, outline=OUTLINE_WITHIN[span.state] if within else Colour.RECORDED)
            canvas.text(place.left, NAME.baseline(bar.middle), label, style)
            named.append(place.grown(MARGIN))


def _holes(bar: Box, week: CoverageWeek, but: CoverageSpan) -> list[Box]:
    spans = (span for span in week.spans if span is not but and span.state in HOLES)
    return [_place(bar, span).grown(MARGIN / 2) for span in spans]


def _beside(span: Box, size: Box) -> Iterator[Box]:
    """Right of it, left of it, within it if it is long enough."""
    lefts = [span.right + MARGIN, span.left - MARGIN - size.width]
    if size.width + 2 * MARGIN <= span.width:
        lefts.append(span.centre - size.width / 2)
    return (Box(left, span.middle, left + size.width, span.middle) for left in lefts)
