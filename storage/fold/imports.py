"""What files tell of the past, taken in as it is told: `past_members` and `past_voice` conclude from it.

Nothing here depends on the order in which files came, and nothing moves the clock.
"""

from __future__ import annotations

from typing import NamedTuple, assert_never

from msgspec import Struct

from storage.attendance.intervals import Span, clipped, merged
from storage.attendance.window import NEVER_MS
from storage.facts import (
    AttendanceImported,
    CommandImported,
    CoverageImported,
    EventImported,
    ImportedFact,
    MembershipImported,
    StayImported,
)
from storage.fold.calendar import Calendar
from storage.fold.changes import Answer, Changes, ToldStay
from storage.fold.commands import Commands
from storage.fold.coverage import Coverage
from storage.fold.membership import Membership
from storage.fold.occurrences import Occurrences
from storage.fold.voice import Voice
from storage.occurrence import OccurrenceKey


class ImportsState(Struct):
    from_ms: int | None = None  # the earliest moment that was told of; None: nothing was
    to_ms: int = 0
    unsure: list[Span] = []  # told stays over time of which the record may still say something


class Past(NamedTuple):
    """The time that files tell of and that lies before recording."""

    from_ms: int
    until_ms: int  # where recording began; where it has not, the last moment that was told of
    is_recorded_since: bool


class Imports:
    def __init__(
        self,
        *,
        changes: Changes,
        calendar: Calendar,
        membership: Membership,
        voice: Voice,
        commands: Commands,
        coverage: Coverage,
        occurrences: Occurrences,
        first_day: int | None,
        saved: ImportsState,
    ) -> None:
        self._changes = changes
        self._calendar = calendar
        self._membership = membership
        self._voice = voice
        self._commands = commands
        self._coverage = coverage
        self._occurrences = occurrences
        self._saved = saved
        self.past = self._past(first_day)
        self.is_past_another = False  # than when the last batch was written
        self.unsure: list[Span] = []  # what the record may have said something about in this batch

    def saved(self) -> ImportsState:
        return self._saved

    @property
    def to_ms(self) -> int:
        return self._saved.to_ms

    def settle(self, first_day: int | None, sure_ms: int) -> None:
        past = self._past(first_day)
        self.is_past_another = past != self.past
        self.past = past
        self.unsure = merged(self._saved.unsure)
        self._saved.unsure = clipped(self.unsure, Span(sure_ms, NEVER_MS))

    def take(self, fact: ImportedFact) -> None:
        self.reach(fact.from_ms, fact.to_ms)
        match fact:
            case MembershipImported():
                if self._membership.told(fact):
                    self._changes.told_memberships.add((fact.member_no, fact.from_ms, fact.change))
            case StayImported():
                self._stayed(fact)
            case CommandImported():
                if self._membership.known(fact.member_no, None, fact) is not None:
                    self._commands.told(fact)
            case EventImported():
                self._event(fact)
            case AttendanceImported():
                self._attended(fact)
            case CoverageImported():
                self._coverage.told(fact)
            case _:
                assert_never(fact)

    def reach(self, from_ms: int, to_ms: int) -> None:
        """Something was told of this time."""
        saved = self._saved
        saved.from_ms = from_ms if saved.from_ms is None else min(saved.from_ms, from_ms)
        saved.to_ms = max(saved.to_ms, to_ms)

    def _past(self, first_day: int | None) -> Past | None:
        if self._saved.from_ms is None:
            return None
        if first_day is None:
            return Past(self._saved.from_ms, self._saved.to_ms, is_recorded_since=False)
        return Past(self._saved.from_ms, self._calendar.day(first_day).start_ms, is_recorded_since=True)

    def _stayed(self, fact: StayImported) -> None:
        if self._membership.known(fact.member_no, fact.bot, fact) is None:
            return
        is_afk = fact.is_afk or fact.channel_id == self._voice.afk_channel_id
        self._changes.told_stays.add(
            ToldStay(fact.from_ms, fact.member_no, fact.channel_id, fact.to_ms, fact.is_deafened, is_afk)
        )
        self._saved.unsure.append(Span(fact.from_ms, fact.to_ms))

    def _event(self, fact: EventImported) -> None:
        event = fact.event
        self._occurrences.declared(event, is_listed=fact.is_listed)
        for people, is_interested in ((fact.interested, True), (fact.declined, False)):
            for member_no in people:
                if self._membership.known(member_no, None, fact) is not None:
                    answer = Answer(
                        *(event.event_id, event.start_ms, member_no, event.start_ms, None),
                        interested=is_interested,
                        from_estimated=True,
                    )
                    key = answer.event_id, answer.occurrence, member_no, answer.from_ms
                    self._changes.answers[key] = answer

    def _attended(self, fact: AttendanceImported) -> None:
        if self._membership.known(fact.member_no, None, fact) is None:
            return
        key = OccurrenceKey(fact.event_id, fact.original_start_ms)
        self._changes.told_attendance[*key, fact.member_no] = (fact.attended, fact.presence_ms)
        self._changes.due.add(key)
