"""Who carries it? A bar for each host by attendee-hours, those that the finding names in blue."""

from __future__ import annotations

from collections.abc import Sequence

from charts import theme
from charts.canvas import Canvas, Style
from charts.placing import Box, rows
from charts.text import member_text
from charts.theme import BOLD, Colour
from reports.figures import HostBar, HostsFigure
from reports.wording import count, percent

AREA = Box(theme.LEFT, 160, theme.WIDTH - theme.RIGHT, 596)
MOST = 6
TALLEST, BAR_SHARE = 92.0, 0.76
NAMES = (150.0, 330.0)  # the least and the most width of the names
GAP = 20.0
SMALLEST_BAR = 3.0
UNKNOWN = "unknown"

NAME = Style(theme.VALUE_SIZE, BOLD, Colour.INK)
SHARE = Style(38, BOLD, Colour.INK)
EVENTS = Style(theme.LABEL_SIZE, colour=Colour.MUTED)


def draw_hosts(figure: HostsFigure) -> bytes:
    return hosts_canvas(figure).png()


def hosts_canvas(figure: HostsFigure) -> Canvas:
    canvas = Canvas()
    canvas.frame(figure.headline, figure.subtitle, figure.footer)
    bars = figure.bars[:MOST]
    if not bars:
        canvas.say_nothing()
        return canvas
    left = AREA.left + _width(canvas, [_name(bar) for bar in bars], NAME, *NAMES) + GAP
    shares = _width(canvas, [percent(bar.share) for bar in bars], SHARE)
    events = _width(canvas, [_events(bar) for bar in bars], EVENTS)
    longest = AREA.right - left - shares - events - 2 * GAP
    most = max(bar.share for bar in bars)
    for row, bar in zip(rows(AREA, len(bars), TALLEST), bars, strict=True):
        canvas.text_within(
            AREA.left, NAME.baseline(row.middle), _name(bar), NAME, width=left - GAP - AREA.left
        )
        length = bar.share / most * longest if most else 0
        end = left + (max(length, SMALLEST_BAR) if bar.share else 0)
        _draw_bar(canvas, row, left, end, bar)
        canvas.text(end + GAP, SHARE.baseline(row.middle), percent(bar.share), SHARE)
        canvas.text(end + GAP + shares + GAP, EVENTS.baseline(row.middle), _events(bar), EVENTS)
    return canvas


def _draw_bar(canvas: Canvas, row: Box, left: float, end: float, bar: HostBar) -> None:
    half = row.height * BAR_SHARE / 2
    if end > left:
        colour = Colour.BETTER if bar.leads else Colour.NEUTRAL
        canvas.rectangle(Box(left, row.middle - half, end, row.middle + half), colour)


def _name(bar: HostBar) -> str:
    return member_text(bar.name) or UNKNOWN


def _events(bar: HostBar) -> str:
    return count(bar.events, "event", "events")


def _width(
    canvas: Canvas, texts: Sequence[str], style: Style, least: float = 0, most: float = theme.WIDTH
) -> float:
    widest = max(canvas.text_width(text, style.size, style.weight) for text in texts)
    return min(max(widest, least), most)
