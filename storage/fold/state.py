"""All that the fold knows of one guild, and the one step that takes a fact into it."""

from __future__ import annotations

from typing import assert_never

from msgspec import Struct, field

from storage.attendance.window import Clock
from storage.facts import (
    AccessChecked,
    AnyFact,
    CommandCompleted,
    CommandInvoked,
    CoverageNoted,
    EventDeclared,
    EventDeleted,
    EventFact,
    EventHidden,
    EventSeen,
    EventsListed,
    ExceptionRemoved,
    ExceptionSeen,
    ExceptionsGone,
    GuildLost,
    GuildSeen,
    MemberChanged,
    MemberFact,
    MemberJoined,
    MemberLeft,
    MembersListed,
    MemberWithdrew,
    RemovalFact,
    RemovalLogged,
    RsvpFact,
    RsvpGiven,
    RsvpListed,
    RsvpsListed,
    RsvpWithdrawn,
    VoiceListed,
    VoiceStateSeen,
)
from storage.fold.calendar import Calendar
from storage.fold.changes import Answer, Changes, DayPopulation, Interval, Member
from storage.fold.commands import Commands, WaitingCommands
from storage.fold.coverage import Coverage
from storage.fold.events import Events, EventsState
from storage.fold.membership import Membership, MembershipState
from storage.fold.occurrences import Occurrences
from storage.fold.populations import Populations
from storage.fold.roles import Roles
from storage.fold.rsvps import Rsvps, RunningList
from storage.fold.voice import Voice, VoiceState
from storage.rules import Rules

DAY_MS = 86_400_000


class Remembered(Struct):
    """What no table shows: kept beside the position, as it stood there."""

    clock_ms: int = 0
    first_day: int | None = None
    voice: VoiceState = field(default_factory=VoiceState)
    membership: MembershipState = field(default_factory=MembershipState)
    commands: WaitingCommands = field(default_factory=WaitingCommands)
    events: EventsState = field(default_factory=EventsState)
    rsvp_lists: list[RunningList] = []


class Tables(Struct):
    """What the tables show and the fold goes on from."""

    members: dict[int, Member] = {}
    coverage: dict[str, list[Interval]] = {}
    sets: DayPopulation | None = None  # of the day that `clock_ms` lies in
    answers: list[Answer] = []  # everybody's newest to each event that is remembered


