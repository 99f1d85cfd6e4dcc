"""How far the members that the log believes in and Discord's list were apart (docs/kpis.md, "drift")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports import wording
from reports.basis import MIN_N
from reports.pair import Pair
from reports.periods import Period, local_moment
from reports.report import Kpi, Measure
from storage.tables import reconciliations

NO_LIST = "No whole list of the members came in this time."


class MemberList(NamedTuple):
    """A list of all members, as Discord gave it, beside what the log believed when it came."""

    at_ms: int
    listed: int
    believed: int
    absent: int
    unexpected: int
    verdict: str  # taken, refused, partial

    @property
    def apart(self) -> int:
        return self.absent + self.unexpected


async def member_drift(
    conn: AsyncConnection, guild_id: int, this: Period, last: Period | None, zone: str
) -> Kpi:
    """The drift of the period beside that of the one before, with what was not believed of the lists."""
    return drift(await load_member_lists(conn, guild_id, this.end_ms), this, last, zone)


def with_coverage(told: Kpi, pair: Pair) -> Kpi:
    """What a gap in the record of members did is in the number; that there was one is said beside it."""
    current = replace(told.current, coverage=pair.basis.coverage(told.name, pair.this))
    return replace(told, current=current, caveats=(*told.caveats, *pair.basis.caveats(told.name, pair.this)))


async def load_member_lists(conn: AsyncConnection, guild_id: int, until_ms: int) -> tuple[MemberList, ...]:
    """Every list of the members that ended before a moment, the oldest first."""
    r = reconciliations.c
    query = select(r.at_ms, r.listed, r.believed, r.absent, r.unexpected, r.verdict).where(
        r.guild_id == guild_id, r.source == "members", r.at_ms < until_ms
    )
    return tuple(MemberList(*row) for row in await conn.execute(query.order_by(r.at_ms)))


def drift(lists: Sequence[MemberList], this: Period, last: Period | None, zone: str) -> Kpi:
    """Of the period's newest whole list. The first that was ever taken is where the log begins: no drift."""
    comparable = [one for one in _after_the_first(lists) if one.verdict != "partial"]
    now = _measure(comparable, this)
    missing = (NO_LIST,) if now.denominator is None else ()
    return Kpi(
        "drift",
        now,
        None if last is None else _measure(comparable, last),
        caveats=(*missing, *_not_taken(_within(lists, this), zone)),
    )


def _after_the_first(lists: Sequence[MemberList]) -> Sequence[MemberList]:
    first = next((place for place, one in enumerate(lists) if one.verdict == "taken"), len(lists))
    return lists[first + 1 :]


def _within(lists: Sequence[MemberList], period: Period) -> list[MemberList]:
    return [one for one in lists if period.start_ms <= one.at_ms < period.end_ms]


def _measure(lists: Sequence[MemberList], period: Period) -> Measure:
    within = _within(lists, period)
    if not within:
        return Measure(None)
    newest = within[-1]
    value = newest.apart / newest.listed if newest.listed >= MIN_N else None
    return Measure(value, newest.apart, newest.listed)


def _not_taken(lists: Sequence[MemberList], zone: str) -> tuple[str, ...]:
    """A sentence on the lists that were refused, and one on those of which only a part came."""
    sentences = []
    for verdict, why in (
        ("refused", "lacks {absent} of {believed}: nobody was removed by it"),
        ("partial", "was not whole: nobody was removed by it"),
    ):
        some = [one for one in lists if one.verdict == verdict]
        if some:
            newest = some[-1]
            moment = f"{wording.day_text(newest.at_ms, zone)}, {local_moment(newest.at_ms, zone):%H:%M}"
            said = why.format(absent=wording.whole(newest.absent), believed=wording.whole(newest.believed))
            sentences.append(f"The list of members of {moment} {said}.{_others(len(some) - 1)}")
    return tuple(sentences)


def _others(number: int) -> str:
    if number < 2:
        return " One before it was no better." if number else ""
    return f" {wording.whole(number)} before it were no better."
