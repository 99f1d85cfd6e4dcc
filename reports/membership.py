"""Who was in the guild at a moment, and since when. Definition: docs/kpis.md, "Spells"."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from pyroaring import BitMap

from reports.columns import bitmap
from reports.records import DAY_MS, FOR_EVER_MS, Spell, Spells

NOBODY = BitMap()


@dataclass(frozen=True)
class Membership:
    """Every member's bridged spells. Bots and withdrawn people are among them."""

    _by_member: Spells  # bridged, by member and time
    _settled: BitMap  # here all the time that is asked about; the spell that they are in is not among these

    @classmethod
    def of(cls, spells: Spells, bridge_days: int, settled: BitMap = NOBODY) -> Membership:
        """`spells` are sorted by member and time.

        `settled`: whose open spell is left out, for it began before all that is asked about.
        """
        return cls(bridged(spells, bridge_days * DAY_MS), settled)

    @cached_property
    def spells(self) -> Mapping[int, tuple[Spell, ...]]:
        """By member, oldest first."""
        return SpellsByMember(self._by_member)

    @cached_property
    def by_join(self) -> Sequence[Spell]:
        """All of them, the earliest first."""
        return self._by_join.each()

    @cached_property
    def _by_join(self) -> Spells:
        order = np.argsort(self._by_member.joined_ms, kind="stable")
        return Spells(*(column[order] for column in self._by_member))

    def joins_between(self, from_ms: int, to_ms: int) -> Sequence[Spell]:
        """The spells that begin in [from_ms, to_ms), the earliest first."""
        first, last = np.searchsorted(self._by_join.joined_ms, (from_ms, to_ms))
        return Spells(*(column[first:last] for column in self._by_join)).each()

    def leaves_between(self, from_ms: int, to_ms: int) -> Sequence[Spell]:
        """The spells that end in [from_ms, to_ms), the earliest joined first."""
        left_ms = self._by_join.left_ms
        ended = (left_ms >= from_ms) & (left_ms < to_ms)
        return Spells(*(column[ended] for column in self._by_join)).each()

    def joined_since(self, from_ms: int, moment_ms: int) -> BitMap:
        """Who was here at a moment and had joined no earlier than `from_ms`."""
        numbers, joined_ms, left_ms = self._by_join
        first = np.searchsorted(joined_ms, from_ms)
        last = np.searchsorted(joined_ms, moment_ms, side="right")
        return bitmap(numbers[first:last][left_ms[first:last] > moment_ms])

    def was_here(self, member_no: int, moment_ms: int) -> bool:
        """Whether a member was here; one whose membership was never seen counts as having been."""
        own = self.spells.get(member_no)
        return own is None or member_no in self._settled or any(_holds(spell, moment_ms) for spell in own)

    def here_at(self, moment_ms: int) -> BitMap:
        return self.joined_since(0, moment_ms) | self._settled


class SpellsByMember(Mapping[int, tuple[Spell, ...]]):
    """Only the spells that somebody asks for become objects."""

    def __init__(self, spells: Spells) -> None:
        """`spells` are sorted by member and time."""
        self._numbers, self._joined_ms, self._left_ms = (column.tolist() for column in spells)

    def __getitem__(self, member_no: int) -> tuple[Spell, ...]:
        first, last = bisect_left(self._numbers, member_no), bisect_right(self._numbers, member_no)
        if first == last:
            raise KeyError(member_no)
        return tuple(
            Spell(member_no, self._joined_ms[place], None if left_ms == FOR_EVER_MS else left_ms)
            for place, left_ms in enumerate(self._left_ms[first:last], first)
        )

    def __iter__(self) -> Iterator[int]:
        return iter(dict.fromkeys(self._numbers))

    def __len__(self) -> int:
        return len(set(self._numbers))


def _holds(spell: Spell, moment_ms: int) -> bool:
    return spell.joined_ms <= moment_ms and (spell.left_ms is None or spell.left_ms > moment_ms)


def settled(spells: Spells, here: BitMap, moment_ms: int) -> BitMap:
    """Who was here at a moment, and ever since: whose spell at that moment is not among these.

    `spells`: all of everybody, but for open ones that began before the moment.
    """
    return here - bitmap(np.unique(spells.member_nos[spells.left_ms >= moment_ms]))


def bridged(spells: Spells, bridge_ms: int) -> Spells:
    """With a member's spells less than `bridge_ms` apart made one."""
    numbers, joined_ms, left_ms = spells
    goes_on = np.zeros(len(numbers) + 1, dtype=bool)  # whether a spell goes on the one before it
    is_open = left_ms[:-1] == FOR_EVER_MS
    goes_on[1:-1] = (numbers[1:] == numbers[:-1]) & (is_open | (joined_ms[1:] - left_ms[:-1] < bridge_ms))
    begins, ends = ~goes_on[:-1], ~goes_on[1:]
    return Spells(numbers[begins], joined_ms[begins], left_ms[ends])
