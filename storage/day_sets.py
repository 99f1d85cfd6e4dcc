"""The sets of people of each local day, as roaring bitmaps of member numbers.

The same set has the same bytes, however it came about. An empty set has no row.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap
from sqlalchemy import Select, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.fetching import made
from storage.tables import day_sets
from storage.upsert import replace

PRESENT = "present"  # in the guild at any moment of the day
PRESENT_AT_END = "present_at_end"  # in the guild when the day ended, or now
FIRST_JOIN = "first_join"  # joined on that day for the first time ever, bots too
BLOCK = 2**16  # numbers that a roaring bitmap keeps together
_SETS = select(day_sets.c.activity, day_sets.c.local_day, day_sets.c.members)


def union(days: Iterable[BitMap]) -> BitMap:
    """Everyone who is in any of these days' sets: how each longer period is made of its days."""
    return BitMap.union(BitMap(), *days)


def bitmap(member_nos: NDArray[Any]) -> BitMap:
    packed = array("I")  # from any other array the numbers would be taken one by one
    packed.frombytes(np.ascontiguousarray(member_nos, dtype=np.dtype("u4")).tobytes())
    return BitMap(packed)


def blocks(people: BitMap) -> BitMap:
    """Everybody from the first to the last block of numbers, as a bitmap keeps them, that has one of these.

    To cut sets to it takes next to no time, and the blocks that it leaves out are in no union after that.
    """
    if not people:
        return BitMap()
    return BitMap(range(people.min() // BLOCK * BLOCK, (people.max() // BLOCK + 1) * BLOCK))


def numbers(people: BitMap) -> NDArray[np.uint32]:
    """Ascending."""
    return np.asarray(people.to_array(), dtype=np.uint32)


async def load(
    conn: AsyncConnection, guild_id: int, activities: Sequence[str], first_day: int, last_day: int
) -> dict[str, dict[int, BitMap]]:
    """The sets of each of these activities by local day, both days included. Empty sets are left out."""
    query = _SETS.where(
        day_sets.c.guild_id == guild_id,
        day_sets.c.local_day.between(first_day, last_day),
        day_sets.c.activity.in_(activities),
    )
    found: dict[str, dict[int, BitMap]] = {activity: {} for activity in activities}
    await _gather(conn, query, found)
    return found


async def load_all(
    conn: AsyncConnection, guild_id: int, besides: Iterable[str] = (), *, first_joins_from: int
) -> dict[str, dict[int, BitMap]]:
    """Every set that there is, but for these activities or populations; by its name and local day.

    `first_joins_from`: the day from which on it is asked who joined.
    """
    query = _SETS.where(
        day_sets.c.guild_id == guild_id,
        day_sets.c.activity.not_in(list(besides)),
        or_(day_sets.c.activity != FIRST_JOIN, day_sets.c.local_day >= first_joins_from),
    )
    found: dict[str, dict[int, BitMap]] = defaultdict(dict)
    await _gather(conn, query, found)
    return dict(found)


async def _gather(conn: AsyncConnection, query: Select[Any], found: Mapping[str, dict[int, BitMap]]) -> None:
    for activity, local_day, members in await made(conn, query, _read):
        found[activity][local_day] = members


def _read(activity: str, local_day: int, members: bytes) -> tuple[str, int, BitMap]:
    return activity, local_day, BitMap.deserialize(members)


async def save(conn: AsyncConnection, guild_id: int, sets: Mapping[tuple[int, str], BitMap]) -> None:
    """Keeps sets by local day and activity, in place of what was there."""
    rows = [
        (guild_id, local_day, activity, len(members), serialised(members))
        for (local_day, activity), members in sets.items()
        if members
    ]
    await replace(conn, day_sets, rows)
    for (local_day, activity), members in sets.items():
        if not members:
            await _forget(conn, guild_id, local_day, activity)


def serialised(members: BitMap) -> bytes:
    # From its numbers alone: where two encodings are of equal size, optimising keeps the one that is there.
    return bytes(BitMap(members.to_array()).serialize())


async def _forget(conn: AsyncConnection, guild_id: int, local_day: int, activity: str) -> None:
    await conn.execute(
        delete(day_sets).where(
            day_sets.c.guild_id == guild_id,
            day_sets.c.local_day == local_day,
            day_sets.c.activity == activity,
        )
    )
