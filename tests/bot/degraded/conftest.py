"""A warehouse to which something happens while the bot records: a journal, a pipeline, and a clean twin."""

from __future__ import annotations

import asyncio
import importlib.util
import sqlite3
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, make_url, select

from bot.app import Bot, Surroundings
from bot.config import SettingsHolder
from bot.gateway.pace import Pace
from bot.intake import Intake, IntakeOptions
from bot.paths import DataPaths
from bot.patience import PatientWarehouse
from bot.pipeline import Pipeline
from sandbox.discord import Sandbox
from sandbox.seed import ChannelKind, ChannelSeed, GuildSeed, MemberSeed, RoleSeed
from storage.database import Warehouse
from storage.event_key import KeyMaker
from storage.journal import Journal
from storage.rebuild import table_digests, verify
from storage.rules import Rules
from storage.tables import coverage, event_log
from storage.withdrawals import Withdrawals

GUILD, VOICE, SECRET = 2000, 3001, b"s" * 32
HURRIED = Pace(first_s=0.01, cap_s=0.05)
BEGAN_MS = int(datetime(2026, 3, 26, 19, 0, tzinfo=UTC).timestamp() * 1000)
DEADLINE_S = 60.0
UNHURRIED_S = 120.0  # what a test's own verification may take between two statements, on any machine
PROMPT_S = 3.0  # a reader is answered by then, whatever the writer waits for


async def differing_tables(url: str, rules: Rules) -> list:
    """Those that are not what the log gives, seen over a connection without a test's short limits."""
    with pytest.MonkeyPatch.context() as limits:
        limits.setattr("storage.database.STATEMENT_SECONDS", UNHURRIED_S)
        limits.setattr("storage.database.IDLE_SECONDS", UNHURRIED_S)
        warehouse = await Warehouse.open(url)
    try:
        return await verify(warehouse, GUILD, rules)
    finally:
        await warehouse.close()


class Recording:
    """Dispatches go through intake and journal into a warehouse, and into nothing else."""

    def __init__(self, url: str, warehouse: PatientWarehouse, withdrawals: Withdrawals, folder: Path) -> None:
        self.url = url
        self.warehouse = warehouse
        self.intake = Intake(KeyMaker(SECRET), withdrawals, IntakeOptions(GUILD))
        self.journal = Journal.open(folder / "journal.db", self.intake.encode, self.intake.unencodable)
        self.pipeline = Pipeline(self.journal, warehouse, withdrawals, Rules(), guild_id=GUILD, pace=HURRIED)
        self._reaching = asyncio.create_task(warehouse.keep())
        self._sequence = 0
        self._has_stopped = False

    @classmethod
    def on(cls, url: str, folder: Path) -> Recording:
        folder.mkdir(exist_ok=True)
        withdrawals = Withdrawals.open(folder / "withdrawals", SECRET)
        return cls(url, PatientWarehouse(url, withdrawals, retry_s=(0.05,)), withdrawals, folder)

    async def stop(self) -> None:
        if self._has_stopped:
            return
        self._has_stopped = True
        await self.pipeline.stop()
        self._reaching.cancel()
        await asyncio.gather(self._reaching, return_exceptions=True)
        await self.warehouse.close()
        self.journal.close()

    def happens(self, dispatch_type: str, data: dict[str, object]) -> None:
        self._sequence += 1
        at_ms = BEGAN_MS + 1000 * self._sequence
        whole = {"guild_id": str(GUILD), **data}
        for event in self.intake.events_of(dispatch_type, whole, at_ms, "session", BEGAN_MS, self._sequence):
            self.journal.append(event)

    def an_hour(self, hour: int) -> None:
        """Ten people join, and are in voice until the hour is over."""
        people = range(5000 + 10 * hour, 5010 + 10 * hour)
        for person in people:
            joined = {
                "user": {"id": str(person)},
                "roles": [],
                "joined_at": f"2026-03-26T{hour:02}:00:00+00:00",
            }
            self.happens("GUILD_MEMBER_ADD", joined)
        for channel in (str(VOICE), None):
            for person in people:
                state = {"user_id": str(person), "channel_id": channel, "session_id": f"v{person}"}
                self.happens("VOICE_STATE_UPDATE", state)

    def misses_an_hour(self) -> None:
        """What happens in it leaves no trace."""
        self._sequence += 30

    async def digests(self) -> dict[str, str]:
        """Of every table, once it holds all that happened; they are what the log gives."""
        assert await self.pipeline.caught_up(DEADLINE_S), self.pipeline.problem
        assert self.pipeline.problem is None
        assert await differing_tables(self.url, Rules()) == []
        async with self.warehouse.reading() as conn:
            return await table_digests(conn, GUILD)

    async def notices(self, words: str) -> None:
        """Until the trouble has a name, and everything that happened is on the journal's disk."""
        await self.journal.flushed()
        deadline = time.monotonic() + DEADLINE_S
        while words not in (self.pipeline.problem or ""):
            assert time.monotonic() < deadline, f"{words!r} is not in {self.pipeline.problem!r}"
            await asyncio.sleep(0.01)

    async def is_let_go(self) -> None:
        """Until no connection to the file is open any more."""
        async with asyncio.timeout(DEADLINE_S):
            while not self.warehouse.is_let_go:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.01)

    async def rows(self) -> int:
        """Of the log, as a command would read it."""
        async with asyncio.timeout(PROMPT_S), self.warehouse.reading() as conn:
            return (await conn.execute(select(func.count()).select_from(event_log))).scalar_one()


