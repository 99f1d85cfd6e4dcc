"""`/insights event`: who came to one event, and what was made of it. Its buttons tell the people by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.commands.event_choices import chosen
from bot.commands.tables import Asking, ask, behind, brought_up_to_date
from bot.presentation.attendance import came_message, csv_message, no_shows_message
from bot.presentation.buttons import CAME, CSV, NO_SHOWS
from bot.presentation.event_message import event_message
from bot.presentation.message import Message
from bot.presentation.picture import WAITING_SECONDS, draw_pictures
from bot.services import Services
from reports.event import event
from reports.event_report import EventReport, OccurrenceKey
from storage.identities import user_ids

RESOURCE = "insights event"
LISTS = {CAME: "who came", NO_SHOWS: "no-shows", CSV: "attendance CSV"}

Known = tuple[EventReport, Mapping[int, int]]  # and who its people are: user ids by member number

_PRESENTED: dict[str, Callable[[EventReport, Mapping[int, int]], Message]] = {
    CAME: came_message,
    NO_SHOWS: no_shows_message,
    CSV: csv_message,
}


async def event_messages(services: Services, text: str | None) -> Sequence[Message]:
    """The report on the event that the text means. Raises Unanswerable."""

    async def look(asking: Asking) -> Known:
        return await _report(asking, await chosen(asking, text))

    is_current = await brought_up_to_date(services)
    return await _presented(services, await ask(services, RESOURCE, look), is_current=is_current)


async def occurrence_messages(services: Services, key: OccurrenceKey) -> Sequence[Message]:
    """The report on one occurrence. Raises Unanswerable."""
    return await _presented(services, await _known(services, key))


async def list_messages(services: Services, what: str, key: OccurrenceKey) -> Sequence[Message]:
    """The people of one occurrence by name, as they are known at this moment. Raises Unanswerable."""
    await brought_up_to_date(services)
    report, people = await _known(services, key)
    return [_PRESENTED[what](report, people)]


async def _known(services: Services, key: OccurrenceKey) -> Known:
    async def look(asking: Asking) -> Known:
        return await _report(asking, key)

    return await ask(services, RESOURCE, look)


async def _report(asking: Asking, key: OccurrenceKey) -> Known:
    report = await event(asking.conn, asking.guild_id, asking.settings, asking.rules, key, asking.now_ms)
    people = {*(person.member_no for person in report.people), *report.hosts}
    return report, await user_ids(asking.conn, asking.guild_id, people)


async def _presented(services: Services, known: Known, *, is_current: bool = True) -> Sequence[Message]:
    report, people = known
    name = f"event-{report.key.event_id}"
    pictures, notes = await draw_pictures(name, report.figures[:1], services.drawing, WAITING_SECONDS)
    notes = (*notes, *behind(services, report.as_of_ms, is_current=is_current))
    return [event_message(report, people, notes=notes, pictures=pictures)]
