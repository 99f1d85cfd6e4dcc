from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import storage.database
from storage import dead_letters
from storage.database import Warehouse, WarehouseUnavailable
from storage.event import Event, LogRow
from storage.event_log import guild_ids, read_after
from storage.identities import user_ids
from storage.journal import Journal
from storage.loader import LoadResult, load_batch
from storage.withdrawals import Kind, Withdrawals

GUILD = 81_384_788_765_712_384
ANN, BOB, CYD = 190_320_984_123_768_832, 190_320_984_123_768_833, 190_320_984_123_768_834


def event(number: int, **fields: Any) -> Event:
    made: dict[str, Any] = {
        "key": number.to_bytes(16, "big"),
        "guild_id": GUILD,
        "source": "gateway",
        "type": "GUILD_MEMBER_ADD",
        "occurred_from_ms": number,
        "occurred_to_ms": number + 1,
        "recorded_at_ms": number + 2,
        "body": '{"name":"Zoë"}'.encode(),
    }
    return Event(**(made | fields))


def unencodable(item: Any, error: Exception) -> Event:
    raise error


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal.open(tmp_path / "journal.db", lambda item: [item], unencodable)
    yield opened
    opened.close()


@pytest.fixture
def withdrawals(tmp_path: Path) -> Withdrawals:
    return Withdrawals.open(tmp_path / "withdrawals.txt", b"s" * 32)


Load = Callable[..., Any]


@pytest.fixture
def load(warehouse: Warehouse, journal: Journal, withdrawals: Withdrawals) -> Load:
    """Journals some events and loads one batch."""

    async def journal_and_load(*events: Event, limit: int = 1000) -> LoadResult:
        for one in events:
            journal.append(one)
        await journal.flushed()
        return await load_batch(warehouse, journal, withdrawals, limit)

    return journal_and_load


async def logged(warehouse: Warehouse, guild_id: int = GUILD) -> list[LogRow]:
    async with warehouse.reading() as conn:
        return await read_after(conn, guild_id, 0, 10_000)


async def people(warehouse: Warehouse, guild_id: int = GUILD) -> dict[int, int]:
    async with warehouse.reading() as conn:
        return await user_ids(conn, guild_id, range(1, 100))


async def letters(warehouse: Warehouse) -> list[dead_letters.DeadLetter]:
    async with warehouse.reading() as conn:
        return await dead_letters.newest(conn, GUILD, 100)


def known_to_journal(folder: Path, person: int) -> bool:
    packed = person.to_bytes(8, "big")
    return any(packed in file.read_bytes() for file in folder.glob("journal.db*"))


async def test_people_become_numbers_and_everything_else_passes_untouched(
    load: Load, warehouse: Warehouse
) -> None:
    result = await load(event(1, person=ANN, others={"hosts": [BOB, ANN]}), event(2, person=None))
    assert result == LoadResult(read=2, loaded=2)
    assert await people(warehouse) == {1: ANN, 2: BOB}
    first = LogRow(1, GUILD, "gateway", "GUILD_MEMBER_ADD", 1, '{"hosts":[2,1]}', 1, 2, 3, '{"name":"Zoë"}')
    assert await logged(warehouse) == [
        first,
        LogRow(2, GUILD, "gateway", "GUILD_MEMBER_ADD", None, None, 2, 3, 4, '{"name":"Zoë"}'),
    ]


async def test_the_journal_forgets_what_is_loaded(load: Load, journal: Journal) -> None:
    await load(*(event(n) for n in range(5)))
    await journal.flushed()
    assert journal.backlog() == 0
    assert await load() == LoadResult()


async def test_batches_follow_each_other(load: Load, warehouse: Warehouse) -> None:
    results = [await load(*(event(n) for n in range(5)), limit=2), await load(limit=2), await load(limit=2)]
    assert [result.loaded for result in results] == [2, 2, 1]
    assert [row.occurred_from_ms for row in await logged(warehouse)] == list(range(5))


async def test_a_redelivery_is_a_duplicate(load: Load, warehouse: Warehouse) -> None:
    await load(event(1, person=ANN), event(2, person=BOB))
    again = await load(event(1, person=ANN), event(2, person=BOB), event(3, person=ANN))
    assert again == LoadResult(read=3, loaded=1, duplicates=2)
    assert [row.member_no for row in await logged(warehouse)] == [1, 2, 1]


