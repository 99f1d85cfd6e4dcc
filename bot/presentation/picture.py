"""A report's first figure, drawn. Without it the message still goes out, and says so."""

from __future__ import annotations

import structlog

from bot.presentation.escape import clamp, clean
from bot.presentation.message import ALT_TEXT, Picture
from bot.services import Draws
from charts.drawing import DrawingFailed
from reports.report import Report

DRAW_SECONDS = 90.0  # a warm process needs a fifth of a second; the very first start on a machine, a minute

NOT_DRAWN = "The picture could not be drawn; the numbers are complete."

log = structlog.get_logger(__name__)


async def draw_picture(
    report: Report, drawing: Draws, timeout_s: float = DRAW_SECONDS
) -> tuple[Picture | None, tuple[str, ...]]:
    """The picture, if the report has a figure, and a note for the message where it could not be drawn."""
    if not report.figures:
        return None, ()
    figure = report.figures[0]
    try:
        png = await drawing.draw(figure, timeout_s)
    except DrawingFailed as failure:
        log.warning("picture_not_drawn", report=report.name, reason=failure.detail or str(failure))
        return None, (NOT_DRAWN,)
    alt_text = clamp(clean(figure.alt_text), ALT_TEXT)
    return Picture(f"{report.name}-{report.period.key}.png", png, alt_text), ()
