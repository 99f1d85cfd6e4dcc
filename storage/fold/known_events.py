"""What the fold remembers of an event that is not over: its occurrences to come, and the current one."""

from __future__ import annotations

from msgspec import Struct

from storage.facts import DAY_MS, WHOLE_EVENT, Departure, EventSeen
from storage.fold.reconciliations import Doubted
from storage.occurrence import Occurrence, Status

KEPT_MS = DAY_MS  # what is over may be spoken of once more for so long
HIDDEN_KEPT_MS = 30 * DAY_MS  # what has vanished may come back


class Holding(Struct):
    """An occurrence, and how Discord speaks of it."""

    occurrence: Occurrence
    rule_start_ms: int  # its start by the event's rule as it is now
    departure: Departure | None = None  # how it departs from that

    @property
    def is_open(self) -> bool:
        return not self.occurrence.is_over


class Listed(Struct):
    """A complete list of answers."""

    at_ms: int
    snapshot: str


class KnownEvent(Struct):
    event_id: int
    title: str
    channel_id: int | None
    creator_no: int | None
    start_ms: int  # of the occurrence that the event points to
    end_ms: int | None
    recurrence_start_ms: int | None
    current: int  # that occurrence: its original start
    first_seen_ms: int
    seen_ms: int  # when it was told of last, at the earliest
    holdings: dict[int, Holding] = {}  # by original start
    listed: dict[int, Listed] = {}  # occurrence, 0 for the whole → when all answers to it were known last
    doubted: dict[int, Doubted] = {}  # by the same: the newest list of answers that was refused
    is_hidden: bool = False  # absent from the last list of events
    over_ms: int | None = None

    @classmethod
    def met(cls, fact: EventSeen) -> KnownEvent:
        return cls(
            event_id=fact.event_id,
            title=fact.title,
            channel_id=fact.channel_id,
            creator_no=fact.creator_no,
            start_ms=fact.scheduled_start_ms,
            end_ms=fact.scheduled_end_ms,
            recurrence_start_ms=fact.recurrence_start_ms,
            current=fact.scheduled_start_ms,
            first_seen_ms=fact.to_ms,
            seen_ms=fact.from_ms,
        )

    @property
    def is_recurring(self) -> bool:
        return self.recurrence_start_ms is not None

    @property
    def is_expected(self) -> bool:
        """Whether a list of events should have it."""
        return not self.is_hidden and self.over_ms is None

    def is_to_come(self, now_ms: int) -> bool:
        """Whether time alone cannot have ended it."""
        return self.is_recurring or self.start_ms > now_ms

    @property
    def duration_ms(self) -> int | None:
        return None if self.end_ms is None else self.end_ms - self.start_ms

    def end_of(self, start_ms: int) -> int | None:
        """When an occurrence that starts then would end."""
        return None if self.duration_ms is None else start_ms + self.duration_ms

    def by_rule(self, rule_start_ms: int) -> Holding | None:
        """The occurrence that has this start by the event's rule."""
        for holding in self.holdings.values():
            if holding.rule_start_ms == rule_start_ms:
                return holding
        return None

    def active(self) -> Holding | None:
        for holding in self.holdings.values():
            if holding.occurrence.status is Status.ACTIVE:
                return holding
        return None

    def next_to(self, at_ms: int) -> Holding:
        """The planned occurrence nearest to a moment; where none is planned, the current one."""
        current = self.holdings[self.current]
        planned = [h for h in self.holdings.values() if h.occurrence.status is Status.PLANNED]
        return min(
            planned,
            key=lambda h: (abs(h.occurrence.scheduled_start_ms - at_ms), h is not current),
            default=current,
        )

    def is_passed(self, holding: Holding, now_ms: int) -> bool:
        """Neither the current one nor to come."""
        return (
            holding.occurrence.original_start_ms != self.current
            and holding.occurrence.scheduled_start_ms <= now_ms
        )

    def forget_passed(self, now_ms: int) -> None:
        for original_start_ms, holding in list(self.holdings.items()):
            if original_start_ms == self.current or holding.occurrence.status is Status.ACTIVE:
                continue
            if max(original_start_ms, holding.occurrence.scheduled_start_ms) + KEPT_MS < now_ms:
                del self.holdings[original_start_ms]
        for lists in (self.listed, self.doubted):
            for occurrence in [each for each in lists if self.is_past(each, now_ms)]:
                del lists[occurrence]

    def is_past(self, occurrence: int, now_ms: int) -> bool:
        """Whether nothing more will be heard of an occurrence, by its original start; 0: the whole event."""
        is_known = occurrence == WHOLE_EVENT or occurrence in self.holdings
        return not is_known and occurrence + KEPT_MS < now_ms

    def is_forgettable(self, now_ms: int) -> bool:
        if self.over_ms is not None:
            return self.over_ms + KEPT_MS < now_ms
        return self.is_hidden and max(self.start_ms, self.seen_ms) + HIDDEN_KEPT_MS < now_ms
