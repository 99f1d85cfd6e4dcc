"""Which occurrence somebody means: what the menu offers while they type, and what they typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.commands.tables import Asking, Unanswerable, ask
from bot.presentation.escape import clamp, clean
from bot.presentation.event_message import UNTITLED
from bot.services import Services
from reports import wording
from reports.event_report import OccurrenceChoice, OccurrenceKey
from reports.occurrences import (
    MARKS,
    find_occurrence,
    key_text,
    latest_occurrence,
    occurrence_choices,
    parse_key,
)
from reports.periods import local_moment

RESOURCE = "insights event choices"
CHOICES = 25  # Discord shows no more
CHOICE_NAME = 100
CHOICE_SECONDS = 1.5  # somebody is typing, and Discord waits for 3 s

NONE_YET = "No event is recorded yet: the first one will be here once it is planned."
NOT_FOUND = "No event is called that: pick one from the list that appears while you type."


class Choice(NamedTuple):
    name: str
    value: str


async def event_choices(services: Services, typed: str, *, elsewhere: bool = False) -> Sequence[Choice]:
    """At most 25, those first that are probably meant. Raises Unanswerable, soon.

    `elsewhere`: of those only that are in no channel.
    """

    async def look(asking: Asking) -> list[Choice]:
        words, zone = clean(typed), asking.settings.zone
        found = await occurrence_choices(
            asking.conn, asking.guild_id, words, zone, asking.now_ms, CHOICES, elsewhere=elsewhere
        )
        return [_choice(each, asking) for each in found]

    return await ask(services, RESOURCE, look, CHOICE_SECONDS)


async def chosen(asking: Asking, text: str | None) -> OccurrenceKey:
    """The occurrence that was picked, or the likeliest of those whose title and date fit what was typed.

    Without any text it is the one that is running, else the last one held. Raises Unanswerable.
    """
    typed = clean(text or "")
    if not typed:
        return await _latest(asking)
    if key := parse_key(typed):
        return key
    found = await find_occurrence(asking.conn, asking.guild_id, typed, asking.settings.zone, asking.now_ms)
    if not found:
        raise Unanswerable(NOT_FOUND)
    return found


async def _latest(asking: Asking) -> OccurrenceKey:
    key = await latest_occurrence(asking.conn, asking.guild_id, asking.now_ms)
    if key is None:
        raise Unanswerable(NONE_YET)
    return key


def _choice(occurrence: OccurrenceChoice, asking: Asking) -> Choice:
    """“Sunday Inhouse · Sun 16 Nov, 20:00 · running”: of a long title the end goes, and never its date."""
    zone = asking.settings.zone
    begins, now = local_moment(occurrence.start_ms, zone), local_moment(asking.now_ms, zone)
    year = "" if begins.year == now.year else f" {begins.year}"
    when = f"{wording.day_text(occurrence.start_ms, zone)}{year}, {begins:%H:%M}"
    title = clean(occurrence.title) or UNTITLED
    which = "".join(f" · {part}" for part in (when, MARKS.get(occurrence.outcome)) if part)
    return Choice(clamp(title, CHOICE_NAME - len(which)) + which, key_text(occurrence.key))
