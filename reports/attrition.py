"""Who came in and who dropped out. Definitions: docs/kpis.md, "Attrition" and "Growth accounting"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from reports import wording
from reports.comparison import NOT_COMPARED
from reports.growth import Growth, bridge, endings_of, for_channel, growth, is_small
from reports.pair import Pair
from reports.populations import People
from reports.report import Bridge, Kpi, Measure
from reports.small_groups import WITHHELD

Parts = tuple[tuple[str, int], ...]

UNEXPLAINED = "Why {people} went is not known: the audit log was not read then, or can be read in two ways."
PROVISIONAL = "Who left less than {days} days ago may come back, and then counts as never gone."


@dataclass(frozen=True, slots=True)
class GrowthAccounting:
    """The growth into this period and, beside it, into the one before."""

    pair: Pair
    now: Growth | None  # None: not compared
    then: Growth | None
    endings: Mapping[int, str]  # how members who left went
    smallest_part: int  # parts of a sum below it are withheld; 0 shows all
    bridge_days: int

    @classmethod
    def of(
        cls, pair: Pair, endings: Mapping[int, str], smallest_part: int, bridge_days: int
    ) -> GrowthAccounting:
        people = pair.basis.populations
        now = then = None
        if pair.basis.is_comparable("came_in", pair.last, pair.this):
            now = growth(people, pair.last, pair.this)
        if now and pair.basis.is_comparable("came_in", pair.before, pair.last):
            then = growth(people, pair.before, pair.last)
        return cls(pair, now, then, endings, smallest_part, bridge_days)

    def among(self, people: People, pair: Pair) -> GrowthAccounting:
        """Of some people only; the pair is theirs."""
        now, then = (of.among(people) if of else None for of in (self.now, self.then))
        return replace(self, pair=pair, now=now, then=then)

    @property
    def bridge(self) -> Bridge | None:
        return for_channel(bridge(self.now), self.smallest_part) if self.now else None

    def kpis(self) -> tuple[Kpi, ...]:
        return (
            self._kpi("came_in", self._gained),
            self._kpi("dropped_out", self._lost),
            self.went_quiet("soft_attrition"),
            self._left(),
            self._kpi("quick_ratio", _ratio),
        )

    def went_quiet(self, name: str) -> Kpi:
        """Soft attrition; of a month it is called soft churn as well."""
        return self._kpi(name, lambda of: (self._rate(name, len(of.dormant), of), ()))

    def _kpi(self, name: str, measure: Callable[[Growth], tuple[Measure, Parts]]) -> Kpi:
        pair = self.pair
        coverage = pair.basis.coverage(name, pair.this, pair.last)
        if not self.now:
            caveats = pair.caveats(name, pair.this, pair.last)
            return Kpi(name, Measure(None, coverage=coverage), None, NOT_COMPARED, caveats)
        current, parts = measure(self.now)
        periods = (pair.this, pair.last, pair.before) if self.then else (pair.this, pair.last)
        withheld = (WITHHELD,) if name in self._withheld() else ()
        return Kpi(
            name,
            replace(current, coverage=coverage),
            self._previous(name, measure),
            None,
            (*pair.caveats(name, *periods), *withheld),
            parts=parts,
        )

    def _withheld(self) -> tuple[str, ...]:
        shown = self.bridge
        if not shown:
            return ()
        lost = ("dropped_out", "soft_attrition", "soft_churn", "hard_attrition") if shown.left is None else ()
        return (*lost, "came_in") if shown.new is None else lost

    def _previous(self, name: str, measure: Callable[[Growth], tuple[Measure, Parts]]) -> Measure | None:
        if not self.then:
            return None
        coverage = self.pair.basis.coverage(name, self.pair.last, self.pair.before)
        return replace(measure(self.then)[0], coverage=coverage)

    def _gained(self, of: Growth) -> tuple[Measure, Parts]:
        shown = for_channel(bridge(of), self.smallest_part)
        parts = (("back", shown.resurrected), ("new", shown.new), ("first seen", shown.first_seen))
        return Measure(shown.gained, shown.gained), _shown(parts)

    def _lost(self, of: Growth) -> tuple[Measure, Parts]:
        shown = for_channel(bridge(of), self.smallest_part)
        return Measure(shown.lost, shown.lost, shown.previous), _shown(
            (("quiet", shown.dormant), ("left", shown.left))
        )

    def _left(self) -> Kpi:
        def measure(of: Growth) -> tuple[Measure, Parts]:
            ways = endings_of(of.left, self.endings)
            is_withheld = is_small(tuple(number for _, number in ways), self.smallest_part)
            return self._rate("hard_attrition", len(of.left), of), () if is_withheld else ways

        kpi = self._kpi("hard_attrition", measure)
        kpi = replace(kpi, caveats=(*kpi.caveats, *unexplained(kpi.parts)))
        if not self.now or self._days_since() >= self.bridge_days:
            return kpi
        return replace(kpi, caveats=(*kpi.caveats, PROVISIONAL.format(days=self.bridge_days)))

    def _days_since(self) -> float:
        return (self.pair.basis.now_ms - self.pair.this.end_ms) / (24 * 60 * 60 * 1000)

    def _rate(self, name: str, part: int, of: Growth) -> Measure:
        """A share of those active before; withheld with its sibling, which would give it away."""
        if is_small((len(of.dormant), len(of.left)), self.smallest_part):
            return Measure(None)
        return self.pair.basis.rate(name, part, len(of.returning | of.lost), self.pair.this)


def unexplained(ways: Parts) -> tuple[str, ...]:
    number = dict(ways).get("unknown", 0)
    return (UNEXPLAINED.format(people=wording.people(number)),) if number else ()


def _ratio(of: Growth) -> tuple[Measure, Parts]:
    whole = bridge(of)
    return Measure(whole.quick_ratio, whole.gained, whole.lost), ()


def _shown(parts: tuple[tuple[str, int | None], ...]) -> Parts:
    """The parts of a sum, or none of them where they are withheld."""
    return tuple((label, number) for label, number in parts if number is not None)
