"""The memory that a rebuild needs, in a process of its own: of a long history, against a short one."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from benchmarks.contest import Benchmark, Bound, Contest
from benchmarks.long_history import recorded
from benchmarks.material import Material
from benchmarks.scale import FULL


async def peak_mb(warehouse: Path, config: Path) -> float:
    command = sys.executable, "-m", "benchmarks.rebuild_process", str(warehouse), str(config)
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    said, _ = await process.communicate()
    assert process.returncode == 0, "the rebuild failed"
    return float(said)


@asynccontextmanager
async def begin(material: Material) -> AsyncIterator[Contest]:
    many, few = [await recorded(material, count) for count in (material.scale.many, material.scale.few)]
    yield Contest(partial(peak_mb, many, material.config), partial(peak_mb, few, material.config))


BENCHMARK = Benchmark(
    f"memory of a rebuild of {FULL.many:,} events",
    "MB at most",
    begin,
    against=f"a rebuild of {FULL.few:,} events of the same community",
    bound=Bound("≤", 1.5),
    most_rounds=1,
)