@pytest.fixture
async def recording(tmp_path: Path) -> AsyncIterator[Callable[[str], Awaitable[Recording]]]:
    """Starts a recording into the warehouse at a URL; the first hour is in its tables."""
    begun: list[Recording] = []

    async def begin(url: str, *, is_reached: bool = True) -> Recording:
        begun.append(started := Recording.on(url, tmp_path / f"recording-{len(begun)}"))
        started.pipeline.start()
        started.an_hour(1)
        if is_reached:
            assert await started.pipeline.caught_up(DEADLINE_S), started.pipeline.problem
        return started

    yield begin
    for each in begun:
        await each.stop()


@pytest.fixture
async def clean(recording: Callable[[str], Awaitable[Recording]], tmp_path: Path) -> Callable:
    """The tables of the same hours where nothing ever went wrong."""

    async def run(hours: int, *, lost: int = 0) -> dict[str, str]:
        """`lost`: an hour that a backup does not have."""
        undisturbed = await recording(str(tmp_path / "clean" / "warehouse.db"))
        for hour in range(2, hours + 1):
            if hour == lost:
                undisturbed.misses_an_hour()
            else:
                undisturbed.an_hour(hour)
        return await undisturbed.digests()

    return run


@pytest.fixture
def locked() -> Callable:
    """A SQLite file that a tool of somebody's own holds."""

    @asynccontextmanager
    async def hold(path: Path) -> AsyncIterator[None]:
        with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
            await asyncio.to_thread(other.execute, "BEGIN EXCLUSIVE")  # the bot may be writing just now
            yield

    return hold


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits of seconds are waits of tenths."""
    monkeypatch.setattr("storage.database.BUSY_SECONDS", 0.3)
    monkeypatch.setattr("bot.pipeline.SLOW_S", 0.2)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of two megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a file system")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def read_only_place(small_disk: Path) -> Iterator[tuple[Path, Callable[[], None]]]:
    """A folder in which nothing can be written, and what makes that possible."""
    place = small_disk / "place"
    place.mkdir()
    subprocess.run(["mount", "--bind", place, place], check=True)
    subprocess.run(["mount", "-o", "remount,ro,bind", place], check=True)
    yield place, lambda: subprocess.run(["mount", "-o", "remount,rw,bind", place], check=True)
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.fixture
def fill() -> Callable[[Path], Path]:
    """Leaves not a byte free on a disk; what is in the way is returned."""

    def fill(disk: Path) -> Path:
        filler = disk / "filler"
        with filler.open("ab", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))
        return filler

    return fill


@pytest.fixture
async def proxy(postgres_url: str) -> AsyncIterator[tuple]:
    """A way to a fresh PostgreSQL database on which things happen, and the database's URL over it."""
    address = make_url(postgres_url)
    way = _proxy_module().Proxy(Path(str(address.query["host"])) / ".s.PGSQL.5432")
    await way.start()
    yield way, f"postgresql://postgres@127.0.0.1:{way.port}/{address.database}"
    await way.close()


