"""How often a month's people came, and who was lost in it. Definitions: docs/kpis.md, "Monthly churn"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from reports.attrition import PROVISIONAL, GrowthAccounting, unexplained
from reports.growth import endings_of
from reports.growth import is_small as has_small
from reports.membership import Membership
from reports.pair import Pair
from reports.periods import Period, local_day
from reports.populations import People, Populations
from reports.records import DAY_MS, Spell
from reports.report import Kpi, Measure
from reports.small_groups import WITHHELD, is_small


@dataclass(frozen=True, slots=True)
class Churn:
    pair: Pair
    membership: Membership
    endings: Mapping[int, str]  # how members who left went
    smallest: int  # people; fewer are not shown apart
    bridge_days: int

    @classmethod
    def of(cls, growth: GrowthAccounting, membership: Membership) -> Churn:
        return cls(growth.pair, membership, growth.endings, growth.smallest_part, growth.bridge_days)

    def stickiness(self) -> Kpi:
        return self.pair.beside("stickiness", self._mean_share_there)

    def _mean_share_there(self, month: Period) -> Measure:
        people = self.pair.basis.populations
        days = self._days_over(month)
        active = people.active_in(days, month)
        came = sum(len(people.active_in([day], month)) for day in days)
        possible = len(active) * len(days)
        value = came / possible if possible else None
        return self.pair.basis.figure("stickiness", value, came, possible, month)

    def _days_over(self, month: Period) -> range:
        """Of the open month those before today: a day that has begun would pull the mean down."""
        today = local_day(self.pair.basis.now_ms, month.zone)
        return range(month.first_day, min(month.last_day + 1, max(month.first_day, today)))

    def hard_churn(self) -> Kpi:
        people = self.pair.basis.populations
        months = (self.pair.this, self.pair.last)
        counts = {
            month: (len(_gone(people, month)), len(people.at_end_of(month.first_day - 1))) for month in months
        }
        kpi = self._share("hard_churn", counts)
        ways = endings_of(_gone(people, self.pair.this), self.endings)
        is_hidden = kpi.current.numerator is None or has_small(tuple(n for _, n in ways), self.smallest)
        parts = () if is_hidden else ways
        return replace(kpi, parts=parts, caveats=(*kpi.caveats, *unexplained(parts)))

    def bounced(self) -> Kpi:
        return self._share(
            "bounced", {month: self._bounced_of(month) for month in (self.pair.this, self.pair.last)}
        )

    def _share(self, name: str, counts: Mapping[Period, tuple[int, int]]) -> Kpi:
        """Of how many people it is how many; fewer than may be shown are not, in either month."""
        this, last = self.pair.this, self.pair.last
        if is_small(counts[this][0], self.smallest):
            coverage = self.pair.basis.coverage(name, this)
            return Kpi(name, Measure(None, coverage=coverage), caveats=(WITHHELD,))
        kpi = self.pair.beside(name, lambda month: self.pair.basis.rate(name, *counts[month], month))
        kpi = replace(kpi, caveats=(*kpi.caveats, *self._provisional()))
        return replace(kpi, previous=None) if is_small(counts[last][0], self.smallest) else kpi

    def _bounced_of(self, month: Period) -> tuple[int, int]:
        """Those of the month's joins that ended in it, and all of them."""
        joined = joins(self.membership, self.pair.basis.populations, month)
        return sum(_ended_in(spell, month) for spell in joined), len(joined)

    def _provisional(self) -> tuple[str, ...]:
        is_settled = self.pair.basis.now_ms - self.pair.this.end_ms >= self.bridge_days * DAY_MS
        return () if is_settled else (PROVISIONAL.format(days=self.bridge_days),)


def joins(membership: Membership, populations: Populations, period: Period) -> list[Spell]:
    """The bridged spells of people of P that begin in a period, without raids, the earliest first."""
    began = membership.joins_between(period.start_ms, period.end_ms)
    return [spell for spell in began if counts_as_member(spell, populations)]


def leaves(membership: Membership, populations: Populations, period: Period) -> list[Spell]:
    """The same of those that end in it."""
    ended = membership.leaves_between(period.start_ms, period.end_ms)
    return [spell for spell in ended if counts_as_member(spell, populations)]


def counts_as_member(spell: Spell, populations: Populations) -> bool:
    """Neither a bot's, nor of somebody who withdrew, nor a raid."""
    raid = populations.raids.get(local_day(spell.joined_ms, populations.zone), People())
    return spell.member_no not in populations.outside and spell.member_no not in raid


def _ended_in(spell: Spell, period: Period) -> bool:
    return spell.left_ms is not None and period.start_ms <= spell.left_ms < period.end_ms


def _gone(people: Populations, month: Period) -> People:
    """Who was here when the month began and is not at its end."""
    return people.at_end_of(month.first_day - 1) - people.present_at_end(month)
