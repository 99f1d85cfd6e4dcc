"""How far the members that the log believes in and Discord's list were apart (docs/kpis.md, "drift")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.basis import MIN_N
from reports.discord_lists import MEMBERS, DiscordList, during, load_lists, partial, refused
from reports.pair import Pair
from reports.periods import Period
from reports.report import Kpi, Measure

NO_LIST = "No whole list of the members came in this time."


async def member_drift(
    conn: AsyncConnection, guild_id: int, this: Period, last: Period | None, zone: str
) -> Kpi:
    """The drift of the period beside that of the one before, with what was not believed of the lists."""
    return drift(await load_lists(conn, guild_id, MEMBERS, this.end_ms), this, last, zone)


def with_coverage(told: Kpi, pair: Pair) -> Kpi:
    """What a gap in the record of members did is in the number; that there was one is said beside it."""
    current = replace(told.current, coverage=pair.basis.coverage(told.name, pair.this))
    return replace(told, current=current, caveats=(*told.caveats, *pair.basis.caveats(told.name, pair.this)))


def drift(lists: Sequence[DiscordList], this: Period, last: Period | None, zone: str) -> Kpi:
    """Of the period's newest whole list. The first that was ever taken is where the log begins: no drift."""
    comparable = [one for one in _after_the_first(lists) if one.verdict != "partial"]
    now = _measure(comparable, this)
    missing = (NO_LIST,) if now.denominator is None else ()
    came = during(lists, this)
    return Kpi(
        "drift",
        now,
        None if last is None else _measure(comparable, last),
        caveats=(*missing, *refused(came, MEMBERS, zone), *partial(came, MEMBERS, zone)),
    )


def _after_the_first(lists: Sequence[DiscordList]) -> Sequence[DiscordList]:
    first = next((place for place, one in enumerate(lists) if one.verdict == "taken"), len(lists))
    return lists[first + 1 :]


def _measure(lists: Sequence[DiscordList], period: Period) -> Measure:
    within = during(lists, period)
    if not within:
        return Measure(None)
    newest = within[-1]
    value = newest.apart / newest.listed if newest.listed >= MIN_N else None
    return Measure(value, newest.apart, newest.listed)
