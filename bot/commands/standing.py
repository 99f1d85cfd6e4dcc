"""How an event counts after somebody has told something of it, or taken it back: one sentence."""

from __future__ import annotations

from bot.commands.tables import CATCH_UP_SECONDS, Asking, Unanswerable, ask, brought_up_to_date
from bot.presentation.corrections import stands_text
from bot.services import Services
from reports.corrections import State, state
from reports.event_report import OccurrenceKey

FOLLOWS = "The numbers follow as soon as the tables have caught up."


async def standing(services: Services, resource: str, key: OccurrenceKey, gone: str = FOLLOWS) -> str:
    """Whatever keeps the tables, what was told is recorded. `gone`: where they do not know the event."""

    async def look(asking: Asking) -> State:
        return await state(asking.conn, asking.guild_id, asking.rules, key, asking.now_ms)

    if not await brought_up_to_date(services, CATCH_UP_SECONDS):
        return FOLLOWS
    try:
        return stands_text(await ask(services, resource, look))
    except Unanswerable:
        return gone
