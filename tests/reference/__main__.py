"""Whole years of the whole club, every week and month of each: `make reference SEEDS=20`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from multiprocessing import Pool
from os import cpu_count
from pathlib import Path

from rich.console import Console

from reports import statistics
from reports.periods import Period, local_day, month_of, previous, trailing_week, week_of
from storage.database import Warehouse

from .agreeing import Agreement, compare, compare_members
from .recount.club import Club
from .stories import ZONE, record, saga

NOW = datetime(2026, 11, 19, 14, tzinfo=ZONE)
DAYS = 365


def main(first: int, past: int) -> int:
    numbers, console = 0, Console()
    with Pool(cpu_count()) as pool:
        for seed, found in pool.imap_unordered(_year, range(first, past)):
            numbers += found.numbers
            if found.differences:
                console.print(f"Seed {seed}:", *found.differences[:20], sep="\n  ")
                return 1
            console.print(
                f"Seed {seed}: {found.numbers} numbers of {len(found.compared)} KPIs, all the same."
            )
    console.print(f"{past - first} years, {numbers} numbers, no difference.")
    return 0


def _year(seed: int) -> tuple[int, Agreement]:
    statistics.DRAWS = 20  # intervals by bootstrap are not what is compared
    return seed, asyncio.run(_compared(seed))


async def _compared(seed: int) -> Agreement:
    told, found = saga(seed, NOW, DAYS), Agreement()
    club, now_ms = Club(told.known), told.story.now_ms
    with tempfile.TemporaryDirectory() as folder:
        warehouse = await Warehouse.open(f"sqlite+aiosqlite:///{folder}/warehouse.db")
        try:
            await warehouse.migrate()
            await record(told, warehouse, Path(folder))
            for period in _periods(told.story.begin_ms, now_ms):
                one = await compare(club, warehouse, period, now_ms)
                found.add(one)
            found.add(await compare_members(club, warehouse, now_ms, every=10))
        finally:
            await warehouse.close()
    return found


def _periods(begin_ms: int, now_ms: int) -> Iterator[Period]:
    """All that are over and have a whole one before them."""
    today = local_day(now_ms, ZONE.key)
    yield trailing_week(now_ms, ZONE.key)
    for newest in (previous(week_of(today, ZONE.key)), previous(month_of(today, ZONE.key))):
        period = newest
        while previous(period).start_ms >= begin_ms:
            yield period
            period = previous(period)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
