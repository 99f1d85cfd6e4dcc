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
from reports.occurrences import key_text, latest_occurrence, occurrence_choices, parse_key
from reports.periods import local_moment

RESOURCE = "insights event choices"
CHOICES = 25  # Discord shows no more
CHOICE_NAME = 100
CHOICE_SECONDS = 1.5  # somebody is typing, and Discord waits for 3 s
LOOKED_AT = 500  # enough that the last one held is among them, however many are planned
TYPED = 100

HELD = ("held", "held_unstarted")
MARKS = {"running": "running", "coming": "coming", "cancelled": "cancelled", "not_held": "not held"}

NONE_YET = "No event is recorded yet: the first one will be here once it is planned."
NOT_FOUND = "No event is called that: pick one from the list that appears while you type."


class Choice(NamedTuple):
    name: str
    value: str


async def event_choices(services: Services, typed: str) -> Sequence[Choice]:
    """At most 25, those first that are probably meant. Raises Unanswerable, soon."""

    async def look(asking: Asking) -> list[Choice]:
        found = await _occurrences(asking, typed, CHOICES)
        return [_choice(each, asking) for each in found[:CHOICES]]

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
    found = await _occurrences(asking, typed, LOOKED_AT)
    if not found:
        raise Unanswerable(NOT_FOUND)
    return likeliest(found).key


async def _latest(asking: Asking) -> OccurrenceKey:
    key = await latest_occurrence(asking.conn, asking.guild_id, asking.now_ms)
    if key is None:
        raise Unanswerable(NONE_YET)
    return key


def likeliest(choices: Sequence[OccurrenceChoice]) -> OccurrenceChoice:
    """Whoever asks for numbers means one that has some, and of those the newest."""
    running = [each for each in choices if each.outcome == "running"]
    held = [each for each in choices if each.outcome in HELD]
    past = [each for each in choices if each.outcome != "coming"]
    for kind in (running, held, past):
        if kind:
            return max(kind, key=lambda each: each.start_ms)
    return min(choices, key=lambda each: each.start_ms)


async def _occurrences(asking: Asking, typed: str, limit: int) -> list[OccurrenceChoice]:
    zone = asking.settings.zone
    return await occurrence_choices(asking.conn, asking.guild_id, _words(typed), zone, asking.now_ms, limit)


def _words(typed: str) -> str:
    """Without the punctuation of the names that the menu offers: somebody may type one of them out."""
    return " ".join(filter(None, (word.strip(",·") for word in clean(typed)[:TYPED].split())))


def _choice(occurrence: OccurrenceChoice, asking: Asking) -> Choice:
    """“Sun 16 Nov, 20:00 · running · Sunday Inhouse”: what tells occurrences apart stands first."""
    zone = asking.settings.zone
    begins, now = local_moment(occurrence.start_ms, zone), local_moment(asking.now_ms, zone)
    year = "" if begins.year == now.year else f" {begins.year}"
    when = f"{wording.day_text(occurrence.start_ms, zone)}{year}, {begins:%H:%M}"
    title = clean(occurrence.title) or UNTITLED
    name = " · ".join(filter(None, [when, MARKS.get(occurrence.outcome, ""), title]))
    return Choice(clamp(name, CHOICE_NAME), key_text(occurrence.key))
