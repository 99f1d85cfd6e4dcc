"""Who is a member, since when, and how earlier memberships ended.

What is seen of a member may contradict what is believed, when something was missed: then they have left or
joined unseen, and it is dated by what is sure.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field
from pyroaring import BitMap

from storage.attendance.intervals import Span
from storage.day_sets import serialised
from storage.facts import (
    ActivityNoted,
    Fact,
    Imported,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    MembershipImported,
    MembersListed,
    MemberWithdrew,
)
from storage.fold.changes import Changes, Member, Spell
from storage.fold.populations import Populations
from storage.fold.reconciliations import (
    PARTIAL,
    REFUSED,
    TAKEN,
    Arriving,
    Compared,
    Doubted,
    Refused,
    is_plausible,
    reconciled,
)
from storage.fold.roles import Roles
from storage.fold.voice import Voice

# Its length is held against Discord's own count before: of so few as ten a list that is right lacks a fifth
# as soon as two or three leave in one night.
FEWEST = 50
SOURCE = "members"
TOLD = (Imported, ActivityNoted)  # not seen by the bot
NOBODY = serialised(BitMap())


class MembershipState(Struct):
    arriving: Arriving = field(default_factory=Arriving)
    listed: bytes = NOBODY  # a bitmap of who is in that list so far, or joined since it began
    unseen: list[Span] = []  # gaps since the last complete list
    told_only: bytes = NOBODY  # a bitmap of those of whom nothing was recorded: they are as files say
    doubted: Doubted | None = None
    listed_at_ms: int = 0  # when the last complete list had come


class Membership:
    def __init__(
        self,
        *,
        changes: Changes,
        members: dict[int, Member],
        populations: Populations,
        roles: Roles,
        voice: Voice,
        saved: MembershipState,
    ) -> None:
        self._changes = changes
        self._members = members
        self._populations = populations
        self._roles = roles
        self._voice = voice
        self._arriving = saved.arriving
        self._listed = BitMap.deserialize(saved.listed)
        self._unseen = list(saved.unseen)
        self._told_only = BitMap.deserialize(saved.told_only)
        self._doubted = saved.doubted
        self._listed_at_ms = saved.listed_at_ms

    def saved(self) -> MembershipState:
        told_only = serialised(self._told_only)
        listed = serialised(self._listed)
        return MembershipState(
            *(self._arriving, listed, self._unseen, told_only, self._doubted, self._listed_at_ms)
        )

    # ------------------------------------------------------------ what was seen

    def known(self, member_no: int, bot: bool | None, fact: Fact) -> Member | None:
        """The member with this number. None for those who withdrew: nothing more is noted of them."""
        is_told = isinstance(fact, TOLD)
        member = self._members.get(member_no)
        if member is None:
            member = self._members[member_no] = Member(member_no)
            self._changes.members[member_no] = member
            if is_told:
                self._told_only.add(member_no)
        if member.withdrawn_at_ms is not None:
            return None
        is_told_only = member_no in self._told_only
        if is_told_only and not is_told:
            self._told_only.discard(member_no)
            if member.is_bot and not bot:
                self._is_human(member)
        if bot and not member.is_bot and (is_told_only or not is_told):
            self._is_no_human(member, fact)
        return member

    def has_gone(self, left_ms: int) -> bool:
        """Whether who left then cannot have come back unseen: what is still heard of them is stale."""
        return all(from_ms < left_ms for from_ms, _ in self._unseen)

    def joined(self, fact: MemberJoined) -> None:
        member = self.known(fact.member_no, fact.bot, fact)
        if member is None:
            return
        if self._arriving.snapshot is not None:
            self._listed.add(member.member_no)
        spell = self._begin(member, fact.joined_at_ms, is_estimated=False)
        self._roles.seen(member, fact.roles, spell.joined_ms, spell.joined_ms)

    def changed(self, fact: MemberChanged) -> None:
        if fact.snapshot is not None and self._arriving.begins(fact.snapshot):
            self._listed = BitMap()
        member = self.known(fact.member_no, fact.bot, fact)
        if member is None:
            return
        if fact.snapshot is not None and member.member_no not in self._listed:
            self._listed.add(member.member_no)
            self._arriving.met(is_believed=member.is_current)
        self._seen_as_member(member, fact)
        if member.is_current and member.roles.keys() != fact.roles:
            from_ms = fact.from_ms if fact.snapshot is None else self._last_sure_ms(member, fact.from_ms)
            self._roles.seen(member, fact.roles, from_ms, fact.to_ms)

    def left(self, fact: MemberLeft) -> None:
        member = self.known(fact.member_no, fact.bot, fact)
        if member is not None:
            self._voice.went(fact.member_no, fact, fact.is_estimated)
            self._end(member, fact.from_ms, fact.to_ms, fact.is_estimated, is_seen=True)

    def listed(self, fact: MembersListed) -> None:
        """Whoever is believed to be a member and was not in the list has left since the last sure moment."""
        listed, unexpected = BitMap(), 0
        if self._arriving.snapshot == fact.snapshot:
            listed, unexpected = self._listed, self._arriving.unexpected
            self._listed = BitMap()
            self._arriving.ended()
        current = [member for member in self._members.values() if member.is_current]
        absent = [member for member in current if member.member_no not in listed]
        gone = BitMap(member.member_no for member in absent)
        verdict, reason = _verdict(fact, len(listed), gone, len(current), self._doubted)
        compared = Compared(len(listed), len(absent), unexpected)
        reconciled(self._changes, SOURCE, fact.to_ms, compared, verdict=verdict, reason=reason)
        if verdict == REFUSED:
            self._doubted = Doubted.of(fact.snapshot, gone)
            raise Refused(reason)
        if verdict == TAKEN:
            self._doubted = None
            self._gone(absent, fact)
            self._unseen.clear()
            self._listed_at_ms = max(self._listed_at_ms, fact.to_ms)

    def _gone(self, absent: Iterable[Member], fact: MembersListed) -> None:
        for member in absent:
            self._voice.went(member.member_no, fact, is_estimated=True)
            last_sure_ms = self._last_sure_ms(member, fact.from_ms)
            self._end(member, last_sure_ms, fact.to_ms, is_estimated=True)

    def has_withdrawn(self, member_no: int) -> bool:
        member = self._members.get(member_no)
        return member is not None and member.withdrawn_at_ms is not None

    def unseen(self, from_ms: int, to_ms: int) -> None:
        """From here on, until the next complete list, someone can have come and gone unseen."""
        self._unseen.append(Span(from_ms, to_ms))

    def missed(self, hole: Span) -> None:
        """A gap that is known of only now: a complete list may have come since."""
        if self._listed_at_ms < hole.end_ms:
            self.unseen(hole.start_ms, hole.end_ms)

    def withdrew(self, fact: MemberWithdrew) -> None:
        member = self.known(fact.member_no, None, fact)
        if member is None:
            return
        self._voice.withdrew(fact.member_no)
        self._end(member, fact.from_ms, None, is_estimated=True)
        member.withdrawn_at_ms = fact.from_ms
        self._changes.members[member.member_no] = member

    def told(self, fact: MembershipImported) -> bool:
        """A file tells of the past: only the first join may be another one. False: they withdrew."""
        member = self.known(fact.member_no, fact.bot, fact)
        if member is None:
            return False
        is_first = member.first_join_ms is None or fact.from_ms < member.first_join_ms
        if fact.change == "join" and is_first:
            self._first_joined(member, fact.from_ms)
        return True

    # ------------------------------------------------------------------- spells

    def _seen_as_member(self, member: Member, fact: MemberChanged) -> None:
        joined_ms = fact.to_ms if fact.joined_at_ms is None else min(fact.joined_at_ms, fact.to_ms)
        spell = member.spell
        if spell is not None and spell.left_ms is not None and joined_ms <= spell.joined_ms:
            # The membership that has ended: either it was only believed to have, or this is older news.
            if not spell.leave_seen:
                self._reopen(member, spell, spell.left_ms)
            return
        if not member.is_current or fact.joined_at_ms is not None:
            self._begin(member, joined_ms, is_estimated=fact.joined_at_ms is None)

    def _begin(self, member: Member, joined_ms: int, is_estimated: bool) -> Spell:
        last = member.spell
        if last is not None and last.left_ms is None:
            if joined_ms <= last.joined_ms:
                return last  # the same membership again
            left_ms = min(joined_ms, self._last_sure_ms(member, joined_ms))
            self._end(member, left_ms, joined_ms, is_estimated=True)
        left_before_ms = None if last is None else last.left_ms
        joined_ms = max(joined_ms, left_before_ms or 0)
        spell = member.spell = Spell(member.member_no, joined_ms, is_estimated)
        if member.first_join_ms is None or joined_ms < member.first_join_ms:
            self._first_joined(member, joined_ms)
        self._roles.ranked(member)
        self._write(member)
        if not member.is_bot:
            self._populations.came(member.member_no, joined_ms, left_before_ms)
        return spell

    def _first_joined(self, member: Member, joined_ms: int) -> None:
        self._changes.first_joins_before.setdefault(member.member_no, member.first_join_ms)
        member.first_join_ms = joined_ms
        self._changes.members[member.member_no] = member

    def _end(
        self, member: Member, from_ms: int, to_ms: int | None, is_estimated: bool, is_seen: bool = False
    ) -> None:
        """`to_ms`: the latest moment at which they can have gone, if that can be said."""
        spell = member.spell
        if spell is None or spell.left_ms is not None:
            return
        spell.left_ms = max(spell.joined_ms, from_ms)
        spell.left_to_ms = None if to_ms is None else max(spell.left_ms, to_ms)
        spell.leave_estimated = is_estimated
        spell.leave_seen = is_seen
        self._roles.all_lost(member, spell.left_ms)
        self._write(member)
        if not member.is_bot:
            self._populations.went(spell, spell.left_ms)

    def _reopen(self, member: Member, spell: Spell, left_ms: int) -> None:
        if spell.leave is not None:
            self._changes.leaves_undone.append(spell.leave)
        spell.left_ms = spell.left_to_ms = None
        spell.leave_estimated = False
        self._roles.ranked(member)
        self._write(member)
        if not member.is_bot:
            self._populations.stayed(member.member_no, left_ms)

    def _write(self, member: Member) -> None:
        self._changes.members[member.member_no] = member
        if member.spell is not None:
            self._changes.spells[member.member_no, member.spell.joined_ms] = member.spell

    def _last_sure_ms(self, member: Member, now_ms: int) -> int:
        assert member.spell is not None
        joined_ms = member.spell.joined_ms
        # A RESUME tells also of who joined after the moment from which on nothing more came.
        since_ms = (max(from_ms, joined_ms) for from_ms, to_ms in self._unseen if to_ms > joined_ms)
        return min(since_ms, default=now_ms)

    def _is_human(self, member: Member) -> None:
        """Only a file had taken them for a bot."""
        member.is_bot = False
        self._changes.members[member.member_no] = member
        self._changes.found_out.add(member.member_no)

    def _is_no_human(self, member: Member, fact: Fact) -> None:
        member.is_bot = True
        self._changes.members[member.member_no] = member
        self._changes.found_out.add(member.member_no)
        self._voice.went(member.member_no, fact, is_estimated=True)
        if member.spell is not None:
            self._populations.forget(member.member_no)


def _verdict(
    fact: MembersListed, listed: int, absent: BitMap, believed: int, doubted: Doubted | None
) -> tuple[str, str | None]:
    if not listed:  # not even the bot itself
        return PARTIAL, "nobody of the list was recorded"
    if not fact.complete:
        return PARTIAL, "not the whole list came, or far fewer than Discord counts"
    if not is_plausible(absent, believed, doubted, fewest=FEWEST):
        return REFUSED, f"the list of members lacks {len(absent)} of {believed}: not believed"
    return TAKEN, None
