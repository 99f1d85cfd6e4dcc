"""Figures, drawn. Without a picture the message still goes out, and says so."""

from __future__ import annotations

from collections.abc import Iterable

import structlog

from bot.presentation.escape import clamp, clean
from bot.presentation.message import ALT_TEXT, Picture
from bot.services import Draws
from charts.drawing import DrawingFailed
from reports.figures import AnyFigure
from reports.report import Report

DRAW_SECONDS = 90.0  # a warm process needs a fifth of a second; the very first start on a machine, a minute
WAITING_SECONDS = 15.0  # somebody is waiting

NOT_DRAWN = "The picture could not be drawn; the numbers are complete."

log = structlog.get_logger(__name__)

Drawn = tuple[tuple[Picture, ...], tuple[str, ...]]  # and a note for the message where one could not be drawn


async def draw_first(report: Report, drawing: Draws, timeout_s: float = DRAW_SECONDS) -> Drawn:
    """The picture that a report's message carries: of its first figure, if it has one."""
    return await draw_pictures(picture_name(report), report.figures[:1], drawing, timeout_s)


def picture_name(report: Report) -> str:
    return f"{report.name}-{report.period.key}"


async def draw_pictures(name: str, figures: Iterable[AnyFigure], drawing: Draws, timeout_s: float) -> Drawn:
    """One after the other, each within the time. Files are called by the name: name.png, name-2.png."""
    pictures: list[Picture] = []
    notes: tuple[str, ...] = ()
    for place, figure in enumerate(figures, 1):
        try:
            png = await drawing.draw(figure, timeout_s)
        except DrawingFailed as failure:
            log.warning("picture_not_drawn", picture=name, reason=failure.detail or str(failure))
            notes = (NOT_DRAWN,)
            continue
        file_name = f"{name}.png" if place == 1 else f"{name}-{place}.png"
        pictures.append(Picture(file_name, png, clamp(clean(figure.alt_text), ALT_TEXT)))
    return tuple(pictures), notes
