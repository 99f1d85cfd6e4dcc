"""How late the event loop is while the recorder takes in 5,000 dispatches a second and writes its journal."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count

from benchmarks.contest import Benchmark, Bound, Contest
from benchmarks.intake import GUILD, make_intake, voice_state
from benchmarks.material import Material
from bot.clock import SystemClock
from bot.gateway.identity import ALL_INTENTS, sources_of
from bot.recorder import Recorder
from storage.journal import Journal

A_SECOND = 5000
EVERY_S = 0.001  # so often the loop is asked, and dispatches come


async def lag_ms(seconds: float, work: Callable[[], None]) -> float:
    """The 99th percentile of how much later than planned a task went on beside the work, in milliseconds."""
    loop = asyncio.get_running_loop()
    late: list[float] = []
    ends = loop.time() + seconds
    working = asyncio.create_task(_again_and_again(work))
    while (now := loop.time()) < ends:
        await asyncio.sleep(EVERY_S)
        late.append(loop.time() - now - EVERY_S)
    working.cancel()
    late.sort()
    return late[math.ceil(0.99 * len(late)) - 1] * 1000


async def _again_and_again(work: Callable[[], None]) -> None:
    while True:
        work()
        await asyncio.sleep(EVERY_S)


def live_recorder(recorder: Recorder) -> Recorder:
    recorder.identifying("", sources_of(ALL_INTENTS))
    recorder.on_dispatch(1, "READY", {"session_id": "one", "resume_gateway_url": ""})
    guild = {"id": str(GUILD), "voice_states": [], "members": [], "guild_scheduled_events": []}
    recorder.on_dispatch(2, "GUILD_CREATE", guild)
    return recorder


class Stream:
    """Dispatches at a steady pace, however irregularly it is asked for them."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._time = asyncio.get_running_loop().time
        self._sequence = count(3)
        self._due: float | None = None

    def __call__(self) -> None:
        now = self._time()
        due = now if self._due is None else self._due
        while due <= now:
            self._recorder.on_dispatch(next(self._sequence), "VOICE_STATE_UPDATE", voice_state())
            due += 1 / A_SECOND
        self._due = due

    def paused(self) -> None:
        self._due = None


@asynccontextmanager
async def begin(material: Material) -> AsyncIterator[Contest]:
    with material.fresh_folder() as folder:
        intake = make_intake(folder)
        journal = Journal.open(folder / "journal.db", intake.encode, intake.unencodable)
        stream = Stream(live_recorder(Recorder(intake, journal, SystemClock())))

        async def ours() -> float:
            lag = await lag_ms(material.scale.listening_s, stream)
            stream.paused()
            await journal.flushed()
            return lag

        async def limit() -> float:
            return await lag_ms(material.scale.listening_s, lambda: None)

        yield Contest(ours, limit)
        journal.close()


BENCHMARK = Benchmark(
    "loop lag p99 at 5,000 dispatches/s", "ms", begin, against="an idle event loop", bound=Bound("≤", 3)
)
