"""A sandbox, and the real client on it: journal, intake, recorder and gateway, as the bot has them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import interactions
import msgspec
import pytest
from interactions import SlashContext, slash_command

from bot.audit_place import AuditPlace
from bot.gateway.client import InsightsClient
from bot.gateway.pace import Pace
from bot.intake import Intake, IntakeOptions
from bot.recorder import Recorder
from sandbox.discord import Sandbox
from sandbox.seed import ChannelKind, ChannelSeed, GuildSeed, MemberSeed
from storage.event import Event
from storage.event_key import KeyMaker
from storage.journal import Journal
from storage.withdrawals import Withdrawals

GUILD, OWNER, TEXT, VOICE, ARENA = 2000, 5000, 3000, 3001, 3002
FOUNDED = datetime(2025, 1, 1, tzinfo=UTC)
SECRET = b"s" * 32
QUICK = Pace(
    first_s=0.02,
    cap_s=0.05,
    invalid_session_s=(0, 0.02),
    identify_spacing_s=0,
    budget_poll_s=0.02,
    list_spacing_s=0,
)
DEADLINE_S = 30.0  # on a busy machine; the next heartbeat would come after 41 s


class ShiftedClock:
    """The real time, moved by as much as a test says."""

    def __init__(self) -> None:
        self.shift = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def advance(self, **by: float) -> None:
        self.shift += timedelta(**by)


class Ping(interactions.Extension):
    @slash_command("ping", description="answers")
    async def ping(self, ctx: SlashContext) -> None:
        await ctx.send("pong", ephemeral=True, allowed_mentions=interactions.AllowedMentions.none())


class WatchedRecorder(Recorder):
    """Also tells how often a session began and went on."""

    began = resumed = 0

    def on_dispatch(self, sequence: int, dispatch_type: str, data: Any) -> bool:
        self.began += dispatch_type == "READY"
        self.resumed += dispatch_type == "RESUMED"
        return super().on_dispatch(sequence, dispatch_type, data)


class Station:
    """Everything between Discord and the journal, in one process; `start` again after `stop` or `crash`."""

    def __init__(self, sandbox: Sandbox, folder: Path, clock: ShiftedClock) -> None:
        self.sandbox = sandbox
        self.clock = clock
        self.folder = folder
        self.withdrawals = Withdrawals.open(folder / "withdrawals.txt", SECRET)
        self.options = IntakeOptions(GUILD)
        self.task: asyncio.Task[None] | None = None

    def build(self, **options: Any) -> InsightsClient:
        self.intake = Intake(KeyMaker(SECRET), self.withdrawals, self.options)
        self.journal = Journal.open(self.folder / "journal.db", self.intake.encode, self.intake.unencodable)
        place = AuditPlace(self.folder / "audit_log")
        self.recorder = WatchedRecorder(
            self.intake,
            self.journal,
            self.clock,
            audit_place=place,
            ticks_s=lambda: self.clock.now().timestamp(),
        )
        self.client = InsightsClient(
            guild_id=GUILD,
            recorder=self.recorder,
            journal=self.journal,
            clock=self.clock,
            **{"api_url": self.sandbox.api_url, "pace": QUICK} | options,
        )
        Ping(self.client)
        return self.client

    def launch(self, token: str | None = None, **options: Any) -> asyncio.Task[None]:
        client = self.build(**options)
        self.task = asyncio.create_task(client.astart(token or self.sandbox.token))
        return self.task

    async def start(self, **options: Any) -> None:
        self.launch(**options)
        await self.live()

    async def reconnected(self, begun: int = 1, resumed: int = 0) -> None:
        """Live again, after so many new sessions and resumed ones in this process."""
        await self.until(lambda: (self.recorder.began, self.recorder.resumed) == (begun, resumed))
        await self.live()

    async def live(self) -> None:
        await self.until(lambda: self.recorder.is_live or self.has_ended)
        if self.has_ended and self.task:
            self.task.result()

    @property
    def has_ended(self) -> bool:
        return self.task is not None and self.task.done()

    async def stop(self) -> None:
        await self.client.stop()
        if self.task:
            await asyncio.gather(self.task, return_exceptions=True)
        self.journal.close()

    async def until(self, condition: Callable[[], object], timeout_s: float = DEADLINE_S) -> None:
        deadline = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < deadline, "it did not happen in time"
            await asyncio.sleep(0.01)

    async def events(self, event_type: str | None = None) -> list[Event]:
        await self.journal.flushed()
        events = [event for _, event in self.journal.read(100_000)]
        return [event for event in events if event_type in (None, event.type)]

    async def recorded(self, event_type: str, count: int) -> list[Event]:
        """The events of a type, once there are so many."""
        deadline = time.monotonic() + DEADLINE_S
        while len(found := await self.events(event_type)) < count:
            assert time.monotonic() < deadline, f"{len(found)} of {count} {event_type}"
            await asyncio.sleep(0.01)
        return found

    async def coverage(self) -> list[tuple[str, str | None]]:
        """State and cause of everything that comes over the gateway."""
        bodies = [msgspec.json.decode(event.body) for event in await self.events("COVERAGE")]
        return [(body["state"], body["cause"]) for body in bodies if body["sources"] != ["removals"]]

    async def removals_covered(self, count: int = 1) -> list[tuple[str, str | None, int, int]]:
        """State, cause, from and to of what was read of the audit log, once so much is told."""
        deadline = time.monotonic() + DEADLINE_S
        while True:
            rows = [(event, msgspec.json.decode(event.body)) for event in await self.events("COVERAGE")]
            found = [
                (body["state"], body["cause"], event.occurred_from_ms, event.occurred_to_ms)
                for event, body in rows
                if body["sources"] == ["removals"]
            ]
            if len(found) >= count:
                # The place is written after the rows: a station stopped before that would begin again there.
                await self.until(lambda: self.client.audit_log.is_idle or self.has_ended)
                return found
            assert time.monotonic() < deadline, f"{found}"
            await asyncio.sleep(0.01)


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock()


@pytest.fixture
def seed() -> GuildSeed:
    return GuildSeed(
        guild_id=GUILD,
        owner_id=OWNER,
        created_at=FOUNDED,
        channels=[
            ChannelSeed(TEXT, "general"),
            ChannelSeed(VOICE, "lobby", ChannelKind.VOICE),
            ChannelSeed(ARENA, "arena", ChannelKind.VOICE),
        ],
        members=[MemberSeed(OWNER + k, FOUNDED) for k in range(12)],
    )


@pytest.fixture
async def open_sandbox(
    seed: GuildSeed, clock: ShiftedClock
) -> AsyncIterator[Callable[..., Awaitable[Sandbox]]]:
    running: list[Sandbox] = []

    async def open_one(**options: Any) -> Sandbox:
        running.append(await Sandbox.start(**{"guild": seed, "clock": clock} | options))
        return running[-1]

    yield open_one
    for sandbox in running:
        await sandbox.stop()


@pytest.fixture
async def sandbox(open_sandbox: Callable[..., Awaitable[Sandbox]]) -> Sandbox:
    return await open_sandbox()


@pytest.fixture
async def station(sandbox: Sandbox, tmp_path: Path, clock: ShiftedClock) -> AsyncIterator[Station]:
    station = Station(sandbox, tmp_path, clock)
    yield station
    if station.task is not None:
        await station.stop()
