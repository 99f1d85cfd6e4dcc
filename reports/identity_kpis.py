"""Of whom it is known who they are elsewhere. Definition: docs/kpis.md, `id_coverage`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reports.pair import Pair
from reports.periods import Period
from reports.platforms import Link, by_platform
from reports.populations import People
from reports.report import Kpi, Measure
from reports.small_groups import WITHHELD, is_small
from storage.day_sets import union


def id_coverage(pair: Pair, links: tuple[Link, ...], smallest: int) -> tuple[Kpi, ...]:
    """In all, and on each platform that anybody is linked to."""
    linked = {period: by_platform(links, period.end_ms) for period in (pair.this, pair.last)}
    platforms = sorted(linked[pair.this])
    on_any = {period: union(of.values()) for period, of in linked.items()}
    return (
        _coverage(pair, on_any, smallest),
        *(
            replace(
                _coverage(pair, {period: of.get(name, People()) for period, of in linked.items()}, smallest),
                cut=name,
            )
            for name in platforms
        ),
    )


def _coverage(pair: Pair, linked: Mapping[Period, People], smallest: int) -> Kpi:
    name, people = "id_coverage", pair.basis.populations
    active = {period: people.active(period) for period in linked}
    known = {period: active[period] & linked[period] for period in linked}

    def share(period: Period) -> Measure:
        return pair.basis.rate(name, len(known[period]), len(active[period]), period)

    def hides(period: Period) -> bool:
        counts = len(known[period]), len(active[period] - known[period])
        return any(is_small(count, smallest) for count in counts)

    kpi = pair.beside(name, share)
    if hides(pair.this):
        return Kpi(name, Measure(None, coverage=kpi.current.coverage), caveats=(WITHHELD,))
    return replace(kpi, previous=None, change=None) if hides(pair.last) else kpi
