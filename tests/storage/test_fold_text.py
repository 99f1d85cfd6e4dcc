"""Text: how much somebody wrote on which day and from when to when, however late it becomes known."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from storage.database import Warehouse
from storage.day_sets import load
from storage.fold import Folder
from storage.rebuild import table_digests, verify
from storage.rules import Rules
from storage.tables import daily_activity, event_log, text_days

BERLIN = Rules(zone="Europe/Berlin")
MONDAY = 20514  # 2 March 2026


async def follow(warehouse: Warehouse, guild_id: int = 1, limit: int = 5000) -> None:
    folder = Folder(warehouse, BERLIN)
    while not (await folder.advance(guild_id, limit)).caught_up:
        pass


async def spans(warehouse: Warehouse) -> dict[tuple[int, int], tuple[int, int, int]]:
    async with warehouse.reading() as conn:
        rows = await conn.execute(select(text_days))
        return {(row.local_day, row.member_no): (row.first_ms, row.last_ms, row.messages) for row in rows}


async def test_a_days_messages_are_a_number_and_a_span(warehouse: Warehouse, history: Any, at: Any) -> None:
    history.writes(1, "2026-03-02 09:00", "2026-03-02 22:30", "2026-03-02 23:30")
    history.writes(2, "2026-03-02 12:00")
    await history.logged(warehouse)
    await follow(warehouse)
    tuesday_in_berlin = at("2026-03-02 23:30")
    assert await spans(warehouse) == {
        (MONDAY, 1): (at("2026-03-02 09:00"), at("2026-03-02 22:30"), 2),
        (MONDAY + 1, 1): (tuesday_in_berlin, tuesday_in_berlin, 1),
        (MONDAY, 2): (at("2026-03-02 12:00"), at("2026-03-02 12:00"), 1),
    }
    async with warehouse.reading() as conn:
        totals = (await conn.execute(select(daily_activity))).all()
        sets = await load(conn, 1, ("text",), MONDAY, MONDAY + 1)
    assert {(row.local_day, row.member_no): (row.count, row.duration_ms) for row in totals} == {
        (MONDAY, 1): (2, 0),
        (MONDAY + 1, 1): (1, 0),
        (MONDAY, 2): (1, 0),
    }
    assert {row.activity for row in totals} == {"text"}
    assert {day: set(people) for day, people in sets["text"].items()} == {MONDAY: {1, 2}, MONDAY + 1: {1}}


@pytest.mark.parametrize("seed", range(4))
async def test_in_any_order_and_any_batches_the_rows_are_the_same(
    warehouse: Warehouse, history: Any, new_history: Any, seed: int, at: Any
) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        history.writes(chance.randint(1, 3), at("2026-03-02 10:00") + chance.randrange(4 * 86_400_000))
    shuffled = new_history()
    shuffled.rows = [
        msgspec.structs.replace(row, position=position)
        for position, row in enumerate(chance.sample(history.rows, len(history.rows)), 1)
    ]
    await history.logged(warehouse, 1)
    await shuffled.logged(warehouse, 2)
    await follow(warehouse, 1)
    await follow(warehouse, 2, limit=3)
    async with warehouse.reading() as conn:
        one, other = await table_digests(conn, 1), await table_digests(conn, 2)
    for table in ("text_days", "daily_activity"):
        assert one[table] == other[table]
    assert await verify(warehouse, 2, BERLIN) == []


async def test_a_message_that_comes_again_is_nothing(warehouse: Warehouse, history: Any) -> None:
    history.writes(1, "2026-03-02 09:00", "2026-03-02 10:00")
    await history.logged(warehouse)
    await follow(warehouse)
    before = await spans(warehouse)
    await history.logged(warehouse)  # the same keys
    await follow(warehouse)
    async with warehouse.reading() as conn:
        assert len((await conn.execute(select(event_log.c.position))).all()) == 2
    assert await spans(warehouse) == before


def test_nothing_is_noted_of_those_who_withdrew(history: Any) -> None:
    history.withdraws(1, "2026-03-02 09:00")
    history.writes(1, "2026-03-02 10:00")
    changes = history.folded()
    assert (changes.text_days, changes.totals) == ({}, {})


def test_a_message_of_nobody_is_set_aside(history: Any) -> None:
    history.row("MESSAGE_CREATE", None, {"channel_id": "60"}, "2026-03-02 10:00")
    history.folded()
    assert [letter.reason for letter in history.set_aside] == ["MESSAGE_CREATE without a person"]
