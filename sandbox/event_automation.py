"""What Discord does with scheduled events by itself, by the clock.

Source: Guild Scheduled Event resource, "Guild Scheduled Event Status Update Automation". Of the two spans
only the order is published: "minutes" and "hours". A recurring event goes back to SCHEDULED at its next start
where a single one would be COMPLETED or CANCELED. Assumption: a cancelled occurrence is passed over at its
start.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime, timedelta
from enum import Enum, auto

from sandbox.event_state import EntityKind, EventStatus, ScheduledEvent

EMPTY_FOR = timedelta(minutes=5)
UNSTARTED_FOR = timedelta(hours=3)


class Step(Enum):
    START = auto()
    END = auto()
    SKIP = auto()
    CANCEL = auto()


def due_step(event: ScheduledEvent, now: datetime) -> Step | None:
    """What Discord does next with the event, if it is time for it."""
    if event.status is EventStatus.ACTIVE:
        return Step.END if _has_ended(event, now) else None
    if event.status is not EventStatus.SCHEDULED or now < event.planned_start:
        return None
    if event.occurrence.is_cancelled:
        return Step.SKIP
    if event.kind is EntityKind.EXTERNAL:
        return Step.START
    if now < event.planned_start + UNSTARTED_FOR:
        return None
    return Step.CANCEL if event.recurrence is None else Step.SKIP


def _has_ended(event: ScheduledEvent, now: datetime) -> bool:
    if event.kind is EntityKind.EXTERNAL:
        return event.planned_end is not None and event.planned_end <= now
    return event.empty_since is not None and event.empty_since + EMPTY_FOR <= now


def watch_channel(event: ScheduledEvent, occupied: Container[int | None], now: datetime) -> None:
    """Note since when an active event's channel has been empty."""
    if event.status is not EventStatus.ACTIVE or event.channel_id in occupied:
        event.empty_since = None
    elif event.empty_since is None:
        event.empty_since = now
