"""A recorded community, a local Discord and the real client: what commands and digests meet."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyroaring import BitMap
from sqlalchemy import insert

from bot.commands.registration import register
from bot.gateway.client import InsightsClient
from bot.intake import Intake, IntakeOptions
from bot.recorder import Recorder
from bot.services import Services
from bot.settings import Settings
from charts.drawing import DrawingFailed
from sandbox.discord import Sandbox
from sandbox.permissions import Permission
from sandbox.seed import ChannelKind, ChannelSeed, GuildSeed, MemberSeed, RoleSeed
from storage.database import Warehouse
from storage.event_key import KeyMaker
from storage.journal import Journal
from storage.rules import EPOCH, Rules
from storage.tables import coverage, day_sets, fold_progress, members
from storage.withdrawals import Withdrawals

GUILD, STAFF_ROLE, ORGANIZER_ROLE, BOT = 2000, 201, 202, 1000
GENERAL, LEADERSHIP, OTHER, VOICE, STAGE = 300, 301, 302, 303, 304
STAFF, MEMBER, ORGANIZER = 500, 501, 502
FOUNDED = datetime(2025, 1, 1, tzinfo=UTC)
MONDAY_MORNING = datetime(2025, 11, 17, 9, 0, tzinfo=UTC)
FIRST_DAY, LAST_DAY = date(2025, 10, 27), date(2025, 11, 16)  # three closed weeks, W44 to W46
DAY_MS = 86_400_000
PNG = b"\x89PNG\r\n\x1a\n and more"


class SettableClock:
    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> None:
        self.moment += timedelta(**by)

    @property
    def ms(self) -> int:
        return int(self.moment.timestamp() * 1000)


@dataclass
class Observed:
    """What the bot wrote down about its own doing."""

    checks: list[tuple[str, bool]] = field(default_factory=list)
    completions: list[tuple[str, str | None]] = field(default_factory=list)
    declared: list[dict[str, Any]] = field(default_factory=list)
    is_stuck: bool = False

    async def cover_until_now(self) -> None:
        if self.is_stuck:
            await asyncio.Event().wait()

    def access_checked(self, interaction_id: int, user_id: int, resource: str, *, granted: bool) -> None:
        self.checks.append((resource, granted))

    def command_completed(
        self, interaction_id: int, user_id: int, outcome: str, error_type: str | None, latency_ms: int
    ) -> None:
        assert latency_ms >= 0
        self.completions.append((outcome, error_type))

    def event_declared(self, interaction_id: int, declared_by: int, **event: Any) -> None:
        self.declared.append({"interaction_id": interaction_id, "declared_by": declared_by, **event})


@dataclass
class Pen:
    """Draws at once, unless it is broken."""

    broken: bool = False
    drawn: list[Any] = field(default_factory=list)

    async def draw(self, figure: Any, timeout_s: float) -> bytes:
        if self.broken:
            raise DrawingFailed("The picture could not be drawn in time.")
        self.drawn.append(figure)
        return PNG


@dataclass
class Holder:
    current: Settings


@dataclass
class Following:
    as_of_ms: int | None = None
    problem: str | None = None
    is_prompt: bool = True

    async def caught_up(self, timeout_s: float) -> bool:
        return self.is_prompt


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(MONDAY_MORNING)


@pytest.fixture
def settings() -> Settings:
    return Settings.model_validate(
        {
            "community": {"guild_id": GUILD, "zone": "UTC"},
            "access": {"staff_roles": [STAFF_ROLE], "organizer_roles": [ORGANIZER_ROLE]},
            "digest": {"weekly": {"channel_id": LEADERSHIP}},
        }
    )


@pytest.fixture
def seed() -> GuildSeed:
    return GuildSeed(
        guild_id=GUILD,
        owner_id=STAFF,
        created_at=FOUNDED,
        bot_user_id=BOT,
        roles=[
            RoleSeed(STAFF_ROLE, "staff", Permission.NONE),
            RoleSeed(ORGANIZER_ROLE, "organizer", Permission.NONE),
        ],
        channels=[
            ChannelSeed(GENERAL, "general"),
            ChannelSeed(LEADERSHIP, "leadership"),
            ChannelSeed(OTHER, "other"),
            ChannelSeed(VOICE, "lobby", ChannelKind.VOICE),
            ChannelSeed(STAGE, "stage", ChannelKind.STAGE),
        ],
        members=[
            MemberSeed(STAFF, FOUNDED, roles=[STAFF_ROLE]),
            MemberSeed(MEMBER, FOUNDED),
            MemberSeed(ORGANIZER, FOUNDED, roles=[ORGANIZER_ROLE]),
        ],
    )


@pytest.fixture
async def sandbox(seed: GuildSeed, clock: SettableClock) -> AsyncIterator[Sandbox]:
    started = await Sandbox.start(seed, clock=clock)
    yield started
    await started.stop()


async def fill(warehouse: Warehouse, first: date = FIRST_DAY, last: date = LAST_DAY) -> None:
    """Twenty people, a dozen of them in voice every day; all of it recorded, to the last day's end."""
    days = range((first - EPOCH).days, (last - EPOCH).days + 1)
    sets = {"present": range(1, 21), "present_at_end": range(1, 21), "voice": range(1, 13)}
    from_ms, to_ms = days[0] * DAY_MS, (days[-1] + 1) * DAY_MS
    async with warehouse.writing() as conn:
        await conn.execute(
            insert(coverage),
            [
                {"guild_id": GUILD, "source": source, "from_ms": from_ms, "to_ms": to_ms, "state": "recorded"}
                for source in ("voice", "members", "commands", "events")
            ],
        )
        await conn.execute(
            insert(members),
            [
                {
                    "guild_id": GUILD,
                    "member_no": no,
                    "is_bot": False,
                    "is_current": True,
                    "first_join_ms": 0,
                    "tier": "member",
                }
                for no in range(1, 21)
            ],
        )
        await conn.execute(
            insert(day_sets),
            [
                {
                    "guild_id": GUILD,
                    "local_day": day,
                    "activity": name,
                    "size": len(people),
                    "members": BitMap(people).serialize(),
                }
                for day in days
                for name, people in sets.items()
            ],
        )
        await conn.execute(
            insert(fold_progress),
            {
                "guild_id": GUILD,
                "position": 1,
                "rules": Rules(tracked_commands=("show_my_profile", "show_profile")).fingerprint(),
                "state": b"",
                "folded_to_ms": to_ms,
            },
        )


