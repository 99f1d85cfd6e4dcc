"""What an event has to be like, whoever plans it.

Source: Guild Scheduled Event resource, "Field Requirements By Entity Type", "Create Guild Scheduled Event".
"""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from sandbox.event_state import EntityKind, ScheduledEvent
from sandbox.recurrence import RecurrenceRule
from sandbox.seed import ChannelKind

MOST_UPCOMING = 100
NAME, DESCRIPTION, LOCATION = 100, 1000, 100
HELD_IN = {ChannelKind.STAGE: EntityKind.STAGE, ChannelKind.VOICE: EntityKind.VOICE}


class EventFields(TypedDict, total=False):
    """What can be edited. A location makes the event an external one, a channel a voice or stage event."""

    name: str
    description: str | None
    start: datetime
    end: datetime | None
    channel_id: int
    location: str
    recurrence: RecurrenceRule | None


def check_event(event: ScheduledEvent) -> None:
    """ValueError for what Discord would not take."""
    if not 1 <= len(event.name) <= NAME:
        raise ValueError(f"An event's name has 1 to {NAME} characters")
    if event.end is not None and event.end <= event.start:
        raise ValueError("An event ends after it starts")
    if event.kind is EntityKind.EXTERNAL:
        if event.end is None:
            raise ValueError("An event outside of Discord has an end")
        if not 1 <= len(event.location or "") <= LOCATION:
            raise ValueError(f"A location has 1 to {LOCATION} characters")


def check_occurrence(event: ScheduledEvent, original_start: datetime) -> None:
    """ValueError unless the event's rule names that start."""
    if not event.occurs_at(original_start):
        raise ValueError(f"Event {event.event_id} has no occurrence at {original_start}")
