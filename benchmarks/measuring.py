"""All benchmarks, one after the other, in a folder that is gone afterwards."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from benchmarks import (
    cohort_matrix,
    day_sets,
    event_log,
    event_log_postgresql,
    growth,
    health,
    health_report,
    intake,
    journal,
    loader,
    loop_lag,
    loopback,
    memory,
    rebuild,
    voice_hours,
    weeks_of_people,
)
from benchmarks.contest import Result, compete
from benchmarks.loopback import Clients
from benchmarks.material import prepare
from benchmarks.scale import Scale
from sandbox.demo import ProgressBar

BENCHMARKS = (
    *loopback.BENCHMARKS,
    intake.BENCHMARK,
    loop_lag.BENCHMARK,
    journal.BENCHMARK,
    event_log.BENCHMARK,
    event_log_postgresql.BENCHMARK,
    loader.BENCHMARK,
    growth.BENCHMARK,
    rebuild.BENCHMARK,
    memory.BENCHMARK,
    health.BENCHMARK,
    weeks_of_people.BENCHMARK,
    cohort_matrix.BENCHMARK,
    cohort_matrix.WITH_RAIDS_TOLD,
    health_report.BENCHMARK,
    voice_hours.BENCHMARK,
    health_report.GROWING,
    health.LARGE,
    day_sets.BENCHMARK,  # the last: the large community goes on living
)


async def measure(scale: Scale, bar: ProgressBar, named: Sequence[str] = ()) -> list[Result]:
    """Everything, or the rows whose names begin as one that is named."""
    benchmarks = [one for one in BENCHMARKS if not named or one.name.startswith(tuple(named))]
    with tempfile.TemporaryDirectory(prefix="insights-bench-") as name:
        folder = Path(name)
        async with Clients(folder) as clients:
            material = await prepare(folder, scale, clients, bar)
            gc.collect()
            gc.freeze()  # the material itself is not looked through again and again
            done, total = count(1), sum(min(scale.rounds, one.most_rounds) for one in benchmarks)
            with bar("Measuring") as step:
                results = [
                    await compete(benchmark, material, scale.rounds, lambda: step(next(done), total))
                    for benchmark in benchmarks
                ]
            gc.unfreeze()
    return results
