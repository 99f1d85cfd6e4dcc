"""The guild's scheduled events. Source: Guild Scheduled Event resource.

Answers and single occurrences are in event_answers and event_exceptions. A cover image is taken and dropped.
"""

from __future__ import annotations

from sandbox.checks.scheduled_events import changed_event, new_event
from sandbox.event_dispatches import Dispatches
from sandbox.event_objects import rest_event_object
from sandbox.event_permissions import may_create, may_modify
from sandbox.event_rules import MOST_UPCOMING
from sandbox.event_state import EventStatus, ScheduledEvent
from sandbox.refusals import Refusal, Refused
from sandbox.rest.call import NO_CONTENT, Answer, Call, Route
from sandbox.scheduled_events import EventBook

ALL = "/guilds/{guild_id}/scheduled-events"
ONE = ALL + "/{event_id}"


def listing(call: Call) -> Answer:
    """Those that are scheduled or active, and that the bot may see."""
    call.check_guild()
    return [_object(call, event) for event in call.world.guild.events.visible()]


def one(call: Call) -> Answer:
    return _object(call, visible_event(call))


def create(call: Call) -> Answer:
    call.check_guild()
    guild, now = call.world.guild, call.world.clock.now()
    fields = new_event(call.mapping(), guild, now)
    if not may_create(guild, fields.get("channel_id")):
        raise Refused(Refusal.MISSING_PERMISSIONS)
    if len(guild.events.upcoming()) >= MOST_UPCOMING:
        raise Refused(Refusal.TOO_MANY_EVENTS)
    call.world.tell(guild.events.create(guild.bot_user_id, at=now, **fields))
    return _object(call, guild.events.upcoming()[-1])


def change(call: Call) -> Answer:
    """Fields first, then the status; one update tells of both."""
    event, body, guild = modifiable_event(call), call.mapping(), call.world.guild
    fields = changed_event(body, event, guild, call.world.clock.now())
    channel_id = None if "location" in fields else fields.get("channel_id", event.channel_id)
    if not may_modify(guild, event, channel_id):
        raise Refused(Refusal.MISSING_PERMISSIONS)
    told = guild.events.edit(event.event_id, **fields) if fields else []
    status = body.get("status") or event.status
    if status != event.status:
        told = told[:-1] + _with_status(guild.events, event, status)
    call.world.tell(told)
    return _object(call, event)


def delete(call: Call) -> Answer:
    event = modifiable_event(call)
    call.world.tell(call.world.guild.events.delete(event.event_id))
    return NO_CONTENT


def visible_event(call: Call) -> ScheduledEvent:
    """The path's event, as long as it is not over."""
    call.check_guild()
    events = call.world.guild.events
    event = events.find(call.id("event_id"))
    if event is None or not event.is_upcoming:
        raise Refused(Refusal.UNKNOWN_SCHEDULED_EVENT)
    if not events.visible_to(call.world.guild.bot_user_id, event):
        raise Refused(Refusal.MISSING_ACCESS)
    return event


def modifiable_event(call: Call) -> ScheduledEvent:
    call.check_guild()
    known = call.world.guild.events.find(call.id("event_id"))
    if known is not None and not known.is_upcoming:
        raise Refused(Refusal.FINISHED_EVENT)
    event = visible_event(call)
    if not may_modify(call.world.guild, event, event.channel_id):
        raise Refused(Refusal.MISSING_PERMISSIONS)
    return event


def _with_status(events: EventBook, event: ScheduledEvent, status: int) -> Dispatches:
    steps = {
        EventStatus.ACTIVE: events.start,
        EventStatus.COMPLETED: events.end,
        EventStatus.CANCELED: events.cancel,
    }
    return steps[EventStatus(status)](event.event_id)


def _object(call: Call, event: ScheduledEvent) -> Answer:
    return rest_event_object(event, call.world.guild, with_user_count=call.flag("with_user_count"))


ROUTES: list[Route] = [
    ("GET", ALL, listing),
    ("POST", ALL, create),
    ("GET", ONE, one),
    ("PATCH", ONE, change),
    ("DELETE", ONE, delete),
]
