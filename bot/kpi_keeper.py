"""Keeps the published values of closed periods up to date, beside everything else that the bot does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Final

import structlog

from bot.gateway.discretion import described
from bot.services import Services
from reports.keeping_up import forget_strays, publish_next
from storage.database import WarehouseUnavailable

LOOK_S: Final = 60.0  # for whether a period has closed, or a day of a closed one has changed
REST: Final = 4  # times as long as a period took, it rests: commands and recording come first
SHORTEST_S: Final = 1.0
LONGEST_S: Final = 120.0  # for one period; nobody is waiting
FAREWELL_S: Final = 10.0
NOT_OF_THE_CALENDAR: Final = "The calendar in force has no such weeks or months."

log = structlog.get_logger(__name__)


class KpiKeeper:
    """`step` may be called at any moment: which period is due is decided by the tables."""

    def __init__(self, services: Services, guild_id: int, is_busy: Callable[[], bool]) -> None:
        self._services = services
        self._guild_id = guild_id
        self._is_busy = is_busy
        self._problem: str | None = None
        self._turn = asyncio.Lock()
        self._is_stopping = False

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            began_s = monotonic()
            async with self._turn:
                found_work = not self._is_stopping and await self.step()
            took_s = monotonic() - began_s
            await asyncio.sleep(max(SHORTEST_S, REST * took_s) if found_work else LOOK_S)

    async def stop(self) -> None:
        """Begins nothing any more, and lets the period in hand end: what is cut off is done again later."""
        self._is_stopping = True
        try:
            async with asyncio.timeout(FAREWELL_S), self._turn:
                return
        except TimeoutError:
            log.info("kpi_values_left_unfinished")

    async def step(self) -> bool:
        """Publishes one period. False: there was none, or none could be."""
        if self._is_busy():
            return False
        current = self._services.settings.current
        settings, rules = current.report_settings(), current.rules()
        now_ms = self._services.now_ms()
        try:
            async with asyncio.timeout(LONGEST_S):
                of = (self._services.warehouse, self._guild_id, settings, rules, now_ms)
                if removed := await forget_strays(*of):
                    log.info("periods_removed", periods=removed, reason=NOT_OF_THE_CALENDAR)
                published = await publish_next(*of)
        except WarehouseUnavailable as away:
            return self._failed(str(away))
        except TimeoutError:
            return self._failed("A period took too long.")
        except Exception as error:  # whatever it is must not end the keeping, nor the bot
            return self._failed(described(error))
        self._problem = None
        if published is None:
            return False
        if published.corrected:
            log.info("period_corrected", period=published.period, values=published.corrected)
        return published.values > 0

    def _failed(self, problem: str) -> bool:
        if problem != self._problem:
            log.warning("kpi_values_not_kept", reason=problem)
        self._problem = problem
        return False
