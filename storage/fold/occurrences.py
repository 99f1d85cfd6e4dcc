"""What becomes of an occurrence: planned, moved, started, ended, called off, vanished.

Also which of them time alone still changes: one that is running, one whose planned time is not over.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from storage.attendance.window import Clock, planned, settled_from_ms
from storage.facts import EventDeclared
from storage.fold.changes import Changes
from storage.fold.corrected import ToldOf, corrected
from storage.fold.event_types import by_title, channels_of, recurring, type_of
from storage.fold.known_events import Holding, KnownEvent
from storage.fold.places import Places
from storage.occurrence import Occurrence, OccurrenceKey, Status
from storage.rules import EventRules


class Between(NamedTuple):
    """When something happened: at some moment of this span."""

    from_ms: int
    to_ms: int

    @property
    def is_estimated(self) -> bool:
        return self.from_ms != self.to_ms

    def nearest_to(self, at_ms: int) -> int:
        return min(max(at_ms, self.from_ms), self.to_ms)


class Pending(NamedTuple):
    """From when to when time alone changes what is concluded of an occurrence."""

    event_id: int
    original_start_ms: int
    from_ms: int
    to_ms: int


class Saved(Protocol):
    """What is kept of it beside the tables."""

    @property
    def pending(self) -> list[Pending]: ...
    @property
    def places(self) -> dict[int, int]: ...


class Occurrences:
    def __init__(self, changes: Changes, rules: EventRules, saved: Saved, told: ToldOf) -> None:
        self._changes = changes
        self._rules = rules
        self._told = told
        self._pending = {OccurrenceKey(*entry[:2]): entry for entry in saved.pending}
        self.places = Places(saved.places)

    def saved(self) -> list[Pending]:
        return sorted(self._pending.values())

    def settle(self, clock: Clock) -> None:
        """Notes what is to be concluded anew, and forgets what from now on stays as it is."""
        for key, entry in list(self._pending.items()):
            if entry.from_ms <= clock.now_ms:
                self._changes.due.add(key)
            if entry.to_ms <= min(clock):
                del self._pending[key]

    # -------------------------------------------------------------- transitions

    def opened(self, event: KnownEvent, rule_start_ms: int) -> Holding:
        occurrence = Occurrence(
            event_id=event.event_id,
            original_start_ms=rule_start_ms,
            series="",
            title="",
            event_type=None,
            channel_id=None,
            channels=(),
            own_channels=(),
            scheduled_start_ms=rule_start_ms,
            scheduled_end_ms=event.end_of(rule_start_ms),
        )
        holding = event.holdings[rule_start_ms] = Holding(occurrence, rule_start_ms)
        self.described(event, holding)
        return holding

    def described(self, event: KnownEvent, holding: Holding) -> None:
        """It is what its event is now."""
        occurrence = holding.occurrence
        kind = type_of(event.title, event.channel_id, self._rules)
        name = kind.name if kind else None
        own = () if event.channel_id is None else (event.channel_id,)
        had = self._had(occurrence, name) if occurrence.status is Status.ACTIVE else ()
        occurrence.own_channels = channels_of((*had, *own), None)
        occurrence.channels = channels_of(occurrence.own_channels, kind)
        occurrence.limits = self.places.of(occurrence.channels)
        occurrence.title = event.title
        occurrence.event_type = name
        occurrence.channel_id = event.channel_id
        occurrence.creator_no = event.creator_no
        occurrence.series = recurring(event.event_id) if event.is_recurring else by_title(event.title)
        self.write(occurrence)

    def fitted(self, holding: Holding) -> None:
        """Its channels have other places now, as far as they are its own."""
        occurrence = holding.occurrence
        limits = self.places.of(occurrence.channels)
        if limits != occurrence.limits:
            occurrence.limits = limits
            self.write(occurrence)

    def _had(self, occurrence: Occurrence, event_type: str | None) -> tuple[int, ...]:
        """People were there, and count; also in those channels that were only its former type's."""
        return occurrence.own_channels if occurrence.event_type == event_type else occurrence.channels

    def scheduled(self, holding: Holding, start_ms: int, end_ms: int | None) -> None:
        occurrence = holding.occurrence
        if (occurrence.scheduled_start_ms, occurrence.scheduled_end_ms) != (start_ms, end_ms):
            if start_ms != occurrence.scheduled_start_ms and not occurrence.is_started:
                occurrence.rsvps_listed = False  # that was for the start before
            occurrence.scheduled_start_ms, occurrence.scheduled_end_ms = start_ms, end_ms
            self.write(occurrence)

    def started(self, holding: Holding, when: Between) -> None:
        occurrence = holding.occurrence
        if occurrence.actual_start_ms is None:
            occurrence.actual_start_ms = when.nearest_to(occurrence.scheduled_start_ms)
            occurrence.start_estimated = when.is_estimated
        occurrence.actual_end_ms = occurrence.cancelled_ms = None
        occurrence.end_estimated = False
        occurrence.status = Status.ACTIVE
        self.write(occurrence)

    def ended(self, holding: Holding, when: Between, end_ms: int, status: Status = Status.COMPLETED) -> None:
        occurrence = holding.occurrence
        occurrence.actual_end_ms = max(end_ms, occurrence.actual_start_ms or 0)
        occurrence.end_estimated = when.is_estimated
        occurrence.status = status
        self.write(occurrence)

    def cancelled(self, holding: Holding, at_ms: int) -> None:
        holding.occurrence.status = Status.CANCELLED
        holding.occurrence.cancelled_ms = at_ms
        self.write(holding.occurrence)

    def vanished(self, holding: Holding) -> None:
        occurrence = holding.occurrence
        occurrence.end_estimated = occurrence.is_started
        occurrence.status = Status.VANISHED
        self.write(occurrence)

    def hidden(self, holding: Holding) -> None:
        holding.occurrence.status = Status.HIDDEN
        self.write(holding.occurrence)

    def reopened(self, holding: Holding) -> None:
        """It was not called off, or not gone, after all."""
        occurrence = holding.occurrence
        occurrence.status = Status.ACTIVE if occurrence.is_started else Status.PLANNED
        occurrence.cancelled_ms = None
        occurrence.end_estimated = False
        self.write(occurrence)

    def answers_listed(self, holding: Holding) -> None:
        if not holding.occurrence.rsvps_listed:
            holding.occurrence.rsvps_listed = True
            self.write(holding.occurrence)

    def declared(self, fact: EventDeclared, is_listed: bool = False) -> None:
        """`is_listed`: everybody who was interested is told as well."""
        own = next(iter(fact.channel_ids), None)
        kind = type_of(fact.title, own, self._rules)
        occurrence = Occurrence(
            event_id=fact.event_id,
            original_start_ms=fact.start_ms,
            series=by_title(fact.title),
            title=fact.title,
            event_type=kind.name if kind else None,
            channel_id=own,
            channels=channels_of(fact.channel_ids, kind),
            own_channels=channels_of(fact.channel_ids, None),
            scheduled_start_ms=fact.start_ms,
            scheduled_end_ms=fact.end_ms,
            actual_start_ms=fact.start_ms,
            actual_end_ms=fact.end_ms,
            status=Status.COMPLETED,
            is_declared=True,
            told_hosts=tuple(sorted(set(fact.hosts))),
            rsvps_listed=is_listed,
        )
        self.write(occurrence)

    # --------------------------------------------------------------------- rows

    def corrected(self, key: OccurrenceKey, known: Occurrence | None, at_ms: int) -> None:
        """Staff told something of it, or took it back. `known` is None for one that has long passed: then all
        that the correction can make of its window lies before the correction.
        """
        if known is not None:
            self._wait(known)
            return
        waiting = self._pending.get(key)
        self._pending[key] = Pending(*key, 0, max(at_ms, waiting.to_ms if waiting else 0))

    def write(self, occurrence: Occurrence) -> None:
        self._changes.occurrences[occurrence.key] = occurrence
        self._wait(occurrence)

    def _wait(self, occurrence: Occurrence) -> None:
        it = corrected(occurrence, self._told(occurrence.key), self._rules)
        from_ms = 0 if it.claims_presence else planned(it, self._rules).end_ms
        self._pending[it.key] = Pending(*it.key, from_ms, settled_from_ms(it, self._rules))
