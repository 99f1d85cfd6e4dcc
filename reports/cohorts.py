"""Who joined when: everybody's first ever join, on the local date. Definition: docs/kpis.md, "Spells"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from reports.columns import bitmap, numbers
from reports.membership import Membership
from reports.periods import local_day, local_days
from reports.populations import People, Populations
from reports.records import Joins
from storage.day_sets import union


@dataclass(frozen=True, slots=True)
class Cohorts:
    """By join day. Bots, withdrawn people, raids, and who was here before recording began are in none."""

    by_day: Mapping[int, People]

    @classmethod
    def of(cls, joins: Joins, populations: Populations, membership: Membership) -> Cohorts:
        """`joins`: of everybody the moment of the first ever join."""
        left_out = populations.outside | populations.here_before_recording | raiders(populations, membership)
        everybody = bitmap(joins.member_nos) - left_out
        kept = np.isin(joins.member_nos, numbers(everybody), assume_unique=True)
        member_nos, days = joins.member_nos[kept], local_days(joins.joined_ms[kept], populations.zone)
        order = np.argsort(days, kind="stable")
        found, begins = np.unique(days[order], return_index=True)
        groups = np.split(member_nos[order], begins[1:])
        return cls({day: bitmap(own) for day, own in zip(found.tolist(), groups, strict=len(found) > 0)})

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
