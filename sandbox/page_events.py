"""Scheduled events on the page: the coming and running ones, and what each person may do about them."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.event_state import EventStatus, ScheduledEvent
from sandbox.guild import Guild
from sandbox.page_persona import Viewer
from sandbox.page_view import Json
from sandbox.permissions import Permission
from sandbox.recurrence import Frequency, RecurrenceRule

EVERY = {
    Frequency.YEARLY: ("year", "years"),
    Frequency.MONTHLY: ("month", "months"),
    Frequency.WEEKLY: ("week", "weeks"),
    Frequency.DAILY: ("day", "days"),
}


def events_part(guild: Guild, viewer: Viewer) -> list[Json]:
    """Running ones first, then by their start."""
    seen = (event for event in guild.events.upcoming() if guild.events.visible_to(viewer.user_id, event))
    ordered = sorted(seen, key=lambda e: (e.status is not EventStatus.ACTIVE, e.planned_start, e.event_id))
    return [_event(guild, viewer, event) for event in ordered] if viewer.member else []


def _event(guild: Guild, viewer: Viewer, event: ScheduledEvent) -> Json:
    channel = guild.channels.get(event.channel_id) if event.channel_id else None
    end = event.planned_end
    return {
        "id": str(event.event_id),
        "title": event.name,
        "description": event.description or "",
        "live": event.status is EventStatus.ACTIVE,
        "began": event.began.isoformat() if event.began else None,
        "start": event.planned_start.isoformat(),
        "end": end.isoformat() if end else None,
        "channel": str(event.channel_id) if channel else None,
        "place": channel.name if channel else event.location or "",
        "interested": len(event.interested),
        "going": viewer.user_id in event.interested,
        "repeats": _repeats(event.recurrence),
        "moved": event.occurrence.start is not None,
        "cancelled": event.occurrence.is_cancelled,
        "host": guild.user(event.creator_id).name,
        "can": list(_possible(viewer, event)),
    }


def _repeats(rule: RecurrenceRule | None) -> str:
    """“Every week”, “Every 2 weeks”; empty where it does not recur."""
    if rule is None:
        return ""
    one, many = EVERY[rule.frequency]
    return f"Every {one}" if rule.interval == 1 else f"Every {rule.interval} {many}"


def _possible(viewer: Viewer, event: ScheduledEvent) -> Iterator[str]:
    if not may_organize(viewer, event):
        return
    if event.status is EventStatus.ACTIVE:
        yield "end"
        return
    if not event.occurrence.is_cancelled:
        yield "start"
        if event.recurrence is not None:
            yield "cancel_once"
    yield "cancel"


def may_create(viewer: Viewer) -> bool:
    return viewer.may(Permission.CREATE_EVENTS) or viewer.may(Permission.MANAGE_EVENTS)


def may_organize(viewer: Viewer, event: ScheduledEvent) -> bool:
    """Source: Guild Scheduled Event resource, "Modify Guild Scheduled Event": one's own, or any."""
    owns = event.creator_id == viewer.user_id and viewer.may(Permission.CREATE_EVENTS)
    return owns or viewer.may(Permission.MANAGE_EVENTS)
