"""How much each member did in the weeks before a moment: what makes somebody core."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.columns import Numbers, bitmap, columns
from reports.populations import People
from reports.settings import CoreRule
from storage import day_totals
from storage.activities import VOICE
from storage.day_totals import DayTotals
from storage.tables import attendance_days

BLOCK_DAYS = 7
BLOCKS = 4
HOUR_MS = 60 * 60 * 1000


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
        totals = await day_totals.load(conn, guild_id, activity, range(first_day, last_days[-1] + 1))
        blocks = [
            _done(totals, activity, first_day + BLOCK_DAYS * back) for back in range(_blocks(last_days))
        ]
        for place in range(len(last_days)):
            enough[place] |= _reached(blocks[place : place + BLOCKS], limit)
    attended = await _attended(conn, guild_id, first_day, last_days[-1])
    return [
        people | at_events(attended, last_day - BLOCKS * BLOCK_DAYS + 1, last_day, rule.min_events)
        for people, last_day in zip(enough, last_days, strict=True)
    ]


def _blocks(last_days: Sequence[int]) -> int:
    return len(last_days) + BLOCKS - 1


def _limits(rule: CoreRule) -> list[tuple[str, float]]:
    """Of each activity in milliseconds or, of all but voice, in times."""
    return [(VOICE, rule.min_voice_hours * HOUR_MS), *rule.min_counts]


def _done(totals: Mapping[int, DayTotals], activity: str, first_day: int) -> Numbers:
    """By member number, how much was done within a block of days."""
    days = [totals[day] for day in range(first_day, first_day + BLOCK_DAYS) if day in totals]
    amounts = np.zeros(max((int(own.member_nos[-1]) + 1 for own in days), default=0), dtype=np.int64)
    for own in days:
        amounts[own.member_nos] += own.durations_ms if activity == VOICE else own.counts
    return amounts


def _reached(blocks: Sequence[Numbers], limit: float) -> People:
    """Who did so much in all of the blocks together, and anything at all."""
    amounts = np.zeros(max(map(len, blocks)), dtype=np.int64)
    for block in blocks:
        amounts[: len(block)] += block
    return bitmap(np.flatnonzero((amounts >= limit) & (amounts > 0)))


def at_events(attended: Attended, first_day: int, last_day: int, number: int) -> People:
    """Who was at so many different events with presence on any of these days."""
    then = (attended.first_days <= last_day) & (attended.last_days >= first_day)
    return bitmap(np.flatnonzero(np.bincount(attended.member_nos[then]) >= max(1, number)))


async def _attended(conn: AsyncConnection, guild_id: int, first_day: int, last_day: int) -> Attended:
    row = attendance_days.c
    query = (
        select(row.member_no, func.min(row.local_day), func.max(row.local_day))
        .where(row.guild_id == guild_id, row.local_day.between(first_day, last_day))
        .group_by(row.event_id, row.original_start_ms, row.member_no)
    )
    return Attended(*await columns(conn, query))
