"""`make simulate SEEDS=100000`: many seeds on every core, and a table of what they met."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
from collections import Counter
from typing import NamedTuple

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from .runner import running
from .shrinking import shrunk
from .telling import told

SEEDS_AT_ONCE = 20
MOST_STORIES = 5


class Part(NamedTuple):
    """What some seeds came to."""

    seeds: int
    faults: Counter[str]
    checks: Counter[str]
    stories: list[str]


def run(seeds: range) -> Part:
    part = Part(len(seeds), Counter(), Counter(), [])
    with running() as runner:
        for seed in seeds:
            outcome = runner.seed(seed)
            part.faults.update(outcome.faults)
            part.checks.update(outcome.findings.checks)
            if outcome.wrong:
                part.stories.append(told(shrunk(outcome, runner.plan)))
    return part


def main(seeds: range) -> int:
    faults: Counter[str] = Counter()
    checks: Counter[str] = Counter()
    stories: list[str] = []
    done = 0
    parts = [seeds[start : start + SEEDS_AT_ONCE] for start in range(0, len(seeds), SEEDS_AT_ONCE)]
    console = Console()
    context = multiprocessing.get_context("spawn")
    with context.Pool(os.cpu_count(), initializer=_quiet) as pool, Progress(console=console) as progress:
        task = progress.add_task("Simulating", total=len(seeds))
        try:
            for part in pool.imap_unordered(run, parts):
                done += part.seeds
                faults += part.faults
                checks += part.checks
                stories += part.stories
                progress.update(task, completed=done, description=f"Simulating, {len(stories)} wrong")
        except KeyboardInterrupt:
            pool.terminate()
            console.print("Stopped early: the tables speak of what was done by then.")
    console.print(_table("Faults met", faults), _table("Checks made", checks))
    for story in stories[:MOST_STORIES]:
        console.print(story, markup=False, highlight=False)
    console.print(
        f"{done} seeds, {sum(faults.values())} faults, {sum(checks.values())} checks, {len(stories)} wrong"
    )
    return 1 if stories else 0


def _quiet() -> None:
    logging.disable(logging.ERROR)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends everything


def _table(title: str, counts: Counter[str]) -> Table:
    table = Table("what", "times", title=title)
    for what, times in counts.most_common():
        table.add_row(what, f"{times:,}")
    return table


if __name__ == "__main__":
    first, last = (int(argument) for argument in sys.argv[1:3])
    sys.exit(main(range(first, last)))
