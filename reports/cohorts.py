"""Who joined when: everybody's first ever join, on the local date. Definition: docs/kpis.md, "Spells"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reports.membership import Membership
from reports.periods import local_day
from reports.populations import People, Populations
from reports.records import DaySets
from storage.day_sets import union


@dataclass(frozen=True, slots=True)
class Cohorts:
    """By join day. Bots, withdrawn people, raids, and who was here before recording began are in none."""

    by_day: Mapping[int, People]

    @classmethod
    def of(cls, joins: DaySets, populations: Populations, membership: Membership) -> Cohorts:
        """`joins`: everybody, on the day of the first ever join."""
        left_out = populations.outside | populations.here_before_recording | raiders(populations, membership)
        kept = {day: joins[day] - left_out for day in sorted(joins)}
        return cls({day: people for day, people in kept.items() if people})

    def joined(self, first_day: int, last_day: int) -> People:
        return union(people for day, people in self.by_day.items() if first_day <= day <= last_day)


def raiders(populations: Populations, membership: Membership) -> People:
    """Who was never here but by stays that count as raids."""
    suspects = union(populations.raids.values())

    def only_raided(member_no: int) -> bool:
        return all(
            member_no in populations.raids.get(local_day(spell.joined_ms, populations.zone), ())
            for spell in membership.spells.get(member_no, ())
        )

    return People([member_no for member_no in suspects if only_raided(member_no)])
