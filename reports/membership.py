"""Who was in the guild at a moment, and since when. Definition: docs/kpis.md, "Spells"."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from pyroaring import BitMap

from reports.raids import bridged
from reports.records import DAY_MS, Spell


@dataclass(frozen=True, slots=True)
class Membership:
    """Every member's bridged spells. Bots and withdrawn people are among them."""

    spells: Mapping[int, tuple[Spell, ...]]  # by member, oldest first
    by_join: Sequence[Spell]  # all of them, the earliest first

    @classmethod
    def of(cls, spells: Iterable[Spell], bridge_days: int) -> Membership:
        """`spells` are sorted by member and time."""
        grouped = groupby(spells, key=lambda spell: spell.member_no)
        by_member = {number: tuple(bridged(list(own), bridge_days * DAY_MS)) for number, own in grouped}
        by_join = sorted((spell for own in by_member.values() for spell in own), key=_joined)
        return cls(by_member, by_join)

    def joins_between(self, from_ms: int, to_ms: int) -> Sequence[Spell]:
        """The spells that begin in [from_ms, to_ms), the earliest first."""
        first = bisect_left(self.by_join, from_ms, key=_joined)
        return self.by_join[first : bisect_left(self.by_join, to_ms, key=_joined)]

    def joined_since(self, from_ms: int, moment_ms: int) -> BitMap:
        """Who was here at a moment and had joined no earlier than `from_ms`."""
        first = bisect_left(self.by_join, from_ms, key=_joined)
        last = bisect_right(self.by_join, moment_ms, key=_joined)
        return BitMap([spell.member_no for spell in self.by_join[first:last] if _holds(spell, moment_ms)])

    def was_here(self, member_no: int, moment_ms: int) -> bool:
        """Whether a member was here; one whose membership was never seen counts as having been."""
        own = self.spells.get(member_no)
        return own is None or any(_holds(spell, moment_ms) for spell in own)

    def here_at(self, moment_ms: int) -> BitMap:
        return self.joined_since(0, moment_ms)


def _joined(spell: Spell) -> int:
    return spell.joined_ms


def _holds(spell: Spell, moment_ms: int) -> bool:
    return spell.joined_ms <= moment_ms and (spell.left_ms is None or spell.left_ms > moment_ms)
