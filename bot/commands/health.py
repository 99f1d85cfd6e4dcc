"""`/insights health`: how the community did in the last seven days."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.tables import Asking, ask, behind
from bot.presentation.message import Message
from bot.presentation.picture import WAITING_SECONDS, draw_first
from bot.presentation.report_message import report_message
from bot.services import Services
from reports.health import health
from reports.report import Report

RESOURCE = "insights health"


async def health_messages(services: Services) -> Sequence[Message]:
    """Raises Unanswerable."""
    report = await ask(services, RESOURCE, _report)
    pictures, notes = await draw_first(report, services.drawing, WAITING_SECONDS)
    notes = (*notes, *behind(services, report.as_of_ms))
    return [report_message(report, notes=notes, pictures=pictures)]


async def _report(asking: Asking) -> Report:
    return await health(asking.conn, asking.guild_id, asking.settings, asking.rules, asking.now_ms)
