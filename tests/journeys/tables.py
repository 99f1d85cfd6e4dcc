"""What stands in the tables after a journey, with people as user ids."""

from __future__ import annotations

from contextlib import asynccontextmanager

from pyroaring import BitMap
from sqlalchemy import select

from storage.database import Warehouse
from storage.rebuild import verify
from storage.tables import day_sets, identities

GUILD = 2000


@asynccontextmanager
async def warehouse(journey):
    opened = await Warehouse.open(journey.warehouse_url)
    yield opened
    await opened.close()


async def rows(journey, table, *columns: str) -> list[tuple]:
    """The named columns, sorted; `member_no` and `creator_no` as user ids."""
    async with warehouse(journey) as opened, opened.reading() as conn:
        numbers = await conn.execute(select(identities.c.member_no, identities.c.user_id))
        people = dict(tuple(row) for row in numbers)
        found = await conn.execute(select(*(table.c[name] for name in columns)))
        named = [
            tuple(people.get(v) if name.endswith("_no") else v for name, v in zip(columns, row, strict=True))
            for row in found
        ]
    return sorted(named, key=repr)


async def active_by_day(journey, activity: str) -> dict[int, set[int]]:
    """Local day → who is in its set."""
    async with warehouse(journey) as opened, opened.reading() as conn:
        numbers = await conn.execute(select(identities.c.member_no, identities.c.user_id))
        people = dict(tuple(row) for row in numbers)
        d = day_sets.c
        found = await conn.execute(select(d.local_day, d.members).where(d.activity == activity))
        return {day: {people[no] for no in BitMap.deserialize(members)} for day, members in found}


async def differences(journey) -> list:
    """What a rebuild under the same rules would make otherwise."""
    async with warehouse(journey) as opened:
        return await verify(opened, GUILD, journey.settings.rules())
