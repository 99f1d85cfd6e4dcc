"""All that the fold knows of one guild, and the one step that takes a fact into it."""

from __future__ import annotations

from typing import assert_never

from msgspec import Struct, field

from storage.attendance.intervals import Span
from storage.attendance.window import Clock
from storage.corrections import StaffCorrection, Told
from storage.facts import (
    AccessChecked,
    AccountsLinked,
    ActivityNoted,
    AnyFact,
    ChannelSeen,
    CommandCompleted,
    CommandFact,
    CommandInvoked,
    CorrectionFact,
    CorrectionMade,
    CorrectionTakenBack,
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
    Imported,
    MemberChanged,
    MemberFact,
    MemberJoined,
    MemberLeft,
    MembersListed,
    MemberWithdrew,
    MessageSent,
    RemovalFact,
    RemovalLogged,
    RsvpFact,
    RsvpGiven,
    RsvpListed,
    RsvpsListed,
    RsvpWithdrawn,
    SeenFact,
    VoiceListed,
    VoiceStateSeen,
)
from storage.fold.activity import Elsewhere
from storage.fold.calendar import Calendar
from storage.fold.changes import Answer, Changes, DayPopulation, Interval, Member
from storage.fold.commands import Commands, WaitingCommands
from storage.fold.corrections import Corrections
from storage.fold.coverage import Coverage
from storage.fold.events import Events, EventsState
from storage.fold.holes import Holes
from storage.fold.imports import Imports, ImportsState
from storage.fold.membership import Membership, MembershipState
from storage.fold.occurrences import Occurrences
from storage.fold.populations import Populations
from storage.fold.roles import Roles
from storage.fold.rsvps import Rsvps, RunningList
from storage.fold.text import Text
from storage.fold.voice import Voice, VoiceState
from storage.occurrence import OccurrenceKey
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
    imports: ImportsState = field(default_factory=ImportsState)
    told_coverage: dict[str, list[Span]] = {}
    missed_coverage: dict[str, list[Span]] = {}
    noted_to_ms: dict[str, int] = {}


class Tables(Struct):
    """What the tables show and the fold goes on from."""

    members: dict[int, Member] = {}
    coverage: dict[str, list[Interval]] = {}
    sets: DayPopulation | None = None  # of the day that `clock_ms` lies in
    corrections: list[StaffCorrection] = []
    answers: list[Answer] = []  # everybody's newest to each event that is remembered


