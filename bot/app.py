"""Builds everything once and hands it down: what runs, what stops it, and in which order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Final, Self

import structlog

from bot.audit_place import AuditPlace
from bot.clock import Clock, SystemClock, milliseconds
from bot.commands.registration import register
from bot.config import SettingsHolder, required_guild_id
from bot.continuity import Continuity
from bot.digests.alert_checks import AlertChecks
from bot.digests.channel import DiscordChannels
from bot.digests.digests import Digests
from bot.digests.scheduler import DigestScheduler
from bot.disk_note import DiskNote
from bot.gateway.client import DISCORD, InsightsClient
from bot.gateway.identity import intents_for
from bot.gateway.pace import Pace
from bot.intake import Intake
from bot.kpi_keeper import KpiKeeper
from bot.paths import DataPaths
from bot.patience import PatientWarehouse
from bot.pipeline import Pipeline
from bot.recorder import Recorder
from bot.recording_options import intake_options
from bot.second_list import SecondList
from bot.secret_fits import refuse_unfit
from bot.services import Services
from bot.settings import Settings
from bot.vital_signs import VitalSigns
from charts.drawing import Drawing
from storage.event_key import KeyMaker
from storage.journal import Journal
from storage.secrets import load_or_create
from storage.withdrawals import Withdrawals

OPENING_S: Final = 1.0  # a warehouse that is there is open by then, and nobody need hear that it was not
SETTINGS_EVERY_S: Final = 2.0  # how soon a changed config.toml is taken up

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where the bot lives: its files, its warehouse, its Discord, its time."""

    paths: DataPaths
    warehouse_url: str
    api_url: str = DISCORD
    clock: Clock = field(default_factory=SystemClock)
    pace: Pace = field(default_factory=Pace)
    ticks_s: Callable[[], float] = monotonic
    is_secret_lost: bool = False  # the one that the warehouse was filled under: it goes on under another


class Bot:
    """One bot in one server. `run` returns after `stop_soon`; everything received by then is durable."""

    def __init__(self, holder: SettingsHolder, guild_id: int, around: Surroundings) -> None:
        secret = load_or_create(around.paths.secret)
        self.guild_id = guild_id
        self.holder = holder
        self.withdrawals = Withdrawals.open(around.paths.withdrawals, secret)
        self.intake = Intake(KeyMaker(secret), self.withdrawals, intake_options(guild_id, holder.current))
        self.journal = Journal.open(
            around.paths.journal,
            self.intake.encode,
            self.intake.unencodable,
            self.intake.look_for_withdrawals,
        )
        self.warehouse = PatientWarehouse(
            around.warehouse_url,
            self.withdrawals,
            refuse_unfit=None
            if around.is_secret_lost
            else lambda warehouse: refuse_unfit(warehouse, around.paths.secret, guild_id),
        )
        self.recorder = Recorder(
            self.intake,
            self.journal,
            around.clock,
            audit_place=AuditPlace(around.paths.audit_log),
            disk_note=DiskNote(around.paths.disk_note),
            ticks_s=around.ticks_s,
        )
        rules = holder.current.rules()
        self.pipeline = Pipeline(
            *(self.journal, self.warehouse, self.withdrawals, rules),
            guild_id=guild_id,
            clock=around.clock,
            continuity=Continuity(
                self.journal, self.intake.keys, guild_id, around.clock, self.recorder.record_lost
            ),
        )
        self.drawing = Drawing()
        self.client = InsightsClient(
            guild_id=guild_id,
            recorder=self.recorder,
            journal=self.journal,
            clock=around.clock,
            api_url=around.api_url,
            intents=intents_for(self.intake.options),
            pace=around.pace,
        )
        self.services = Services(
            settings=holder,
            warehouse=self.warehouse,
            observer=self.recorder,
            tables=self.pipeline,
            drawing=self.drawing,
            clock=around.clock,
            ticks_s=around.ticks_s,
            vitals=VitalSigns(
                milliseconds(around.clock.now()),
                self.recorder,
                self.pipeline,
                self.journal,
                lambda: self.client.notice,
            ),
        )
        register(self.client, self.services)
        channels = DiscordChannels(self.client, guild_id)
        self.digests = Digests(self.services, channels)
        self.alerts = AlertChecks(self.services, channels)
        self._scheduler = DigestScheduler(self.digests, self.alerts)  # a digest tells of limits, too
        self._second_list = SecondList(
            guild_id, self.warehouse, self.pipeline, self.recorder, self.services.now_ms
        )
        self._keeper = KpiKeeper(self.services, guild_id, lambda: self.pipeline.is_behind)
        self._stop = asyncio.Event()
        self._background: list[asyncio.Task[None]] = []
        holder.on_change(self._follow)

    @classmethod
    def assemble(cls, holder: SettingsHolder, around: Surroundings) -> Self:
        """Raises ConfigProblem without a guild, JournalInUse beside another bot on the same data."""
        return cls(holder, required_guild_id(holder.current, holder.path), around)

    def stop_soon(self) -> None:
        self._stop.set()

    async def run(self, token: str) -> None:
        """Until `stop_soon`. Raises GatewayRefused if Discord will not let this bot in."""
        await self.drawing.start()
        connection = asyncio.create_task(self.client.astart(token), name="discord")
        endless = [asyncio.create_task(self.warehouse.keep(), name="warehouse")]
        with suppress(TimeoutError):
            await asyncio.wait_for(self.warehouse.reached(), OPENING_S)
        self.pipeline.start()
        endless += [
            asyncio.create_task(self._watch_settings(), name="settings"),
            asyncio.create_task(self._post_digests(), name="digests"),
            asyncio.create_task(self._keep_values(), name="kpi values"),
            asyncio.create_task(self._ask_again(), name="second list"),
        ]
        self._background = endless
        stopping = asyncio.create_task(self._stop.wait(), name="stopping")
        try:
            await _first_of([connection, stopping, *endless])
        finally:
            stopping.cancel()
            await self._shut_down(connection)

    async def _watch_settings(self) -> None:
        while True:
            await asyncio.sleep(SETTINGS_EVERY_S)
            self.holder.refresh()

    async def _post_digests(self) -> None:
        await self.warehouse.reached()
        await self.client.wait_until_ready()
        self._scheduler.start()
        await asyncio.Event().wait()

    async def _keep_values(self) -> None:
        await self.warehouse.reached()
        await self._keeper.run()

    async def _ask_again(self) -> None:
        await self.warehouse.reached()
        await self._second_list.run()

    def _follow(self, settings: Settings) -> None:
        """What has to be told about other settings; everybody else looks them up at each use."""
        self.recorder.use_options(intake_options(self.guild_id, settings))
        self.pipeline.use_rules(settings.rules())

    async def _shut_down(self, connection: asyncio.Task[None]) -> None:
        """First nothing new begins, then nothing new comes in, then what came in is made durable."""
        await self._scheduler.stop()
        await self._keeper.stop()
        await self.client.stop()
        await self.pipeline.stop()
        await _cancelled([connection, *self._background])
        await self.drawing.close()
        await self.warehouse.close()
        await asyncio.to_thread(self.journal.close)


async def _first_of(tasks: Iterable[asyncio.Task[object]]) -> None:
    """Wait for the first that ends, and raise what ended it."""
    done, _ = await asyncio.wait(list(tasks), return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


async def _cancelled(tasks: Iterable[asyncio.Task[None]]) -> None:
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
