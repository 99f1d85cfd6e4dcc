"""Progress bars on stderr, so that stdout holds only what was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Step = Callable[[int, int], None]  # done, in all


@contextmanager
def progress_bar(what: str, *, is_passing: bool = False) -> Iterator[Step]:
    """A passing one is gone once it is done, and is not there at all where nobody looks on."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    console = Console(stderr=True)
    is_hidden = is_passing and not console.is_terminal
    with Progress(*columns, console=console, transient=is_passing, disable=is_hidden) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
