"""The event log on SQLite: rows appended in the pipeline's batches, each batch durable."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import count
from time import perf_counter

from benchmarks import plain_sqlite
from benchmarks.contest import Benchmark, Bound, Contest
from benchmarks.material import Material
from bot.pipeline import LOADED_AT_ONCE
from storage import event_log
from storage.database import Warehouse
from storage.event import Event
from storage.event_log import INSERT_SQLITE, NewRow


def log_rows(events: Sequence[Event]) -> list[NewRow]:
    numbers = {person: number for number, person in enumerate({event.person for event in events}, start=1)}
    return [
        NewRow(
            event.key,
            event.source,
            event.type,
            None if event.person is None else numbers[event.person],
            None,
            event.occurred_from_ms,
            event.occurred_to_ms,
            event.recorded_at_ms,
            event.body.decode(),
        )
        for event in events
    ]


def batches(rows: Sequence[NewRow]) -> Iterator[Sequence[NewRow]]:
    for start in range(0, len(rows), LOADED_AT_ONCE):
        yield rows[start : start + LOADED_AT_ONCE]


@asynccontextmanager
async def begin(material: Material) -> AsyncIterator[Contest]:
    rows = log_rows(material.events)
    guild_id = material.events[0].guild_id
    plain = [(guild_id, position, *row) for position, row in zip(count(1), rows, strict=False)]
    tables = plain_sqlite.schema(material.warehouse, "event_log")

    async def ours() -> float:
        with material.fresh_folder() as folder:
            warehouse = await Warehouse.open(str(folder / "warehouse.db"))
            await warehouse.migrate()
            began = perf_counter()
            for batch in batches(rows):
                async with warehouse.writing() as conn:
                    await event_log.append(conn, guild_id, batch)
            took = perf_counter() - began
            await warehouse.close()
        return len(rows) / took

    async def limit() -> float:
        with material.fresh_folder() as folder:
            return plain_sqlite.insert(folder / "plain.db", tables, INSERT_SQLITE, plain)

    yield Contest(ours, limit)


BENCHMARK = Benchmark(
    "event log, SQLite",
    "rows/s",
    begin,
    against=plain_sqlite.AGAINST,
    bound=Bound("≥", 0.35),
)
