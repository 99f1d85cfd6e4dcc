"""Discord's lists beside what the log believed when they came, and which of them were not believed.

Definition: docs/kpis.md, "Drift". Why a list is refused: docs/decisions/0042.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports import wording
from reports.periods import Period, local_moment
from storage.tables import reconciliations

MEMBERS, EVENTS, ANSWERS = "members", "events", "rsvps"

# What a list is called, and what did not happen by one that was refused.
REFUSALS = {
    MEMBERS: ("The list of members", "nobody was removed by it"),
    EVENTS: ("The list of events", "none was taken for gone by it"),
    ANSWERS: ("The list of who is interested in an event,", "no answer was ended by it"),
}


class DiscordList(NamedTuple):
    """A whole list, as Discord gave it, beside what the log believed when it came."""

    at_ms: int
    listed: int
    believed: int
    absent: int
    unexpected: int
    verdict: str  # taken, refused, partial

    @property
    def apart(self) -> int:
        return self.absent + self.unexpected


async def load_lists(
    conn: AsyncConnection, guild_id: int, source: str, until_ms: int
) -> tuple[DiscordList, ...]:
    """Every list of a source that ended before a moment, the oldest first."""
    r = reconciliations.c
    query = select(r.at_ms, r.listed, r.believed, r.absent, r.unexpected, r.verdict).where(
        r.guild_id == guild_id, r.source == source, r.at_ms < until_ms
    )
    ordered = query.order_by(r.at_ms, r.event_id, r.original_start_ms)
    return tuple(DiscordList(*row) for row in await conn.execute(ordered))


async def doubted_since(conn: AsyncConnection, guild_id: int) -> int | None:
    """When the newest list of members came, if the newest whole one was refused. None: there is no doubt."""
    newest: int | None = None
    r = reconciliations.c
    query = select(r.at_ms, r.verdict).where(r.guild_id == guild_id, r.source == MEMBERS)
    for at_ms, verdict in await conn.execute(query.order_by(r.at_ms.desc())):
        newest = at_ms if newest is None else newest
        if verdict != "partial":
            return newest if verdict == "refused" else None
    return None


async def refused_lists(conn: AsyncConnection, guild_id: int, period: Period, zone: str) -> tuple[str, ...]:
    """A sentence on the period's lists of events that were not believed, and one on those of answers."""
    sentences: list[str] = []
    for source in (EVENTS, ANSWERS):
        lists = during(await load_lists(conn, guild_id, source, period.end_ms), period)
        sentences += refused(lists, source, zone)
    return tuple(sentences)


def during(lists: Sequence[DiscordList], period: Period) -> list[DiscordList]:
    return [one for one in lists if period.start_ms <= one.at_ms < period.end_ms]


def refused(lists: Sequence[DiscordList], source: str, zone: str) -> Iterator[str]:
    """“The list of members of Wed 12 Nov, 13:10 lacks 300 of 1,000: nobody was removed by it.”"""
    _, then = REFUSALS[source]
    yield from _of_newest(lists, source, zone, "refused", "lacks {absent} of {believed}: " + then)


def partial(lists: Sequence[DiscordList], source: str, zone: str) -> Iterator[str]:
    _, then = REFUSALS[source]
    yield from _of_newest(lists, source, zone, "partial", "was not whole: " + then)


def _of_newest(lists: Sequence[DiscordList], source: str, zone: str, verdict: str, why: str) -> Iterator[str]:
    some = [one for one in lists if one.verdict == verdict]
    if some:
        newest = some[-1]
        moment = f"{wording.day_text(newest.at_ms, zone)}, {local_moment(newest.at_ms, zone):%H:%M}"
        said = why.format(absent=wording.whole(newest.absent), believed=wording.whole(newest.believed))
        yield f"{REFUSALS[source][0]} of {moment} {said}.{_others(len(some) - 1)}"


def _others(number: int) -> str:
    if number < 2:
        return " One before it was no better." if number else ""
    return f" {wording.whole(number)} before it were no better."
