"""The library's HTTP client, pointed at an address, and patient while the bot starts."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

import aiohttp
from interactions.api.http.http_client import HTTPClient
from interactions.api.http.route import Route
from interactions.client.errors import HTTPException

from bot.gateway.pace import Backoff, Pace

TOO_MANY: Final = 429
UNREACHABLE: Final = (aiohttp.ClientError, OSError, TimeoutError)

log = logging.getLogger(__name__)


class AddressedHTTP(HTTPClient):
    def __init__(self, base: str, pace: Pace, logger: logging.Logger) -> None:
        super().__init__(logger=logger)
        self._base = base
        self._pace = pace
        self.is_patient = False  # while there is nothing else to do than to wait for Discord
        self.problem: str | None = None

    async def request(self, route: Route, *args: Any, **kwargs: Any) -> Any:
        # A class variable of the library; set on the instance it holds for this client alone.
        route.BASE = self._base  # type: ignore[misc]
        if not self.is_patient:
            return await super().request(route, *args, **kwargs)
        return await self._insist(route, *args, **kwargs)

    async def _insist(self, route: Route, *args: Any, **kwargs: Any) -> Any:
        backoff = Backoff(self._pace)
        while True:
            try:
                answer = await super().request(route, *args, **kwargs)
            except HTTPException as error:
                if error.status < 500 and error.status != TOO_MANY:
                    raise
                problem = f"Discord answers with status {error.status}; trying again."
            except UNREACHABLE as error:
                problem = f"Discord cannot be reached ({type(error).__name__}); trying again."
            else:
                self.problem = None
                return answer
            if self.problem is None:
                log.warning(problem)
            self.problem = problem
            await asyncio.sleep(backoff.next_s())
