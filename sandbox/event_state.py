"""A scheduled event as it stands: its status, its next occurrence, its exceptions, who has answered.

Source: Guild Scheduled Event resource.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum

from sandbox.recurrence import RecurrenceRule


class EventStatus(IntEnum):
    SCHEDULED = 1
    ACTIVE = 2
    COMPLETED = 3
    CANCELED = 4


class EntityKind(IntEnum):
    STAGE = 1
    VOICE = 2
    EXTERNAL = 3


class Response(IntEnum):
    UNINTERESTED = 0
    INTERESTED = 1


UPCOMING = frozenset({EventStatus.SCHEDULED, EventStatus.ACTIVE})


class WrongStatus(ValueError):
    """Something that an event of this status cannot do."""


@dataclass(frozen=True)
class EventException:
    """One occurrence that departs from the rule: moved, or cancelled. None keeps the rule's time."""

    original_start: datetime
    start: datetime | None = None
    end: datetime | None = None
    is_cancelled: bool = False


@dataclass
class ScheduledEvent:
    """`start` is the original start of the next occurrence (the running one while ACTIVE), never a moved one.

    Answers to a single occurrence are keyed by its original start; somebody interested in the whole event is
    in `interested`.
    """

    event_id: int
    creator_id: int
    name: str
    kind: EntityKind
    start: datetime
    end: datetime | None = None
    channel_id: int | None = None
    location: str | None = None
    recurrence: RecurrenceRule | None = None
    description: str | None = None
    status: EventStatus = EventStatus.SCHEDULED
    exceptions: dict[datetime, EventException] = field(default_factory=dict)
    interested: set[int] = field(default_factory=set)
    responses: dict[datetime, dict[int, Response]] = field(default_factory=dict)
    empty_since: datetime | None = None  # its channel, while it is ACTIVE
    began: datetime | None = None  # when it became ACTIVE, where that was seen; Discord does not tell it

    @property
    def is_upcoming(self) -> bool:
        return self.status in UPCOMING

    @property
    def occurrence(self) -> EventException:
        """The next occurrence, with its exception where it has one."""
        return self.exceptions.get(self.start, EventException(self.start))

    @property
    def planned_start(self) -> datetime:
        """When the next occurrence begins, moved or not."""
        return self.occurrence.start or self.start

    @property
    def planned_end(self) -> datetime | None:
        if self.end is None or self.occurrence.end is not None:
            return self.occurrence.end
        return self.planned_start + (self.end - self.start)

    def occurs_at(self, original_start: datetime) -> bool:
        """Whether the event recurs and its rule names that start, cancelled or not."""
        return self.recurrence is not None and self.recurrence.includes(original_start)

    def can_become(self, status: EventStatus) -> bool:
        """Source: "Valid Guild Scheduled Event Status Transitions". A cancelled occurrence does not start."""
        is_off = status is EventStatus.ACTIVE and self.occurrence.is_cancelled
        return (self.status, status) in TRANSITIONS and not is_off

    def change_status(self, status: EventStatus) -> None:
        if not self.can_become(status):
            raise WrongStatus(f"An event that is {self.status.name} cannot become {status.name}")
        self.status = status
        self.empty_since = self.began = None

    def move_on(self) -> None:
        """The next occurrence that is not cancelled. ValueError where the event does not recur."""
        if self.recurrence is None:
            raise ValueError(f"Event {self.event_id} does not recur")
        length = timedelta() if self.end is None else self.end - self.start
        self.start = self.recurrence.next_after(self.start)
        while self.occurrence.is_cancelled:
            self.start = self.recurrence.next_after(self.start)
        self.end = None if self.end is None else self.start + length
        self.status = EventStatus.SCHEDULED
        self.empty_since = self.began = None


TRANSITIONS = frozenset(
    {
        (EventStatus.SCHEDULED, EventStatus.ACTIVE),
        (EventStatus.ACTIVE, EventStatus.COMPLETED),
        (EventStatus.SCHEDULED, EventStatus.CANCELED),
    }
)
