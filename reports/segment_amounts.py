"""How much each member did in the weeks before a moment: what makes somebody core."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.columns import Numbers, bitmap, columns_of_many
from reports.populations import People
from reports.settings import CoreRule
from storage import day_totals
from storage.activities import VOICE
from storage.day_totals import DayAmounts
from storage.tables import attendance_days

BLOCK_DAYS = 7
BLOCKS = 4
HOUR_MS = 60 * 60 * 1000

Amounts = NDArray[np.float64]  # whole numbers, which are exact up to 2**53: 300,000 years in milliseconds


class Attended(NamedTuple):
    """Columns of one member at one event, by the local days of their presence."""

    member_nos: Numbers
    first_days: Numbers
    last_days: Numbers


async def much_done(
    conn: AsyncConnection, guild_id: int, last_days: Sequence[int], rule: CoreRule
) -> list[People]:
    """For each last day, 7 days apart and oldest first: who did enough for core in the 28 days up to it."""
    first_day = last_days[0] - BLOCKS * BLOCK_DAYS + 1
    enough = [People() for _ in last_days]
    for activity, limit in _limits(rule):
        read = day_totals.load_durations if activity == VOICE else day_totals.load_counts
        amounts = await read(conn, guild_id, activity, range(first_day, last_days[-1] + 1))
        for place, people in enumerate(_reached(amounts, first_day, len(last_days), limit)):
            enough[place] |= people
    attended = await _attended(conn, guild_id, first_day, last_days[-1])
    return [
        people | at_events(attended, last_day - BLOCKS * BLOCK_DAYS + 1, last_day, rule.min_events)
        for people, last_day in zip(enough, last_days, strict=True)
    ]


def _limits(rule: CoreRule) -> list[tuple[str, float]]:
    """Of each activity in milliseconds or, of all but voice, in times."""
    return [(VOICE, rule.min_voice_hours * HOUR_MS), *rule.min_counts]


def _reached(
    amounts: Mapping[int, DayAmounts], first_day: int, number: int, limit: float
) -> Iterator[People]:
    """So many times, a block of days later each: who did so much in four blocks, and anything at all."""
    blocks: deque[Amounts] = deque(maxlen=BLOCKS)
    for back in range(number + BLOCKS - 1):
        blocks.append(_done(amounts, first_day + BLOCK_DAYS * back))
        if len(blocks) == BLOCKS:
            done = np.zeros(max(map(len, blocks)))
            for block in blocks:
                done[: len(block)] += block
            yield bitmap(np.flatnonzero(done >= max(limit, 1)))


def _done(amounts: Mapping[int, DayAmounts], first_day: int) -> Amounts:
    """By member number, how much was done within a block of days."""
    days = [amounts[day] for day in range(first_day, first_day + BLOCK_DAYS) if day in amounts]
    if not days:
        return np.zeros(0)
    member_nos = np.concatenate([own.member_nos for own in days])
    done = np.bincount(member_nos, np.concatenate([own.amounts for own in days]))
    return np.asarray(done, dtype=np.float64)


def at_events(attended: Attended, first_day: int, last_day: int, number: int) -> People:
    """Who was at so many different events with presence on any of these days."""
    then = (attended.first_days <= last_day) & (attended.last_days >= first_day)
    return bitmap(np.flatnonzero(np.bincount(attended.member_nos[then]) >= max(1, number)))


async def _attended(conn: AsyncConnection, guild_id: int, first_day: int, last_day: int) -> Attended:
    row = attendance_days.c
    query = (
        select(row.member_no, func.min(row.local_day).label("first"), func.max(row.local_day).label("last"))
        .where(row.guild_id == guild_id, row.local_day.between(first_day, last_day))
        .group_by(row.event_id, row.original_start_ms, row.member_no)
    )
    return Attended(*await columns_of_many(conn, query))