@dataclass
class Ticks:
    """Seconds that pass only when a test says so."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Bench:
    """Services whose parts a test can change."""

    clock: SettableClock
    holder: Holder
    observed: Observed = field(default_factory=Observed)
    pen: Pen = field(default_factory=Pen)
    tables: Following = field(default_factory=Following)
    ticks: Ticks = field(default_factory=Ticks)

    def services(self, warehouse: Warehouse) -> Services:
        return Services(self.holder, warehouse, self.observed, self.tables, self.pen, self.clock, self.ticks)


@pytest.fixture
def bench(clock: SettableClock, settings: Settings) -> Bench:
    return Bench(clock, Holder(settings))


@pytest.fixture
async def recorded(warehouse: Warehouse) -> Warehouse:
    """A warehouse with three recorded weeks, on each database."""
    await fill(warehouse)
    return warehouse


@pytest.fixture
async def sqlite_recorded(sqlite_warehouse: Warehouse) -> Warehouse:
    await fill(sqlite_warehouse)
    return sqlite_warehouse


@pytest.fixture
async def monthly_recorded(sqlite_warehouse: Warehouse) -> Warehouse:
    """A warehouse with five recorded weeks, and with them a whole month."""
    await fill(sqlite_warehouse, date(2025, 9, 29), date(2025, 11, 2))
    return sqlite_warehouse


@pytest.fixture
async def sqlite_first_week(sqlite_warehouse: Warehouse) -> Warehouse:
    """A warehouse in which recording began with last week."""
    await fill(sqlite_warehouse, LAST_DAY - timedelta(days=6))
    return sqlite_warehouse


Connect = Callable[..., Awaitable[InsightsClient]]


@pytest.fixture
async def connect(sandbox: Sandbox, clock: SettableClock, tmp_path: Path) -> AsyncIterator[Connect]:
    """Logs the bot's real client in, with its commands if services are given."""
    running: list[tuple[InsightsClient, Journal, asyncio.Task[None]]] = []

    async def start(services: Services | None = None) -> InsightsClient:
        folder = tmp_path / secrets.token_hex(4)
        folder.mkdir()
        withdrawals = Withdrawals.open(folder / "withdrawals", b"s" * 32)
        intake = Intake(KeyMaker(b"s" * 32), withdrawals, IntakeOptions(GUILD))
        journal = Journal.open(folder / "journal.db", encode=lambda item: (), on_unencodable=_unexpected)
        client = InsightsClient(
            guild_id=GUILD,
            recorder=Recorder(intake, journal, clock),
            journal=journal,
            clock=clock,
            api_url=sandbox.api_url,
        )
        if services:
            register(client, services)
        task = asyncio.create_task(client.astart(sandbox.token))
        running.append((client, journal, task))
        async with asyncio.timeout(30):
            await client.wait_until_ready()
        if services:
            await sandbox.commands_synced()
        return client

    yield start
    for client, journal, task in running:
        await client.stop()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        journal.close()


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Waits until something holds; fails after a while."""

    async def wait(holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not holds():  # noqa: ASYNC110 - plain values are looked at, nothing tells of them
                await asyncio.sleep(0.005)

    return wait


def _unexpected(item: object, error: Exception) -> Any:
    raise AssertionError(f"{item} cannot be encoded") from error
