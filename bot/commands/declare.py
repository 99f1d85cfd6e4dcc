"""`/insights declare`: staff tell of an event that nobody scheduled."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.clock import milliseconds
from bot.commands.event import occurrence_messages
from bot.commands.local_time import parse_local
from bot.commands.recorded_channels import recorded_channels
from bot.commands.tables import (
    CATCH_UP_SECONDS,
    Asking,
    TablesFailed,
    Unanswerable,
    ask,
    brought_up_to_date,
)
from bot.presentation.escape import clamp, clean
from bot.presentation.message import Message
from bot.services import Services
from reports import wording
from reports.event_report import OccurrenceChoice, OccurrenceKey
from reports.overlaps import overlapping
from reports.periods import local_moment

RESOURCE = "insights declare"
SHORTEST_MINUTES, LONGEST_MINUTES = 5, 1440
LONGEST_TITLE = 100
MOST_DAYS_BACK = 60
TITLE_REPEATED = 40
MINUTE_MS, DAY_MS = 60_000, 86_400_000

NO_TITLE = "An event needs a title that can be read."
NOT_OVER = "That is not over yet: an event is declared afterwards."
TOO_LONG_AGO = f"That is more than {MOST_DAYS_BACK} days ago: only younger events can be declared."
BEHIND = "The tables have not caught up, so that it could be counted twice: try again in a minute."
RECORDED = "Recorded. The numbers follow as soon as the tables have caught up: ask with /insights event."


@dataclass(frozen=True, slots=True)
class Declaration:
    """What was typed. It becomes an event whose id is that of the interaction."""

    interaction_id: int
    declared_by: int
    host: int
    title: str
    channel_ids: tuple[int, ...] | None  # None: it was held elsewhere than in a channel
    start: str
    minutes: int


async def declare_messages(
    services: Services, one_at_a_time: asyncio.Lock, declaration: Declaration
) -> Sequence[Message]:
    """The event's report, as soon as the tables know it. Raises Unanswerable with what is wrong.

    The next one is looked at only when this one stands in the tables, so that no evening is counted twice.
    """
    zone = services.settings.current.community.zone
    now_ms = milliseconds(services.clock.now())
    title = clamp(clean(declaration.title), LONGEST_TITLE)
    if not title:
        raise Unanswerable(NO_TITLE)
    from_ms, to_ms = _span(declaration, zone, now_ms)
    named = declaration.channel_ids
    channel_ids = [] if named is None else recorded_channels(services, named)
    key = OccurrenceKey(declaration.interaction_id, from_ms)
    async with one_at_a_time:
        if not await brought_up_to_date(services, CATCH_UP_SECONDS):
            raise TablesFailed(BEHIND, TimeoutError.__name__)
        await ask(
            services, RESOURCE, lambda asking: _refuse_overlap(asking, channel_ids or title, from_ms, to_ms)
        )
        services.observer.event_declared(
            declaration.interaction_id,
            declaration.declared_by,
            hosts=[declaration.host],
            title=title,
            channel_ids=channel_ids,
            from_ms=from_ms,
            to_ms=to_ms,
        )
        is_in_tables = await brought_up_to_date(services, CATCH_UP_SECONDS)
    return await _report(services, key) if is_in_tables else [Message(RECORDED)]


def _span(declaration: Declaration, zone: str, now_ms: int) -> tuple[int, int]:
    try:
        from_ms = parse_local(declaration.start, zone, now_ms)
    except ValueError as error:
        raise Unanswerable(str(error)) from None
    to_ms = from_ms + declaration.minutes * MINUTE_MS
    if to_ms > now_ms:
        raise Unanswerable(NOT_OVER)
    if from_ms < now_ms - MOST_DAYS_BACK * DAY_MS:
        raise Unanswerable(TOO_LONG_AGO)
    return from_ms, to_ms


async def _refuse_overlap(asking: Asking, place: Collection[int] | str, from_ms: int, to_ms: int) -> None:
    usual_minutes = asking.rules.events.usual_minutes
    other = await overlapping(asking.conn, asking.guild_id, place, from_ms, to_ms, usual_minutes)
    if other:
        was = "is recorded at that time" if isinstance(place, str) else "was in that channel then"
        raise Unanswerable(_taken(other, was, asking.settings.zone))


def _taken(other: OccurrenceChoice, was: str, zone: str) -> str:
    title = clamp(clean(other.title), TITLE_REPEATED)
    begins = f"{wording.day_text(other.start_ms, zone)}, {local_moment(other.start_ms, zone):%H:%M}"
    return f"“{title}” ({begins}) {was}: see it with /insights event."


async def _report(services: Services, key: OccurrenceKey) -> Sequence[Message]:
    """Whatever keeps the numbers, the declaration is recorded."""
    try:
        return await occurrence_messages(services, key)
    except Unanswerable:
        return [Message(RECORDED)]
