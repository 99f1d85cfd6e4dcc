"""Asking Discord's REST side for what the record needs, with patience, and beside the recording."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from typing import Any, ClassVar, Final, TypeVar

from interactions.api.http.http_client import HTTPClient
from interactions.api.http.route import Route
from interactions.client.errors import HTTPException

from bot.gateway.discretion import described
from bot.gateway.http import TOO_MANY, UNREACHABLE
from bot.gateway.pace import Backoff, Pace
from bot.recorder import Recorder

FORBIDDEN: Final = 403
NOT_FOUND: Final = 404
TRIES: Final = 3  # each of them three of the library's own

T = TypeVar("T", list[Any], dict[str, Any])

log = logging.getLogger(__name__)


class NotGiven(Exception):
    """Discord does not give it. The message says with which status, or what else went wrong.

    `status`: with which it denies it for good; None where it is only in trouble.
    """

    def __init__(self, problem: str, status: int | None = None) -> None:
        super().__init__(problem)
        self.status = status


class Fetcher(ABC):
    """Works off what the recorder says is due. `look` tells it that something may be."""

    about: ClassVar[str]  # what is fetched, as the log has it

    def __init__(self, http: HTTPClient, recorder: Recorder, guild_id: int, pace: Pace) -> None:
        self._http = http
        self._recorder = recorder
        self._guild_id = guild_id
        self._pace = pace
        self._wake = asyncio.Event()
        self.is_idle = True  # nothing is due that is not worked off
        self._task: asyncio.Task[None] | None = None

    @abstractmethod
    async def _work_off(self) -> None:
        """Fetches what is due, until nothing is."""

    def look(self) -> None:
        self._wake.set()
        self.is_idle = False
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name=self.about)

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._work_off()
            except Exception as error:  # one answer that nobody thought of must not end all others
                log.error("%s: not taken up: %s", self.about, described(error))  # noqa: TRY400
            self.is_idle = not self._wake.is_set()

    async def _get(self, route: Route, params: dict[str, Any], kind: type[T]) -> T:
        """An answer of that kind. Raises NotGiven when Discord denies it, or is in trouble for longer."""
        backoff, problem = Backoff(self._pace), ""
        for _ in range(TRIES):
            await asyncio.sleep(self._pace.list_spacing_s)
            try:
                got: Any = await self._http.request(route, params=params)
            except HTTPException as error:
                problem = f"status {error.status}"
                if error.status < 500 and error.status != TOO_MANY:
                    raise NotGiven(problem, error.status) from None
            except UNREACHABLE as error:
                problem = type(error).__name__
            else:
                if isinstance(got, kind):
                    return got
                problem = "nothing came"  # the library has given up, and says nothing else
            await asyncio.sleep(backoff.next_s())
        raise NotGiven(problem)
