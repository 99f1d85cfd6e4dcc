"""How long to wait before trying again, and how many new sessions a day may have."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import SystemRandom
from typing import Final, Protocol

from bot.clock import Clock, milliseconds

DAY_MS: Final = 24 * 3600 * 1000

_random = SystemRandom()


def some_time_within(longest_s: float, shortest_s: float = 0.0) -> float:
    return _random.uniform(shortest_s, longest_s)


@dataclass(frozen=True, slots=True)
class Pace:
    """Delays in seconds. Tests are in more of a hurry than Discord likes."""

    first_s: float = 1.0
    cap_s: float = 60.0
    steady_s: float = 60.0  # a connection that lasted this long was a good one
    invalid_session_s: tuple[float, float] = (1.0, 5.0)  # Discord asks for this before a new IDENTIFY
    identify_spacing_s: float = 5.0  # "max_concurrency" of one: an IDENTIFY every five seconds
    budget_poll_s: float = 60.0
    still_s: float = 10.0  # a pause that is longer is no busy machine: what waited in it is not live
    list_spacing_s: float = 0.25  # between two pages of a list: far from 50 requests a second


class Backoff:
    """Doubling delays with full jitter, so that many bots do not come back in step."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._failures = 0

    def next_s(self) -> float:
        longest = min(self._pace.cap_s, self._pace.first_s * 2 ** min(self._failures, 16))
        self._failures += 1
        return some_time_within(longest)

    def reset(self) -> None:
        self._failures = 0

    @property
    def failures(self) -> int:
        return self._failures


class IdentifyLog(Protocol):
    """What the budget needs of storage.journal.Journal."""

    def identifies_since(self, at_ms: int) -> int: ...
    def note_identify(self, at_ms: int) -> None: ...
    async def flushed(self) -> None: ...


class IdentifyBudget:
    """Over 1,000 IDENTIFYs in 24 hours reset the bot's token: this counts them over restarts, and waits."""

    def __init__(self, log: IdentifyLog, clock: Clock, pace: Pace, limit: int = 900) -> None:
        self._log = log
        self._clock = clock
        self._pace = pace
        self._limit = limit
        self._last_ms: int | None = None

    async def wait(self, say: Callable[[str], None]) -> None:
        """Returns when an IDENTIFY may be sent. Says so when that takes longer."""
        spacing = timedelta(seconds=self._pace.identify_spacing_s)
        if self._last_ms is not None:
            passed = timedelta(milliseconds=self._now_ms() - self._last_ms)
            await asyncio.sleep(max(timedelta(), spacing - passed).total_seconds())
        while self._log.identifies_since(self._now_ms() - DAY_MS) >= self._limit:
            say(
                f"The bot asked Discord for a new session {self._limit} times within 24 hours. "
                "It waits, because Discord resets the token of a bot that does so 1,000 times."
            )
            await asyncio.sleep(self._pace.budget_poll_s)

    async def spend(self) -> None:
        """Durable before the IDENTIFY goes out, so that no crash forgets it."""
        self._last_ms = self._now_ms()
        self._log.note_identify(self._last_ms)
        await self._log.flushed()

    def _now_ms(self) -> int:
        return milliseconds(self._clock.now())
