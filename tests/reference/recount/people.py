"""Who was in the server when: stays, bridged where fewer than 7 days lie between them, and raids."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .seen import DAY, Known, milliseconds

BRIDGED = 7 * DAY
RAID = DAY
Stay = tuple[int, int | None]  # joined, left; None: still here


@dataclass
class Person:
    user_id: int
    is_bot: bool = False
    stays: list[Stay] = field(default_factory=list)
    roles: list[tuple[int, frozenset[int]]] = field(default_factory=list)  # since when: which

    @property
    def is_here(self) -> bool:
        return bool(self.stays) and self.stays[-1][1] is None

    @property
    def first_joined_ms(self) -> int:
        return self.stays[0][0]

    def bridged(self) -> list[Stay]:
        whole: list[Stay] = []
        for joined, left in self.stays:
            before = whole[-1] if whole else None
            if before is not None and before[1] is not None and joined - before[1] < BRIDGED:
                whole[-1] = (before[0], left)
            else:
                whole.append((joined, left))
        return whole

    def last_roles(self, at_ms: int) -> frozenset[int]:
        """Those of a moment; of whoever has left by then, those that they had."""
        return next((roles for since_ms, roles in reversed(self.roles) if since_ms <= at_ms), frozenset())

    def roles_at(self, at_ms: int) -> frozenset[int]:
        held: frozenset[int] = frozenset()
        for since_ms, roles in self.roles:
            if since_ms <= at_ms:
                held = roles
        if not any(joined <= at_ms and (left is None or at_ms < left) for joined, left in self.stays):
            return frozenset()
        return held


class Roll:
    """Follows the dispatches that tell of members."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self.people: dict[int, Person] = {}
        self._listed: dict[int, dict[str, Any]] = {}
        for at_ms, kind, data in known.seen:
            if kind == "GUILD_MEMBERS_CHUNK":
                self._chunk(at_ms, data)
            elif kind == "GUILD_MEMBER_ADD":
                self._met(at_ms, data)
            elif kind == "GUILD_MEMBER_UPDATE":
                self._has_roles(int(data["user"]["id"]), at_ms, data)
            elif kind == "GUILD_MEMBER_REMOVE":
                self._gone(int(data["user"]["id"]), at_ms)

    def _met(self, at_ms: int, member: dict[str, Any]) -> None:
        user_id, joined_ms = int(member["user"]["id"]), milliseconds(member["joined_at"])
        person = self.people.setdefault(user_id, Person(user_id, bool(member["user"].get("bot"))))
        if person.is_here and person.stays[-1][0] != joined_ms:
            self._gone(user_id, self._last_sure_ms(at_ms))
        if not person.is_here:
            person.stays.append((joined_ms, None))
        self._has_roles(user_id, at_ms, member)

    def _has_roles(self, user_id: int, at_ms: int, member: dict[str, Any]) -> None:
        if user_id in self.people:
            self.people[user_id].roles.append((at_ms, frozenset(int(role) for role in member["roles"])))

    def _gone(self, user_id: int, at_ms: int) -> None:
        person = self.people.get(user_id)
        if person is not None and person.is_here:
            person.stays[-1] = (person.stays[-1][0], at_ms)

    def _chunk(self, at_ms: int, data: dict[str, Any]) -> None:
        for member in data["members"]:
            self._listed[int(member["user"]["id"])] = member
        if data["chunk_index"] < data["chunk_count"] - 1:
            return
        for member in self._listed.values():
            self._met(at_ms, member)
        for user_id, person in self.people.items():
            if person.is_here and user_id not in self._listed:
                self._gone(user_id, self._last_sure_ms(at_ms))  # whoever left unseen: the lower bound
        self._listed = {}

    def _last_sure_ms(self, at_ms: int) -> int:
        return max((lost for lost, back in self._known.gaps if back <= at_ms), default=at_ms)
