"""Who is a member, since when, and how earlier memberships ended.

What is seen of a member may contradict what is believed, when something was missed: then they have left or
joined unseen, and it is dated by what is sure.
"""

from __future__ import annotations

from msgspec import Struct

from storage.facts import Fact, MemberChanged, MemberJoined, MemberLeft, MembersListed, MemberWithdrew
from storage.fold.changes import Changes, Member, Spell
from storage.fold.populations import Populations
from storage.fold.roles import Roles
from storage.fold.voice import Voice

UNKNOWN = "unknown"  # a leave, kick, ban and prune all look alike: why a membership ended is not known
# A list that would remove more than a fifth of the members is wrong, or it is for people to decide ("Drift").
# Among so few that one is a tenth, a fifth is nothing unusual.
LARGEST_REMOVAL = 0.2
ALWAYS_REMOVABLE = 10


class Refused(Exception):
    """A fact that is understood and not believed. Its text is the dead letter's reason."""


class MembershipState(Struct):
    snapshot: str | None = None
    listed: list[int] = []  # in the snapshot so far, or joined since it began
    unseen_from_ms: list[int] = []  # where gaps began since the last complete list


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
        self._snapshot = saved.snapshot
        self._listed = set(saved.listed)
        self._unseen_from_ms = list(saved.unseen_from_ms)

    def saved(self) -> MembershipState:
        return MembershipState(self._snapshot, sorted(self._listed), self._unseen_from_ms)

    # ------------------------------------------------------------ what was seen

    def known(self, member_no: int, bot: bool | None, fact: Fact) -> Member | None:
        """The member with this number. None for those who withdrew: nothing more is noted of them."""
        member = self._members.get(member_no)
        if member is None:
            member = self._members[member_no] = Member(member_no)
            self._changes.members[member_no] = member
        if member.withdrawn_at_ms is not None:
            return None
        if bot and not member.is_bot:
            self._is_no_human(member, fact)
        return member

    def joined(self, fact: MemberJoined) -> None:
        member = self.known(fact.member_no, fact.bot, fact)
        if member is None:
            return
        if self._snapshot is not None:
            self._listed.add(member.member_no)
        spell = self._begin(member, fact.joined_at_ms, is_estimated=False)
        self._roles.seen(member, fact.roles, spell.joined_ms, spell.joined_ms)

    def changed(self, fact: MemberChanged) -> None:
        if fact.snapshot is not None:
            self._list(fact.snapshot, fact.member_no)
        member = self.known(fact.member_no, fact.bot, fact)
        if member is None:
            return
        self._seen_as_member(member, fact)
        if member.is_current:
            self._roles.seen(member, fact.roles, fact.from_ms, fact.to_ms)

    def left(self, fact: MemberLeft) -> None:
        member = self.known(fact.member_no, fact.bot, fact)
        if member is not None:
            self._voice.went(fact.member_no, fact, fact.is_estimated)
            self._end(member, fact.from_ms, fact.is_estimated, is_seen=True)

    def listed(self, fact: MembersListed) -> None:
        """Whoever is believed to be a member and was not in the list has left since the last sure moment."""
        if self._snapshot != fact.snapshot:
            return  # nobody of it came this far, not even the bot itself
        listed = self._listed
        self._snapshot, self._listed = None, set()
        if not fact.complete:
            return
        current = [member for member in self._members.values() if member.is_current]
        absent = [member for member in current if member.member_no not in listed]
        if len(absent) > max(ALWAYS_REMOVABLE, LARGEST_REMOVAL * len(current)):
            raise Refused(f"the list of members lacks {len(absent)} of {len(current)}: not believed")
        for member in absent:
            self._voice.went(member.member_no, fact, is_estimated=True)
            self._end(member, self._last_sure_ms(member, fact.from_ms), is_estimated=True)
        self._unseen_from_ms.clear()

    def unseen(self, from_ms: int) -> None:
        """From here on, until the next complete list, someone can have come and gone unseen."""
        self._unseen_from_ms.append(from_ms)

    def withdrew(self, fact: MemberWithdrew) -> None:
        member = self.known(fact.member_no, None, fact)
        if member is None:
            return
        self._voice.withdrew(fact.member_no)
        self._end(member, fact.from_ms, is_estimated=True)
        member.withdrawn_at_ms = fact.from_ms
        self._changes.members[member.member_no] = member

    # ------------------------------------------------------------------- spells

    def _list(self, snapshot: str, member_no: int) -> None:
        if self._snapshot != snapshot:
            self._snapshot, self._listed = snapshot, set()
        self._listed.add(member_no)

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
            self._end(member, left_ms, is_estimated=True)
        left_before_ms = None if last is None else last.left_ms
        joined_ms = max(joined_ms, left_before_ms or 0)
        spell = member.spell = Spell(member.member_no, joined_ms, is_estimated)
        if member.first_join_ms is None or joined_ms < member.first_join_ms:
            member.first_join_ms = joined_ms
        self._write(member)
        if not member.is_bot:
            self._populations.came(member.member_no, joined_ms, left_before_ms)
        return spell

    def _end(self, member: Member, at_ms: int, is_estimated: bool, is_seen: bool = False) -> None:
        spell = member.spell
        if spell is None or spell.left_ms is not None:
            return
        spell.left_ms = max(spell.joined_ms, at_ms)
        spell.ended_as = UNKNOWN
        spell.leave_estimated = is_estimated
        spell.leave_seen = is_seen
        self._roles.all_lost(member, spell.left_ms)
        self._write(member)
        if not member.is_bot:
            self._populations.went(spell, spell.left_ms)

    def _reopen(self, member: Member, spell: Spell, left_ms: int) -> None:
        spell.left_ms = spell.ended_as = None
        spell.leave_estimated = False
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
        return min((ms for ms in self._unseen_from_ms if ms >= joined_ms), default=now_ms)

    def _is_no_human(self, member: Member, fact: Fact) -> None:
        member.is_bot = True
        self._changes.members[member.member_no] = member
        self._voice.went(member.member_no, fact, is_estimated=True)
        if member.spell is not None:
            self._populations.forget(member.member_no)
