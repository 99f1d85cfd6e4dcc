"""`/insights quality`: what was recorded and what was missed, and what somebody has to see to."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.tables import Asking, ask, behind
from bot.presentation.message import Message
from bot.presentation.picture import WAITING_SECONDS, draw_pictures
from bot.presentation.quality_message import quality_message
from bot.services import Services
from reports.data_quality import DataQuality, data_quality

RESOURCE = "insights quality"


async def quality_messages(services: Services) -> Sequence[Message]:
    """Raises Unanswerable."""
    quality = await ask(services, RESOURCE, _quality)
    pictures, notes = await draw_pictures("quality", [quality.figure], services.drawing, WAITING_SECONDS)
    notes = (*notes, *behind(services, quality.as_of_ms))
    return [quality_message(quality, services.vitals(), notes=notes, pictures=pictures)]


async def _quality(asking: Asking) -> DataQuality:
    return await data_quality(asking.conn, asking.guild_id, asking.settings, asking.rules, asking.now_ms)
