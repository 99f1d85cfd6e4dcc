"""Who was in the guild at a moment, and since when. Definition: docs/kpis.md, "Spells"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from pyroaring import BitMap

from reports.raids import bridged
from reports.records import DAY_MS, Spell


@dataclass(frozen=True, slots=True)
class Membership:
    """Every member's bridged spells. Bots and withdrawn people are among them."""

    spells: Mapping[int, tuple[Spell, ...]]  # by member, oldest first

    @classmethod
    def of(cls, spells: Iterable[Spell], bridge_days: int) -> Membership:
        """`spells` are sorted by member and time."""
        by_member = groupby(spells, key=lambda spell: spell.member_no)
        return cls({number: tuple(bridged(list(own), bridge_days * DAY_MS)) for number, own in by_member})

    def at(self, moment_ms: int) -> Iterator[Spell]:
        """The spell of everyone who was here at a moment."""
        for own in self.spells.values():
            for spell in own:
                if _holds(spell, moment_ms):
                    yield spell

    def was_here(self, member_no: int, moment_ms: int) -> bool:
        """Whether a member was here; one whose membership was never seen counts as having been."""
        own = self.spells.get(member_no)
        return own is None or any(_holds(spell, moment_ms) for spell in own)

    def here_at(self, moment_ms: int) -> BitMap:
        return BitMap([spell.member_no for spell in self.at(moment_ms)])


def _holds(spell: Spell, moment_ms: int) -> bool:
    return spell.joined_ms <= moment_ms and (spell.left_ms is None or spell.left_ms > moment_ms)
