"""Of whom it is known who they are elsewhere. Definition: docs/kpis.md, `id_coverage`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.pair import Pair
from reports.periods import Period
from reports.populations import People
from reports.report import Kpi, Measure
from reports.small_groups import WITHHELD, is_small
from storage.day_sets import union
from storage.tables import accounts


class Link(NamedTuple):
    member_no: int
    platform: str
    linked_ms: int


async def load_links(conn: AsyncConnection, guild_id: int, until_ms: int) -> tuple[Link, ...]:
    """Every account that somebody had elsewhere before a moment."""
    row = accounts.c
    found = await conn.execute(
        select(row.member_no, row.platform, row.linked_at_ms)
        .where(row.guild_id == guild_id, row.linked_at_ms < until_ms)
        .order_by(row.platform, row.member_no)
    )
    return tuple(Link(*columns) for columns in found)


def id_coverage(pair: Pair, links: tuple[Link, ...], smallest: int) -> tuple[Kpi, ...]:
    """In all, and on each platform that anybody is linked to."""
    linked = {period: _by_platform(links, period.end_ms) for period in (pair.this, pair.last)}
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


def _by_platform(links: tuple[Link, ...], until_ms: int) -> dict[str, People]:
    platforms: dict[str, People] = {}
    for link in links:
        if link.linked_ms < until_ms:
            platforms.setdefault(link.platform, People()).add(link.member_no)
    return platforms


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
