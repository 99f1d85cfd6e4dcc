"""Whether the event log is as fast at the end of a long history as it is at its beginning."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.contest import Benchmark, Bound, Contest
from benchmarks.long_history import LongLog, long_log
from benchmarks.material import Material
from benchmarks.scale import FULL

PARTS = 5  # of a quarter, each measured for itself
TURN = 5_000  # rows appended to one log, then to the other: a machine's mood lasts longer


class Turns:
    """A part of the last quarter and one of a first quarter, appended by turns."""

    def __init__(self, full: LongLog, fresh: LongLog, part: int) -> None:
        self._logs = full, fresh
        self._part = part
        self._speeds: dict[int, float] = {}

    async def last_quarter(self) -> float:
        return await self._speed(0)

    async def first_quarter(self) -> float:
        return await self._speed(1)

    async def _speed(self, log: int) -> float:
        """Rows a second; both are measured when either is first asked for."""
        if log not in self._speeds:
            seconds = [0.0, 0.0]
            for turn in range(max(1, self._part // TURN)):
                for which in (0, 1) if turn % 2 else (1, 0):
                    seconds[which] += await self._logs[which].grow(min(TURN, self._part))
            self._speeds = {which: self._part / took for which, took in enumerate(seconds)}
        return self._speeds.pop(log)


@asynccontextmanager
async def begin(material: Material) -> AsyncIterator[Contest]:
    many, parts = material.scale.many, min(material.scale.rounds, PARTS)
    with material.fresh_folder() as folder:
        async with (
            long_log(material, material.folder / f"{many}.db") as full,
            long_log(material, folder / "fresh.db") as fresh,
        ):
            await full.grow(many - many // 4)
            turns = Turns(full, fresh, many // 4 // parts)
            yield Contest(turns.last_quarter, turns.first_quarter)


BENCHMARK = Benchmark(
    f"event log, last quarter of {FULL.many:,} events",
    "rows/s",
    begin,
    against="the first quarter, appended to a fresh log by turns with it",
    bound=Bound("≥", 0.9),
    most_rounds=PARTS,
)
