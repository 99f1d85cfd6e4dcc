"""Keeps the tables up with the journal, load, fold, and wait while the warehouse is away."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from time import monotonic
from typing import Final

from sqlalchemy import select

from bot.clock import Clock, SystemClock, milliseconds
from bot.flow import Flow
from bot.gateway.discretion import described
from bot.gateway.pace import Backoff, Pace
from storage.database import Warehouse
from storage.fold.folder import Folder
from storage.journal import Journal
from storage.loader import Continuity, load_batch
from storage.rules import Rules
from storage.tables import fold_progress
from storage.trouble import WarehouseDamaged, WarehouseReplaced, WarehouseUnavailable
from storage.withdrawals import Withdrawals

ROWS_AT_ONCE: Final = 500  # few enough that commands are answered in between
LOADED_AT_ONCE: Final = 1000  # of which each costs the loop less than half of what a folded one does
LOOK_S: Final = 0.25  # into the journal, whether there is something to load
GATHER_S: Final = 1.0  # between two rounds: one costs as much as some hundred events do
LOOK_ELSEWHERE_S: Final = 10.0  # into the log, whether another process has loaded something
FAREWELL_S: Final = 10.0
AWAY: Final = Pace(first_s=0.5, cap_s=30.0)
SLOW_S: Final = 3.0  # for one batch, which a healthy warehouse takes in within a tenth of a second

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PipelineStatus:
    as_of_ms: int | None  # the latest moment that the tables speak of
    backlog: int  # events in the journal
    problem: str | None  # why the tables do not follow now: one sentence
    is_rebuilding: bool  # under changed rules; until it is done, the tables are those of the old rules


class Pipeline:
    def __init__(
        self,
        journal: Journal,
        warehouse: Warehouse,
        withdrawals: Withdrawals,
        rules: Rules,
        *,
        guild_id: int,
        pace: Pace = AWAY,
        clock: Clock | None = None,
        continuity: Continuity | None = None,
    ) -> None:
        self._journal = journal
        self._continuity = continuity
        self._warehouse = warehouse
        self._withdrawals = withdrawals
        self._rules = rules
        self._folder = Folder(warehouse, rules)
        self._guild_id = guild_id
        self._backoff = Backoff(pace)
        self._clock = clock or SystemClock()
        self.flow = Flow()
        self._as_of_ms: int | None = None
        self._problem: str | None = None
        self._is_rebuilding = False
        self._round_began_s: float | None = None
        self._is_behind = False
        self._asked = self._answered = 0  # rounds that somebody waits for
        self._wake = asyncio.Event()
        self._round_done = asyncio.Condition()
        self._is_stopping = False
        self._task: asyncio.Task[None] | None = None

    @property
    def status(self) -> PipelineStatus:
        return PipelineStatus(self._as_of_ms, self._journal.backlog(), self.problem, self._is_rebuilding)

    @property
    def as_of_ms(self) -> int | None:
        return self._as_of_ms

    @property
    def is_behind(self) -> bool:
        """Whether more waits than one batch, or the tables are being made anew."""
        return self._is_behind or self._is_rebuilding or self._problem is not None

    @property
    def problem(self) -> str | None:
        return self._problem or self._slow() or self._journal.problem

    def _slow(self) -> str | None:
        """A batch under way for so long that people have to hear of it."""
        if self._round_began_s is None or self._is_rebuilding:
            return None
        seconds = monotonic() - self._round_began_s
        return (
            f"The warehouse is slow: one batch has taken {seconds:.0f} s so far."
            if seconds > SLOW_S
            else None
        )

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="pipeline")

    async def stop(self) -> None:
        """Ends between two transactions. What is left stays in the journal for the next start."""
        self._is_stopping = True
        self._wake.set()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=FAREWELL_S)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def use_rules(self, rules: Rules) -> None:
        """From the next round on; the tables are made anew if they stand under others."""
        self._rules = rules
        self._folder = Folder(self._warehouse, rules)
        self._wake.set()

    async def caught_up(self, timeout_s: float) -> bool:
        """True once the tables hold all that was recorded before the call; False if that takes longer."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._journal.flushed()
                self._asked += 1
                asked = self._asked
                self._wake.set()
                async with self._round_done:
                    await self._round_done.wait_for(lambda: self._answered >= asked)
        except TimeoutError:
            return False
        return True

    async def _run(self) -> None:
        while not self._is_stopping:
            self._wake.clear()
            self._round_began_s = monotonic()
            try:
                moved = await self._round()
            except WarehouseUnavailable as away:
                if isinstance(away, WarehouseDamaged | WarehouseReplaced):
                    self._as_of_ms = None  # what is put in its place may speak of an earlier moment
                await self._wait_out(str(away))
            except Exception as error:  # an unforeseen row must not end the following for good
                log.error("The tables could not follow: %s", described(error))  # noqa: TRY400 - no content
                await self._wait_out(f"The tables cannot follow the record ({described(error)}).")
            else:
                self._problem = self._round_began_s = None
                self._backoff.reset()
                if not moved:
                    await self._idle()
                elif not self._is_behind and self._asked == self._answered:
                    await self._sleep(GATHER_S)

    async def _round(self) -> bool:
        """One batch through both steps. False: there was nothing to do."""
        asked = self._asked
        loaded = await load_batch(
            *(self._warehouse, self._journal, self._withdrawals, LOADED_AT_ONCE, self.flow.loading),
            continuity=self._continuity,
        )
        self._is_rebuilding = await self._stands_under_other_rules()
        progress = await self._folder.advance(self._guild_id, ROWS_AT_ONCE)
        self._is_rebuilding = False
        if progress.folded or self._as_of_ms is None:
            self._as_of_ms = await self._folded_to_ms()
        self.flow.took(loaded, milliseconds(self._clock.now()))
        self._is_behind = loaded.read >= LOADED_AT_ONCE or not progress.caught_up
        moved = loaded.read > 0 or not progress.caught_up
        if not moved:
            async with self._round_done:
                self._answered = max(self._answered, asked)
                self._round_done.notify_all()
        return moved

    async def _idle(self) -> None:
        """Until the journal has something, somebody asks, or another process may have loaded something."""
        looks = int(LOOK_ELSEWHERE_S / LOOK_S)
        for _ in range(looks):
            if self._wake.is_set() or self._journal.backlog():
                return
            await self._sleep(LOOK_S)

    async def _wait_out(self, sentence: str) -> None:
        if self._problem is None:
            log.warning("%s What is recorded stays in the journal.", sentence)
        self._problem = sentence
        self._is_rebuilding, self._round_began_s = False, None
        await self._sleep(self._backoff.next_s())

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _stands_under_other_rules(self) -> bool:
        return (await self._bookmark("rules")) not in (None, self._rules.fingerprint())

    async def _folded_to_ms(self) -> int | None:
        moment = await self._bookmark("folded_to_ms")
        return moment if isinstance(moment, int) else None

    async def _bookmark(self, column: str) -> object:
        query = select(fold_progress.c[column]).where(fold_progress.c.guild_id == self._guild_id)
        async with self._warehouse.reading() as conn:
            return (await conn.execute(query)).scalar_one_or_none()
