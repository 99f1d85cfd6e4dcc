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

from bot.gateway.pace import Pace
from bot.intake import Intake, IntakeOptions
from bot.patience import PatientWarehouse
from bot.pipeline import Pipeline
from storage.event_key import KeyMaker
from storage.journal import Journal
from storage.rebuild import table_digests, verify
from storage.rules import Rules
from storage.tables import event_log
from storage.withdrawals import Withdrawals

GUILD, VOICE, SECRET = 2000, 3001, b"s" * 32
HURRIED = Pace(first_s=0.01, cap_s=0.05)
BEGAN_MS = int(datetime(2026, 3, 26, 19, 0, tzinfo=UTC).timestamp() * 1000)
DEADLINE_S = 30.0
PROMPT_S = 3.0  # a reader is answered by then, whatever the writer waits for


class Recording:
    """Dispatches go through intake and journal into a warehouse, and into nothing else."""

    def __init__(self, warehouse: PatientWarehouse, withdrawals: Withdrawals, folder: Path) -> None:
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
        return cls(PatientWarehouse(url, withdrawals, retry_s=(0.05,)), withdrawals, folder)

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

    async def digests(self) -> dict[str, str]:
        """Of every table, once it holds all that happened; they are what the log gives."""
        assert await self.pipeline.caught_up(DEADLINE_S), self.pipeline.problem
        assert self.pipeline.problem is None
        assert await verify(self.warehouse, GUILD, Rules()) == []
        async with self.warehouse.reading() as conn:
            return await table_digests(conn, GUILD)

    async def notices(self, words: str) -> None:
        """Until the trouble has a name, and everything that happened is on the journal's disk."""
        await self.journal.flushed()
        deadline = time.monotonic() + DEADLINE_S
        while words not in (self.pipeline.problem or ""):
            assert time.monotonic() < deadline, f"{words!r} is not in {self.pipeline.problem!r}"
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

    async def run(hours: int) -> dict[str, str]:
        undisturbed = await recording(str(tmp_path / "clean" / "warehouse.db"))
        for hour in range(2, hours + 1):
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
