"""What is made of rows: nothing of one query stays behind for the next one on the same connection."""

from __future__ import annotations

import pytest
from pyroaring import BitMap
from sqlalchemy import select

from storage import day_sets
from storage.database import Warehouse
from storage.fetching import fetched, made
from storage.tables import day_sets as table

DAYS = range(10, 13)
ROWS = select(table.c.local_day, table.c.size).order_by(table.c.local_day)


@pytest.fixture
async def filled(warehouse: Warehouse) -> Warehouse:
    async with warehouse.writing() as conn:
        await day_sets.save(conn, 1, {(day, "voice"): BitMap(range(day)) for day in DAYS})
    return warehouse


async def test_each_row_is_what_is_made_of_it(filled: Warehouse) -> None:
    async with filled.reading() as conn:
        assert await made(conn, ROWS, lambda day, size: f"{size} on {day}") == [
            "10 on 10",
            "11 on 11",
            "12 on 12",
        ]
        assert await fetched(conn, ROWS) == [(day, day) for day in DAYS]
        assert await made(conn, ROWS.where(table.c.size > 99), pytest.fail) == []


async def test_what_cannot_be_made_is_told_and_the_connection_goes_on(filled: Warehouse) -> None:
    def refuse(day: int, _size: int) -> int:
        if day == DAYS[1]:
            raise ValueError("no such day")
        return day

    async with filled.reading() as conn:
        with pytest.raises(ValueError, match="no such day"):
            await made(conn, ROWS, refuse)
        assert await fetched(conn, ROWS) == [(day, day) for day in DAYS]
