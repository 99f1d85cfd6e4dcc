from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import delete

from storage.database import Warehouse
from storage.identities import member_number, member_numbers, user_ids
from storage.tables import identities

GUILD = 700


async def numbers_of(warehouse: Warehouse, *people: int, guild_id: int = GUILD) -> dict[int, int]:
    async with warehouse.writing() as conn:
        return await member_numbers(conn, guild_id, people)


async def test_people_are_numbered_in_the_order_of_their_coming(warehouse: Warehouse) -> None:
    assert await numbers_of(warehouse, 30, 10, 30, 20) == {30: 1, 10: 2, 20: 3}


async def test_a_number_stays(warehouse: Warehouse) -> None:
    await numbers_of(warehouse, 30, 10)
    assert await numbers_of(warehouse, 40, 10) == {40: 3, 10: 2}


async def test_the_way_back(warehouse: Warehouse) -> None:
    await numbers_of(warehouse, 30, 10)
    async with warehouse.reading() as conn:
        assert await user_ids(conn, GUILD, [2, 1, 9, 2]) == {1: 30, 2: 10}
        assert await member_number(conn, GUILD, 10) == 2
        assert await member_number(conn, GUILD, 11) is None


async def test_each_guild_counts_for_itself(warehouse: Warehouse) -> None:
    await numbers_of(warehouse, 30, 10)
    assert await numbers_of(warehouse, 10, guild_id=2**62) == {10: 1}


async def test_a_number_is_never_given_out_again(warehouse: Warehouse) -> None:
    await numbers_of(warehouse, 30, 10)
    async with warehouse.writing() as conn:
        await conn.execute(delete(identities).where(identities.c.user_id == 10))
    assert await numbers_of(warehouse, 10) == {10: 3}


async def test_a_rolled_back_number_was_given_to_nobody(warehouse: Warehouse) -> None:
    async def interrupted() -> None:
        async with warehouse.writing() as conn:
            await member_numbers(conn, GUILD, [30])
            raise InterruptedError

    with pytest.raises(InterruptedError):
        await interrupted()
    assert await numbers_of(warehouse, 10) == {10: 1}


async def test_more_people_than_fit_one_statement(warehouse: Warehouse) -> None:
    people = range(2**62, 2**62 + 2500)
    assert await numbers_of(warehouse, *people) == {person: number for number, person in enumerate(people, 1)}


async def test_writers_at_the_same_time_agree(warehouse: Warehouse) -> None:
    results = await asyncio.gather(*(numbers_of(warehouse, 1, 2, 3, 10 + writer) for writer in range(4)))
    together: dict[int, int] = {}
    for numbers in results:
        for person, number in numbers.items():
            assert together.setdefault(person, number) == number
    assert len(set(together.values())) == 7
