"""The quality of the record as a message: what has to be seen to first, then source by source."""

from __future__ import annotations

from collections.abc import Iterable

from bot.presentation.blocks import CROSSED, Block, fit
from bot.presentation.escape import escape, escape_within
from bot.presentation.message import CONTENT, Accent, Embed, Message, Picture
from reports.data_quality import DataQuality
from reports.data_quality_lines import TO_SEE_TO, Line, Paragraph, moment, paragraphs, warnings
from reports.quality import COMPARABLE
from reports.vitals import Vitals


def quality_message(
    quality: DataQuality,
    vitals: Vitals | None,
    *,
    notes: Iterable[str] = (),
    pictures: tuple[Picture, ...] = (),
) -> Message:
    urgent = warnings(quality, vitals)
    return Message(
        content=escape_within(urgent[0] if urgent else quality.finding, CONTENT),
        embed=Embed(
            _title(quality),
            fit(map(_block, paragraphs(quality, vitals)), notes),
            _accent(quality, urgent),
            f"{quality.zone} · rules {quality.rules}",
        ),
        pictures=pictures,
    )


def _title(quality: DataQuality) -> str:
    """The period is that of the picture: this week so far, and the three before."""
    return f"Data quality · as of {moment(quality.as_of_ms, quality)}"


def _block(paragraph: Paragraph) -> Block:
    mark = f"{CROSSED} " if paragraph.title == TO_SEE_TO else ""
    return [f"**{escape(paragraph.title)}**", *(f"{mark}{_line(line)}" for line in paragraph.lines)]


def _line(line: Line) -> str:
    value = f"**{escape(line.value)}**" if line.value else ""
    return " ".join(filter(None, [escape(line.label), value, escape(line.beside)]))


def _accent(quality: DataQuality, urgent: Iterable[str]) -> Accent:
    if urgent:
        return Accent.ORANGE
    is_poor = any(one.share is not None and one.share < COMPARABLE for one in quality.sources)
    return Accent.GREY if is_poor else Accent.BLUE
