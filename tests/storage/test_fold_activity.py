"""What people did elsewhere, under its own name."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from storage.database import Warehouse
from storage.day_sets import load
from storage.fold import Folder
from storage.rebuild import verify
from storage.rules import Rules
from storage.tables import daily_activity

BERLIN = Rules(zone="Europe/Berlin")
MONDAY = 20514  # 2 March 2026
MINUTE = 60_000


async def test_it_is_added_to_the_local_day_that_it_happened_on(warehouse: Warehouse, history: Any) -> None:
    history.covered("2026-03-06 10:00", "2026-03-06 11:00")
    history.notes(1, "dota_match", "2026-03-02 22:30", count=2, minutes=70)
    history.notes(1, "dota_match", "2026-03-02 12:00", minutes=30)
    history.notes(1, "dota_match", "2026-03-02 23:30", minutes=40)
    history.notes(1, "chess_game", "2026-03-02 12:00")
    history.notes(2, "chess_game", "2026-03-02 12:00")
    await history.logged(warehouse)
    folder = Folder(warehouse, BERLIN)
    while not (await folder.advance(1, limit=2)).caught_up:
        pass
    async with warehouse.reading() as conn:
        totals = (await conn.execute(select(daily_activity))).all()
        sets = await load(conn, 1, ("dota_match", "chess_game"), MONDAY, MONDAY + 1)
    assert {
        (row.local_day, row.activity, row.member_no): (row.count, row.duration_ms / MINUTE) for row in totals
    } == {
        (MONDAY, "dota_match", 1): (3, 100),
        (MONDAY + 1, "dota_match", 1): (1, 40),
        (MONDAY, "chess_game", 1): (1, 0),
        (MONDAY, "chess_game", 2): (1, 0),
    }
    assert {name: {day: set(who) for day, who in days.items()} for name, days in sets.items()} == {
        "dota_match": {MONDAY: {1}, MONDAY + 1: {1}},
        "chess_game": {MONDAY: {1, 2}},
    }
    assert await verify(warehouse, 1, BERLIN) == []


@pytest.mark.parametrize(
    "name",
    ["voice", "event", "command", "text", "present", "present_at_end", "", "Dota", "dota match", "d" * 33],
)
def test_a_name_that_is_taken_or_that_no_table_holds_is_set_aside(history: Any, name: str) -> None:
    history.notes(1, name, "2026-03-02 12:00")
    assert history.folded().totals == {}
    (letter,) = history.set_aside
    assert letter.reason.startswith("ACTIVITY_NOTED under a name that it cannot have")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"count": 0}, "`$.count`"),
        ({"count": 10_001}, "`$.count`"),
        ({"duration_ms": -1}, "`$.duration_ms`"),
        ({"at_ms": None}, "`$.at_ms`"),
        ({"at_ms": 4_102_444_800_000}, "more than a day after it was recorded"),
    ],
)
def test_a_number_that_cannot_be_is_set_aside(history: Any, changed: dict[str, object], reason: str) -> None:
    body = {"activity": "dota_match", "count": 1, "duration_ms": 0, "at_ms": 1_772_452_800_000}
    history.row("ACTIVITY_NOTED", 1, body | changed, "2026-03-02 12:00", source="import")
    assert history.folded().totals == {}
    (letter,) = history.set_aside
    assert reason in letter.reason


def test_it_does_not_move_the_clock(history: Any, at: Any) -> None:
    """The days before recording, and those that are not over, are nobody's to be present on."""
    history.notes(1, "dota_match", "2026-03-01 12:00")
    history.joins(1, "2026-03-03 12:00")
    history.notes(1, "dota_match", "2026-03-09 12:00")
    assert set(history.folded().days) == {MONDAY + 1}


def test_nothing_is_noted_of_those_who_withdrew(history: Any) -> None:
    history.withdraws(1, "2026-03-02 09:00")
    history.notes(1, "dota_match", "2026-03-02 10:00")
    assert history.folded().totals == {}
