"""Writes down who is interested in an event: follows the dispatches, says which list is due, takes it up."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from bot.draft import Keys
from bot.event_seen import EventSeen, checked_fields, event_seen, moved_seen
from bot.excerpt import Kept
from bot.hidden_events import LIST_AT
from bot.intake import Intake
from bot.rsvp_lists import ListRequest, RsvpLists
from storage.event import Event, Source

log = logging.getLogger(__name__)


class RsvpRecorder:
    """Follows one guild's events in the order in which Discord tells of them."""

    def __init__(self, intake: Intake, append: Callable[[Event], None]) -> None:
        self._intake = intake
        self._append = append
        self.lists = RsvpLists()

    def follow(self, kept: Kept, now_ms: int) -> None:
        """A dispatch of the guild, after it was recorded. What is malformed tells nothing here."""
        if kept.type == "GUILD_CREATE":
            if (rows := kept.lists[LIST_AT]) is not None:
                self.lists.listed(_readable(event_seen(row.values) for row in rows))
        elif (take := FOLLOWED.get(kept.type)) is not None:
            take(self.lists, kept, now_ms)

    def told(self, events: Iterable[object]) -> None:
        """Every event that there is, as REST tells it."""
        as_what = "GUILD_SCHEDULED_EVENT_UPDATE"
        excerpts = [self._intake.extract(as_what, event, is_older=True) for event in events]
        self.lists.listed(_readable(event_seen(kept.values) for kept in excerpts if kept is not None))

    def due(self, now_ms: int) -> ListRequest | None:
        """The list to ask for now. An event that has gone into an excluded channel has none."""
        while (request := self.lists.next(now_ms)) is not None:
            if not self._intake.hides_event(request.event_id):
                return request
            self.lists.drop(request.event_id)
        return None

    def taken(self, request: ListRequest, answers: Mapping[int, int], *, complete: bool, now_ms: int) -> None:
        """A list is there, as far as it could be had. It speaks of the moment at which it was asked for."""
        everybody = self.lists.ended(request, answers)
        if everybody is not None:
            keys, guild_id = self._intake.keys, self._intake.options.guild_id
            for event in rsvps_listed(keys, guild_id, request, everybody, complete, now_ms):
                self._append(event)


def rsvps_listed(  # noqa: PLR0917 - a list and all that identifies it
    keys: Keys,
    guild_id: int,
    request: ListRequest,
    answers: Mapping[int, int],
    complete: bool,
    now_ms: int,
) -> Iterator[Event]:
    """A row for everybody listed, and the row that ends the list."""
    at_ms = request.asked_at_ms
    place = {
        "event_id": str(request.event_id),
        "original_start_ms": request.original_start_ms,
        "snapshot": request.snapshot,
    }

    def row(event_type: str, body: dict[str, Any], person: int | None = None) -> Event:
        return Event(
            key=keys.key(at_ms, event_type, guild_id, request.snapshot, person or 0),
            guild_id=guild_id,
            source=Source.GATEWAY,
            type=event_type,
            occurred_from_ms=at_ms,
            occurred_to_ms=at_ms,
            recorded_at_ms=now_ms,
            person=person,
            body=msgspec.json.encode(body),
        )

    for user_id, response in answers.items():
        yield row("SNAPSHOT_RSVP", {**place, "response": response}, user_id)
    yield row("SNAPSHOT_RSVPS_END", {**place, "complete": complete})


def _readable(events: Iterable[EventSeen | None]) -> Iterator[EventSeen]:
    return (event for event in events if event is not None)


def _saw(lists: RsvpLists, kept: Kept, now_ms: int) -> None:
    if (event := event_seen(kept.values)) is not None:
        lists.saw(event, now_ms)


def _gone(lists: RsvpLists, kept: Kept, now_ms: int) -> None:
    if (event := event_seen(kept.values)) is not None:
        lists.gone(event.event_id, now_ms)


def _exception(lists: RsvpLists, kept: Kept, _now_ms: int) -> None:
    body = checked_fields(kept.type, kept.values)
    if body is None:
        return
    event_id = int(body["event_id"])
    if kept.type == "GUILD_SCHEDULED_EVENT_EXCEPTIONS_DELETE":
        lists.as_planned(event_id, None)
    elif kept.type == "GUILD_SCHEDULED_EVENT_EXCEPTION_DELETE":
        lists.as_planned(event_id, body["original_start_ms"])
    else:
        lists.excepted(event_id, moved_seen(body))


def _answer(lists: RsvpLists, kept: Kept, _now_ms: int) -> None:
    body = checked_fields(kept.type, kept.values)
    if body is None or not isinstance(kept.person, str) or not kept.person.isdecimal():
        return
    response = body["response"] if kept.type == "GUILD_SCHEDULED_EVENT_USER_ADD" else None
    lists.answered((int(body["event_id"]), body["original_start_ms"]), int(kept.person), response)


FOLLOWED: Final[dict[str, Callable[[RsvpLists, Kept, int], None]]] = {
    "GUILD_SCHEDULED_EVENT_CREATE": _saw,
    "GUILD_SCHEDULED_EVENT_UPDATE": _saw,
    "GUILD_SCHEDULED_EVENT_DELETE": _gone,
    "GUILD_SCHEDULED_EVENT_EXCEPTION_CREATE": _exception,
    "GUILD_SCHEDULED_EVENT_EXCEPTION_UPDATE": _exception,
    "GUILD_SCHEDULED_EVENT_EXCEPTION_DELETE": _exception,
    "GUILD_SCHEDULED_EVENT_EXCEPTIONS_DELETE": _exception,
    "GUILD_SCHEDULED_EVENT_USER_ADD": _answer,
    "GUILD_SCHEDULED_EVENT_USER_REMOVE": _answer,
}
