"""A rebuild of all tables from the log, against only reading the log."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from time import perf_counter

from benchmarks.contest import Benchmark, Bound, Contest
from benchmarks.material import Material
from bot.config import load_settings
from sandbox.community_place import GUILD_ID
from storage.database import Warehouse
from storage.rebuild import rebuild

SCAN = "SELECT * FROM event_log WHERE guild_id = ? ORDER BY position"


def scan(path: Path) -> tuple[int, float]:
    """How many rows there are, and how many a second come out."""
    with closing(sqlite3.connect(path)) as conn:
        began = perf_counter()
        rows = sum(1 for _ in conn.execute(SCAN, (GUILD_ID,)))
        return rows, rows / (perf_counter() - began)


@asynccontextmanager
async def begin(material: Material) -> AsyncIterator[Contest]:
    rules = load_settings(material.config).rules()
    warehouse = await Warehouse.open(str(material.warehouse))
    rows, _ = scan(material.warehouse)

    async def ours() -> float:
        began = perf_counter()
        await rebuild(warehouse, GUILD_ID, rules)
        return rows / (perf_counter() - began)

    async def limit() -> float:
        return scan(material.warehouse)[1]

    yield Contest(ours, limit)
    await warehouse.close()


BENCHMARK = Benchmark(
    "rebuild, SQLite",
    "rows/s",
    begin,
    against="scanning the same rows with stdlib sqlite3",
    bound=Bound("≥", 0.03),
)
