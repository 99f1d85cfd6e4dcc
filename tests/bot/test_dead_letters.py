"""`insights dead-letters`: the list, and trying again under a version that understands more."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.cli.beside_bot import free_journal
from bot.cli.command_line import invoke
from bot.cli.workplace import Workplace
from bot.lost_fields import is_lost
from storage import facts
from storage.database import Warehouse
from storage.event import Event
from storage.event_log import guild_ids, last_position
from storage.facts.voice import READERS as VOICE_READERS
from storage.fold import Folder
from storage.loader import load_events
from storage.rules import Rules
from storage.secrets import load_or_create
from storage.tables import activity_sessions
from storage.withdrawals import Withdrawals

GUILD, ANA = 81384788765712384, 80351110224678912
T0 = 1_741_341_600_000
RULES = Rules(zone="Europe/Berlin")


def event(
    number: int, type: str = "VOICE_STATE_UPDATE", body: str = "{}", problem: str | None = None
) -> Event:
    return Event(
        key=(T0 + number).to_bytes(6, "big") + bytes([number]) * 10,
        guild_id=GUILD,
        source="gateway",
        type=type,
        occurred_from_ms=T0 + number * 60_000,
        occurred_to_ms=T0 + number * 60_000,
        recorded_at_ms=T0 + number * 60_000,
        person=ANA,
        body=body.encode(),
        problem=problem,
    )


COMES, GOES = '{"channel_id": "50"}', '{"channel_id": null}'
EVENTS = [
    event(1, "VOICE_JOINED_2031", COMES),  # of a later Discord
    event(2, body=GOES),
    event(3, "TYPING_START"),
    event(4, "GUILD_MEMBER_ADD", '{"roles": []}', "joined_at: expected a moment, got a number"),
    event(5, "MEMBER_WITHDRAWN", problem="could not be encoded: TypeError"),
    event(6, body=COMES, problem="tamagotchi: expected an id, got nothing"),  # a field that is read no more
    event(7, body='{"channel_id": "here"}', problem="tamagotchi: expected an id, got nothing"),
    event(8, "TYPING_START"),
]


@pytest.fixture
def run(warehouse_url, tmp_path) -> Callable[..., Any]:
    def run(work: Callable[[Warehouse], Coroutine[Any, Any, Any]]) -> Any:
        async def all_of_it() -> Any:
            warehouse = await Warehouse.open(warehouse_url)
            found = await work(warehouse)
            await warehouse.close()
            return found

        return asyncio.run(all_of_it())

    return run


@pytest.fixture
def insights(warehouse_url, run, tmp_path, monkeypatch, capsys):
    """A warehouse with letters of each kind, folded; and the command line beside it."""
    monkeypatch.setenv("INSIGHTS_DATA", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", warehouse_url.replace("+asyncpg", "").replace("+aiosqlite", ""))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text(
        f'[community]\nguild_id = {GUILD}\nzone = "Europe/Berlin"\n', encoding="utf-8"
    )
    withdrawals = Withdrawals.open(tmp_path / "withdrawals", load_or_create(tmp_path / "secret"))

    async def record(warehouse: Warehouse) -> None:
        async with warehouse.writing() as conn:
            await warehouse.lock_guild(conn, GUILD)
            await load_events(warehouse, conn, EVENTS, withdrawals)
        await Folder(warehouse, RULES).advance(GUILD)

    run(record)

    def insights(*arguments: str) -> tuple[int, list[str], str]:
        status = invoke(arguments)
        printed = capsys.readouterr()
        return status, printed.out.splitlines(), printed.err

    return insights


async def positions(warehouse: Warehouse) -> int:
    async with warehouse.reading() as conn:
        assert await guild_ids(conn) == [GUILD]
        return await last_position(conn, GUILD)


async def stays(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    a = activity_sessions.c
    async with warehouse.reading() as conn:
        found = await conn.execute(select(a.start_ms, a.end_ms).order_by(a.start_ms))
        return [((start - T0) // 60_000, end and (end - T0) // 60_000) for start, end in found]


def test_they_are_listed_newest_first_with_counts_by_reason(insights):
    status, lines, _ = insights("dead-letters")
    assert status == 0
    assert lines[:5] == [
        "2 × tamagotchi: expected an id, got nothing",
        "2 × unknown event type TYPING_START",
        "1 × could not be encoded: TypeError",
        "1 × joined_at: expected a moment, got a number",
        "1 × unknown event type VOICE_JOINED_2031",
    ]
    table = [re.split(r"  +", line.strip()) for line in lines[6:]]
    assert [(row[0], row[2], row[3]) for row in table] == [
        ("1", "TYPING_START", "08080808"),
        ("2", "VOICE_STATE_UPDATE", "07070707"),
        ("3", "VOICE_STATE_UPDATE", "06060606"),
        ("4", "MEMBER_WITHDRAWN", "05050505"),
        ("5", "GUILD_MEMBER_ADD", "04040404"),
        ("6", "TYPING_START", "03030303"),
        ("7", "VOICE_JOINED_2031", "01010101"),
    ]
    assert table[0][1] == "2025-03-07 10:08:00"
    assert insights("dead-letters", "--limit", "2")[1][-1] == "and 5 more: --limit 7 lists all."


def test_what_is_understood_now_is_counted_once_and_leaves_the_list(insights, run, monkeypatch):
    monkeypatch.setitem(facts._READERS, "VOICE_JOINED_2031", VOICE_READERS["VOICE_STATE_UPDATE"])
    assert run(stays) == []
    before = run(positions)
    _, lines, _ = insights("dead-letters", "retry", "--all")
    assert lines[0] == "✓ 2 understood now, 5 stay set aside."
    assert sorted(lines[1:]) == [
        "03030303: unknown event type TYPING_START",
        "04040404: joined_at: expected a moment, got a number",
        "05050505: could not be encoded: TypeError",
        "07070707: VOICE_STATE_UPDATE: Expected `int | null`, got `str` - at `$.channel_id`",
        "08080808: unknown event type TYPING_START",
    ]
    assert run(stays) == [(1, 2), (6, None)]
    assert run(positions) == before + 1
    assert insights("dead-letters", "retry", "--all")[1][0] == "✓ 0 understood now, 5 stay set aside."
    assert run(positions) == before + 1


def test_one_may_be_tried_alone(insights, run):
    assert insights("dead-letters", "retry", "03030303")[1] == [
        "✓ 0 understood now, 1 stay set aside.",
        "03030303: unknown event type TYPING_START",
    ]
    assert insights("dead-letters", "retry", "06060606")[1] == ["✓ 1 understood now, 0 stay set aside."]
    assert run(stays) == [(6, None)]
    status, _, err = insights("dead-letters", "retry", "06060606")
    assert (status, err) == (
        1,
        "There is no single letter with the key 06060606: `insights dead-letters` lists them.\n",
    )
    assert insights("dead-letters", "retry")[0] == 2
    assert insights("dead-letters", "retry", "06060606", "--all")[0] == 2


def test_a_rebuild_lets_go_of_what_it_understands(insights, run, monkeypatch):
    monkeypatch.setitem(facts._READERS, "VOICE_JOINED_2031", VOICE_READERS["VOICE_STATE_UPDATE"])
    insights("rebuild")
    lines = insights("dead-letters")[1]
    assert not any("VOICE_JOINED_2031" in line for line in lines)
    assert "2 × unknown event type TYPING_START" in lines


def test_beside_a_running_bot_what_enters_is_left_to_it(insights, run):
    journal = free_journal(Workplace.of(Path("config.toml")))
    assert journal is not None
    try:
        insights("dead-letters", "retry", "06060606")
        assert run(stays) == []
    finally:
        journal.close()


def test_beside_a_damaged_journal_nothing_is_tried_and_it_says_what_to_do(insights, run):
    before = run(positions)
    journal = Workplace.of(Path("config.toml")).paths.journal
    journal.write_bytes(b"this is no database at all" * 100)
    status, lines, err = insights("dead-letters", "retry", "06060606")
    assert (status, lines) == (1, [])
    assert "journal.db is damaged or is no database: stop what writes it, move the file away" in err
    assert run(positions) == before
    journal.unlink()
    assert insights("dead-letters", "retry", "06060606")[1] == ["✓ 1 understood now, 0 stay set aside."]


@pytest.mark.parametrize(
    ("reason", "lost"),
    [
        ("joined_at: expected a moment, got a number", True),
        ("self_deaf or deaf: expected a boolean, got a text", True),
        ("tamagotchi: expected an id, got nothing", False),
        ("tamagotchi: expected an id, got nothing; user.id: expected an id, got null", True),
        ("it holds a NUL character", True),
        ("could not be encoded: TypeError", True),
    ],
)
def test_a_letter_lacks_what_was_malformed_and_is_still_read(reason, lost):
    assert is_lost(reason) is lost
