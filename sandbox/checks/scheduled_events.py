"""A scheduled event's body as it is sent, checked and read.

Source: Guild Scheduled Event resource, "Create Guild Scheduled Event", "Modify Guild Scheduled Event" and
"Field Requirements By Entity Type".
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.checks.form import Form
from sandbox.checks.recurrence import checked_rule
from sandbox.event_objects import GUILD_ONLY
from sandbox.event_rules import DESCRIPTION, HELD_IN, LOCATION, NAME, EventFields
from sandbox.event_state import EntityKind, EventStatus, ScheduledEvent
from sandbox.guild import Guild
from sandbox.refusals import Refusal, Refused

REQUIRED = ("name", "privacy_level", "scheduled_start_time", "entity_type")
PAST, WHILE_ACTIVE, ENDS_FIRST, INVALID_CHANNEL = (
    f"GUILD_SCHEDULED_EVENT_{reason}"
    for reason in ("SCHEDULE_PAST", "INVALID_START_BY_STATUS", "END_BEFORE_START", "INVALID_CHANNEL_TYPE")
)


def new_event(body: dict[str, Any], guild: Guild, now: datetime) -> EventFields:
    """What is planned, with everything that a new event needs."""
    form = Form()
    for key in REQUIRED:
        form.required((key,), body.get(key))
    fields = _simple_fields(form, body)
    kind = _kind(form, body.get("entity_type"))
    if kind is not None:
        fields |= _place(form, body, kind, guild)
    start, end = fields.get("start"), fields.get("end")
    _check_span(form, start, end, now)
    if kind is EntityKind.EXTERNAL:
        form.required(("scheduled_end_time",), end)
    form.refuse_if_wrong()
    return fields


def changed_event(body: dict[str, Any], event: ScheduledEvent, guild: Guild, now: datetime) -> EventFields:
    """What is changed. The requirements of an entity type hold for what comes out."""
    form = Form()
    _check_status(form, body.get("status"), event)
    fields = _simple_fields(form, body)
    kind = _kind(form, body.get("entity_type")) or event.kind
    moved_by = ("channel_id", "entity_metadata") if kind is EntityKind.EXTERNAL else ("channel_id",)
    if kind is not event.kind or any(body.get(key) is not None for key in moved_by):
        fields |= _place(form, body, kind, guild)
    if "start" in fields and event.status is EventStatus.ACTIVE:
        message = "Cannot change the start of an event that is active"
        form.wrong(("scheduled_start_time",), WHILE_ACTIVE, message)
    end = fields.get("end", event.end)
    _check_span(form, fields.get("start"), end, now, stays_at=event.start)
    if kind is EntityKind.EXTERNAL:
        form.required(("scheduled_end_time",), end)
    form.refuse_if_wrong()
    return fields


def _check_status(form: Form, value: object, event: ScheduledEvent) -> None:
    form.choice(("status",), value, [int(status) for status in EventStatus])
    wanted = next((status for status in EventStatus if status == value), event.status)
    if wanted is not event.status and not event.can_become(wanted):
        form.wrong(("status",), "TRANSITION_INVALID", "Invalid Guild Scheduled Event Status Update")


def _simple_fields(form: Form, body: dict[str, Any]) -> EventFields:
    """What does not depend on where the event takes place."""
    form.text(("name",), body.get("name"), longest=NAME, shortest=1)
    form.text(("description",), body.get("description"), longest=DESCRIPTION)
    form.choice(("privacy_level",), body.get("privacy_level"), [GUILD_ONLY])
    start = form.moment(("scheduled_start_time",), body.get("scheduled_start_time"))
    end = form.moment(("scheduled_end_time",), body.get("scheduled_end_time"))
    rule = checked_rule(form, ("recurrence_rule",), body.get("recurrence_rule"))
    fields = EventFields()
    if body.get("name") is not None:
        fields["name"] = body["name"]
    if "description" in body:
        fields["description"] = body["description"]
    if start is not None:
        fields["start"] = start
    if "scheduled_end_time" in body:
        fields["end"] = end
    if "recurrence_rule" in body:
        fields["recurrence"] = rule
    return fields


def _kind(form: Form, value: object) -> EntityKind | None:
    form.choice(("entity_type",), value, [int(kind) for kind in EntityKind])
    return EntityKind(int(str(value))) if value in tuple(EntityKind) else None


def _place(form: Form, body: dict[str, Any], kind: EntityKind, guild: Guild) -> EventFields:
    """The channel, or the location of an external event; the other kinds' `entity_metadata` is discarded."""
    channel_id = body.get("channel_id")
    form.snowflake(("channel_id",), channel_id)
    if kind is EntityKind.EXTERNAL:
        if channel_id is not None:
            form.wrong(("channel_id",), INVALID_CHANNEL, "An external event has no channel")
        location = form.mapping(("entity_metadata",), body.get("entity_metadata")).get("location")
        if form.required(("entity_metadata", "location"), location):
            form.text(("entity_metadata", "location"), location, longest=LOCATION, shortest=1)
        return EventFields(location=str(location))
    if not form.required(("channel_id",), channel_id) or form.is_wrong:
        return EventFields()
    channel = guild.channels.get(int(str(channel_id)))
    if channel is None:
        raise Refused(Refusal.UNKNOWN_CHANNEL)
    if HELD_IN.get(channel.kind) is not kind:
        form.wrong(("channel_id",), INVALID_CHANNEL, "The channel does not fit the entity type")
    return EventFields(channel_id=channel.channel_id)


def _check_span(
    form: Form,
    start: datetime | None,
    end: datetime | None,
    now: datetime,
    *,
    stays_at: datetime | None = None,
) -> None:
    """A new start lies ahead, and the end comes after it (or after the start that stays)."""
    if start is not None and start <= now:
        form.wrong(("scheduled_start_time",), PAST, "Cannot schedule event in the past.")
    begins = start or stays_at
    if begins is not None and end is not None and end <= begins:
        form.wrong(("scheduled_end_time",), ENDS_FIRST, "Cannot schedule event to end before it starts.")
