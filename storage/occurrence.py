"""One holding of an event, as far as Discord or staff told of it."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct


class OccurrenceKey(NamedTuple):
    """Which holding of which event: its start as first planned stays, wherever it is moved to."""

    event_id: int
    original_start_ms: int


class Status(StrEnum):
    """What was said of it."""

    PLANNED = "planned"
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    VANISHED = "vanished"  # absent from a whole list: hidden, deleted or over
    HIDDEN = "hidden"  # in an excluded channel: it has no row


Limits = tuple[tuple[int, int], ...]  # channel, how many fit in


class Occurrence(Struct):
    """The columns of event_occurrences that the fold knows."""

    event_id: int
    original_start_ms: int
    series: str
    title: str
    event_type: str | None
    channel_id: int | None
    channels: tuple[int, ...]  # in which presence counts; none: held elsewhere
    own_channels: tuple[int, ...]  # those among them that are not only its type's
    scheduled_start_ms: int
    scheduled_end_ms: int | None
    actual_start_ms: int | None = None
    actual_end_ms: int | None = None
    cancelled_ms: int | None = None
    start_estimated: bool = False
    end_estimated: bool = False
    status: Status = Status.PLANNED
    is_declared: bool = False
    creator_no: int | None = None
    told_hosts: tuple[int, ...] = ()
    rsvps_listed: bool = False
    told_held: bool | None = None  # what staff told afterwards; None: nothing (that counts)
    has_check_ins: bool = False
    limits: Limits = ()  # of its channels that have one, as they were told while it was not over

    @property
    def key(self) -> OccurrenceKey:
        return OccurrenceKey(self.event_id, self.original_start_ms)

    @property
    def is_started(self) -> bool:
        return self.actual_start_ms is not None

    @property
    def claims_presence(self) -> bool:
        """Somebody's word stands for it: they started it, declared it, or told that it was held."""
        if self.status is Status.HIDDEN or self.told_held is False:
            return False
        return self.is_started or self.told_held is True

    @property
    def is_over(self) -> bool:
        return self.status in {Status.COMPLETED, Status.CANCELLED}

    @property
    def is_recurring(self) -> bool:
        return self.series.startswith(RECURRING)


RECURRING = "event:"  # how the series of a recurring event begins
BY_TITLE = "title:"  # and that of events that were made anew each time
