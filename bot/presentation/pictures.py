"""A report's figures, drawn. A message goes out without a picture rather than not at all, and says so."""

from __future__ import annotations

import structlog

from bot.presentation.escape import clamp, clean
from bot.presentation.message import ALT_TEXT, Picture
from bot.services import Draws
from charts.drawing import DrawingFailed
from reports.report import Report

DRAW_SECONDS = 8.0  # a warm process needs a fifth of a second; a cold one, two

NOT_DRAWN = "The picture could not be drawn; the numbers are complete."

log = structlog.get_logger(__name__)


async def draw_pictures(report: Report, drawing: Draws) -> tuple[tuple[Picture, ...], tuple[str, ...]]:
    """The pictures, and a note for the message where one is missing."""
    pictures: list[Picture] = []
    for number, figure in enumerate(report.figures, start=1):
        try:
            png = await drawing.draw(figure, timeout_s=DRAW_SECONDS)
        except DrawingFailed as failure:
            log.warning("picture_not_drawn", report=report.name, reason=failure.detail or str(failure))
            return tuple(pictures), (NOT_DRAWN,)
        name = f"{report.name}-{report.period.key}-{number}.png"
        pictures.append(Picture(name, png, clamp(clean(figure.alt_text), ALT_TEXT)))
    return tuple(pictures), ()
