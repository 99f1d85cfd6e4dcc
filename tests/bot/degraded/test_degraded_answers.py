"""The whole bot on a local Discord while its warehouse fails: every command is answered, and in time."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from bot.app import Bot, Surroundings
from bot.config import SettingsHolder
from bot.gateway.pace import Pace
from bot.paths import DataPaths
from sandbox.discord import Sandbox
from sandbox.seed import ChannelKind, ChannelSeed, GuildSeed, MemberSeed, RoleSeed
from storage.rebuild import verify
from storage.tables import coverage, event_log

GUILD, STAFF_ROLE, VOICE = 2000, 201, 3001
STAFF, PERSON = 407_000_000_000_000_001, 407_000_000_000_000_002
FOUNDED = datetime(2025, 1, 1, tzinfo=UTC)
QUICK = Pace(first_s=0.02, cap_s=0.05, invalid_session_s=(0, 0.02), identify_spacing_s=0)
ACKNOWLEDGED_S = 3.0  # Discord waits no longer
ANSWERED_S = 14.0  # somebody does: two seconds to catch up, ten to read, and the rest of the machine
DEADLINE_S = 30.0
CONFIG = f"""
[community]
guild_id = {GUILD}
[access]
staff_roles = [{STAFF_ROLE}]
[digest.weekly]
enabled = false
"""


class Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class Club:
    """One bot in one server, and somebody who goes into voice and out again."""

    def __init__(self, sandbox: Sandbox, bot: Bot) -> None:
        self.sandbox = sandbox
        self.bot = bot
        self.moves = 0

    def somebody_moves(self) -> None:
        self.sandbox.voice(PERSON, VOICE if self.moves % 2 == 0 else None)
        self.moves += 1

    async def asked(self, command: str) -> str:
        """What staff read, after time in which Discord and a person go on waiting."""
        began = time.monotonic()
        invocation = await self.sandbox.run_command(STAFF, command).settled(ANSWERED_S)
        assert invocation.acknowledged_after_s is not None
        assert invocation.acknowledged_after_s < ACKNOWLEDGED_S
        assert time.monotonic() - began < ANSWERED_S
        (message,) = invocation.messages_seen_by(STAFF)
        embeds = "".join(embed.get("description", "") for embed in message["embeds"])
        return message["content"] + embeds

    async def until(self, holds: Callable[[], Awaitable[bool]], what: str) -> None:
        deadline = time.monotonic() + DEADLINE_S
        while not await holds():
            assert time.monotonic() < deadline, what
            await asyncio.sleep(0.02)

    async def journal_has(self, moves: int) -> None:
        """Each move is on the journal's disk: nothing is in flight."""
        await self.bot.journal.flushed()

        async def holds() -> bool:
            await self.bot.journal.flushed()
            return self.bot.journal.backlog() >= moves

        await self.until(holds, "the journal did not go on")

    async def is_covered(self) -> bool:
        """Without that there is nothing that a report could speak of."""
        await self.bot.recorder.cover_until_now()
        await self.bot.pipeline.caught_up(5)
        async with self.bot.warehouse.reading() as conn:
            return (await conn.execute(coverage.select())).first() is not None

    async def notices(self, words: str) -> None:
        async def holds() -> bool:
            return words in (self.bot.pipeline.problem or "")

        await self.until(holds, f"{words!r} was not noticed")

    async def all_is_there(self) -> None:
        """Every move is in the log exactly once, and the tables are what the log gives."""
        moved = event_log.select().where(event_log.c.type == "VOICE_STATE_UPDATE")

        async def holds() -> bool:
            if self.bot.pipeline.problem or not await self.bot.pipeline.caught_up(5):
                return False
            async with self.bot.warehouse.reading() as conn:
                return len((await conn.execute(moved)).all()) == self.moves

        await self.until(holds, f"not all is caught up: {self.bot.pipeline.status}")
        assert await verify(self.bot.warehouse, GUILD, self.bot.holder.current.rules()) == []


@pytest.fixture
async def club(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator:
    """Starts the bot on a warehouse; its tables know of the first move."""
    monkeypatch.setattr("bot.pipeline.SLOW_S", 0.5)
    monkeypatch.setattr("bot.patience.RETRY_SECONDS", (0.05,))
    monkeypatch.setattr("bot.pipeline.AWAY", QUICK)
    config = tmp_path / "config.toml"
    config.write_text(CONFIG, encoding="utf-8")
    seed = GuildSeed(
        guild_id=GUILD,
        owner_id=STAFF,
        created_at=FOUNDED,
        roles=[RoleSeed(STAFF_ROLE, "staff")],
        channels=[ChannelSeed(3000, "leadership"), ChannelSeed(VOICE, "lobby", ChannelKind.VOICE)],
        members=[MemberSeed(STAFF, FOUNDED, roles=[STAFF_ROLE]), MemberSeed(PERSON, FOUNDED)],
    )
    sandbox = await Sandbox.start(seed, clock=Clock())
    running: list[tuple[Bot, asyncio.Task[None]]] = []

    async def start(url: str | None = None) -> Club:
        paths = DataPaths(tmp_path / "data")
        around = Surroundings(paths, url or str(paths.warehouse), sandbox.api_url, pace=QUICK)
        bot = Bot.assemble(SettingsHolder(config), around)
        running.append((bot, asyncio.create_task(bot.run(sandbox.token))))
        await sandbox.connected()
        await sandbox.commands_synced()
        started = Club(sandbox, bot)
        started.somebody_moves()
        await started.all_is_there()
        await started.until(started.is_covered, "what was recorded was not written down")
        assert "As of" not in await started.asked("insights health")
        return started

    yield start
    for bot, task in running:
        bot.stop_soon()
        await task
    await sandbox.stop()


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
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(good)) as copy:
        source.backup(copy)
        source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek(2 * 4096)
        file.write(b"\xa5" * (path.stat().st_size - 3 * 4096))
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
    assert "As of" not in await here.asked("insights health")


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
    monkeypatch.setattr("storage.database.STATEMENT_SECONDS", 3.0)
    monkeypatch.setattr("storage.database.IDLE_SECONDS", 1.0)
    monkeypatch.setattr("bot.commands.tables.REPORT_SECONDS", 2.0)
    way, url = proxy
    here = await club(url)
    way.swallow()
    here.somebody_moves()
    answer = await here.asked("insights health")
    assert "Nothing recorded is lost" in answer
    way.forget()
    await here.all_is_there()
