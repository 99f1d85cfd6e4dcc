"""The lines of a file: read, entered some at a time, and what became of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from bot.cli.progress import progress_bar
from bot.cli.refused_lines import RefusedLines
from bot.imports.lines import Read, Refused
from bot.imports.sealing import LeftOut, Sealer
from bot.imports.spool import Spool
from bot.printable import printable
from reports.spans import Span
from storage.importing import Entered, Entry

LINES_AT_ONCE: Final = 1000
MOST_SHOWN: Final = 50  # refused lines
COVERAGE: Final = "IMPORTED_COVERAGE"

Enter = Callable[[list[Entry]], Awaitable[Entered]]


@dataclass
class Tally:
    """What became of the lines."""

    out: RefusedLines | None = None  # where all refused lines go
    entered: Entered = field(default_factory=Entered)
    left_out: int = 0  # of channels that are not recorded
    refused: int = 0
    told_from_to: Span | None = None  # from the first to the last that was understood, without coverage
    shown: list[str] = field(default_factory=list)

    def refuse(self, number: int, reason: Refused) -> None:
        self.refused += 1
        line = printable(f"line {number:,}: {reason}")
        if len(self.shown) < MOST_SHOWN:
            self.shown.append(line)
        if self.out:
            self.out.add(line)

    def understood(self, entry: Entry) -> None:
        event = entry.event
        if event is not None and event.type != COVERAGE:
            first, last = self.told_from_to or (event.occurred_from_ms, event.occurred_to_ms)
            self.told_from_to = min(first, event.occurred_from_ms), max(last, event.occurred_to_ms)

    def told(self, *, dry_run: bool) -> Iterator[str]:
        """In lines for people."""
        new, known, withdrawn = self.entered
        would = "Would come in: " if dry_run else "✓ "
        yield f"{would}{new:,} new, {known:,} known already, {self.refused:,} refused."
        if self.left_out:
            yield f"{self.left_out:,} in channels that are not recorded: left out."
        if withdrawn:
            yield f"{withdrawn:,} of people who do not want to be recorded: left out."
        yield from self.shown
        if self.refused > len(self.shown):
            yield f"and {self.refused - len(self.shown):,} more: --refused OUT writes all into a file."


def spool_all(
    reads: Iterable[Read], sealer: Sealer, spool: Spool, tally: Tally, on_progress: Callable[[], None]
) -> None:
    """Reads the whole file before anything of it is written."""
    for line, read in enumerate(reads):
        if line % LINES_AT_ONCE == 0:
            on_progress()
        if isinstance(read.says, Refused):
            tally.refuse(read.number, read.says)
            continue
        try:
            entry = sealer.entry(read.says)
            spool.add(entry, read.number)
            tally.understood(entry)
        except Refused as refused:
            tally.refuse(read.number, refused)
        except LeftOut:
            tally.left_out += 1
    on_progress()


async def enter_all(spool: Spool, enter: Enter, tally: Tally) -> None:
    tally.entered = Entered(known=spool.outdated)
    done = 0
    with progress_bar("Entering") as step:
        for batch in spool.batches(LINES_AT_ONCE):
            tally.entered = tally.entered.and_also(await enter(batch))
            done += len(batch)
            step(done, spool.size)
