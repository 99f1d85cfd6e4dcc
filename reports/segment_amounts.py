"""How much each member did in the weeks before a moment: what makes somebody core."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.populations import People
from reports.settings import CoreRule
from storage.tables import attendance_days, daily_activity

BLOCK_DAYS = 7
BLOCKS = 4
HOUR_MS = 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Attended:
    """One member at one event, by the local days of their presence."""

    member_no: int
    first_day: int
    last_day: int


async def much_done(
    conn: AsyncConnection, guild_id: int, last_days: Sequence[int], rule: CoreRule, min_voice_ms: int
) -> list[People]:
    """For each last day, 7 days apart and oldest first: who did enough for core in the 28 days up to it.

    The days are read block by block, so that four blocks are all that is ever held.
    """
    enough: list[People] = []
    attended = await _attended(conn, guild_id, last_days[0] - BLOCKS * BLOCK_DAYS + 1, last_days[-1])
    amounts = _amounts_by_block(conn, guild_id, last_days, rule, min_voice_ms)
    held: deque[list[Counter[int]]] = deque(maxlen=BLOCKS)
    async for block in amounts:
        held.append(block)
        if len(held) < BLOCKS:
            continue
        last_day = last_days[len(enough)]
        people = at_events(attended, last_day - BLOCKS * BLOCK_DAYS + 1, last_day, rule.min_events)
        for place, limit in enumerate(_limits(rule)):
            people |= _reached([block[place] for block in held], limit)
        enough.append(people)
    return enough


def _limits(rule: CoreRule) -> list[float]:
    return [rule.min_voice_hours * HOUR_MS, *(count for _, count in rule.min_counts)]


def _reached(blocks: Iterable[Counter[int]], limit: float) -> People:
    total: Counter[int] = Counter()
    for block in blocks:
        total.update(block)
    return People([member_no for member_no, amount in total.items() if amount >= limit])


def at_events(attended: Iterable[Attended], first_day: int, last_day: int, number: int) -> People:
    """Who was at so many different events with presence on any of these days."""
    counted = Counter(
        one.member_no for one in attended if one.first_day <= last_day and one.last_day >= first_day
    )
    return People([member_no for member_no, events in counted.items() if events >= number])


async def _attended(conn: AsyncConnection, guild_id: int, first_day: int, last_day: int) -> list[Attended]:
    row = attendance_days.c
    rows = await conn.execute(
        select(row.member_no, func.min(row.local_day), func.max(row.local_day))
        .where(row.guild_id == guild_id, row.local_day.between(first_day, last_day))
        .group_by(row.event_id, row.original_start_ms, row.member_no)
    )
    return [Attended(*columns) for columns in rows]


async def _amounts_by_block(
    conn: AsyncConnection, guild_id: int, last_days: Sequence[int], rule: CoreRule, min_voice_ms: int
) -> AsyncIterator[list[Counter[int]]]:
    """Each block's voice on days that pass the threshold, and counts of the rule's other activities."""
    earlier = [last_days[0] - BLOCK_DAYS * back for back in range(BLOCKS - 1, 0, -1)]
    for last_day in (*earlier, *last_days):
        days = (last_day - BLOCK_DAYS + 1, last_day)
        voice = await _sums(conn, guild_id, "voice", days, min_voice_ms)
        yield [voice, *[await _sums(conn, guild_id, activity, days, None) for activity, _ in rule.min_counts]]


async def _sums(
    conn: AsyncConnection, guild_id: int, activity: str, days: tuple[int, int], at_least_ms: int | None
) -> Counter[int]:
    """Per member the milliseconds on days with at least so many, or the count."""
    row = daily_activity.c
    amount = row.count if at_least_ms is None else row.duration_ms
    query = (
        select(row.member_no, func.sum(amount))
        .where(row.guild_id == guild_id, row.activity == activity, row.local_day.between(*days))
        .group_by(row.member_no)
    )
    if at_least_ms is not None:
        query = query.where(row.duration_ms >= at_least_ms)
    return Counter({member_no: int(total) for member_no, total in await conn.execute(query)})
