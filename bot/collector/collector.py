"""Takes lines from another bot's process into a journal of its own, and loads that into the warehouse."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Self

from bot.clock import SystemClock, in_milliseconds
from bot.collector.lines import Head, head_of, whole_lines
from bot.collector.messages import UNREADABLE, Message, journal_item, read_message, unread
from bot.config import SettingsHolder, required_guild_id
from bot.gateway.pace import Backoff, Pace
from bot.intake import Intake
from bot.paths import DataPaths
from bot.patience import PatientWarehouse
from bot.recording_options import intake_options
from bot.secret_fits import refuse_unfit
from storage.event_key import KeyMaker
from storage.journal import Journal, JournalUnavailable
from storage.loader import load_batch
from storage.secrets import load_or_create
from storage.trouble import WarehouseUnavailable
from storage.withdrawals import Withdrawals, WithdrawalsUnusable

ROWS_AT_ONCE: Final = 500
LOOK_S: Final = 1.0  # into the journal, and into config.toml
FAREWELL_S: Final = 5.0  # for what is not loaded yet; the rest stays in the journal for the next start
AWAY: Final = Pace(first_s=0.5, cap_s=30.0)

log = logging.getLogger(__name__)

Answer = Callable[[int], None]


class Collector:
    def __init__(self, holder: SettingsHolder, paths: DataPaths, warehouse_url: str, journal: str) -> None:
        secret = load_or_create(paths.secret)
        self._holder = holder
        self._guild_id = required_guild_id(holder.current, holder.path)
        self._withdrawals = Withdrawals.open(paths.withdrawals, secret)
        self._intake = Intake(
            KeyMaker(secret), self._withdrawals, intake_options(self._guild_id, holder.current)
        )
        self._journal = Journal.open(
            paths.journal_of(journal),
            self._intake.encode,
            self._intake.unencodable,
            self._intake.look_for_withdrawals,
        )
        self._warehouse = PatientWarehouse(
            warehouse_url,
            self._withdrawals,
            refuse_unfit=lambda warehouse: refuse_unfit(warehouse, paths.secret, self._guild_id),
        )
        self._now_ms = in_milliseconds(SystemClock())
        self._newest = 0  # the number of the last message that the journal was given
        self._noted = asyncio.Event()

    @classmethod
    def assemble(cls, holder: SettingsHolder, paths: DataPaths, warehouse_url: str, journal: str) -> Self:
        """Raises ConfigProblem without a guild, JournalInUse where two bots name the same journal."""
        return cls(holder, paths, warehouse_url, journal)

    async def run(self, lines: asyncio.StreamReader, answer: Answer) -> None:
        """Until the lines end: the other bot has stopped."""
        background = [
            asyncio.create_task(self._warehouse.keep(), name="warehouse"),
            asyncio.create_task(self._load(), name="loading"),
            asyncio.create_task(self._acknowledge(answer), name="acknowledging"),
        ]
        try:
            async for line in whole_lines(lines):
                self._note(line)
            await self._load_the_rest()
        finally:
            for task in background:
                task.cancel()
            await asyncio.gather(*background, return_exceptions=True)
            await self._warehouse.close()
            await asyncio.to_thread(self._journal.close)

    async def _acknowledge(self, answer: Answer) -> None:
        """Tells the number of the newest message that is on disk: the other bot keeps those after it."""
        while True:
            await self._noted.wait()
            self._noted.clear()
            number = self._newest
            await self._journal.flushed()
            answer(number)

    def _note(self, line: bytes) -> None:
        """Puts one line into the journal, or that there was one which cannot be read."""
        told: Message | Head
        try:
            told = read_message(line)
            item = journal_item(told, self._intake, self._guild_id)
        except UNREADABLE as error:
            log.warning("A line of the other bot cannot be read and is left out (%s).", type(error).__name__)
            told = head_of(line) or Head(self._newest, self._now_ms())
            item = unread(told.at_ms, self._intake.keys, self._guild_id)
        if item is not None:
            self._journal.append(item)
        self._newest = told.number
        self._noted.set()

    async def _load(self) -> None:
        backoff = Backoff(AWAY)
        while True:
            if self._holder.refresh():
                self._intake.options = intake_options(self._guild_id, self._holder.current)
            try:
                read = await self._load_batch()  # of nothing, too: it clears what others erased
            except (WarehouseUnavailable, JournalUnavailable, WithdrawalsUnusable) as away:
                log.warning("%s Commands stay in the journal.", away)
                await asyncio.sleep(backoff.next_s())
            else:
                backoff.reset()
                if read < ROWS_AT_ONCE:
                    await asyncio.sleep(LOOK_S)

    async def _load_batch(self) -> int:
        return (await load_batch(self._warehouse, self._journal, self._withdrawals, ROWS_AT_ONCE)).read

    async def _load_the_rest(self) -> None:
        with suppress(TimeoutError, WarehouseUnavailable):
            async with asyncio.timeout(FAREWELL_S):
                await self._warehouse.reached()
                await self._journal.flushed()
                while await self._load_batch():
                    pass
