"""Who held which role, from when to when, and the tier that the roles make."""

from __future__ import annotations

from collections.abc import Iterable

from storage.fold.changes import Changes, Member
from storage.rules import NO_TIER, TierRule


class Roles:
    def __init__(self, changes: Changes, tiers: Iterable[TierRule]) -> None:
        self._changes = changes
        self._tiers = [(tier.name, frozenset(tier.roles)) for tier in tiers]

    def seen(self, member: Member, roles: frozenset[int], from_ms: int, to_ms: int) -> None:
        """All roles that someone holds now. A new one counts from `to_ms`, a lost one until `from_ms`."""
        self.lost(member, sorted(member.roles.keys() - roles), from_ms)
        for role in sorted(roles - member.roles.keys()):
            member.roles[role] = to_ms
            self._changes.roles[member.member_no, role, to_ms] = None
            self._changed(role, to_ms)
        self.ranked(member)

    def lost(self, member: Member, roles: Iterable[int], at_ms: int) -> None:
        for role in roles:
            held_since_ms = member.roles.pop(role)
            lost_ms = max(held_since_ms, at_ms)
            self._changes.roles[member.member_no, role, held_since_ms] = lost_ms
            self._changed(role, lost_ms)

    def all_lost(self, member: Member, at_ms: int) -> None:
        self.lost(member, list(member.roles), at_ms)

    def ranked(self, member: Member) -> None:
        """Gives a member the tier of their roles. Who left keeps theirs: this is not called for them."""
        tier = next((name for name, roles in self._tiers if not roles.isdisjoint(member.roles)), NO_TIER)
        if tier != member.tier:
            member.tier = tier
            self._changes.members[member.member_no] = member

    def _changed(self, role: int, since_ms: int) -> None:
        since = self._changes.roles_since
        since[role] = min(since_ms, since.get(role, since_ms))