def _proxy_module():
    path = Path(__file__).with_name("proxy.py")
    spec = importlib.util.spec_from_file_location("degraded_proxy", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ------------------------------------------------------------------ the whole bot

STAFF_ROLE = 201
STAFF, PERSON = 407_000_000_000_000_001, 407_000_000_000_000_002
FOUNDED = datetime(2025, 1, 1, tzinfo=UTC)
QUICK = Pace(first_s=0.02, cap_s=0.05, invalid_session_s=(0, 0.02), identify_spacing_s=0)
ACKNOWLEDGED_S = 3.0  # Discord waits no longer
ANSWERED_S = 14.0  # somebody does: two seconds to catch up, ten to read, and the rest of the machine
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

    def __init__(self, sandbox: Sandbox, around: Surroundings, config: Path) -> None:
        self.sandbox = sandbox
        self.around = around
        self.config = config
        self.moves = 0

    @property
    def url(self) -> str:
        return self.around.warehouse_url

    async def begins(self) -> None:
        """Until the bot, or another one on the same data, is there."""
        self.bot = Bot.assemble(SettingsHolder(self.config), self.around)
        self._running = asyncio.create_task(self.bot.run(self.sandbox.token))
        await self.sandbox.connected()
        await self.sandbox.commands_synced()

    async def ends(self) -> None:
        self.bot.stop_soon()
        await self._running

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

    async def answers_of_now(self) -> bool:
        return "As of" not in await self.asked("insights health")

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

    @property
    def sent(self) -> int:
        return max(session.sequence for session in self.sandbox.world.gateway.sessions.values())

    async def resumes(self) -> None:
        """Until the bot has asked for what it had refused, at its next heartbeat."""

        async def holds() -> bool:
            if self.bot.recorder.has_refused and any(self.sandbox.world.gateway.connected()):
                self.sandbox.faults.ask_heartbeat()
                await asyncio.sleep(0.1)
            return self.bot.recorder.is_live and not self.bot.recorder.has_refused

        await self.until(holds, "it was not asked for again")

    async def is_told(self, state: str, causes: tuple[str, ...]) -> None:
        told = coverage.select().where(coverage.c.state == state, coverage.c.cause.in_(causes))

        async def holds() -> bool:
            if self.bot.pipeline.problem or not await self.bot.pipeline.caught_up(5):
                return False
            async with self.bot.warehouse.reading() as conn:
                return (await conn.execute(told)).first() is not None

        await self.until(holds, f"no {state} has one of the causes {causes}")

    async def all_is_there(self) -> None:
        """Every move is in the log exactly once, and the tables are what the log gives."""
        moved = event_log.select().where(event_log.c.type == "VOICE_STATE_UPDATE")

        async def holds() -> bool:
            if self.bot.pipeline.problem or not await self.bot.pipeline.caught_up(5):
                return False
            async with self.bot.warehouse.reading() as conn:
                return len((await conn.execute(moved)).all()) == self.moves

        await self.until(holds, f"not all is caught up: {self.bot.pipeline.status}")
        assert await differing_tables(self.url, self.bot.holder.current.rules()) == []


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
    begun: list[Club] = []

    async def start(url: str | None = None, data: Path | None = None) -> Club:
        paths = DataPaths(data or tmp_path / "data")
        url = url or str(tmp_path / "data" / "warehouse.db")
        started = Club(sandbox, Surroundings(paths, url, sandbox.api_url, pace=QUICK), config)
        begun.append(started)
        await started.begins()
        started.somebody_moves()
        await started.all_is_there()
        await started.until(started.is_covered, "what was recorded was not written down")
        await started.until(started.answers_of_now, "the tables did not follow")
        return started

    yield start
    for each in begun:
        await each.ends()
    await sandbox.stop()
