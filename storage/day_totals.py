"""How much each member of a day's set did: the day's totals, packed, so that a year is summed at once.

Beside each set of an activity (storage/day_sets.py) stand two columns of whole numbers, in the order of its
member numbers: how often, and how many milliseconds. Sums of a period never go through its rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap
from sqlalchemy import ColumnElement, Select, and_, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import day_sets as sets
from storage.fetching import made
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


class DayAmounts(NamedTuple):
    """How much each member of a day's set did: how often, or how many milliseconds."""

    members: BitMap
    amounts: Numbers  # by ascending member number

    @property
    def member_nos(self) -> Numbers:
        return sets.numbers(self.members)

    def total(self, people: BitMap) -> int:
        """Of these people together. Mostly few are left out, and then they are what is summed."""
        own = self.members & people
        if 2 * len(own) < len(self.members):
            return self._sum(own)
        return int(self.amounts.sum(dtype=np.int64)) - self._sum(self.members - people)

    def _sum(self, members: BitMap) -> int:
        if not members:
            return 0
        places = np.searchsorted(self.member_nos, sets.numbers(members))
        return int(self.amounts[places].sum(dtype=np.int64))


def durations_of(totals: Mapping[int, DayTotals]) -> dict[int, DayAmounts]:
    return {day: DayAmounts(sets.bitmap(own.member_nos), own.durations_ms) for day, own in totals.items()}


async def load(
    conn: AsyncConnection, guild_id: int, activity: str, days: Sequence[int]
) -> dict[int, DayTotals]:
    """The totals of an activity on each of these days on which anybody passed its threshold."""

    def unpacked(day: int, members: bytes, counts: bytes, durations_ms: bytes) -> tuple[int, DayTotals]:
        numbers = sets.numbers(BitMap.deserialize(members))
        return day, DayTotals(numbers, np.frombuffer(counts, PACKED), np.frombuffer(durations_ms, PACKED))

    query = _of_days(guild_id, activity, days, day_totals.c.counts, day_totals.c.durations_ms)
    return dict(await made(conn, query, unpacked))


async def load_counts(
    conn: AsyncConnection, guild_id: int, activity: str, days: Sequence[int]
) -> dict[int, DayAmounts]:
    """How often each did it on each of these days."""
    return await _load_amounts(conn, _of_days(guild_id, activity, days, day_totals.c.counts))


async def load_durations(
    conn: AsyncConnection, guild_id: int, activity: str, days: Sequence[int]
) -> dict[int, DayAmounts]:
    """How many milliseconds each did it on each of these days."""
    return await _load_amounts(conn, _of_days(guild_id, activity, days, day_totals.c.durations_ms))


async def _load_amounts(conn: AsyncConnection, query: Select[Any]) -> dict[int, DayAmounts]:
    def unpacked(day: int, members: bytes, amounts: bytes) -> tuple[int, DayAmounts]:
        return day, DayAmounts(BitMap.deserialize(members), np.frombuffer(amounts, PACKED))

    return dict(await made(conn, query, unpacked))


def _of_days(guild_id: int, activity: str, days: Sequence[int], *packed: ColumnElement[bytes]) -> Select[Any]:
    same = and_(
        day_totals.c.guild_id == day_sets.c.guild_id,
        day_totals.c.local_day == day_sets.c.local_day,
        day_totals.c.activity == day_sets.c.activity,
    )
    day = day_sets.c.local_day
    is_span = days and days == range(days[0], days[-1] + 1)
    wanted = day.between(days[0], days[-1]) if is_span else day.in_(days)
    return (
        select(day, day_sets.c.members, *packed)
        .join(day_totals, same)
        .where(day_sets.c.guild_id == guild_id, day_sets.c.activity == activity, wanted)
    )


async def save(conn: AsyncConnection, guild_id: int, activity: str, totals: Mapping[int, DayTotals]) -> None:
    """Keeps the sets of these days and their totals, in place of what was there. An empty one has no row."""
    people = {(day, activity): sets.bitmap(own.member_nos) for day, own in totals.items()}
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
