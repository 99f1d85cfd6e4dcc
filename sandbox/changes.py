"""Waiting for something to happen in the sandbox, without polling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Changes:
    """`wait` returns at the next change; nothing is to be cleared, and everybody who waits is woken."""

    def __init__(self) -> None:
        self._next = asyncio.Event()
        self.count = 0

    def notify(self) -> None:
        self.count += 1
        happened, self._next = self._next, asyncio.Event()
        happened.set()

    async def wait(self) -> None:
        await self._next.wait()

    async def until(self, holds: Callable[[], bool], timeout_s: float = 30.0) -> None:
        """Return once `holds()`; TimeoutError after `timeout_s`. Looks again at every change."""
        async with asyncio.timeout(timeout_s):
            while not holds():
                await self.wait()
