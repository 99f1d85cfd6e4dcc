"""The whole bot on a local Discord while its warehouse fails: every command is answered, and in time."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

import asyncpg
import pytest
from sqlalchemy import select

from storage.tables import command_invocations

DEADLINE_S = 60.0


async def everything_in(path):
    """The file's bytes, at a moment at which its log of changes is empty.

    While somebody writes, it cannot be emptied, and what they changed is read from there: an event could
    still be loaded into a file that is ruined.
    """
    async with asyncio.timeout(DEADLINE_S):
        with closing(sqlite3.connect(path, timeout=0)) as other:
            while _is_busy(other):  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.01)
            return path.read_bytes()


def _is_busy(other):
    busy, _, _ = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return busy


async def test_with_a_locked_file_numbers_come_with_their_moment(club, locked, tmp_path):
    here = await club()
    async with locked(tmp_path / "data" / "warehouse.db"):
        for _ in range(4):
            here.somebody_moves()
        await here.journal_has(4)
        answers = [await here.asked("insights event"), await here.asked("insights health")]
        assert "No event is recorded yet" in answers[0]
        assert "As of " in answers[1]
        assert "newer events wait for the tables, none is lost" in answers[1]
    await here.all_is_there()


async def test_with_a_damaged_file_one_sentence_says_what_to_do(club, tmp_path):
    here = await club()
    path = tmp_path / "data" / "warehouse.db"
    good = path.with_name("backup.db")
    whole = await everything_in(path)
    good.write_bytes(whole)
    with path.open("r+b") as file:
        file.seek(2 * 4096)
        file.write(b"\xa5" * (len(whole) - 3 * 4096))
    for _ in range(4):
        here.somebody_moves()
    await here.journal_has(4)
    await here.notices("is damaged")
    for command in ("insights health", "insights event"):
        assert await here.asked(command) == (
            "The warehouse is damaged or is no database: restore a backup (docs/operations.md). "
            "What comes in is kept."
        )
    good.replace(path)
    await here.all_is_there()
    await here.until(here.answers_of_now, "the tables did not follow")
    failed = select(command_invocations.c.error_type).where(command_invocations.c.outcome == "error")

    async def both_failed():
        async with here.bot.warehouse.reading() as conn:
            return (await conn.execute(failed)).scalars().all() == ["WarehouseDamaged"] * 2

    await here.until(both_failed, "the failures were not recorded")


@pytest.mark.postgres
async def test_with_a_stopped_server_one_sentence_says_what_is_wrong(club, postgres, postgres_url):
    here = await club(postgres_url)
    await asyncio.to_thread(postgres.server.stop)
    try:
        for _ in range(4):
            here.somebody_moves()
        await here.journal_has(4)
        for command in ("insights health", "insights event"):
            answer = await here.asked(command)
            assert answer.startswith(
                "The warehouse cannot be reached. Nothing recorded is lost (tables as of "
            )
    finally:
        await asyncio.to_thread(postgres.server.ensure_postgres_running)
    await here.all_is_there()


@pytest.mark.postgres
async def test_with_a_table_locked_for_readers_too_nobody_waits_for_long(club, postgres_url):
    here = await club(postgres_url)
    other = await asyncpg.connect(postgres_url.replace("+asyncpg", ""))
    transaction = other.transaction()
    await transaction.start()
    await other.execute("LOCK TABLE fold_progress IN ACCESS EXCLUSIVE MODE")
    here.somebody_moves()
    answer = await here.asked("insights health")
    assert answer.startswith("The warehouse is locked by another process. Nothing recorded is lost")
    await transaction.rollback()
    await other.close()
    await here.all_is_there()


@pytest.mark.postgres
async def test_over_a_way_that_swallows_everything_nobody_waits_for_ever(club, proxy, monkeypatch):
    monkeypatch.setattr("storage.database.STATEMENT_SECONDS", 5.0)
    monkeypatch.setattr("storage.database.IDLE_SECONDS", 5.0)
    monkeypatch.setattr("bot.commands.tables.REPORT_SECONDS", 2.0)
    way, url = proxy
    here = await club(url)
    way.swallow()
    here.somebody_moves()
    answer = await here.asked("insights health")
    assert "Nothing recorded is lost" in answer
    way.forget()
    await here.all_is_there()
