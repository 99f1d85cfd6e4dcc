"""Whether what a connection brings may be taken for what happens just now.

Not if it waited while the process stood still: a machine that slept, one that was suspended from outside, a
process that was stopped. Nor once another connection was opened: there is one stream, and it has its numbers.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final, NamedTuple

from bot.clock import with_sleep_s
from bot.gateway.refusals import ConnectionLost
from bot.recorder import Recorder

LOOK_EVERY_S: Final = 1.0
STOOD_STILL: Final = "the bot stood still"
CLOCK_SET: Final = "the clock was set forward"
OVERTAKEN: Final = "another connection was opened"

Seconds = Callable[[], float]


class Clocks(NamedTuple):
    """A machine that is suspended from outside has no clock that goes on: its time of day is set later."""

    with_sleep_s: Seconds = with_sleep_s  # goes on while the machine sleeps, and nobody can set it
    of_day_s: Seconds = time.time


CLOCKS: Final = Clocks()


class Hearing:
    """Of one connection. Looks at the clocks each second, and before anything is taken."""

    def __init__(self, recorder: Recorder, still_s: float, clocks: Clocks = CLOCKS) -> None:
        """`still_s`: a pause that is longer is no busy machine any more."""
        self._recorder = recorder
        self._still_s = still_s
        self._with_sleep_s, self._of_day_s = clocks
        self._looked_s, self._looked_at_s = self._with_sleep_s(), self._of_day_s()
        self._cause: str | None = None
        self._connection: int | None = None

    def opened(self) -> None:
        """IDENTIFY or RESUME goes out: from here on this connection is the one that is heard."""
        self._connection = self._recorder.connection

    def check(self) -> None:
        """Raises ConnectionLost if nothing more of this connection may be taken."""
        if self._connection != self._recorder.connection and self._connection is not None:
            raise ConnectionLost(OVERTAKEN)
        now_s, at_s = self._with_sleep_s(), self._of_day_s()
        if now_s - self._looked_s > self._still_s:
            self._cause = self._cause or STOOD_STILL
        elif at_s - self._looked_at_s > self._still_s:
            self._cause = self._cause or CLOCK_SET
        self._looked_s, self._looked_at_s = now_s, at_s
        if self._cause is not None:  # whoever looked first: what waits is taken by nobody
            raise ConnectionLost(self._cause)

    async def watch(self) -> None:
        """Until the connection is not to be heard any more, which is raised."""
        while True:
            self.check()
            await asyncio.sleep(LOOK_EVERY_S)
