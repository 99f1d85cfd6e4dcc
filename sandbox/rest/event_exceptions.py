"""Occurrences of a recurring event that are moved or cancelled.

Source: Guild Scheduled Event resource, "Create Guild Scheduled Event Exception" and following.
"""

from __future__ import annotations

from datetime import datetime

from sandbox.checks.form import Form
from sandbox.event_objects import exception_object
from sandbox.event_state import EventException, ScheduledEvent
from sandbox.moments import moment_of
from sandbox.refusals import Refusal, Refused
from sandbox.rest.call import NO_CONTENT, Answer, Call, Route
from sandbox.rest.scheduled_events import ONE, modifiable_event


def create(call: Call) -> Answer:
    event = modifiable_event(call)
    unchanged = EventException(_original_start(call, event))
    exception = _read(call, unchanged)
    if exception == unchanged:
        raise Refused(Refusal.EMPTY_EXCEPTION)
    return _put(call, event, exception)


def change(call: Call) -> Answer:
    event = modifiable_event(call)
    return _put(call, event, _read(call, _exception(call, event)))


def delete(call: Call) -> Answer:
    event = modifiable_event(call)
    original_start = _exception(call, event).original_start
    call.world.tell(call.world.guild.events.remove_exception(event.event_id, original_start))
    return NO_CONTENT


def _exception(call: Call, event: ScheduledEvent) -> EventException:
    exception = event.exceptions.get(moment_of(call.id("exception_id")))
    if exception is None:
        raise Refused(Refusal.UNKNOWN_SCHEDULED_EVENT)
    return exception


def _original_start(call: Call, event: ScheduledEvent) -> datetime:
    form, path = Form(), ("original_scheduled_start_time",)
    value = call.mapping().get(path[0])
    form.required(path, value)
    original_start = form.moment(path, value)
    if original_start is not None and not event.occurs_at(original_start):
        message = "The event has no occurrence at that time"
        form.wrong(path, "GUILD_SCHEDULED_EVENT_NO_SUCH_OCCURRENCE", message)
    form.refuse_if_wrong()
    assert original_start is not None, "required above"
    return original_start


def _read(call: Call, before: EventException) -> EventException:
    """The exception with what the body changes of it."""
    form, body = Form(), call.mapping()
    start = form.moment(("scheduled_start_time",), body.get("scheduled_start_time"))
    end = form.moment(("scheduled_end_time",), body.get("scheduled_end_time"))
    form.choice(("is_canceled",), body.get("is_canceled"), (True, False))
    start = start if "scheduled_start_time" in body else before.start
    end = end if "scheduled_end_time" in body else before.end
    if end is not None and end <= (start or before.original_start):
        message = "Cannot schedule event to end before it starts."
        form.wrong(("scheduled_end_time",), "GUILD_SCHEDULED_EVENT_END_BEFORE_START", message)
    form.refuse_if_wrong()
    cancelled = body.get("is_canceled")
    is_cancelled = before.is_cancelled if cancelled is None else bool(cancelled)
    return EventException(before.original_start, start, end, is_cancelled)


def _put(call: Call, event: ScheduledEvent, exception: EventException) -> Answer:
    told = call.world.guild.events.make_exception(
        event.event_id,
        exception.original_start,
        exception.start,
        exception.end,
        exception.is_cancelled,
    )
    call.world.tell(told)
    return exception_object(event, exception)


ROUTES: list[Route] = [
    ("POST", f"{ONE}/exceptions", create),
    ("PATCH", f"{ONE}/exceptions/{{exception_id}}", change),
    ("DELETE", f"{ONE}/exceptions/{{exception_id}}", delete),
]
