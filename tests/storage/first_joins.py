"""Who first joined on which local day: as day sets, and as everybody's row says."""

from __future__ import annotations

from sqlalchemy import select

from storage import day_sets
from storage.database import Warehouse
from storage.day_sets import FIRST_JOIN
from storage.rules import Rules
from storage.tables import members

ByDay = dict[int, set[int]]


async def as_sets(warehouse: Warehouse, guild_id: int) -> ByDay:
    async with warehouse.reading() as conn:
        found = await day_sets.load(conn, guild_id, (FIRST_JOIN,), -(2**31), 2**31 - 1)
    return {day: set(people) for day, people in found[FIRST_JOIN].items()}


async def as_rows(warehouse: Warehouse, guild_id: int, rules: Rules) -> ByDay:
    m = members.c
    query = select(m.member_no, m.first_join_ms).where(m.guild_id == guild_id, m.first_join_ms.is_not(None))
    by_day: ByDay = {}
    async with warehouse.reading() as conn:
        for member_no, joined_ms in await conn.execute(query):
            by_day.setdefault(rules.local_day(joined_ms), set()).add(member_no)
    return by_day
