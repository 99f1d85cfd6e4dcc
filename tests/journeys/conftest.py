"""A story that a community lives through on the sandbox, and the whole bot beside it as a process."""

from __future__ import annotations

import asyncio
import mmap
import os
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from bot.audit_log import HOUR_MS
from bot.audit_place import AuditPlace
from bot.config import load_settings
from bot.gateway.pace import Pace
from sandbox.discord import Sandbox
from sandbox.limits import Limits
from sandbox.seed import ChannelKind, ChannelSeed, GuildSeed, MemberSeed, RoleSeed
from storage.database import Warehouse
from storage.tables import event_log, fold_progress

GUILD, OWNER, LEADERSHIP, STAFF, CAPTAIN = 2000, 410_000_000_000_005_000, 3000, 7001, 7002
CHANNELS, AFK, IGNORED = (3001, 3002, 3003), 3004, 3005
EVENING = datetime(2026, 3, 26, 20, 0, tzinfo=UTC)  # a Thursday in Berlin, three days before summer time
PROGRAM = Path(__file__).with_name("bot_process.py")
ROOT = Path(__file__).parents[2]
PATIENCE_S = 60.0
REQUEST_MEMBERS = 8  # Gateway Opcodes, "Request Guild Members"
HEARTBEAT_EVERY_S = 1.0  # more than 120 sends a minute would end the connection

CONFIG = f"""
[community]
guild_id = {GUILD}
zone = "Europe/Berlin"

[access]
staff_roles = [{STAFF}]
organizer_roles = [{CAPTAIN}]

[voice]
ignored_channels = [{IGNORED}]

[[event_type]]
name = "Inhouse"
titles = ["*inhouse*"]
channels = [{", ".join(map(str, CHANNELS))}]
"""

NO_DIGEST = """
[digest.weekly]
enabled = false
"""

Action = tuple[str, int, object]  # what a person does: a method of the story, who, with what


class SharedClock:
    """One moment for sandbox and bot, in a file: time passes when the test says so, also for a killed bot."""

    def __init__(self, path: Path) -> None:
        path.write_bytes(bytes(8))
        with path.open("r+b") as file:
            self._cell = mmap.mmap(file.fileno(), 8)

    def put(self, moment: datetime) -> None:
        self._cell[:8] = int(moment.timestamp() * 1000).to_bytes(8, "little")

    @property
    def now_ms(self) -> int:
        return int.from_bytes(self._cell[:8], "little")

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.now_ms / 1000, UTC)


def story(seed: int, steps: int, actions_a_step: int) -> list[list[Action]]:
    """What happens, step by step, a quarter of an hour apart: voice above all, people come and go."""
    rng = Random(seed)
    members = [OWNER + number for number in range(1, 25)]
    in_voice: dict[int, bool] = {}  # who, and whether deafened
    newest = OWNER + 100
    told = []
    for _ in range(steps):
        step: list[Action] = []
        for _ in range(actions_a_step):
            who, dice = rng.choice(members), rng.random()
            if dice < 0.03:
                newest += 1
                members.append(newest)
                step.append(("joins", newest, None))
            elif dice < 0.05 and who not in in_voice:
                members.remove(who)
                step.append(("leaves", who, None))
            elif dice < 0.06 and who in in_voice:
                members.remove(who)
                del in_voice[who]
                step.append(("leaves", who, None))
            elif dice < 0.1:
                step.append(("takes_roles", who, rng.choice(((), (CAPTAIN,), (STAFF, CAPTAIN)))))
            elif who not in in_voice:
                in_voice[who] = False
                step.append(("enters", who, rng.choice((*CHANNELS, *CHANNELS, AFK, IGNORED))))
            elif dice < 0.4:
                del in_voice[who]
                step.append(("hangs_up", who, None))
            elif dice < 0.6:
                in_voice[who] = not in_voice[who]
                step.append(("deafens", who, in_voice[who]))
            else:
                step.append(("enters", who, rng.choice(CHANNELS)))
        told.append(step)
    return told


@dataclass(frozen=True)
class Process:
    """One bot: a process of its own, forked from one that had the program loaded."""

    pid: int
    ended: asyncio.Future[int]  # its status, negative where a signal ended it

    def send(self, how: signal.Signals) -> None:
        if not self.ended.done():
            os.kill(self.pid, how)


