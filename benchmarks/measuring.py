"""All benchmarks, one after the other, in a folder that is gone afterwards."""

from __future__ import annotations

import gc
import tempfile
from itertools import count
from pathlib import Path

from benchmarks import event_log, health, intake, journal, loader, rebuild
from benchmarks.contest import Result, compete
from benchmarks.material import prepare
from sandbox.demo import ProgressBar

BENCHMARKS = tuple(module.BENCHMARK for module in (intake, journal, event_log, loader, rebuild, health))


async def measure(days: int, rounds: int, bar: ProgressBar) -> list[Result]:
    """On so many days of the simulated community; each benchmark for so many rounds."""
    with tempfile.TemporaryDirectory(prefix="insights-bench-") as folder:
        material = await prepare(Path(folder), days, bar)
        gc.collect()
        gc.freeze()  # the material itself is not looked through again and again
        done, total = count(1), len(BENCHMARKS) * rounds
        with bar("Measuring") as step:
            results = [
                await compete(benchmark, material, rounds, lambda: step(next(done), total))
                for benchmark in BENCHMARKS
            ]
        gc.unfreeze()
    return results
