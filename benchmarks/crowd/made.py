"""The large community, made when it is first asked for, with either database open on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.contest import NotMeasured
from benchmarks.crowd import duck, warehouse
from benchmarks.crowd.doings import year
from benchmarks.crowd.people import FIRST_DAY, RULES, gathered
from benchmarks.material import Material
from reports.settings import ReportSettings
from storage.database import Warehouse

SEED = 5
SETTINGS = ReportSettings(zone=RULES.zone)
Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Made:
    warehouse: Warehouse
    duck: duckdb.DuckDBPyConnection

    def asked(self, query: str, **days: int) -> list[Row]:
        """What DuckDB finds; it is given the first day of the year, and other days by name."""
        wanted = {name: day for name, day in {"first": FIRST_DAY, **days}.items() if f"${name}" in query}
        return list(self.duck.execute(query, wanted).fetchall())


@asynccontextmanager
async def large_community(material: Material, members: int) -> AsyncIterator[Made]:
    path = await recorded(material, members)
    opened = await Warehouse.open(str(path))
    conn = duckdb.connect(str(path.with_suffix(".duckdb")), read_only=True)
    try:
        yield Made(opened, conn)
    finally:
        conn.close()
        await opened.close()


async def recorded(material: Material, members: int) -> Path:
    path = material.folder / f"crowd-{members}.db"
    if not path.exists():
        crowd = gathered(members, SEED)
        days = list(year(crowd, SEED))
        await warehouse.fill(path, crowd, days)
        await asyncio.to_thread(lambda: duck.load(path.with_suffix(".duckdb"), crowd, days).close())
    return path


def must_agree(what: str, ours: object, limit: object) -> None:
    """Raises NotMeasured: two that find different things are no contest."""
    if ours != limit:
        raise NotMeasured(f"{what}: ours found {str(ours)[:300]}, DuckDB {str(limit)[:300]}")
