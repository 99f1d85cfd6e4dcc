"""Scheduled events as the objects that Discord sends.

Source: Guild Scheduled Event resource; the specification's ScheduledEventResponse and its kinds.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sandbox.event_state import EntityKind, EventException, Response, ScheduledEvent
from sandbox.moments import snowflake_at
from sandbox.objects import member_object, user_object
from sandbox.recurrence import RecurrenceRule

if TYPE_CHECKING:
    from sandbox.guild import Guild

Json = dict[str, Any]
GUILD_ONLY = 2


def event_object(event: ScheduledEvent, guild_id: int) -> Json:
    """As the gateway sends it: without the creator's account and the number of those interested."""
    return {
        "id": str(event.event_id),
        "guild_id": str(guild_id),
        "name": event.name,
        "description": event.description,
        "channel_id": None if event.channel_id is None else str(event.channel_id),
        "creator_id": str(event.creator_id),
        "image": None,
        "scheduled_start_time": written(event.start),
        "scheduled_end_time": written(event.end),
        "status": int(event.status),
        "entity_type": int(event.kind),
        "entity_id": None,
        "recurrence_rule": None if event.recurrence is None else rule_object(event.recurrence),
        "privacy_level": GUILD_ONLY,
        "sku_ids": [],
        "guild_scheduled_event_exceptions": [
            exception_object(event, exception) for exception in event.exceptions.values()
        ],
        "entity_metadata": {"location": event.location} if event.kind is EntityKind.EXTERNAL else None,
    }


def rest_event_object(event: ScheduledEvent, guild: Guild, *, with_user_count: bool = False) -> Json:
    """As REST answers: with the creator's account."""
    counted = {"user_count": len(event.interested)} if with_user_count else {}
    creator = {"creator": user_object(guild.users[event.creator_id])}
    return event_object(event, guild.guild_id) | creator | counted


def exception_id(original_start: datetime) -> int:
    """The snowflake whose time is the occurrence's original start; not unique among events."""
    return snowflake_at(original_start)


def exception_object(event: ScheduledEvent, exception: EventException) -> Json:
    return {
        "event_id": str(event.event_id),
        "event_exception_id": str(exception_id(exception.original_start)),
        "scheduled_start_time": written(exception.start),
        "scheduled_end_time": written(exception.end),
        "is_canceled": exception.is_cancelled,
    }


def rule_object(rule: RecurrenceRule) -> Json:
    return {
        "start": written(rule.start),
        "end": None,
        "frequency": int(rule.frequency),
        "interval": rule.interval,
        "by_weekday": list(rule.by_weekday) or None,
        "by_n_weekday": [{"n": n, "day": day} for n, day in rule.by_n_weekday] or None,
        "by_month": list(rule.by_month) or None,
        "by_month_day": list(rule.by_month_day) or None,
        "by_year_day": None,
        "count": None,
    }


def event_user_object(
    event: ScheduledEvent,
    user_id: int,
    guild: Guild,
    *,
    response: Response = Response.INTERESTED,
    original_start: datetime | None = None,
    with_member: bool = False,
) -> Json:
    """Somebody's answer, to the whole event or to the occurrence of that original start."""
    shape = {
        "guild_scheduled_event_id": str(event.event_id),
        "user_id": str(user_id),
        "user": user_object(guild.users[user_id]),
        "response": int(response),
    }
    if original_start is not None:
        shape["guild_scheduled_event_exception_id"] = str(exception_id(original_start))
    if with_member and user_id in guild.members:
        shape["member"] = member_object(guild.members[user_id])
    return shape


def written(moment: datetime | None) -> Any:
    """ISO 8601 in UTC without empty fractions, as in the resource's examples; None stays None."""
    return None if moment is None else moment.astimezone(UTC).isoformat()
