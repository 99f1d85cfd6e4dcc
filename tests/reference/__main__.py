"""Whole years of the whole club, each week and month of them, on both databases: `make reference`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from multiprocessing import Pool
from os import cpu_count
from pathlib import Path

from rich.console import Console

from reports import statistics
from reports.periods import Period, local_day, month_of, previous, trailing_week, week_of
from storage.database import Warehouse

from .agreeing import Agreement, Recount, compare, compare_members
from .databases import postgres, postgres_warehouse, sqlite_warehouse
from .recount.club import Club
from .stories import ZONE, Saga, record, saga

NOW = datetime(2026, 11, 19, 14, tzinfo=ZONE)
DAYS = 365


def main(first: int, past: int) -> int:
    numbers, console = 0, Console()
    with postgres() as server, Pool(cpu_count()) as pool:
        for seed, found in pool.imap_unordered(partial(_year, server), range(first, past)):
            for database, on_it in found.items():
                numbers += on_it.numbers
                if on_it.differences:
                    console.print(f"Seed {seed} on {database}:", *on_it.differences[:20], sep="\n  ")
                    return 1
                counted = f"{on_it.numbers} numbers of {len(on_it.compared)} KPIs"
                console.print(f"Seed {seed} on {database}: {counted}, all the same.")
    console.print(f"{past - first} years on two databases, {numbers} numbers, no difference.")
    return 0


def _year(server: str, seed: int) -> tuple[int, dict[str, Agreement]]:
    statistics.DRAWS = 20  # intervals by bootstrap are not what is compared
    return seed, asyncio.run(_on_both(server, seed))


async def _on_both(server: str, seed: int) -> dict[str, Agreement]:
    told = saga(seed, NOW, DAYS)
    recount = Recount(Club(told.known), told.story.now_ms)
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, opened in (
            ("SQLite", sqlite_warehouse(Path(folder))),
            ("PostgreSQL", postgres_warehouse(server)),
        ):
            async with opened as warehouse:
                found[name] = await _compared(told, recount, warehouse)
    return found


async def _compared(told: Saga, recount: Recount, warehouse: Warehouse) -> Agreement:
    found = Agreement()
    with tempfile.TemporaryDirectory() as folder:
        await record(told, warehouse, Path(folder))
    for period in _periods(told.story.begin_ms, recount.now_ms):
        found.add(await compare(recount, warehouse, period))
    found.add(await compare_members(recount.club, warehouse, recount.now_ms, every=10))
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
