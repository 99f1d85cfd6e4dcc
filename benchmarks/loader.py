"""The loader: from the journal into the event log on SQLite, people replaced by their numbers on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from time import perf_counter

from benchmarks import plain_sqlite
from benchmarks.contest import Benchmark, Bound, Contest
from benchmarks.event_log import log_rows
from benchmarks.journal import open_journal
from benchmarks.material import SECRET, Material
from bot.pipeline import LOADED_AT_ONCE
from storage.database import Warehouse
from storage.event_log import INSERT_SQLITE
from storage.journal import Journal
from storage.loader import load_batch
from storage.withdrawals import Withdrawals


async def seconds_to_load(folder: Path, journal: Journal) -> float:
    withdrawals = Withdrawals.open(folder / "withdrawals", SECRET)
    warehouse = await Warehouse.open(str(folder / "warehouse.db"))
    await warehouse.migrate()
    began = perf_counter()
    while (await load_batch(warehouse, journal, withdrawals, LOADED_AT_ONCE)).read:
        pass
    took = perf_counter() - began
    await warehouse.close()
    return took


@asynccontextmanager
async def begin(material: Material) -> AsyncIterator[Contest]:
    guild_id = material.events[0].guild_id
    plain = [
        (guild_id, position, *row) for position, row in zip(count(1), log_rows(material.events), strict=False)
    ]
    tables = plain_sqlite.schema(material.warehouse, "event_log")

    async def ours() -> float:
        with material.fresh_folder() as folder:
            journal = open_journal(folder)
            for event in material.events:
                journal.append(event)
            await journal.flushed()
            took = await seconds_to_load(folder, journal)
            journal.close()
        return len(material.events) / took

    async def limit() -> float:
        with material.fresh_folder() as folder:
            return plain_sqlite.insert(folder / "plain.db", tables, INSERT_SQLITE, plain)

    yield Contest(ours, limit)


BENCHMARK = Benchmark(
    "loader, SQLite",
    "events/s",
    begin,
    against=plain_sqlite.AGAINST,
    bound=Bound("≥", 0.35),
)
