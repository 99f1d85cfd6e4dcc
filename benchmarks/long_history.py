"""A long history: the community's, told again and again, each time after the last."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from time import perf_counter

from benchmarks.event_log import log_rows
from benchmarks.material import Material
from bot.pipeline import LOADED_AT_ONCE
from storage import event_log
from storage.database import Warehouse
from storage.event_key import PREFIX_BYTES
from storage.event_log import NewRow

MOMENT = re.compile(r'(?<=_ms":)\d+')


def retold(rows: Sequence[NewRow]) -> Iterator[NewRow]:
    """The rows, and again with all their moments moved on, for ever."""
    length_ms = rows[-1].recorded_at_ms - rows[0].recorded_at_ms + 1
    by_ms = 0
    while True:
        for row in rows:
            yield _later(row, by_ms)
        by_ms += length_ms


def _later(row: NewRow, by_ms: int) -> NewRow:
    prefix, rest = row.key[:PREFIX_BYTES], row.key[PREFIX_BYTES:]
    return row._replace(
        key=(int.from_bytes(prefix, "big") + by_ms).to_bytes(PREFIX_BYTES, "big") + rest,
        occurred_from_ms=row.occurred_from_ms + by_ms,
        occurred_to_ms=row.occurred_to_ms + by_ms,
        recorded_at_ms=row.recorded_at_ms + by_ms,
        body=MOMENT.sub(lambda moment: str(int(moment[0]) + by_ms), row.body),
    )


class LongLog:
    """An event log on SQLite that grows by the long history, in the pipeline's batches."""

    def __init__(self, warehouse: Warehouse, material: Material) -> None:
        self._warehouse = warehouse
        self._guild_id = material.events[0].guild_id
        self._rows = retold(log_rows(material.events))

    async def grow(self, count: int) -> float:
        """Appends so many rows, and returns the seconds that it took."""
        seconds = 0.0
        rows = islice(self._rows, count)
        while batch := list(islice(rows, LOADED_AT_ONCE)):
            began = perf_counter()
            async with self._warehouse.writing() as conn:
                await event_log.append(conn, self._guild_id, batch)
            seconds += perf_counter() - began
        return seconds


@asynccontextmanager
async def long_log(material: Material, path: Path) -> AsyncIterator[LongLog]:
    warehouse = await Warehouse.open(str(path))
    await warehouse.migrate()
    yield LongLog(warehouse, material)
    await warehouse.close()


async def recorded(material: Material, count: int) -> Path:
    """A log with so many rows; made when it is first asked for."""
    path = material.folder / f"{count}.db"
    if not path.exists():
        async with long_log(material, path) as log:
            await log.grow(count)
    return path
