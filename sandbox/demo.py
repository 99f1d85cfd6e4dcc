"""The demo: a simulated community on a sandbox, and the real bot on it.

A year enters at intake and passes journal, log and fold. The last days come through the gateway, the bot
posts last week's digest, and from then on people act at a visible pace.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

from bot.app import Bot, Surroundings
from bot.config import SettingsHolder
from bot.digests.due import posting_time_ms
from bot.digests.due_check import CheckSettings, next_check_ms
from bot.digests.settings import DigestSettings
from bot.flow import Flow
from bot.gateway.pace import Pace
from bot.intake import Intake
from bot.paths import DataPaths
from bot.recording_options import intake_options
from reports.periods import last_closed_week, local_day, month_of, previous, week_at
from sandbox.community_history import History
from sandbox.community_moves import DeclaresEvent, RunsCommand
from sandbox.community_place import GUILD_ID, LEADERSHIP
from sandbox.demo_clock import DemoClock
from sandbox.demo_config import CONFIG
from sandbox.demo_history import HistoryImport, Imported, fold_everything
from sandbox.demo_pace import BEFORE_MS, CALMLY, speed_at
from sandbox.demo_stage import CALM, Stage, wait_until
from sandbox.invocation import Invocation
from sandbox.limits import Limits
from sandbox.member_request import REQUEST_MEMBERS
from storage.database import Warehouse
from storage.event_key import KeyMaker
from storage.fold.folder import Folder
from storage.journal import Journal
from storage.secrets import load_or_create
from storage.withdrawals import Withdrawals

LEAST_LIVE = timedelta(days=2)  # at least so much of the past comes through the gateway
PATIENCE_S = 60.0
LOOK_S = 0.2  # how often the demo looks up: somebody at the page may act
HURRY = Pace(first_s=0.1, identify_spacing_s=0.1, list_spacing_s=0.0)

Step = Callable[[int, int], None]  # done, in all
ProgressBar = Callable[[str], AbstractContextManager[Step]]


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """Everything that a demo keeps: throw the folder away, and it is gone."""

    folder: Path

    @property
    def paths(self) -> DataPaths:
        return DataPaths(self.folder)

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    def prepare(self, seed: int) -> None:
        """Settings, and a secret that follows from the seed, so that event keys do too."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config.write_text(CONFIG, encoding="utf-8")
        self.paths.secret.touch(mode=0o600)
        self.paths.secret.write_bytes(blake2b(f"demo {seed}".encode(), digest_size=32).digest())

    def settings(self) -> SettingsHolder:
        return SettingsHolder(self.config)

    @property
    def warehouse_url(self) -> str:
        return f"sqlite+aiosqlite:///{self.paths.warehouse}"


def live_from_ms(now_ms: int, settings: DigestSettings) -> int:
    """When the bot comes online: as a weekly digest is due, and long enough before `now`."""
    at_ms = now_ms - int(LEAST_LIVE.total_seconds() * 1000)
    week = last_closed_week(at_ms, settings.zone, settings.week_start)
    posted_ms = posting_time_ms(settings, week)
    return posted_ms if posted_ms <= at_ms else posting_time_ms(settings, previous(week))


async def record_history(folder: DemoFolder, history: History, bar: ProgressBar) -> Imported:
    """The past, by the bot's own door, into the folder's journal, log and tables."""
    settings, paths = folder.settings().current, folder.paths
    secret = load_or_create(paths.secret)
    withdrawals = Withdrawals.open(paths.withdrawals, secret)
    intake = Intake(KeyMaker(secret), withdrawals, intake_options(GUILD_ID, settings))
    journal = Journal.open(paths.journal, intake.encode, intake.unencodable)
    warehouse = await Warehouse.open(folder.warehouse_url)
    try:
        await warehouse.migrate()
        with bar("Recording a year") as step:
            imported = await HistoryImport(history, intake, journal, warehouse, withdrawals).run(step)
        with bar("Making the tables") as step:
            await fold_everything(Folder(warehouse, settings.rules()), step, imported.rows)
    finally:
        await warehouse.close()
        await asyncio.to_thread(journal.close)
    return imported