class GuildState:
    """A function of the log's rows so far and of the rules: nothing else enters it."""

    def __init__(self, rules: Rules, remembered: Remembered, tables: Tables) -> None:
        self._changes = changes = Changes()
        self.clock_ms = remembered.clock_ms
        calendar = Calendar(rules)
        self._voice = Voice(changes, calendar, rules, remembered.voice)
        self._commands = Commands(changes, calendar, rules, remembered.commands)
        self._coverage = Coverage(changes, tables.coverage)
        self._populations = Populations(changes, calendar, rules.bridge_days * DAY_MS)
        if remembered.first_day is not None:
            self._populations.resume(remembered.first_day, remembered.clock_ms, tables.sets)
        self._membership = Membership(
            changes=changes,
            members=tables.members,
            populations=self._populations,
            roles=Roles(changes, rules.tiers),
            voice=self._voice,
            saved=remembered.membership,
        )
        self._occurrences = Occurrences(changes, rules.events, remembered.events.pending)
        self._events = Events(changes, self._occurrences, rules.events, remembered.events)
        self._rsvps = Rsvps(
            changes=changes,
            events=self._events,
            occurrences=self._occurrences,
            answers=tables.answers,
            lists=remembered.rsvp_lists,
        )

    @classmethod
    def empty(cls, rules: Rules) -> GuildState:
        return cls(rules, Remembered(), Tables())

    def remembered(self) -> Remembered:
        return Remembered(
            clock_ms=self.clock_ms,
            first_day=self._populations.first_day,
            voice=self._voice.saved(),
            membership=self._membership.saved(),
            commands=self._commands.waiting,
            events=self._events.saved(),
            rsvp_lists=self._rsvps.saved(),
        )

    def apply(self, fact: AnyFact) -> None:
        """Takes one fact in. Raises Refused for one that is not believed."""
        self._advance(fact.to_ms)
        match fact:
            case VoiceStateSeen():
                self._voice_state_seen(fact)
            case (
                MemberChanged()
                | MemberJoined()
                | MemberLeft()
                | MembersListed()
                | MemberWithdrew()
                | RemovalLogged()
            ):
                self._member_noted(fact)
            case CommandInvoked() | CommandCompleted() | AccessChecked():
                self._command_noted(fact)
            case RsvpGiven() | RsvpWithdrawn() | RsvpListed() | RsvpsListed():
                self._answer_noted(fact)
            case (
                EventSeen()
                | EventDeleted()
                | EventsListed()
                | EventHidden()
                | ExceptionSeen()
                | ExceptionRemoved()
                | ExceptionsGone()
                | EventDeclared()
            ):
                self._event_noted(fact)
            case VoiceListed():
                self._voice.listed(fact)
            case CoverageNoted() | GuildSeen() | GuildLost():
                self._recording_noted(fact)
            case _:
                assert_never(fact)

    def settled(self) -> Changes:
        """What has changed since it was cleared, with everything counted so far in it."""
        self._voice.settle()
        self._occurrences.settle(self.clock)
        return self._changes

    @property
    def clock(self) -> Clock:
        return Clock(self.clock_ms, self._voice.sure_ms)

    def _advance(self, now_ms: int) -> None:
        if now_ms > self.clock_ms:
            self.clock_ms = now_ms
            self._populations.advance(now_ms)

    def _voice_state_seen(self, fact: VoiceStateSeen) -> None:
        if isinstance(fact.occupant, str):
            self._voice.state_seen(fact, is_bot=bool(fact.bot))
            return
        member = self._membership.known(fact.occupant, fact.bot, fact)
        if member is not None:
            self._voice.state_seen(fact, member.is_bot)

    def _recording_noted(self, fact: CoverageNoted | GuildSeen | GuildLost) -> None:
        if isinstance(fact, GuildSeen):
            self._voice.guild_seen(fact)
        elif isinstance(fact, GuildLost):
            self._lost(fact, "members", "voice", "events")
        else:
            self._coverage_noted(fact)

    def _coverage_noted(self, fact: CoverageNoted) -> None:
        self._coverage.noted(fact)
        if fact.state == "gap":
            self._lost(fact, *fact.sources)
        elif fact.state == "recorded" and "voice" in fact.sources:
            self._voice.recorded(fact)

    def _lost(self, fact: CoverageNoted | GuildLost, *sources: str) -> None:
        if "voice" in sources:
            self._voice.lost(fact)
        if "members" in sources:
            self._membership.unseen(fact.from_ms)
        if "events" in sources:
            self._events.unseen(fact.from_ms)

    def _member_noted(self, fact: MemberFact | RemovalFact) -> None:
        match fact:
            case MemberChanged():
                self._membership.changed(fact)
            case MemberJoined():
                self._membership.joined(fact)
            case MemberLeft():
                self._membership.left(fact)
                self._rsvps.went(fact.member_no, fact.from_ms, fact.is_estimated)
            case MembersListed():
                self._membership.listed(fact)
            case MemberWithdrew():
                self._membership.withdrew(fact)
                self._rsvps.went(fact.member_no, fact.from_ms, is_estimated=True)
            case RemovalLogged():
                self._removal_logged(fact)
            case _:
                assert_never(fact)

    def _removal_logged(self, fact: RemovalLogged) -> None:
        if fact.member_no is None or not self._membership.has_withdrawn(fact.member_no):
            self._changes.removals[fact.entry_id] = fact

    def _event_noted(self, fact: EventFact) -> None:
        self._forget_past_events()
        self._events.noted(fact)

    def _answer_noted(self, fact: RsvpFact) -> None:
        self._forget_past_events()
        if isinstance(fact, RsvpsListed) or self._membership.known(fact.member_no, None, fact) is not None:
            self._rsvps.noted(fact)

    def _forget_past_events(self) -> None:
        gone = self._events.forget_past(self.clock_ms)
        if gone is not None:
            self._rsvps.forget_past(self.clock_ms, gone)

    def _command_noted(self, fact: CommandInvoked | CommandCompleted | AccessChecked) -> None:
        if fact.member_no is not None and self._membership.known(fact.member_no, None, fact) is None:
            return
        if isinstance(fact, CommandInvoked):
            self._commands.invoked(fact)
        elif isinstance(fact, CommandCompleted):
            self._commands.completed(fact)
        else:
            self._changes.accesses[fact.interaction_id] = fact
