from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from storage import dead_letters
from storage.database import Warehouse
from storage.dead_letters import DeadLetter
from storage.event_log import NewRow, append, guild_ids, last_position, read_after

GUILD = 700


def row(number: int, **fields: object) -> NewRow:
    made = NewRow(
        key=number.to_bytes(16, "big"),
        source="gateway",
        type="GUILD_MEMBER_ADD",
        member_no=number,
        others=None,
        occurred_from_ms=number,
        occurred_to_ms=number + 1,
        recorded_at_ms=number + 2,
        body='{"name":"Zoë 🎲"}',
    )
    return made._replace(**fields)


async def write(warehouse: Warehouse, rows: list[NewRow], guild_id: int = GUILD) -> int:
    async with warehouse.writing() as conn:
        await warehouse.lock_guild(conn, guild_id)
        return await append(conn, guild_id, rows)


async def keys_in_order(warehouse: Warehouse) -> list[int]:
    async with warehouse.reading() as conn:
        return [logged.occurred_from_ms for logged in await read_after(conn, GUILD, 0, 100)]


async def test_rows_come_back_as_they_went_in(warehouse: Warehouse) -> None:
    await write(warehouse, [row(1, others='{"hosts":[4]}'), row(2, member_no=None)])
    async with warehouse.reading() as conn:
        first, second = await read_after(conn, GUILD, 0, 100)
    assert (first.position, first.guild_id, first.member_no, first.others) == (1, GUILD, 1, '{"hosts":[4]}')
    assert (first.source, first.type, first.body) == ("gateway", "GUILD_MEMBER_ADD", '{"name":"Zoë 🎲"}')
    assert (first.occurred_from_ms, first.occurred_to_ms, first.recorded_at_ms) == (1, 2, 3)
    assert (second.position, second.member_no, second.others) == (2, None, None)


async def test_an_event_enters_once(warehouse: Warehouse) -> None:
    assert await write(warehouse, [row(1), row(2)]) == 2
    assert await write(warehouse, [row(2), row(3)]) == 1
    assert await write(warehouse, [row(1), row(2), row(3)]) == 0
    assert await keys_in_order(warehouse) == [1, 2, 3]


async def test_an_event_twice_in_one_batch_enters_once(warehouse: Warehouse) -> None:
    assert await write(warehouse, [row(1), row(1), row(2)]) == 2
    assert await keys_in_order(warehouse) == [1, 2]


async def test_what_arrives_later_stands_later(warehouse: Warehouse) -> None:
    await write(warehouse, [row(5), row(3)])
    await write(warehouse, [row(5), row(1)])
    assert await keys_in_order(warehouse) == [5, 3, 1]
    async with warehouse.reading() as conn:
        positions = [logged.position for logged in await read_after(conn, GUILD, 0, 100)]
        assert positions == sorted(set(positions))
        assert await last_position(conn, GUILD) == positions[-1]


async def test_reading_goes_on_where_it_stopped(warehouse: Warehouse) -> None:
    await write(warehouse, [row(number) for number in range(1, 6)])
    seen: list[int] = []
    async with warehouse.reading() as conn:
        while rows := await read_after(conn, GUILD, seen[-1] if seen else 0, 2):
            seen += [logged.position for logged in rows]
    assert seen == [1, 2, 3, 4, 5]


async def test_guilds_do_not_see_each_other(warehouse: Warehouse) -> None:
    for guild_id in (GUILD, 3, 2**62):
        assert await write(warehouse, [row(1)], guild_id) == 1
    async with warehouse.reading() as conn:
        assert await guild_ids(conn) == [3, GUILD, 2**62]
        assert len(await read_after(conn, GUILD, 0, 100)) == 1
        assert await last_position(conn, 4) == 0


async def test_an_empty_log_names_no_guild(warehouse: Warehouse) -> None:
    async with warehouse.reading() as conn:
        assert await guild_ids(conn) == []


async def test_a_failed_batch_leaves_nothing(warehouse: Warehouse) -> None:
    with pytest.raises(IntegrityError):
        await write(warehouse, [row(1), row(2, source=None)])
    assert await keys_in_order(warehouse) == []


async def test_a_letter_is_set_aside_once_and_read_newest_first(warehouse: Warehouse) -> None:
    letters = [DeadLetter(row(number), f"reason {number}") for number in (1, 2)]
    async with warehouse.writing() as conn:
        await dead_letters.set_aside(conn, GUILD, letters)
        await dead_letters.set_aside(conn, GUILD, [DeadLetter(row(1), "another reason")])
    async with warehouse.reading() as conn:
        assert await dead_letters.newest(conn, GUILD, 10) == letters[::-1]
        assert await dead_letters.count(conn, GUILD) == 2


async def test_a_row_that_cannot_be_understood_stays_in_the_log(warehouse: Warehouse) -> None:
    await write(warehouse, [row(1), row(2)])
    async with warehouse.writing() as conn:
        for _ in range(2):
            await dead_letters.set_aside_logged(conn, GUILD, 2, "joined_at_ms is missing")
    async with warehouse.reading() as conn:
        assert await dead_letters.newest(conn, GUILD, 10) == [DeadLetter(row(2), "joined_at_ms is missing")]
    assert await keys_in_order(warehouse) == [1, 2]


async def test_forgetting_a_member_deletes_every_letter_that_names_it(warehouse: Warehouse) -> None:
    letters = [
        row(1),
        row(2, others='{"hosts":[4,1]}'),
        row(3, others='{"hosts":[11]}'),
        row(4, member_no=None),
    ]
    async with warehouse.writing() as conn:
        await dead_letters.set_aside(conn, GUILD, [DeadLetter(letter, "?") for letter in letters])
        assert await dead_letters.forget_member(conn, GUILD, 1) == 2
    async with warehouse.reading() as conn:
        left = [letter.row.occurred_from_ms for letter in await dead_letters.newest(conn, GUILD, 10)]
    assert left == [4, 3]
