"""Two ways to do the same work, measured by turns, and the bound that their ratio must keep."""

from __future__ import annotations

import gc
import operator
import os
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.material import Material


Measure = Callable[[], Awaitable[float]]  # does the work once and returns the value in the benchmark's unit
HOLDS = {"≥": operator.ge, "≤": operator.le}


@dataclass(frozen=True, slots=True)
class Contest:
    """Both are ready to be run any number of times. Without a limit, ours stands alone."""

    ours: Measure
    limit: Measure | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    sign: str
    ratio: float

    def holds(self, ratio: float) -> bool:
        return bool(HOLDS[self.sign](ratio, self.ratio))

    def __str__(self) -> str:
        return f"{self.sign} {self.ratio:g}"


@dataclass(frozen=True, slots=True)
class Benchmark:
    name: str
    unit: str
    begin: Callable[[Material], AbstractAsyncContextManager[Contest]]
    against: str | None = None  # what the limit is
    bound: Bound | None = None
    most_rounds: int = 1000  # of what takes minutes


class NotMeasured(Exception):
    """Something that a benchmark needs is not here. The message says what."""


@dataclass(slots=True)
class Result:
    """What the rounds gave. Each ratio is of two runs that followed one another."""

    benchmark: Benchmark
    ours: list[float] = field(default_factory=list)
    limits: list[float] = field(default_factory=list)
    not_measured: str | None = None  # why
    load: float = field(default_factory=lambda: os.getloadavg()[0])  # processes that wanted a core before

    @property
    def ratios(self) -> list[float]:
        return [ours / limit for ours, limit in zip(self.ours, self.limits, strict=False)]

    @property
    def holds(self) -> bool | None:
        bound = self.benchmark.bound
        return None if bound is None or not self.ratios else bound.holds(median(self.ratios))

    @property
    def spread(self) -> tuple[float, ...]:
        """The least and the greatest ratio, or of ours where there is no limit."""
        of = self.ratios or self.ours
        return (min(of), max(of)) if of else ()


async def compete(
    benchmark: Benchmark, material: Material, rounds: int, step: Callable[[], None] = lambda: None
) -> Result:
    """Ours and the limit by turns, each first every other time, so that neither has the calmer machine."""
    result = Result(benchmark)
    try:
        async with benchmark.begin(material) as contest:
            for number in range(min(rounds, benchmark.most_rounds)):
                await _run(contest, result, ours_first=bool(number % 2))
                step()
    except NotMeasured as missing:
        result.not_measured = str(missing)
    return result


async def _run(contest: Contest, result: Result, *, ours_first: bool) -> None:
    runs = [(result.ours, contest.ours)]
    if contest.limit:
        runs.append((result.limits, contest.limit))
    for values, measure in runs if ours_first else reversed(runs):
        gc.collect()
        values.append(await measure())
