"""Scheduled events, one occurrence after the other.

An event points to one occurrence: the current one. An edit moves it and keeps its key; a recurring event that
moves on, while its rule stays, has done with it and opens the next. Exceptions move or cancel single ones.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import assert_never

from msgspec import Struct, field

from storage.attendance.window import planned
from storage.facts import (
    DAY_MS,
    ChannelSeen,
    EventDeclared,
    EventDeleted,
    EventFact,
    EventHidden,
    EventSeen,
    EventsListed,
    ExceptionRemoved,
    ExceptionSeen,
    ExceptionsGone,
)
from storage.fold.changes import Changes
from storage.fold.exceptions import Exceptions
from storage.fold.known_events import Holding, KnownEvent
from storage.fold.occurrences import Between, Occurrences, Pending
from storage.fold.reconciliations import (
    REFUSED,
    Arriving,
    Compared,
    Doubted,
    Refused,
    is_plausible,
    reconciled,
)
from storage.occurrence import Occurrence, OccurrenceKey, Status
from storage.rules import EventRules

SOURCE = "events"
GAPS_KEPT_MS = 60 * DAY_MS
FORGET_EVERY_MS = DAY_MS // 24
SCHEDULED, ACTIVE, COMPLETED, CANCELLED = 1, 2, 3, 4  # as Discord numbers them


class EventsState(Struct):
    events: list[KnownEvent] = []
    pending: list[Pending] = []
    unseen_from_ms: list[int] = []  # where gaps began
    forgotten_ms: int = 0  # when the past was forgotten last
    arriving: Arriving = field(default_factory=Arriving)
    places: dict[int, int] = {}  # of each channel that was told of
    doubted: Doubted | None = None


class Events:
    def __init__(
        self, changes: Changes, occurrences: Occurrences, rules: EventRules, saved: EventsState
    ) -> None:
        self._changes = changes
        self._occurrences = occurrences
        self._exceptions = Exceptions(occurrences)
        self._rules = rules
        self._events = {event.event_id: event for event in saved.events}
        self._unseen_from_ms = list(saved.unseen_from_ms)
        self._forgotten_ms = saved.forgotten_ms
        self._arriving = saved.arriving
        self._doubted = saved.doubted

    def saved(self) -> EventsState:
        events = sorted(self._events.values(), key=lambda event: event.event_id)
        pending, places = self._occurrences.saved(), self._occurrences.places.saved()
        return EventsState(
            events, pending, self._unseen_from_ms, self._forgotten_ms, self._arriving, places, self._doubted
        )

    def known(self, event_id: int) -> KnownEvent | None:
        return self._events.get(event_id)

    def occurrence(self, key: OccurrenceKey) -> Occurrence | None:
        """One that is remembered."""
        event = self._events.get(key.event_id)
        holding = None if event is None else event.holdings.get(key.original_start_ms)
        return None if holding is None else holding.occurrence

    def forget_past(self, now_ms: int) -> list[int] | None:
        """Forgets what nothing more will be heard of, once in an hour. Returns the events forgotten then."""
        if now_ms < self._forgotten_ms + FORGET_EVERY_MS:
            return None
        self._forgotten_ms = now_ms
        gone = [event.event_id for event in self._events.values() if event.is_forgettable(now_ms)]
        for event_id in gone:
            del self._events[event_id]
        for event in self._events.values():
            event.forget_passed(now_ms)
        return gone

    def unseen(self, from_ms: int) -> None:
        """From here on, until it is told of again, anything can have happened to an event."""
        kept = bisect_left(self._unseen_from_ms, from_ms - GAPS_KEPT_MS)
        self._unseen_from_ms = sorted([*self._unseen_from_ms[kept:], from_ms])

    def unseen_since(self, at_ms: int) -> int | None:
        """The first moment after this one from which on something can have been missed."""
        place = bisect_left(self._unseen_from_ms, at_ms)
        return self._unseen_from_ms[place] if place < len(self._unseen_from_ms) else None

    # ------------------------------------------------------------ what was seen

    def noted(self, fact: EventFact) -> None:
        match fact:
            case EventSeen():
                self._seen(fact)
            case EventDeleted():
                self._deleted(fact)
            case EventsListed():
                self._listed(fact)
            case EventHidden():
                self._hidden(fact)
            case ExceptionSeen():
                self._excepted(fact)
            case ExceptionRemoved():
                self._exception_removed(fact)
            case ExceptionsGone():
                self._exceptions_gone(fact)
            case EventDeclared():
                self._occurrences.declared(fact)
            case _:
                assert_never(fact)

    def channel_seen(self, fact: ChannelSeen) -> None:
        """What is not over has so many places from now on; what is over had those before."""
        if not self._occurrences.places.told(fact.channel_id, fact.places):
            return
        for event in self._events.values():
            for holding in event.holdings.values():
                if holding.is_open and not event.is_passed(holding, fact.to_ms):
                    self._occurrences.fitted(holding)

    def _seen(self, fact: EventSeen) -> None:
        event = self._events.get(fact.event_id)
        if fact.snapshot is not None:
            self._arriving.begins(fact.snapshot)
            self._arriving.met(is_believed=event is not None and event.is_expected)
        if self._says_nothing(event, fact):
            return
        if event is None:
            when = Between(0 if fact.snapshot else fact.from_ms, fact.to_ms)
            event = self._met(fact)
        else:
            when = self._when(event, fact)
            event.over_ms = None
            self._renew(event, fact, when)
        self._take_status(event, fact, when)
        self._keep_schedule(event)  # of one that was called off, and is not
        event.seen_ms = max(event.seen_ms, fact.from_ms)

    def _says_nothing(self, event: KnownEvent | None, fact: EventSeen) -> bool:
        """It was over before anything was known of it, or is over already."""
        if event is None or event.over_ms is None:
            return event is None and fact.status in {COMPLETED, CANCELLED}
        return fact.status != ACTIVE and not (fact.status == SCHEDULED and event.is_recurring)

    def _deleted(self, fact: EventDeleted) -> None:
        event = self._events.get(fact.event_id)
        if event is not None and event.over_ms is None:
            self._finish(event, Between(fact.from_ms, fact.to_ms), fact.to_ms)

    def _listed(self, fact: EventsListed) -> None:
        """Whatever was not in the list is hidden, deleted or over: its end was missed."""
        expected = [event for event in self._events.values() if event.is_expected]
        absent = [event for event in expected if event.event_id not in fact.events]
        self._arriving.begins(fact.snapshot)  # an empty one has nothing but its end
        compared = Compared(len(fact.events), len(absent), self._arriving.unexpected)
        self._arriving.ended()
        if self._doubted is not None and self._doubted.snapshot == fact.snapshot:
            return  # the same again
        self._believe(fact, compared, expected, absent)
        for event in absent:
            event.is_hidden = True
            for holding in event.holdings.values():
                if holding.is_open and not event.is_passed(holding, fact.to_ms):
                    self._occurrences.vanished(holding)

    def _believe(
        self, fact: EventsListed, compared: Compared, expected: list[KnownEvent], absent: list[KnownEvent]
    ) -> None:
        """Raises Refused where too many of those are missing that time alone has not ended."""
        to_come = [event for event in expected if event.is_to_come(fact.to_ms)]
        missing = {event.event_id for event in absent if event.is_to_come(fact.to_ms)}
        if is_plausible(missing, len(to_come), self._doubted):
            self._doubted = None
            reconciled(self._changes, SOURCE, fact.to_ms, compared)
            return
        self._doubted = Doubted.of(fact.snapshot, missing)
        reason = f"the list of events lacks {len(missing)} of {len(to_come)} that are to come: not believed"
        reconciled(self._changes, SOURCE, fact.to_ms, compared, verdict=REFUSED, reason=reason)
        raise Refused(reason)

    def _hidden(self, fact: EventHidden) -> None:
        """Nothing is known of it any more, also not whether it was held: it counts nowhere."""
        event = self._events.get(fact.event_id)
        if event is None or event.over_ms is not None:
            return
        event.is_hidden = True
        event.seen_ms = max(event.seen_ms, fact.from_ms)
        for holding in event.holdings.values():
            if holding.is_open and not event.is_passed(holding, fact.to_ms):
                self._occurrences.hidden(holding)

    def _excepted(self, fact: ExceptionSeen) -> None:
        event = self._events.get(fact.event_id)
        if event is not None:
            self._exceptions.depart(event, fact.departure, fact.to_ms)

    def _exception_removed(self, fact: ExceptionRemoved) -> None:
        event = self._events.get(fact.event_id)
        holding = None if event is None else event.by_rule(fact.original_start_ms)
        if event is not None and holding is not None:
            self._exceptions.restore(event, holding, fact.to_ms)

    def _exceptions_gone(self, fact: ExceptionsGone) -> None:
        event = self._events.get(fact.event_id)
        if event is not None:
            self._exceptions.are(event, (), fact.to_ms)

    # ---------------------------------------------------------------- the event

    def _when(self, event: KnownEvent, fact: EventSeen) -> Between:
        """What a list shows has happened since the event was told of last."""
        if fact.snapshot is None:
            return Between(fact.from_ms, fact.to_ms)
        since_ms = self.unseen_since(event.seen_ms)
        return Between(min(event.seen_ms if since_ms is None else since_ms, fact.to_ms), fact.to_ms)

    def _met(self, fact: EventSeen) -> KnownEvent:
        event = self._events[fact.event_id] = KnownEvent.met(fact)
        self._occurrences.opened(event, event.start_ms)
        if fact.departures is not None:
            self._exceptions.are(event, fact.departures, fact.to_ms)
        return event

    def _renew(self, event: KnownEvent, fact: EventSeen, when: Between) -> None:
        if event.is_hidden:
            self._reveal(event)
        is_edited = fact.recurrence_start_ms != event.recurrence_start_ms
        is_moved = fact.scheduled_start_ms != event.start_ms
        self._describe(event, fact)
        current = event.holdings[event.current]
        moves_on = is_moved and event.is_recurring and (not is_edited or not current.is_open)
        if not moves_on and current.is_open and (is_moved or is_edited):
            current.rule_start_ms, current.departure = event.start_ms, None
        if fact.departures is not None:
            self._exceptions.are(event, fact.departures, fact.to_ms)
        if moves_on:
            self._move_on(event, fact, when)
        else:
            self._keep_schedule(event)

    def _keep_schedule(self, event: KnownEvent) -> None:
        current = event.holdings[event.current]
        if current.is_open and current.departure is None:
            self._occurrences.scheduled(current, event.start_ms, event.end_ms)

    def _reveal(self, event: KnownEvent) -> None:
        event.is_hidden = False
        for holding in event.holdings.values():
            if holding.occurrence.status in {Status.VANISHED, Status.HIDDEN}:
                self._occurrences.reopened(holding)

    def _describe(self, event: KnownEvent, fact: EventSeen) -> None:
        event.start_ms, event.end_ms = fact.scheduled_start_ms, fact.scheduled_end_ms
        creator_no = event.creator_no if fact.creator_no is None else fact.creator_no
        described = fact.title, fact.channel_id, fact.recurrence_start_ms is None, creator_no
        if (event.title, event.channel_id, not event.is_recurring, event.creator_no) != described:
            event.title, event.channel_id, event.creator_no = fact.title, fact.channel_id, creator_no
            event.recurrence_start_ms = fact.recurrence_start_ms
            for holding in event.holdings.values():
                if holding.is_open and not event.is_passed(holding, fact.to_ms):
                    self._occurrences.described(event, holding)
        event.recurrence_start_ms = fact.recurrence_start_ms

    def _move_on(self, event: KnownEvent, fact: EventSeen, when: Between) -> None:
        """The event points to another occurrence: with the one before it has done."""
        last = event.holdings[event.current]
        if last.occurrence.status is Status.ACTIVE:
            if fact.status != ACTIVE or fact.scheduled_start_ms <= fact.to_ms:
                self._end(last, fact, when)
        elif last.is_open and last.occurrence.scheduled_start_ms > when.to_ms and last.departure is None:
            self._occurrences.cancelled(last, when.to_ms)
        following = event.by_rule(event.start_ms) or event.holdings.get(event.start_ms)
        if following is None:
            following = self._occurrences.opened(event, event.start_ms)
        elif following.occurrence.status is Status.CANCELLED and following.departure is None:
            self._occurrences.reopened(following)  # it was to be skipped, and now is not
        event.current = following.occurrence.original_start_ms

    def _take_status(self, event: KnownEvent, fact: EventSeen, when: Between) -> None:
        active = event.active()
        if fact.status == ACTIVE and active is None:
            self._occurrences.started(event.next_to(when.to_ms), when)
        elif fact.status == SCHEDULED and active is not None:
            self._end(active, fact, when)
        elif fact.status == COMPLETED:
            current = event.holdings[event.current]
            if active is not None:
                self._end(active, fact, when)
            elif current.is_open and not (event.is_recurring and self._is_ahead(current, when)):
                missed = Between(min(event.seen_ms, when.from_ms), when.to_ms)
                self._occurrences.started(current, missed)
                self._end(current, fact, when)
            self._finish(event, when, fact.to_ms)
        elif fact.status == CANCELLED:
            if active is not None:
                self._occurrences.ended(active, when, when.to_ms, Status.CANCELLED)
            self._finish(event, when, fact.to_ms)

    def _end(self, holding: Holding, fact: EventSeen, when: Between) -> None:
        """Seen to end, at the latest moment possible; or missed, and then as planned if that is possible."""
        end_ms = when.to_ms
        if fact.snapshot is not None:
            end_ms = when.nearest_to(planned(holding.occurrence, self._rules).end_ms)
        self._occurrences.ended(holding, when, end_ms)

    def _finish(self, event: KnownEvent, when: Between, now_ms: int) -> None:
        """Nothing more comes of it. What runs is over, what was to come is called off."""
        for holding in event.holdings.values():
            if holding.occurrence.status is Status.ACTIVE:
                self._occurrences.ended(holding, when, when.to_ms)
            elif holding.is_open and not event.is_passed(holding, now_ms):
                self._occurrences.cancelled(holding, when.to_ms)
        event.over_ms = now_ms

    def _is_ahead(self, holding: Holding, when: Between) -> bool:
        return holding.occurrence.scheduled_start_ms > when.to_ms
