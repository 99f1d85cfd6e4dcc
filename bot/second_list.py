"""A list of members that was refused is asked for a second time, at another moment.

It may be right: more than a fifth left while nobody watched. A second one that says the same is believed
(docs/decisions/0042), and does not have to wait until Discord ends the session.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

import structlog

from bot.gateway.discretion import described
from bot.patience import PatientWarehouse
from bot.pipeline import Pipeline
from reports.discord_lists import doubted_since
from storage.database import WarehouseUnavailable

LOOK_S: Final = 60.0
WAIT_MS: Final = 3_600_000  # what was wrong about one list is over by then, or it was not wrong

log = structlog.get_logger(__name__)


class Lists(Protocol):
    """What is needed of recorder.Recorder."""

    def want_members_again(self) -> bool: ...


class SecondList:
    """`step` may be called at any moment: the tables know which list was refused, and when."""

    def __init__(
        self,
        guild_id: int,
        warehouse: PatientWarehouse,
        pipeline: Pipeline,
        lists: Lists,
        now_ms: Callable[[], int],
    ) -> None:
        self._guild_id = guild_id
        self._warehouse = warehouse
        self._pipeline = pipeline
        self._lists = lists
        self._now_ms = now_ms
        self._doubted_ms: int | None = None  # the list after which one was asked for
        self._problem: str | None = None

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.step()
            await asyncio.sleep(LOOK_S)

    async def step(self) -> bool:
        """Whether the list was asked for now."""
        if self._pipeline.is_behind:
            return False
        try:
            async with self._warehouse.reading() as conn:
                doubted_ms = await doubted_since(conn, self._guild_id)
        except WarehouseUnavailable as away:
            return self._failed(str(away))
        except Exception as error:  # whatever it is must not end the looking, nor the bot
            return self._failed(described(error))
        self._problem = None
        if doubted_ms is None or doubted_ms == self._doubted_ms or self._now_ms() - doubted_ms < WAIT_MS:
            return False
        if not self._lists.want_members_again():
            return False
        self._doubted_ms = doubted_ms
        log.info("members_asked_again", reason="The last list of members was refused: a second one decides.")
        return True

    def _failed(self, problem: str) -> bool:
        if problem != self._problem:
            log.warning("refused_lists_unknown", reason=problem)
        self._problem = problem
        return False
