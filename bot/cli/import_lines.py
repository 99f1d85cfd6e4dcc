"""The lines of a file, entered some at a time, and what became of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, TextIO

from bot.imports.lines import Read, Refused
from bot.imports.sealing import LeftOut, Sealer
from storage.importing import Entered, Entry

LINES_AT_ONCE: Final = 1000
MOST_SHOWN: Final = 50  # refused lines

Enter = Callable[[list[Entry]], Awaitable[Entered]]


@dataclass
class Tally:
    """What became of the lines."""

    out: TextIO | None = None  # where all refused lines go
    entered: Entered = field(default_factory=Entered)
    left_out: int = 0  # of channels that are not recorded
    refused: int = 0
    shown: list[str] = field(default_factory=list)

    def refuse(self, number: int, reason: Refused) -> None:
        self.refused += 1
        line = f"line {number:,}: {reason}"
        if len(self.shown) < MOST_SHOWN:
            self.shown.append(line)
        if self.out:
            self.out.write(line + "\n")

    @property
    def is_nothing_understood(self) -> bool:
        return self.refused > 0 and not any((*self.entered, self.left_out))

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


async def enter_all(
    reads: Iterable[Read], sealer: Sealer, enter: Enter, tally: Tally, on_progress: Callable[[], None]
) -> None:
    batch: list[Entry] = []
    for read in reads:
        if isinstance(read.says, Refused):
            tally.refuse(read.number, read.says)
            continue
        try:
            batch.append(sealer.entry(read.says))
        except Refused as refused:
            tally.refuse(read.number, refused)
        except LeftOut:
            tally.left_out += 1
        if len(batch) == LINES_AT_ONCE:
            tally.entered = tally.entered.and_also(await enter(batch))
            batch = []
            on_progress()
    if batch:
        tally.entered = tally.entered.and_also(await enter(batch))
    on_progress()
