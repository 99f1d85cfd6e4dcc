"""When to ask who is interested in an event, and what an answer is worth. Knows neither Discord nor a clock.

Answers come live as dispatches; what a gap swallowed, only the list of everybody interested tells. It is
asked for when an event begins, at the first sign that it is over, when its planned start passes without
either, and for every event after a gap.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bot.event_seen import ACTIVE, PLANNED, EventSeen, Moved

Place = tuple[int, int | None]  # an event and, for the answers to one occurrence, its original start


@dataclass(frozen=True, slots=True)
class ListRequest:
    """A list to ask for: of the whole event, or of the answers to one occurrence."""

    event_id: int
    original_start_ms: int | None
    asked_at_ms: int
    snapshot: (
        str  # no two have the same: while a clock that was set back stands still, not even by their time
    )

    @property
    def place(self) -> Place:
        return self.event_id, self.original_start_ms


@dataclass(slots=True)
class _Event:
    seen: EventSeen
    passed_ms: int | None = None  # the start for which the list was asked for, as it had passed

    @property
    def occurrence(self) -> Moved:
        """The one that the event stands at."""
        here = self.seen.start_ms
        return next((moved for moved in self.seen.moved if moved.original_start_ms == here), Moved(here))

    @property
    def start_ms(self) -> int:
        moved = self.occurrence
        return moved.original_start_ms if moved.start_ms is None else moved.start_ms

    def places(self) -> list[Place]:
        """The lists that tell who is interested in the occurrence that it stands at.

        Answers to a series say nothing of those who answered to one occurrence only.
        """
        whole: Place = self.seen.event_id, None
        return [whole, (self.seen.event_id, self.seen.start_ms)] if self.seen.recurs else [whole]


class RsvpLists:
    """Which lists are due, under way, or done. Lists of events that begin or end come before all others."""

    def __init__(self) -> None:
        self._events: dict[int, _Event] = {}
        self._due: dict[Place, bool] = {}  # in order of asking; whether it is urgent
        self._under_way: dict[Place, tuple[ListRequest, dict[int, int | None]]] = {}
        self.knows_events = False

    # ------------------------------------------------------------ what Discord tells

    def forget(self) -> None:
        """A new session: whatever was known may be otherwise."""
        self._events.clear()
        self._due.clear()
        self._under_way.clear()
        self.knows_events = False

    def listed(self, events: Iterable[EventSeen]) -> None:
        """Every event that there is. What was seen of one in the meantime is newer than the list."""
        for seen in events:
            event = self._events.setdefault(seen.event_id, _Event(seen))
            self._want(event.places(), urgent=seen.status == ACTIVE)
        self.knows_events = True

    def saw(self, seen: EventSeen, now_ms: int) -> None:
        """An event as it is from now on."""
        before = self._events.get(seen.event_id)
        if before is not None and _is_over(before, seen, now_ms):
            self._want(before.places(), urgent=True)
        event = self._events[seen.event_id] = before or _Event(seen)
        is_news = before is None or before.seen.status != seen.status
        event.seen = seen
        if seen.status == ACTIVE and is_news:
            self._want(event.places(), urgent=True)
        elif seen.status not in (PLANNED, ACTIVE):
            if before is None and event.start_ms <= now_ms:
                self._want(event.places(), urgent=True)  # it was running while nobody was listening
            del self._events[seen.event_id]

    def gone(self, event_id: int, now_ms: int) -> None:
        """It was deleted. Discord may still say who was interested."""
        event = self._events.pop(event_id, None)
        if event is not None and _has_begun(event, now_ms):
            self._want(event.places(), urgent=True)

    def drop(self, event_id: int) -> None:
        """Nothing of this event is to be asked for any more."""
        self._events.pop(event_id, None)
        for places in (self._due, self._under_way):
            for place in [place for place in places if place[0] == event_id]:
                del places[place]

    def excepted(self, event_id: int, moved: Moved) -> None:
        event = self._events.get(event_id)
        if event is not None:
            others = self._without(event.seen.moved, moved.original_start_ms)
            self._set_moved(event, (*others, moved))

    def as_planned(self, event_id: int, original_start_ms: int | None) -> None:
        """An occurrence is no exception any more; None: none of the event's is."""
        event = self._events.get(event_id)
        if event is not None:
            left = () if original_start_ms is None else self._without(event.seen.moved, original_start_ms)
            self._set_moved(event, left)

    def answered(self, place: Place, user_id: int, response: int | None) -> None:
        """Somebody answered, or took it back (None), while a list may be on its way."""
        if place in self._under_way:
            self._under_way[place][1][user_id] = response

    def interrupted(self) -> None:
        """The connection was lost, and with it who answers meanwhile: ask again for what is under way."""
        again = dict.fromkeys(self._under_way, True)
        self._due = again | self._due
        self._under_way.clear()

    # ------------------------------------------------------------ what is asked for

    def next(self, now_ms: int) -> ListRequest | None:
        """The list to ask for now."""
        for event in self._events.values():
            if _has_passed_unseen(event, now_ms):
                event.passed_ms = event.start_ms
                self._want(event.places(), urgent=True)
        if not self._due:
            return None
        place = max(self._due, key=self._due.__getitem__)  # the first urgent one, else the first
        del self._due[place]
        request = ListRequest(*place, now_ms, secrets.token_hex(8))
        self._under_way[place] = request, {}
        return request

    def ended(self, request: ListRequest, answers: Mapping[int, int]) -> dict[int, int] | None:
        """Everybody's answer when the list was asked for or since; None where it is worth nothing any more.

        Who answered while the list was on its way may be missing in it, and who took it back still be there.
        """
        known = self._under_way.get(request.place)
        if known is None or known[0] != request:
            return None
        del self._under_way[request.place]
        since = known[1]
        still = {user: response for user, response in answers.items() if user not in since}
        return still | {user: response for user, response in since.items() if response is not None}

    # ------------------------------------------------------------ small things

    def _want(self, places: Iterable[Place], *, urgent: bool) -> None:
        for place in places:
            self._due[place] = urgent or self._due.get(place, False)

    @staticmethod
    def _without(moved: tuple[Moved, ...], original_start_ms: int) -> tuple[Moved, ...]:
        return tuple(one for one in moved if one.original_start_ms != original_start_ms)

    @staticmethod
    def _set_moved(event: _Event, moved: tuple[Moved, ...]) -> None:
        event.seen = replace(event.seen, moved=moved)


def _has_begun(event: _Event, now_ms: int) -> bool:
    return event.seen.status == ACTIVE or event.start_ms <= now_ms


def _is_over(before: _Event, seen: EventSeen, now_ms: int) -> bool:
    """Whether an occurrence has ended with this: by its status, or as the event stands at a later one."""
    was_active = before.seen.status == ACTIVE
    if seen.status not in (PLANNED, ACTIVE):
        return _has_begun(before, now_ms)
    if was_active and seen.status == PLANNED:
        return True
    moved_on = seen.recurs and seen.start_ms > before.seen.start_ms
    return moved_on and before.start_ms <= now_ms


def _has_passed_unseen(event: _Event, now_ms: int) -> bool:
    """Its planned start is past, and nobody pressed “Start”: they may be holding it all the same."""
    return (
        event.seen.status == PLANNED
        and not event.occurrence.is_cancelled
        and event.start_ms <= now_ms
        and event.passed_ms != event.start_ms
    )
