"""The commands of a period and of the one before, as far as they may be shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from reports.command_records import CommandUses
from reports.command_use import CommandTotals
from reports.pair import Pair
from reports.periods import Period
from reports.populations import People
from reports.report import Kpi, Measure
from reports.small_groups import WITHHELD, is_small

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class CommandPair:
    pair: Pair
    totals: Mapping[Period, CommandTotals]
    smallest: int  # people; what is of fewer is not shown

    @classmethod
    def of(cls, pair: Pair, uses: CommandUses, smallest: int) -> CommandPair:
        people = pair.basis.populations
        totals = {period: CommandTotals.of(uses[period], people, period) for period in (pair.this, pair.last)}
        return cls(pair, totals, smallest)

    @property
    def now(self) -> CommandTotals:
        return self.totals[self.pair.this]

    @property
    def then(self) -> CommandTotals:
        return self.totals[self.pair.last]

    def of_both(self, find: Callable[[Period], Found]) -> dict[Period, Found]:
        return {period: find(period) for period in (self.pair.this, self.pair.last)}

    def count(
        self, name: str, counted: Callable[[Period], CommandTotals], measure: Callable[[Period], Measure]
    ) -> Kpi:
        """A number of invocations, withheld where few people made them."""
        hidden = self.of_both(lambda period: self.hides(counted(period).users))
        return self.shown(self.pair.beside(name, measure), hidden)

    def shown(self, kpi: Kpi, hidden: Mapping[Period, bool]) -> Kpi:
        """Without what is of too few people: this period's value, or the one beside it."""
        if hidden[self.pair.this]:
            return Kpi(kpi.name, Measure(None, coverage=kpi.current.coverage), caveats=(WITHHELD,))
        if hidden[self.pair.last]:
            return replace(kpi, previous=None, change=None)
        return kpi

    def hides(self, people: People) -> bool:
        return is_small(len(people), self.smallest)
