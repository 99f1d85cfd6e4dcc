"""The button “How counted”: what the numbers of a message mean, and how much of its period was recorded."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.details import detail_of, period_of
from bot.commands.tables import Asking, Unanswerable, ask
from bot.presentation.buttons import ABOUT_EVENT
from bot.presentation.counted import OF_AN_EVENT, OF_PERIODS, counted_messages
from bot.presentation.escape import escape_within
from bot.presentation.message import CONTENT, Message
from bot.presentation.picture import WAITING_SECONDS, draw_first
from bot.presentation.report_message import report_message
from bot.services import Services
from reports.catalogue import DEFINITIONS
from reports.details import DETAILS
from reports.health import health
from reports.report import Report
from reports.weekly import weekly

RESOURCE = "how counted"
COVERAGE = "coverage"


async def counted(services: Services, about: str, period: str | None) -> Sequence[Message]:
    """The meanings come whatever happens: of all numbers, where it cannot be seen which ones were shown."""
    current = services.settings.current
    under = (current.rules(), current.report_settings())
    if about == ABOUT_EVENT:
        return counted_messages(OF_AN_EVENT, *under)
    if period is None:
        return counted_messages(OF_PERIODS, *under)
    try:
        shown, coverage = await _shown_and_recorded(services, about, period)
    except Unanswerable as why:
        return [*counted_messages(OF_PERIODS, *under), Message(escape_within(str(why), CONTENT))]
    pictures, notes = await draw_first(coverage, services.drawing, WAITING_SECONDS)
    names = {kpi.name for section in shown.sections for kpi in section.kpis}
    meanings = counted_messages((each for each in DEFINITIONS if each.name in names), *under)
    return [*meanings, report_message(coverage, notes=notes, pictures=pictures, buttons=())]


async def _shown_and_recorded(services: Services, about: str, period: str) -> tuple[Report, Report]:
    async def look(asking: Asking) -> tuple[Report, Report]:
        return await _shown(asking, about, period), await detail_of(asking, COVERAGE, period)

    return await ask(services, RESOURCE, look)


async def _shown(asking: Asking, about: str, period: str) -> Report:
    """The report whose numbers stand in the message with the button."""
    under = (asking.conn, asking.guild_id, asking.settings, asking.rules)
    if about == "health":
        return await health(*under, asking.now_ms)
    if about in DETAILS:
        return await detail_of(asking, about, period)
    return await weekly(*under, period_of(asking, period), asking.now_ms)
