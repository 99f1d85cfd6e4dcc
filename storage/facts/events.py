"""Scheduled events: as they stand, which occurrences depart from the rule, which were told of afterwards."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from storage.event import LogRow
from storage.fact_bodies import (
    MOST_CHANNELS,
    DeclaredEventBody,
    EntityType,
    EventExceptionBody,
    EventExceptionsGoneBody,
    EventHiddenBody,
    EventStatus,
    ExceptionBody,
    ScheduledEventBody,
    ScheduledEventsEndBody,
)
from storage.facts.reading import Fact, Reader, Unparseable, others, reader, text

TITLE_LENGTH = 128


class Departure(Struct, frozen=True):
    """How one occurrence departs from the rule of its event. None: in this it does not."""

    original_start_ms: int
    scheduled_start_ms: int | None
    scheduled_end_ms: int | None
    is_cancelled: bool


class EventSeen(Fact, frozen=True):
    """An event as it stands: its next occurrence where it recurs."""

    event_id: int
    title: str
    status: EventStatus
    entity_type: EntityType
    scheduled_start_ms: int
    scheduled_end_ms: int | None
    channel_id: int | None
    recurrence_start_ms: int | None  # None: it does not recur
    departures: tuple[Departure, ...] | None  # all that there are; None: not told
    creator_no: int | None
    snapshot: str | None


class EventDeleted(Fact, frozen=True):
    event_id: int


class EventsListed(Fact, frozen=True):
    """A list of all events that the bot can see has ended."""

    events: frozenset[int]
    snapshot: str


class EventHidden(Fact, frozen=True):
    """Nothing is recorded of it any more."""

    event_id: int


class ExceptionSeen(Fact, frozen=True):
    event_id: int
    departure: Departure


class ExceptionRemoved(Fact, frozen=True):
    event_id: int
    original_start_ms: int


class ExceptionsGone(Fact, frozen=True):
    event_id: int


class EventDeclared(Fact, frozen=True):
    event_id: int
    title: str
    channel_ids: tuple[int, ...]
    start_ms: int
    end_ms: int
    hosts: tuple[int, ...]
    declared_by: int | None


EventFact = (
    EventSeen
    | EventDeleted
    | EventsListed
    | EventHidden
    | ExceptionSeen
    | ExceptionRemoved
    | ExceptionsGone
    | EventDeclared
)


def _end(start_ms: int, end_ms: int | None) -> int | None:
    """An end that does not come after the start is none."""
    return None if end_ms is None or end_ms <= start_ms else end_ms


def _departure(body: ExceptionBody) -> Departure:
    start_ms = body.original_start_ms if body.scheduled_start_ms is None else body.scheduled_start_ms
    return Departure(
        body.original_start_ms,
        body.scheduled_start_ms,
        _end(start_ms, body.scheduled_end_ms),
        body.is_cancelled,
    )


def _departures(bodies: tuple[ExceptionBody, ...] | UnsetType) -> tuple[Departure, ...] | None:
    return None if bodies is UNSET else tuple(_departure(body) for body in bodies)


def _seen(row: LogRow, body: ScheduledEventBody) -> EventSeen:
    return EventSeen(
        from_ms=row.occurred_from_ms,
        to_ms=row.occurred_to_ms,
        event_id=body.event_id,
        title=text(body.title, TITLE_LENGTH),
        status=body.status,
        entity_type=body.entity_type,
        scheduled_start_ms=body.scheduled_start_ms,
        scheduled_end_ms=_end(body.scheduled_start_ms, body.scheduled_end_ms),
        channel_id=body.channel_id,
        recurrence_start_ms=body.recurrence_start_ms,
        departures=_departures(body.exceptions),
        creator_no=next(iter(others(row, "creator")), None),
        snapshot=body.snapshot,
    )


def _deleted(row: LogRow, body: ScheduledEventBody) -> EventDeleted:
    return EventDeleted(row.occurred_from_ms, row.occurred_to_ms, body.event_id)


def _listed(row: LogRow, body: ScheduledEventsEndBody) -> EventsListed:
    return EventsListed(row.occurred_from_ms, row.occurred_to_ms, frozenset(body.events), body.snapshot)


def _hidden(row: LogRow, body: EventHiddenBody) -> EventHidden:
    return EventHidden(row.occurred_from_ms, row.occurred_to_ms, body.event_id)


def _excepted(row: LogRow, body: EventExceptionBody) -> ExceptionSeen:
    return ExceptionSeen(row.occurred_from_ms, row.occurred_to_ms, body.event_id, _departure(body))


def _removed(row: LogRow, body: EventExceptionBody) -> ExceptionRemoved:
    return ExceptionRemoved(row.occurred_from_ms, row.occurred_to_ms, body.event_id, body.original_start_ms)


def _gone(row: LogRow, body: EventExceptionsGoneBody) -> ExceptionsGone:
    return ExceptionsGone(row.occurred_from_ms, row.occurred_to_ms, body.event_id)


def declared(row: LogRow, body: DeclaredEventBody) -> EventDeclared:
    if body.to_ms <= body.from_ms:
        raise Unparseable(f"{row.type} ends before it starts")
    if len(body.channel_ids) > MOST_CHANNELS:
        raise Unparseable(f"{row.type} in more than {MOST_CHANNELS} channels")
    return EventDeclared(
        from_ms=row.occurred_from_ms,
        to_ms=row.occurred_to_ms,
        event_id=body.event_id,
        title=text(body.title, TITLE_LENGTH),
        channel_ids=body.channel_ids,
        start_ms=body.from_ms,
        end_ms=body.to_ms,
        hosts=others(row, "host"),
        declared_by=next(iter(others(row, "declared_by")), None),
    )


READERS: dict[str, Reader] = {
    "GUILD_SCHEDULED_EVENT_CREATE": reader(ScheduledEventBody, _seen),
    "GUILD_SCHEDULED_EVENT_UPDATE": reader(ScheduledEventBody, _seen),
    "GUILD_SCHEDULED_EVENT_DELETE": reader(ScheduledEventBody, _deleted),
    "SNAPSHOT_SCHEDULED_EVENT": reader(ScheduledEventBody, _seen),
    "SNAPSHOT_SCHEDULED_EVENTS_END": reader(ScheduledEventsEndBody, _listed),
    "GUILD_SCHEDULED_EVENT_EXCEPTION_CREATE": reader(EventExceptionBody, _excepted),
    "GUILD_SCHEDULED_EVENT_EXCEPTION_UPDATE": reader(EventExceptionBody, _excepted),
    "GUILD_SCHEDULED_EVENT_EXCEPTION_DELETE": reader(EventExceptionBody, _removed),
    "GUILD_SCHEDULED_EVENT_EXCEPTIONS_DELETE": reader(EventExceptionsGoneBody, _gone),
    "EVENT_HIDDEN": reader(EventHiddenBody, _hidden),
    "EVENT_DECLARED": reader(DeclaredEventBody, declared),
}
