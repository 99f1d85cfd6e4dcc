"""A list of 100,000 members: folded in batches, each as dear as the one before."""

from __future__ import annotations

from time import process_time
from typing import Any

from sqlalchemy import func, select

from storage.database import Warehouse
from storage.fold import Folder
from storage.rules import Rules
from storage.tables import fold_progress, members, reconciliations

ROWS_AT_ONCE = 2500
FEW, MANY = 10_000, 100_000
FIRST = 200_000  # beyond the bot, who is in each list
LARGEST_STATE = 50_000  # bytes: it is written with every batch


async def fold_a_list(warehouse: Warehouse, guild_id: int, history: Any, number: int) -> float:
    """The seconds of processor time that it takes: what else runs on this machine makes no difference."""
    history.covered("2026-03-02 09:00", "2026-03-02 10:00")
    history.lists_members(
        "2026-03-02 10:00", dict.fromkeys(range(FIRST, FIRST + number - 1), "2024-01-01 00:00")
    )
    await history.logged(warehouse, guild_id)
    folder = Folder(warehouse, Rules())
    began = process_time()
    for _ in range(len(history.rows) // ROWS_AT_ONCE):
        assert not (await folder.advance(guild_id, ROWS_AT_ONCE)).caught_up
    arrived = process_time() - began
    assert await remembered(warehouse, guild_id) < LARGEST_STATE
    assert (await folder.advance(guild_id, ROWS_AT_ONCE)).caught_up
    return arrived


async def remembered(warehouse: Warehouse, guild_id: int) -> int:
    query = select(func.length(fold_progress.c.state)).where(fold_progress.c.guild_id == guild_id)
    async with warehouse.reading() as conn:
        return int((await conn.execute(query)).scalar_one())


async def test_ten_times_as_many_members_take_about_ten_times_as_long(
    sqlite_warehouse: Warehouse, new_history: Any
) -> None:
    few_s = await fold_a_list(sqlite_warehouse, 1, new_history(), FEW)
    many_s = await fold_a_list(sqlite_warehouse, 2, new_history(), MANY)
    async with sqlite_warehouse.reading() as conn:
        counted = select(func.count()).where(members.c.guild_id == 2, members.c.is_current)
        assert (await conn.execute(counted)).scalar_one() == MANY
        r = reconciliations.c
        (listed,) = await conn.execute(select(r.listed, r.verdict).where(r.guild_id == 2))
    assert tuple(listed) == (MANY, "taken")
    assert many_s <= 15 * few_s, f"{FEW} members took {few_s:.2f} s, {MANY} took {many_s:.2f} s"
