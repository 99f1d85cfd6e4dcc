"""Whether the event log is as fast at the end of a long history as it was at its beginning."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager

from benchmarks.contest import Benchmark, Bound, Contest, Measure
from benchmarks.long_history import record
from benchmarks.material import Material
from benchmarks.scale import FULL
from bot.pipeline import LOADED_AT_ONCE

PARTS = 5  # of a quarter, each compared with the part at the same place in the other quarter


def speeds(quarter: Sequence[float]) -> Iterator[float]:
    """Rows a second in each part of a quarter's batches."""
    for part in range(PARTS):
        seconds = quarter[part * len(quarter) // PARTS : (part + 1) * len(quarter) // PARTS]
        yield len(seconds) * LOADED_AT_ONCE / sum(seconds)


@asynccontextmanager
async def begin(material: Material) -> AsyncIterator[Contest]:
    seconds = await record(material, material.folder / f"{material.scale.many}.db", material.scale.many)
    quarter = len(seconds) // 4

    def next_of(parts: Iterator[float]) -> Measure:
        async def measured() -> float:
            return next(parts)

        return measured

    yield Contest(next_of(speeds(seconds[-quarter:])), next_of(speeds(seconds[:quarter])))


BENCHMARK = Benchmark(
    f"event log, last quarter of {FULL.many:,} events",
    "rows/s",
    begin,
    against="the first quarter, a fifth of it at a time",
    bound=Bound("≥", 0.9),
    most_rounds=PARTS,
)