class GuildState:
    """A function of the log's rows so far and of the rules: nothing else enters it."""

    def __init__(self, rules: Rules, remembered: Remembered, tables: Tables) -> None:
        self._changes = changes = Changes()
        self.clock_ms = remembered.clock_ms
        calendar = Calendar(rules)
        self._voice = Voice(changes, calendar, rules, remembered.voice)
        self._commands = Commands(changes, calendar, rules, remembered.commands)
        self._text = Text(changes, calendar)
        self._elsewhere = Elsewhere(changes, calendar)
        self._coverage = Coverage(
            changes, tables.coverage, dict(remembered.told_coverage), dict(remembered.missed_coverage)
        )
        self._holes = Holes(dict(remembered.noted_to_ms))
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
        self._corrections = Corrections(changes, tables.corrections)
        self._occurrences = Occurrences(changes, rules.events, remembered.events, self.told)
        self._events = Events(changes, self._occurrences, rules.events, remembered.events)
        self._rsvps = Rsvps(
            changes=changes,
            events=self._events,
            occurrences=self._occurrences,
            answers=tables.answers,
            lists=remembered.rsvp_lists,
        )
        self.imports = Imports(
            changes=changes,
            calendar=calendar,
            membership=self._membership,
            voice=self._voice,
            commands=self._commands,
            coverage=self._coverage,
            occurrences=self._occurrences,
            first_day=remembered.first_day,
            saved=remembered.imports,
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
            imports=self.imports.saved(),
            told_coverage=self._coverage.told_spans(),
            missed_coverage=self._coverage.missed_spans(),
            noted_to_ms=self._holes.saved(),
        )

    def apply(self, fact: AnyFact) -> None:
        """Takes one fact in. Raises Refused for one that is not believed."""
        if isinstance(fact, Imported):
            self.imports.take(fact)
        elif isinstance(fact, AccountsLinked):
            self._changes.linked_ms.append(fact.from_ms)
        else:
            self._advance(fact)
            self._take(fact)

    def _take(self, fact: SeenFact) -> None:
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
            case CommandInvoked() | CommandCompleted() | AccessChecked() | MessageSent() | ActivityNoted():
                self._act_noted(fact)
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
                | CorrectionMade()
                | CorrectionTakenBack()
            ):
                self._event_noted(fact)
            case VoiceListed():
                self._voice.listed(fact)
            case ChannelSeen():
                self._events.channel_seen(fact)
            case CoverageNoted() | GuildSeen() | GuildLost():
                self._recording_noted(fact)
            case _:
                assert_never(fact)

    def settled(self) -> Changes:
        """What has changed since it was cleared, with everything counted so far in it."""
        self._voice.settle()
        self._occurrences.settle(self.clock)
        self.imports.settle(self._populations.first_day, self._voice.sure_ms)
        return self._changes

    def told(self, occurrence: OccurrenceKey) -> Told:
        """What stands of staff's corrections of an occurrence."""
        return self._corrections.told(occurrence)

    @property
    def clock(self) -> Clock:
        return Clock(self.clock_ms, self._voice.sure_ms)

    @property
    def reaches_ms(self) -> int:
        """The latest moment that anything speaks of."""
        return max(self.clock_ms, self.imports.to_ms)

    def _advance(self, fact: SeenFact) -> None:
        """What happened elsewhere is told of afterwards: nothing else is known up to then."""
        if isinstance(fact, ActivityNoted):
            self.imports.reach(fact.at_ms, fact.at_ms)
        elif fact.to_ms > self.clock_ms:
            now_ms = fact.to_ms
            self.clock_ms = now_ms
            today = self._populations.today
            if today is None or now_ms >= today.end_ms:
                self._populations.advance(now_ms)

    def _voice_state_seen(self, fact: VoiceStateSeen) -> None:
        if isinstance(fact.occupant, str):
            self._voice.state_seen(fact, is_nobody=bool(fact.bot))
            return
        member = self._membership.known(fact.occupant, fact.bot, fact)
        if member is not None:
            spell = member.spell
            has_gone = (
                spell is not None and spell.left_ms is not None and self._membership.has_gone(spell.left_ms)
            )
            self._voice.state_seen(fact, member.is_bot or has_gone)

    def _recording_noted(self, fact: CoverageNoted | GuildSeen | GuildLost) -> None:
        if isinstance(fact, GuildSeen):
            self._voice.guild_seen(fact)
        elif isinstance(fact, GuildLost):
            self._lost(fact, "members", "voice", "events")
        else:
            self._coverage_noted(fact)

    def _coverage_noted(self, fact: CoverageNoted) -> None:
        for source, hole in self._holes.before(fact):
            self._missed(source, hole)
        self._coverage.noted(fact)
        if fact.state == "gap":
            self._lost(fact, *fact.sources)
        elif fact.state == "recorded" and "voice" in fact.sources:
            self._voice.recorded(fact)

    def _missed(self, source: str, hole: Span) -> None:
        """A gap that is known of only now: what happened after it may have been seen already."""
        if source == "voice":
            self._voice.missed(hole)
        elif source == "members":
            self._membership.missed(hole)
        else:
            self._events.unseen(hole.start_ms)

    def _lost(self, fact: CoverageNoted | GuildLost, *sources: str) -> None:
        if "voice" in sources:
            self._voice.lost(fact)
        if "members" in sources:
            self._membership.unseen(fact.from_ms, fact.to_ms)
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

    def _event_noted(self, fact: EventFact | CorrectionFact) -> None:
        self._forget_past_events()
        if isinstance(fact, CorrectionMade | CorrectionTakenBack):
            self._correction_noted(fact)
            return
        if isinstance(fact, EventDeclared):
            self._corrections.declared(fact)
        self._events.noted(fact)

    def _correction_noted(self, fact: CorrectionFact) -> None:
        key = self._corrections.noted(fact)
        if key is not None:
            self._occurrences.corrected(key, self._events.occurrence(key), fact.to_ms)

    def _answer_noted(self, fact: RsvpFact) -> None:
        self._forget_past_events()
        if isinstance(fact, RsvpsListed) or self._membership.known(fact.member_no, None, fact) is not None:
            self._rsvps.noted(fact)

    def _forget_past_events(self) -> None:
        gone = self._events.forget_past(self.clock_ms)
        if gone is not None:
            self._rsvps.forget_past(self.clock_ms, gone)

    def _act_noted(self, fact: CommandFact | MessageSent | ActivityNoted) -> None:
        if fact.member_no is not None and self._membership.known(fact.member_no, None, fact) is None:
            return
        if isinstance(fact, MessageSent):
            self._text.sent(fact)
        elif isinstance(fact, ActivityNoted):
            self._elsewhere.noted(fact)
        elif isinstance(fact, CommandInvoked):
            self._commands.invoked(fact)
        elif isinstance(fact, CommandCompleted):
            self._commands.completed(fact)
        else:
            self._changes.accesses[fact.interaction_id] = fact
