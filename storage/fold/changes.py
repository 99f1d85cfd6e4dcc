"""What a batch of facts changes in the tables: the newest row for a key, and what is added to daily totals.

The rows are the fold's own objects, read when the batch is written, so a row that changes a hundred times in
a batch is written once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from msgspec import Struct
from pyroaring import BitMap

from storage.attendance.intervals import Span
from storage.corrections import CorrectionKey, StaffCorrection
from storage.endings import Leave
from storage.facts import AccessChecked, CommandCompleted, RemovalLogged
from storage.occurrence import Occurrence, OccurrenceKey
from storage.rules import NO_TIER


class Spell(Struct):
    """One unbroken membership. Why it ended is concluded from rows (storage/fold/removals.py)."""

    member_no: int
    joined_ms: int
    join_estimated: bool
    left_ms: int | None = None
    left_to_ms: int | None = None
    leave_estimated: bool = False
    leave_seen: bool = False

    @property
    def leave(self) -> Leave | None:
        """Its end, if it can be said until when that was: not of one who withdrew, and may still be here."""
        if self.left_ms is None or self.left_to_ms is None:
            return None
        return Leave(self.member_no, self.joined_ms, self.left_ms, self.left_to_ms)


class Member(Struct):
    member_no: int
    is_bot: bool = False
    first_join_ms: int | None = None
    withdrawn_at_ms: int | None = None
    spell: Spell | None = None  # the newest one
    roles: dict[int, int] = {}  # role → held since
    tier: str = NO_TIER

    @property
    def is_current(self) -> bool:
        return self.spell is not None and self.spell.left_ms is None


class VoiceSession(Struct):
    """A person's session, as far as it was spent in one channel: moving on does not end an unbroken stay."""

    member_no: int
    channel_id: int
    start_ms: int
    start_estimated: bool
    session_start_ms: int
    end_ms: int | None = None
    end_estimated: bool = False
    qualifying_ms: int = 0
    afk_ms: int = 0
    deafened_ms: int = 0
    alone_ms: int = 0
    was_estimated: bool = False  # in a channel before this one
    counted_days: tuple[int, ...] = ()  # local days whose numbers of sessions hold it, so far, in any channel

    @property
    def is_estimated(self) -> bool:
        return self.was_estimated or self.start_estimated or self.end_estimated


class Invocation(Struct):
    interaction_id: int
    member_no: int | None
    application_id: int
    command: str
    options: str | None
    invoked_ms: int
    outcome: str | None = None
    error_type: str | None = None
    latency_ms: int | None = None
    is_counted: bool = False  # as activity: in the daily totals


class TextDay(Struct):
    """What is added to what somebody wrote on a day."""

    first_ms: int
    last_ms: int
    messages: int = 0


class Answer(Struct):
    """Somebody's answer to an occurrence or to a whole event, while it stood."""

    event_id: int
    occurrence: int  # its original start; 0: the whole event
    member_no: int
    from_ms: int
    to_ms: int | None
    interested: bool
    from_estimated: bool
    to_estimated: bool = False


class ToldStay(NamedTuple):
    """A stay in voice that a file tells of."""

    start_ms: int
    member_no: int
    channel_id: int
    end_ms: int
    is_deafened: bool
    is_afk: bool


class Interval(Struct):
    """[from_ms, to_ms) of one source."""

    from_ms: int
    to_ms: int
    state: str
    cause: str | None


class ListKey(NamedTuple):
    """Which of Discord's lists."""

    at_ms: int
    source: str
    event_id: int = 0  # of a list of answers
    occurrence: int = 0  # its original start; 0: the whole event


class Reconciliation(NamedTuple):
    """How one of Discord's lists compared with what was believed when it came."""

    listed: int
    believed: int
    absent: int
    unexpected: int
    verdict: str
    reason: str | None


class Total(Struct):
    """What is added to a person's total of a day."""

    count: int = 0
    duration_ms: int = 0


class DayPopulation(Struct):
    """Who was there on a day at all, and when it ended."""

    present: BitMap
    present_at_end: BitMap


