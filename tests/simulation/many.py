"""Many seeds on every core: what a worker does, and what it hands back."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from .runner import folder_in_memory, running
from .shrinking import shrunk
from .telling import told

SEEDS_AT_ONCE = 50


class Part(NamedTuple):
    """What some seeds came to."""

    seeds: int
    faults: Counter[str]
    checks: Counter[str]
    stories: list[str]


@contextmanager
def on_every_core(seeds: range) -> Iterator[Iterator[Part]]:
    """The parts as they are done. Leaving early ends the workers, and takes their files away."""
    parts = [seeds[start : start + SEEDS_AT_ONCE] for start in range(0, len(seeds), SEEDS_AT_ONCE)]
    context = multiprocessing.get_context("spawn")
    with folder_in_memory() as name, context.Pool(os.cpu_count(), initializer=_prepare) as pool:
        yield pool.imap_unordered(partial(_run, Path(name)), parts)


def _prepare() -> None:
    logging.disable(logging.ERROR)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends everything


def _run(folder: Path, seeds: range) -> Part:
    part = Part(len(seeds), Counter(), Counter(), [])
    with running(folder) as runner:
        for seed in seeds:
            outcome = runner.seed(seed)
            part.faults.update(outcome.faults)
            part.checks.update(outcome.findings.checks)
            if outcome.wrong:
                part.stories.append(told(shrunk(outcome, runner.plan)))
    return part
