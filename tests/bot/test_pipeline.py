"""From the journal into the tables, whatever the warehouse does meanwhile."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.gateway.pace import Pace
from bot.intake import Intake, IntakeOptions
from bot.pipeline import Pipeline
from storage.database import Warehouse
from storage.event_key import KeyMaker
from storage.journal import Journal
from storage.loader import load_batch
from storage.rules import Rules
from storage.tables import day_sets, dead_letters, fold_progress, members
from storage.trouble import WarehouseUnavailable
from storage.withdrawals import Withdrawals

GUILD, SECRET = 2000, b"s" * 32
HURRIED = Pace(first_s=0.01, cap_s=0.02)
JOINED_MS = 1_760_000_000_000


class Setting:
    def __init__(self, warehouse: Warehouse, folder: Path) -> None:
        self.warehouse = warehouse
        withdrawals = Withdrawals.open(folder / "withdrawals.txt", SECRET)
        self.intake = Intake(KeyMaker(SECRET), withdrawals, IntakeOptions(GUILD))
        self.journal = Journal.open(folder / "journal.db", self.intake.encode, self.intake.unencodable)
        self.pipeline = Pipeline(self.journal, warehouse, withdrawals, Rules(), guild_id=GUILD, pace=HURRIED)
        self.sequence = 0

    def happens(self, dispatch_type: str, data: object) -> None:
        self.sequence += 1
        at_ms = JOINED_MS + self.sequence
        for event in self.intake.events_of(dispatch_type, data, at_ms, "session", JOINED_MS, self.sequence):
            self.journal.append(event)

    def joins(self, user_id: int) -> None:
        user = {"id": str(user_id)}
        joined_at = "2025-10-09T08:53:20+00:00"
        data = {"guild_id": str(GUILD), "user": user, "roles": [], "joined_at": joined_at}
        self.happens("GUILD_MEMBER_ADD", data)

    async def count(self, table) -> int:
        async with self.warehouse.reading() as conn:
            return (await conn.execute(select(func.count()).select_from(table))).scalar_one()


@pytest.fixture
async def setting(sqlite_warehouse: Warehouse, tmp_path: Path) -> AsyncIterator[Setting]:
    setting = Setting(sqlite_warehouse, tmp_path)
    yield setting
    await setting.pipeline.stop()
    setting.journal.close()


async def test_what_was_recorded_is_in_the_tables(setting):
    setting.pipeline.start()
    for user_id in range(5000, 5040):
        setting.joins(user_id)
    assert await setting.pipeline.caught_up(60)
    assert await setting.count(members) == 40
    await setting.journal.flushed()  # until then it may still hold what the tables have
    status = setting.pipeline.status
    assert (status.backlog, status.problem, status.is_rebuilding) == (0, None, False)
    assert status.as_of_ms >= JOINED_MS


async def test_events_gather_between_two_rounds_unless_somebody_waits(setting, monkeypatch):
    rounds = 0

    async def counted(*arguments: object, **options: object) -> object:
        nonlocal rounds
        rounds += 1
        return await load_batch(*arguments, **options)

    monkeypatch.setattr("bot.pipeline.load_batch", counted)
    monkeypatch.setattr("bot.pipeline.GATHER_S", 3600)
    setting.joins(5000)
    await setting.journal.flushed()
    setting.pipeline.start()
    deadline = time.monotonic() + 30
    while setting.pipeline.as_of_ms is None:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.001)
    setting.joins(5001)
    await setting.journal.flushed()
    assert rounds == 1, "the next one is an hour away"
    assert await setting.pipeline.caught_up(60)
    assert await setting.count(members) == 2


async def test_dead_letters_are_set_aside_and_nothing_stops(setting):
    setting.pipeline.start()
    setting.happens("NEVER_HEARD_OF", {"guild_id": str(GUILD)})
    setting.happens("GUILD_MEMBER_ADD", {"guild_id": str(GUILD), "user": None})
    setting.joins(5000)
    assert await setting.pipeline.caught_up(60)
    assert (await setting.count(dead_letters), await setting.count(members)) == (2, 1)


async def test_while_the_warehouse_is_away_everything_waits_in_the_journal(setting, monkeypatch):
    @asynccontextmanager
    async def away():
        raise WarehouseUnavailable("The warehouse is away.")
        yield

    writing = setting.warehouse.writing
    monkeypatch.setattr(setting.warehouse, "writing", away)
    setting.pipeline.start()
    setting.joins(5000)
    deadline = time.monotonic() + 60
    while setting.pipeline.status.problem != "The warehouse is away.":
        assert time.monotonic() < deadline, setting.pipeline.status
        await asyncio.sleep(0.001)
    assert not await setting.pipeline.caught_up(0.3)
    assert setting.pipeline.status.backlog == 1
    monkeypatch.setattr(setting.warehouse, "writing", writing)
    assert await setting.pipeline.caught_up(60)
    assert setting.pipeline.status.problem is None
    assert await setting.count(members) == 1


async def test_a_warehouse_locked_by_another_program_is_waited_for(setting, tmp_path, monkeypatch):
    setting.pipeline.start()
    other = sqlite3.connect(tmp_path / "warehouse.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    setting.joins(5000)
    assert not await setting.pipeline.caught_up(0.3)
    other.execute("ROLLBACK")
    other.close()
    assert await setting.pipeline.caught_up(60)
    assert await setting.count(members) == 1


async def test_new_rules_make_the_tables_anew(setting):
    setting.pipeline.start()
    setting.joins(5000)
    assert await setting.pipeline.caught_up(60)
    rules = Rules(zone="Asia/Tokyo")
    setting.pipeline.use_rules(rules)
    assert await setting.pipeline.caught_up(60)
    async with setting.warehouse.reading() as conn:
        assert (await conn.execute(select(fold_progress.c.rules))).scalar_one() == rules.fingerprint()
    assert await setting.count(members) == 1


async def test_an_error_that_nobody_foresaw_is_shown_and_tried_again(setting, monkeypatch):
    advance = setting.pipeline._folder.advance

    async def broken(guild_id, limit):
        raise KeyError("private content")

    monkeypatch.setattr(setting.pipeline._folder, "advance", broken)
    setting.pipeline.start()
    setting.joins(5000)
    assert not await setting.pipeline.caught_up(0.2)
    assert "KeyError" in setting.pipeline.status.problem
    assert "private" not in setting.pipeline.status.problem
    monkeypatch.setattr(setting.pipeline._folder, "advance", advance)
    assert await setting.pipeline.caught_up(60)


async def test_the_loop_is_never_held_up_for_long(setting):
    for user_id in range(5000, 8000):
        setting.joins(user_id)
    await setting.journal.flushed()
    setting.pipeline.start()
    longest_s, caught_up = 0.0, asyncio.create_task(setting.pipeline.caught_up(60))
    while not caught_up.done():
        before = time.thread_time()  # another program's work does not count
        await asyncio.sleep(0)
        longest_s = max(longest_s, time.thread_time() - before)
        await asyncio.sleep(0.001)
    assert caught_up.result()
    assert await setting.count(day_sets) >= 1
    assert longest_s < 0.5, f"commands waited {longest_s:.2f} s"  # Discord gives them three
