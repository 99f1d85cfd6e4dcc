"""`make simulate SEEDS=100000`: many seeds, and a table of what they met."""

from __future__ import annotations

import sys
from collections import Counter

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from .many import Part, on_every_core

MOST_STORIES = 5


def main(seeds: range) -> int:
    console = Console()
    done = Part(0, Counter(), Counter(), [])
    with on_every_core(seeds) as parts, Progress(console=console) as progress:
        task = progress.add_task("Simulating", total=len(seeds))
        try:
            for part in parts:
                done = _added(done, part)
                progress.update(
                    task, completed=done.seeds, description=f"Simulating, {len(done.stories)} wrong"
                )
        except KeyboardInterrupt:
            console.print("Ended early: the tables speak of what was done by then.")
    _show(console, done)
    return 1 if done.stories else 0


def _added(one: Part, other: Part) -> Part:
    return Part(*(mine + its for mine, its in zip(one, other, strict=True)))


def _show(console: Console, done: Part) -> None:
    console.print(_table("Faults met", done.faults), _table("Checks made", done.checks))
    for story in done.stories[:MOST_STORIES]:
        console.print(story, markup=False, highlight=False)
    for story in done.stories[MOST_STORIES:]:
        console.print(story.splitlines()[-1], markup=False, highlight=False)  # with what it is repeated
    met, made = done.faults.total(), done.checks.total()
    console.print(f"{done.seeds:,} seeds, {met:,} faults, {made:,} checks, {len(done.stories)} wrong")


def _table(title: str, counts: Counter[str]) -> Table:
    table = Table("what", "times", title=title)
    for what, times in counts.most_common():
        table.add_row(what, f"{times:,}")
    return table


if __name__ == "__main__":
    first, last = (int(argument) for argument in sys.argv[1:3])
    sys.exit(main(range(first, last)))
