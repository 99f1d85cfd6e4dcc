"""Who held which role, from when to when."""

from __future__ import annotations

from collections.abc import Iterable

from storage.fold.changes import Changes, Member


class Roles:
    def __init__(self, changes: Changes) -> None:
        self._changes = changes

    def seen(self, member: Member, roles: frozenset[int], from_ms: int, to_ms: int) -> None:
        """All roles that someone holds now. A new one counts from `to_ms`, a lost one until `from_ms`."""
        if member.roles.keys() == roles:
            return
        self.lost(member, sorted(member.roles.keys() - roles), from_ms)
        for role in sorted(roles - member.roles.keys()):
            member.roles[role] = to_ms
            self._changes.roles[member.member_no, role, to_ms] = None
            self._changed(role, to_ms)

    def lost(self, member: Member, roles: Iterable[int], at_ms: int) -> None:
        for role in roles:
            held_since_ms = member.roles.pop(role)
            lost_ms = max(held_since_ms, at_ms)
            self._changes.roles[member.member_no, role, held_since_ms] = lost_ms
            self._changed(role, lost_ms)

    def all_lost(self, member: Member, at_ms: int) -> None:
        self.lost(member, list(member.roles), at_ms)

    def _changed(self, role: int, since_ms: int) -> None:
        since = self._changes.roles_since
        since[role] = min(since_ms, since.get(role, since_ms))