class Correction(Struct):
    """What became known about one person's presence on a past day; None: nothing new."""

    present: bool | None = None
    present_at_end: bool | None = None


def correct(members: BitMap, member_no: int, there: bool | None) -> None:
    if there:
        members.add(member_no)
    elif there is False:
        members.discard(member_no)


@dataclass(slots=True)
class Changes:
    members: dict[int, Member] = field(default_factory=dict)
    first_joins_before: dict[int, int | None] = field(default_factory=dict)  # of whom it is another one now
    spells: dict[tuple[int, int], Spell] = field(default_factory=dict)
    roles: dict[tuple[int, int, int], int | None] = field(default_factory=dict)  # member, role, from → to
    roles_since: dict[int, int] = field(default_factory=dict)  # role → since when others hold it
    sessions: dict[tuple[int, int, int], VoiceSession] = field(default_factory=dict)
    # day, member, start of the session → whether it is estimated
    session_days: dict[tuple[int, int, int], bool] = field(default_factory=dict)
    invocations: dict[int, Invocation] = field(default_factory=dict)
    begun: set[int] = field(default_factory=set)  # invocations of which nobody remembers another half
    late_endings: dict[int, CommandCompleted] = field(default_factory=dict)  # nobody remembers of what
    text_days: dict[tuple[int, int], TextDay] = field(default_factory=dict)  # day, member
    accesses: dict[int, AccessChecked] = field(default_factory=dict)
    totals: dict[tuple[int, str, int], Total] = field(default_factory=dict)  # day, activity, member
    days: dict[int, DayPopulation] = field(default_factory=dict)  # days whose sets are known in whole
    corrections: dict[tuple[int, int], Correction] = field(default_factory=dict)  # day, member
    coverage: dict[tuple[str, int], Interval | None] = field(default_factory=dict)  # source, from; None: gone
    painted_ms: list[int] = field(default_factory=list)  # from when on coverage is another one
    removals: dict[int, RemovalLogged] = field(default_factory=dict)  # by the audit log's entry
    leaves_undone: list[Leave] = field(default_factory=list)  # believed before, and now not
    removals_repainted: list[Span] = field(default_factory=list)  # where their record came or went
    reconciliations: dict[ListKey, Reconciliation] = field(default_factory=dict)
    voice_repainted: list[Span] = field(default_factory=list)  # where gaps in voice came or went
    occurrences: dict[OccurrenceKey, Occurrence] = field(default_factory=dict)
    staff_corrections: dict[CorrectionKey, StaffCorrection] = field(default_factory=dict)
    corrected: set[OccurrenceKey] = field(default_factory=set)  # of which staff told something, or took back
    answers: dict[tuple[int, int, int, int], Answer] = field(default_factory=dict)  # by primary key
    answered: dict[int, int] = field(default_factory=dict)  # event → since when its answers are others
    due: set[OccurrenceKey] = field(default_factory=set)  # time alone may change what is concluded
    found_out: set[int] = field(default_factory=set)  # who turned out to be a bot, or to be none
    told_memberships: set[tuple[int, int, str]] = field(default_factory=set)  # member, moment, change
    told_stays: set[ToldStay] = field(default_factory=set)
    linked_ms: list[int] = field(default_factory=list)  # since when accounts elsewhere are others
    # event, original start, member → attended, presence
    told_attendance: dict[tuple[int, int, int], tuple[bool, int | None]] = field(default_factory=dict)

    def add(self, day: int, activity: str, member_no: int, count: int, duration_ms: int) -> None:
        """Adds to a person's total of a local day."""
        key = (day, activity, member_no)
        total = self.totals.get(key)
        if total is None:
            total = self.totals[key] = Total()
        total.count += count
        total.duration_ms += duration_ms

    def tell_days(self, session: VoiceSession) -> None:
        """On which days a session counts, if sums of days do not tell enough of it."""
        if session.is_estimated or len(session.counted_days) > 1:
            for day in session.counted_days:
                self.session_days[day, session.member_no, session.session_start_ms] = session.is_estimated

    def clear(self) -> None:
        for name in self.__slots__:
            getattr(self, name).clear()
