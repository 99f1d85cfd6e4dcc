"""Who is interested in what, from when to when.

A list shows what was missed: an answer that only a list shows was given, and one that a complete list lacks
was withdrawn, when something can have been missed first. One that lacks too many is refused, and what it has
is taken all the same.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from storage.facts import WHOLE_EVENT, RsvpFact, RsvpGiven, RsvpListed, RsvpsListed, RsvpWithdrawn
from storage.fold.changes import Answer, Changes
from storage.fold.events import Events
from storage.fold.known_events import KnownEvent, Listed
from storage.fold.occurrences import Occurrences
from storage.fold.reconciliations import (
    PARTIAL,
    REFUSED,
    TAKEN,
    Compared,
    Doubted,
    Refused,
    is_plausible,
    reconciled,
)

SOURCE = "rsvps"


class Place(NamedTuple):
    """What an answer is to: an occurrence, by its original start, or 0: the whole event."""

    event_id: int
    occurrence: int


class RunningList(Struct):
    """Answers of a list that has not ended."""

    event_id: int
    occurrence: int
    snapshot: str
    answers: dict[int, bool] = {}  # member → interested


class Rsvps:
    def __init__(
        self,
        *,
        changes: Changes,
        events: Events,
        occurrences: Occurrences,
        answers: list[Answer],
        lists: list[RunningList],
    ) -> None:
        self._changes = changes
        self._events = events
        self._occurrences = occurrences
        self._answers: dict[Place, dict[int, Answer]] = {}  # → member → newest
        for answer in answers:
            place = Place(answer.event_id, answer.occurrence)
            self._answers.setdefault(place, {})[answer.member_no] = answer
        self._lists = {Place(running.event_id, running.occurrence): running for running in lists}

    def saved(self) -> list[RunningList]:
        return [self._lists[place] for place in sorted(self._lists)]

    def noted(self, fact: RsvpFact) -> None:
        event = self._events.known(fact.event_id)
        if event is None:
            return  # over for long, or hidden
        holding = event.by_rule(fact.occurrence)
        occurrence = fact.occurrence if holding is None else holding.occurrence.original_start_ms
        place = Place(fact.event_id, occurrence)
        match fact:
            case RsvpGiven():
                self._given(place, fact)
            case RsvpWithdrawn():
                self._withdrawn(place, fact)
            case RsvpListed():
                self._list(place, fact)
            case RsvpsListed():
                self._listed(event, place, fact)

    def went(self, member_no: int, at_ms: int, is_estimated: bool) -> None:
        """Whoever leaves loses their answers, and Discord does not tell of it."""
        for answers in self._answers.values():
            answer = answers.get(member_no)
            if answer is not None and answer.to_ms is None:
                self._end(answer, at_ms, is_estimated)

    def forget_past(self, now_ms: int, gone: list[int]) -> None:
        """Forgets the answers to these events, and to occurrences that are past. They end here."""
        for place, answers in list(self._answers.items()):
            event = self._events.known(place.event_id)
            if event is None or event.is_past(place.occurrence, now_ms):
                for answer in answers.values():
                    if answer.to_ms is None:
                        self._end(answer, now_ms, is_estimated=False)
                del self._answers[place]
        if gone:
            self._lists = {place: it for place, it in self._lists.items() if place.event_id not in gone}

    # ------------------------------------------------------------- what was seen

    def _given(self, place: Place, fact: RsvpGiven) -> None:
        answer = self._standing(place, fact.member_no)
        if answer is not None and answer.interested == fact.is_interested:
            return
        if answer is not None:
            self._end(answer, fact.from_ms, fact.is_estimated)
        self._begin(place, fact.member_no, fact.to_ms, fact.is_interested, fact.is_estimated)

    def _withdrawn(self, place: Place, fact: RsvpWithdrawn) -> None:
        answer = self._standing(place, fact.member_no)
        if answer is not None:
            self._end(answer, fact.from_ms, fact.is_estimated)

    def _list(self, place: Place, fact: RsvpListed) -> None:
        running = self._lists.get(place)
        if running is None or running.snapshot != fact.snapshot:  # one before it was never ended
            running = self._lists[place] = RunningList(*place, fact.snapshot)
        running.answers[fact.member_no] = fact.is_interested

    def _listed(self, event: KnownEvent, place: Place, fact: RsvpsListed) -> None:
        before, doubted = event.listed.get(place.occurrence), event.doubted.get(place.occurrence)
        if any(it is not None and it.snapshot == fact.snapshot for it in (before, doubted)):
            return  # the same again
        running = self._lists.pop(place, None)
        listed = running.answers if running and running.snapshot == fact.snapshot else {}
        since_ms = before.at_ms if before else event.first_seen_ms
        standing = {it.member_no: it for it in self._answers.get(place, {}).values() if it.to_ms is None}
        absent = sorted(standing.keys() - listed.keys())
        for member_no, is_interested in sorted(listed.items()):
            self._found(place, member_no, is_interested, since_ms)
        is_over = self._is_over(event, place.occurrence)
        verdict, reason = _verdict(fact, absent, len(standing), doubted, is_over=is_over)
        compared = Compared(len(listed), len(absent), len(listed.keys() - standing.keys()))
        reconciled(self._changes, SOURCE, fact.to_ms, compared, verdict=verdict, reason=reason, of=place)
        if verdict == REFUSED:
            event.doubted[place.occurrence] = Doubted.of(fact.snapshot, absent)
            raise Refused(reason)
        if not fact.complete:
            return
        if verdict == TAKEN:
            for member_no in absent:
                answer = standing[member_no]
                self._end(answer, self._sure_until_ms(answer, since_ms), is_estimated=True)
        event.doubted.pop(place.occurrence, None)
        event.listed[place.occurrence] = Listed(fact.to_ms, fact.snapshot)
        self._note_begun(event, place.occurrence, fact.from_ms)

    def _found(self, place: Place, member_no: int, is_interested: bool, since_ms: int) -> None:
        """An answer of a list: believed already, or given when something was missed first."""
        answer = self._standing(place, member_no)
        if answer is not None:
            if answer.interested == is_interested:
                return
            self._end(answer, self._sure_until_ms(answer, since_ms), is_estimated=True)
        newest = self._answers.get(place, {}).get(member_no)
        if newest is not None and newest.to_ms is not None:
            since_ms = max(since_ms, newest.to_ms)
        missed_ms = self._events.unseen_since(since_ms)
        from_ms = since_ms if missed_ms is None else missed_ms
        self._begin(place, member_no, from_ms, is_interested, is_estimated=True)

    def _sure_until_ms(self, answer: Answer, since_ms: int) -> int:
        """Until when nothing can have been missed since the answer was known last."""
        known_ms = max(answer.from_ms, since_ms)
        missed_ms = self._events.unseen_since(known_ms)
        return known_ms if missed_ms is None else missed_ms

    def _is_over(self, event: KnownEvent, occurrence: int) -> bool:
        """Lists of what is over may be empty: whoever is missing in them has not withdrawn."""
        holding = event.holdings.get(occurrence)
        return event.over_ms is not None or (holding is not None and not holding.is_open)

    def _note_begun(self, event: KnownEvent, occurrence: int, now_ms: int) -> None:
        """Answers to the series say nothing of those who answered to one occurrence only."""
        begun = event.active() or event.holdings[event.current]
        is_whole = occurrence == WHOLE_EVENT and not event.is_recurring
        if not is_whole and occurrence != begun.occurrence.original_start_ms:
            return
        if begun.is_open and (begun.occurrence.is_started or begun.occurrence.scheduled_start_ms <= now_ms):
            self._occurrences.answers_listed(begun)

    # --------------------------------------------------------------------- rows

    def _standing(self, place: Place, member_no: int) -> Answer | None:
        answer = self._answers.get(place, {}).get(member_no)
        return answer if answer is not None and answer.to_ms is None else None

    def _begin(
        self, place: Place, member_no: int, from_ms: int, is_interested: bool, is_estimated: bool
    ) -> None:
        answers = self._answers.setdefault(place, {})
        before = answers.get(member_no)
        if before is not None and before.to_ms is not None:
            from_ms = max(from_ms, before.to_ms)
        answer = Answer(*place, member_no, from_ms, None, is_interested, is_estimated)
        answers[member_no] = answer
        self._write(answer, from_ms)

    def _end(self, answer: Answer, at_ms: int, is_estimated: bool) -> None:
        answer.to_ms = max(answer.from_ms, at_ms)
        answer.to_estimated = is_estimated
        self._write(answer, answer.to_ms)

    def _write(self, answer: Answer, since_ms: int) -> None:
        key = answer.event_id, answer.occurrence, answer.member_no, answer.from_ms
        self._changes.answers[key] = answer
        answered = self._changes.answered
        answered[answer.event_id] = min(since_ms, answered.get(answer.event_id, since_ms))


def _verdict(
    fact: RsvpsListed, absent: list[int], believed: int, doubted: Doubted | None, *, is_over: bool
) -> tuple[str, str | None]:
    if not fact.complete:
        return PARTIAL, "not the whole list came"
    if is_over:
        return PARTIAL, "of what is over Discord may have dropped some"
    if not is_plausible(absent, believed, doubted):
        return REFUSED, f"the list of answers to an event lacks {len(absent)} of {believed}: not believed"
    return TAKEN, None
