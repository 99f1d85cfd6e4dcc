"""How much each member of a day's set did: the day's totals, packed, so that a year is summed at once.

Beside each set of an activity (storage/day_sets.py) stand two columns of whole numbers, in the order of its
member numbers: how often, and how many milliseconds. Sums of a period never go through its rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap
from sqlalchemy import and_, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import day_sets as sets
from storage.tables import day_sets, day_totals
from storage.upsert import replace

PACKED = np.dtype("<u4")  # a day has 90 million milliseconds at most
Numbers = NDArray[np.uint32]


class DayTotals(NamedTuple):
    """One entry for each member of a day's set, by ascending member number."""

    member_nos: Numbers
    counts: Numbers
    durations_ms: Numbers

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, int]]) -> DayTotals:
        """Of rows of member number, count and milliseconds, in any order, each member once."""
        table = np.array(sorted(rows), dtype=PACKED).reshape(-1, 3)
        return cls(*(np.ascontiguousarray(column) for column in table.T))

    def without(self, member_nos: Iterable[int]) -> DayTotals:
        gone = np.fromiter(member_nos, dtype=PACKED)
        kept = np.isin(self.member_nos, gone, assume_unique=True, invert=True)
        return DayTotals(*(column[kept] for column in self))

    def joined(self, other: DayTotals) -> DayTotals:
        """With the entries of other members."""
        columns = [np.concatenate(both) for both in zip(self, other, strict=True)]
        by_number = np.argsort(columns[0], kind="stable")
        return DayTotals(*(column[by_number] for column in columns))


NOBODY = DayTotals.of(())


async def load(
    conn: AsyncConnection, guild_id: int, activity: str, days: Sequence[int]
) -> dict[int, DayTotals]:
    """The totals of an activity on each of these days on which anybody passed its threshold."""
    if not days:
        return {}
    same = and_(
        day_totals.c.guild_id == day_sets.c.guild_id,
        day_totals.c.local_day == day_sets.c.local_day,
        day_totals.c.activity == day_sets.c.activity,
    )
    query = (
        select(day_sets.c.local_day, day_sets.c.members, day_totals.c.counts, day_totals.c.durations_ms)
        .join(day_totals, same)
        .where(day_sets.c.guild_id == guild_id, day_sets.c.activity == activity)
        .where(day_sets.c.local_day.between(min(days), max(days)))
    )
    wanted = frozenset(days)
    return {day: _unpacked(*packed) for day, *packed in (await conn.execute(query)).all() if day in wanted}


def _unpacked(members: bytes, counts: bytes, durations_ms: bytes) -> DayTotals:
    numbers = np.asarray(BitMap.deserialize(members).to_array(), dtype=PACKED)
    return DayTotals(numbers, np.frombuffer(counts, PACKED), np.frombuffer(durations_ms, PACKED))


async def save(conn: AsyncConnection, guild_id: int, activity: str, totals: Mapping[int, DayTotals]) -> None:
    """Keeps the sets of these days and their totals, in place of what was there. An empty one has no row."""
    people = {(day, activity): BitMap(own.member_nos) for day, own in totals.items()}
    await sets.save(conn, guild_id, people)
    rows = [
        (guild_id, day, activity, own.counts.tobytes(), own.durations_ms.tobytes())
        for day, own in totals.items()
        if len(own.member_nos)
    ]
    await replace(conn, day_totals, rows)
    empty = [day for day, own in totals.items() if not len(own.member_nos)]
    if empty:
        await conn.execute(
            delete(day_totals).where(
                day_totals.c.guild_id == guild_id,
                day_totals.c.activity == activity,
                day_totals.c.local_day.in_(empty),
            )
        )