class Nursery:
    """Starts bots (see bot_process.py)."""

    def __init__(self, program: asyncio.subprocess.Process) -> None:
        self._program = program
        self._began: asyncio.Queue[Process] = asyncio.Queue()
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def open(cls) -> Nursery:
        pipe = asyncio.subprocess.PIPE
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable, str(PROGRAM), stdin=pipe, stdout=pipe, cwd=ROOT, env=environment
            )
        )

    async def begin(self, *arguments: str) -> Process:
        self._program.stdin.write(" ".join(arguments).encode() + b"\n")
        return await asyncio.wait_for(self._began.get(), PATIENCE_S)

    async def _listen(self) -> None:
        processes: dict[int, Process] = {}
        async for line in self._program.stdout:
            match line.decode().split():
                case ["began", pid]:
                    process = processes[int(pid)] = Process(int(pid), asyncio.Future())
                    self._began.put_nowait(process)
                case ["ended", pid, status]:
                    processes.pop(int(pid)).ended.set_result(int(status))

    async def close(self) -> None:
        self._program.stdin.close()
        await self._program.wait()
        await self._listening


@dataclass
class Journey:
    """The bot's process beside a sandbox, killed and started as often as a test likes."""

    folder: Path
    warehouse_url: str
    sandbox: Sandbox
    clock: SharedClock
    nursery: Nursery
    draws: bool = False  # pictures, in a process of their own
    still_s: float = Pace().still_s
    running: Process | None = None
    starts: int = field(default=0)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def settings(self):
        return load_settings(self.folder / "config.toml")

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "INSIGHTS_DATA": str(self.data),
            "DATABASE_URL": self.warehouse_url,
        }

    async def start(self) -> None:
        """Until Discord has it back: time that goes on before is time in which it was away."""
        (self.folder / "bot.log").touch()
        self.running = await self.nursery.begin(
            str(self.folder),
            self.warehouse_url,
            self.sandbox.api_url,
            self.sandbox.token,
            str(self.still_s),
            *(["draws"] if self.draws else []),
        )
        self.starts += 1
        await self.until(self._is_connected, "a session, begun or resumed")

    def _is_connected(self) -> bool:
        return any(self.sandbox.world.gateway.connected())

    async def settled_in(self) -> None:
        """Until the first session has brought the guild and its members, and the commands have their ids."""
        operations = self.sandbox.world.operations
        await self.until(
            lambda: any(o.code == REQUEST_MEMBERS for o in operations), "the request for members"
        )
        await self.sandbox.commands_synced(PATIENCE_S)
        await self.heard_everything()

    async def go_to(self, moment: datetime) -> None:
        """Time goes on when everything is heard that has happened by now."""
        await self.heard_everything()
        self.clock.put(moment)

    async def in_tables(self) -> None:
        """Until the tables speak of everything that has happened by now."""
        await self.heard_everything()
        await self.until(lambda: not self.backlog(), "the journal is loaded")
        warehouse = await Warehouse.open(self.warehouse_url)
        newest = select(func.max(event_log.c.position)).scalar_subquery()
        lag = select(newest - func.coalesce(func.max(fold_progress.c.position), 0))
        deadline = time.monotonic() + PATIENCE_S
        while True:
            async with warehouse.reading() as conn:
                if (await conn.execute(lag)).scalar_one() == 0:
                    break
            assert time.monotonic() < deadline, "the tables did not follow"
            await asyncio.sleep(0.02)
        await warehouse.close()

    async def kill(self) -> None:
        assert await self._end(signal.SIGKILL) == -signal.SIGKILL

    async def stop(self) -> None:
        assert await self._end(signal.SIGTERM) == 0, "a clean stop"

    async def _end(self, how: signal.Signals) -> int:
        assert self.running is not None
        self.running.send(how)
        status = await asyncio.wait_for(self.running.ended, PATIENCE_S)
        await self.until(lambda: not self._is_connected(), "the sandbox sees it gone")
        return status

    async def heard_everything(self) -> None:
        """Until the journal holds all that was dispatched, and knows that nothing was missing by now."""
        sent = max(session.sequence for session in self.sandbox.world.gateway.sessions.values())
        now_ms = self.clock.now_ms

        asked_at = 0.0

        def is_durable() -> bool:
            nonlocal asked_at
            if self._is_connected() and time.monotonic() - asked_at > HEARTBEAT_EVERY_S:
                asked_at = time.monotonic()
                self.sandbox.faults.ask_heartbeat()
            sequence, live_at_ms = self.durable()
            return sequence >= sent and live_at_ms >= now_ms

        await self.until(is_durable, f"sequence {sent} on disk")

    async def removals_read(self) -> None:
        """Until the audit log was read up to this moment. It has to be due: after a start, or an hour."""
        await self.heard_everything()
        place = AuditPlace(self.data / "audit_log")
        await self.until(lambda: place.read() == self.clock.now_ms, "the audit log was read")

    async def removals_followed(self) -> None:
        """Until the audit log was read at this moment, if an hour has passed since the last time."""
        read_ms = AuditPlace(self.data / "audit_log").read()
        if read_ms is not None and self.clock.now_ms - read_ms >= HOUR_MS:
            await self.removals_read()

    def durable(self) -> tuple[int, int]:
        """What Discord may be told we have: sequence and live moment, read from outside the process."""
        try:
            return self._in_journal("SELECT sequence, live_at_ms FROM gateway_sessions") or (0, 0)
        except sqlite3.OperationalError:  # not made yet
            return 0, 0

    def backlog(self) -> int:
        """How many events the journal holds that are not in the log yet."""
        row = self._in_journal("SELECT coalesce(sum(events), 0) FROM event_chunks")
        assert row is not None
        return int(row[0])

    def _in_journal(self, query: str) -> tuple[int, ...] | None:
        # closed at once: whoever holds the file open keeps what the bot removes from it
        with closing(sqlite3.connect(f"file:{self.data / 'journal.db'}?mode=ro", uri=True)) as conn:
            return conn.execute(query).fetchone()

    @staticmethod
    def minutes(number: int) -> timedelta:
        return timedelta(minutes=number)

    async def until(self, holds: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            log = (self.folder / "bot.log").read_text()[-2000:]
            assert time.monotonic() < deadline, f"{what} did not come in time; the bot's log ends:\n{log}"
            await asyncio.sleep(0.02)

    def act(self, action: Action) -> None:
        kind, who, what = action
        match kind:
            case "joins":
                self.sandbox.member_joins(who)
            case "leaves":
                self.sandbox.member_leaves(who)
            case "takes_roles":
                self.sandbox.set_roles(who, what)
            case "enters":
                self.sandbox.voice(who, what)
            case "hangs_up":
                self.sandbox.voice(who, None)
            case "deafens":
                self.sandbox.voice(who, self.sandbox.world.guild.voice[who].channel_id, self_deaf=what)
            case _:
                raise AssertionError(kind)

    async def insights(self, *arguments: str) -> tuple[int, str]:
        """The command line on this journey's files: status and everything it printed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "from bot.cli import main; main()",
            *arguments,
            "--config",
            str(self.folder / "config.toml"),
            cwd=ROOT,
            env=self.environment(),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        printed, _ = await asyncio.wait_for(process.communicate(), PATIENCE_S)
        return process.returncode or 0, printed.decode()


def seed(members: int = 24) -> GuildSeed:
    long_ago = EVENING - timedelta(days=400)
    voice = [ChannelSeed(channel_id, f"voice {channel_id}", ChannelKind.VOICE) for channel_id in CHANNELS]
    return GuildSeed(
        GUILD,
        OWNER,
        long_ago,
        roles=(RoleSeed(STAFF, "staff"), RoleSeed(CAPTAIN, "captain")),
        channels=(
            ChannelSeed(LEADERSHIP, "leadership"),
            *voice,
            ChannelSeed(AFK, "afk", ChannelKind.VOICE),
            ChannelSeed(IGNORED, "lounge", ChannelKind.VOICE),
        ),
        members=[
            MemberSeed(OWNER, long_ago, roles=(STAFF,)),
            *(
                MemberSeed(OWNER + number, long_ago + timedelta(days=number))
                for number in range(1, members + 1)
            ),
        ],
        afk_channel_id=AFK,
    )


@pytest.fixture(scope="session")
def make_story() -> Callable[..., list[list[Action]]]:
    return story


@pytest.fixture
async def begin(tmp_path: Path) -> AsyncIterator[Callable]:
    """Begins a journey of a name on a warehouse; whatever still runs is ended after the test."""
    journeys: list[Journey] = []
    nursery = await Nursery.open()

    async def begin(
        name: str,
        warehouse_url: str | None = None,
        *,
        at: datetime = EVENING,
        members: int = 24,
        digest: str = NO_DIGEST,
        draws: bool = False,
        still_s: float = Pace().still_s,
        limits: Limits | None = None,
    ) -> Journey:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "config.toml").write_text(CONFIG + digest)
        clock = SharedClock(folder / "clock")
        clock.put(at)
        sandbox = await Sandbox.start(seed(members), clock=clock, entropy=Random(7), limits=limits)
        url = warehouse_url or f"sqlite+aiosqlite:///{folder / 'data' / 'warehouse.db'}"
        journeys.append(journey := Journey(folder, url, sandbox, clock, nursery, draws, still_s))
        return journey

    yield begin
    await nursery.close()
    for journey in journeys:
        await journey.sandbox.stop()