class Demo:
    """A stage with the bot on it. Made by `on_stage`."""

    def __init__(self, stage: Stage, bot: Bot, clock: DemoClock) -> None:
        self.stage = stage
        self.bot = bot
        self.clock = clock

    async def arrive(self) -> None:
        """Until the bot is connected, has its commands and the member list, and has posted what is due."""
        await self.stage.sandbox.connected(PATIENCE_S)
        await self.stage.sandbox.commands_synced(PATIENCE_S)
        await wait_until(self._has_greeted, PATIENCE_S, "the bot's request for all members")
        await self.heard()
        await self._post()

    def _has_greeted(self) -> bool:
        asked = any(operation.code == REQUEST_MEMBERS for operation in self.stage.sandbox.world.operations)
        return asked and self.bot.client.is_ready

    async def heard(self) -> None:
        """Until the bot has received everything that was dispatched, and has asked for what is not."""
        sent, client = self.stage.sent(), self.bot.client
        await wait_until(lambda: self.bot.recorder.received >= sent, PATIENCE_S, "what was dispatched")
        client.look()  # a heartbeat would make it look, too, but not at the same moment each time
        await wait_until(lambda: client.is_idle, PATIENCE_S, "what is asked for over REST")

    async def follow(self) -> None:
        """Until the tables hold everything up to this moment."""
        self.bot.recorder.acknowledged()
        await self.bot.recorder.cover_until_now()
        if not await self.bot.pipeline.caught_up(PATIENCE_S):
            raise TimeoutError(f"the tables did not follow: {self.bot.pipeline.problem}")

    async def play_until(self, until_ms: int, step: Step = lambda _done, _total: None) -> None:
        """The story up to a moment, each dispatch heard before time goes on; posts when they are due."""
        moves = list(self.stage.due(until_ms))
        for number, move in enumerate(moves):
            await self._post_until(move.at_ms)
            self.clock.put(move.at_ms)
            if isinstance(move, RunsCommand | DeclaresEvent):
                await self.follow()
            done = self.bot.recorder.commands_completed
            invocation = self.stage.play(move)
            await self.heard()
            if invocation is not None:
                await self._completed(invocation, done + 1)
            step(number + 1, len(moves))
        await self._post_until(until_ms)
        self.clock.put(until_ms)
        await self.follow()
        self.bot.pipeline.flow = Flow()  # nothing could keep up with time that passed in seconds

    async def ask(self, command: str, *, by: int | None = None, channel_id: int = LEADERSHIP) -> Invocation:
        """The page's viewer (or another one) runs a command and gets its answer."""
        done = self.bot.recorder.commands_completed
        invocation = self.stage.sandbox.run_command(
            by or self.stage.viewer_id, command, channel_id=channel_id
        )
        await self._completed(invocation, done + 1)
        return invocation

    async def press(self, user_id: int, message: dict[str, Any], custom_id: str) -> Invocation:
        """Somebody presses a button and gets its answer."""
        return await self.stage.sandbox.press(user_id, int(message["id"]), custom_id).settled(PATIENCE_S)

    async def _completed(self, invocation: Invocation, commands: int) -> None:
        """Until the answer is there and the bot has noted it: time must not go on before that."""
        await invocation.settled(PATIENCE_S)
        recorder = self.bot.recorder
        await wait_until(lambda: recorder.commands_completed >= commands, PATIENCE_S, "the command's end")

    async def _post_until(self, until_ms: int) -> None:
        while (at_ms := self._next_posting()) <= until_ms:
            self.clock.put(at_ms)
            await self._post()

    async def _post(self) -> None:
        await self.follow()
        await self.bot.digests.tick()
        await self.bot.alerts.tick()

    def _next_posting(self) -> int:
        """When the next digest comes due, or the next check of the limits."""
        check_ms = next_check_ms(CheckSettings.of(self.bot.holder.current), self.clock.now_ms)
        return min(self._next_digest(), check_ms)

    def _next_digest(self) -> int:
        current, now_ms = self.bot.holder.current, self.clock.now_ms
        weekly, monthly = DigestSettings.of(current), DigestSettings.monthly(current)
        week = week_at(now_ms, weekly.zone, weekly.week_start)
        month = month_of(local_day(now_ms, monthly.zone), monthly.zone)
        dates = [
            posting_time_ms(settings, period)
            for settings, now in ((weekly, week), (monthly, month))
            for period in (previous(now), now)
        ]
        return min(at_ms for at_ms in dates if at_ms > now_ms)

    async def live(self, on_change: Callable[[], None]) -> None:
        """People act at their moments while time runs, until cancelled; the story ends some days ahead."""
        self.stage.hand_over()
        posting_ms = self._next_posting()
        while True:
            turn_ms = self._keep_pace(posting_ms)
            next_ms = min(self.stage.next_ms or turn_ms, turn_ms)
            await asyncio.sleep(min(self.clock.seconds_until(next_ms), LOOK_S))
            for move in self.stage.due(self.clock.now_ms):
                self.stage.play_along(move)
            self.stage.sandbox.tick_events()
            if posting_ms <= self.clock.now_ms:
                await self._post()
                posting_ms = self._next_posting()
            on_change()

    @property
    def is_quick(self) -> bool:
        """Whether time passes quicker than an evening would."""
        return self.clock.speed > CALMLY

    def _keep_pace(self, posting_ms: int) -> int:
        """Let time run as fast as it should now; when that may have to change."""
        gathering_ms = min(self.stage.next_gathering_ms or posting_ms, posting_ms)
        speed = speed_at(self.clock.now_ms, gathering_ms, is_quiet=self.stage.is_quiet)
        if speed != self.clock.speed:
            self.clock.run(speed)
        return gathering_ms - BEFORE_MS if self.is_quick else posting_ms


@asynccontextmanager
async def on_stage(
    folder: DemoFolder, history: History, clock: DemoClock, limits: Limits = CALM
) -> AsyncIterator[Demo]:
    """The sandbox and the bot, running; both stopped cleanly at the end."""
    stage = await Stage.after(history, clock, limits)
    try:
        around = Surroundings(
            folder.paths,
            folder.warehouse_url,
            stage.sandbox.api_url,
            clock=clock,
            pace=HURRY,
            ticks_s=lambda: clock.now_ms / 1000,  # this machine's haste must not enter the record
        )
        bot = Bot.assemble(folder.settings(), around)
        running = asyncio.create_task(bot.run(stage.sandbox.token), name="bot")
        try:
            yield Demo(stage, bot, clock)
        finally:
            bot.stop_soon()
            await running
    finally:
        await stage.stop()