async def test_a_crash_after_the_commit_loads_nothing_twice(
    load: Load, warehouse: Warehouse, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(row_id: int) -> None:
        raise InterruptedError

    with monkeypatch.context() as crashing:
        crashing.setattr(journal, "discard_through", crash)
        with pytest.raises(InterruptedError):
            await load(event(1, person=ANN))
    assert await load() == LoadResult(read=1, duplicates=1)
    assert len(await logged(warehouse)) == 1


async def test_guilds_are_numbered_apart(load: Load, warehouse: Warehouse) -> None:
    await load(event(1, person=ANN), event(1, guild_id=GUILD + 1, person=BOB), event(2, person=BOB))
    assert await people(warehouse) == {1: ANN, 2: BOB}
    assert await people(warehouse, GUILD + 1) == {1: BOB}
    assert [row.position for row in await logged(warehouse)] == [1, 2]
    async with warehouse.reading() as conn:
        assert await guild_ids(conn) == [GUILD, GUILD + 1]


async def test_a_problem_is_set_aside_with_its_reason_and_without_the_id(
    load: Load, warehouse: Warehouse
) -> None:
    result = await load(event(1, person=ANN, problem="roles is not a list"), event(2, person=ANN))
    assert result == LoadResult(read=2, loaded=1, dead=1)
    (letter,) = await letters(warehouse)
    assert (letter.row.member_no, letter.row.occurred_from_ms, letter.reason) == (1, 1, "roles is not a list")
    assert [row.occurred_from_ms for row in await logged(warehouse)] == [2]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"body": b'"\0"'}, "it holds a NUL character"),
        ({"body": b"\xff"}, "its body is not UTF-8"),
        ({"body": b'"\xed\xa0\x80"'}, "its body is not UTF-8"),
        ({"type": "A\0B"}, "it holds a NUL character"),
        ({"type": "A" * 65}, "its type is longer than 64 characters"),
        ({"source": "s" * 17}, "its source is longer than 16 characters"),
        ({"problem": "reason with \0"}, "reason with �"),
    ],
)
async def test_what_a_database_would_refuse_does_not_hold_up_the_others(
    load: Load, warehouse: Warehouse, fields: dict[str, Any], reason: str
) -> None:
    result = await load(event(1, **fields), event(2))
    assert result == LoadResult(read=2, loaded=1, dead=1)
    assert [letter.reason for letter in await letters(warehouse)] == [reason]
    assert [row.occurred_from_ms for row in await logged(warehouse)] == [2]


async def test_who_withdrew_is_dropped_and_gets_no_number(
    load: Load, warehouse: Warehouse, withdrawals: Withdrawals
) -> None:
    withdrawals.withdraw(GUILD, ANN, Kind.OPTED_OUT, 5)
    result = await load(
        event(1, person=ANN),
        event(2, person=BOB, others={"hosts": [ANN, CYD]}),
        event(3, person=ANN, problem="odd"),
        event(4, guild_id=GUILD + 1, person=ANN),
    )
    assert result == LoadResult(read=4, loaded=2, dropped=2)
    assert await people(warehouse) == {1: BOB, 2: CYD}
    assert [(row.member_no, row.others) for row in await logged(warehouse)] == [(1, '{"hosts":[2]}')]
    assert await people(warehouse, GUILD + 1) == {1: ANN}, "a withdrawal is for one guild"


async def test_a_withdrawal_by_another_process_is_heard(
    load: Load, warehouse: Warehouse, withdrawals: Withdrawals, tmp_path: Path
) -> None:
    Withdrawals.open(tmp_path / "withdrawals.txt", b"s" * 32).withdraw(GUILD, ANN, Kind.ERASED, 5)
    assert await load(event(1, person=ANN)) == LoadResult(read=1, dropped=1)
    assert await people(warehouse) == {}


async def test_who_was_dropped_leaves_no_trace_in_the_journal(
    load: Load, withdrawals: Withdrawals, tmp_path: Path
) -> None:
    await load(event(1, person=ANN))  # loaded, so that only the journal's old pages still know
    withdrawals.withdraw(GUILD, ANN, Kind.ERASED, 5)
    await load(event(2, person=ANN), event(3, person=BOB))
    assert not known_to_journal(tmp_path, ANN)


async def test_an_erasure_by_another_process_clears_an_idle_journal(load: Load, tmp_path: Path) -> None:
    await load(event(1, person=ANN))
    await load()
    await load(event(2, person=ANN))
    assert known_to_journal(tmp_path, ANN)
    Withdrawals.open(tmp_path / "withdrawals.txt", b"s" * 32).withdraw(GUILD, ANN, Kind.ERASED, 5)
    assert await load() == LoadResult()
    assert not known_to_journal(tmp_path, ANN)


async def test_an_unreachable_warehouse_costs_nothing(
    sqlite_url: str,
    journal: Journal,
    withdrawals: Withdrawals,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(storage.database, "BUSY_SECONDS", 0.05)
    warehouse = await Warehouse.open(sqlite_url)
    other = sqlite3.connect(tmp_path / "warehouse.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    for number in range(3):
        journal.append(event(number, person=ANN + number))
        await journal.flushed()
        with pytest.raises(WarehouseUnavailable, match="is locked by another process"):
            await load_batch(warehouse, journal, withdrawals)
    assert journal.backlog() == 3
    other.execute("ROLLBACK")
    other.close()
    assert await load_batch(warehouse, journal, withdrawals) == LoadResult(read=3, loaded=3)
    assert [row.occurred_from_ms for row in await logged(warehouse)] == [0, 1, 2]
    await warehouse.close()
