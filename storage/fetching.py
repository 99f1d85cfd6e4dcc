"""What a query finds, with few objects and little memory: a report asks for years of days at once."""

from __future__ import annotations

from collections.abc import Callable
from itertools import starmap
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Select
from sqlalchemy.ext.asyncio import AsyncConnection

Made = TypeVar("Made")
AT_ONCE = 64  # rows from PostgreSQL: the memory of some serves the next ones, instead of being asked for anew


async def fetched(conn: AsyncConnection, query: Executable) -> list[tuple[Any, ...]]:
    """The rows as the driver hands them over: whole numbers, text and bytes are alike on both databases."""

    def rows(on: Connection) -> list[tuple[Any, ...]]:
        cursor = on.execute(query).cursor
        return list(cursor.fetchall()) if cursor else []

    return await conn.run_sync(rows)


async def made(conn: AsyncConnection, query: Select[Any], make: Callable[..., Made]) -> list[Made]:
    """What is made of each row's values. The rows themselves are never all there: they may be large."""
    by = _by_the_driver if conn.dialect.name == "sqlite" else _in_parts
    return await conn.run_sync(by, query, make)


def _by_the_driver(on: Connection, query: Select[Any], make: Callable[..., Made]) -> list[Made]:
    """Row by row in the driver's own thread, which hands over the whole: each handing over is a wait."""
    driver: Any = on.connection.driver_connection
    driver.row_factory = lambda _cursor, row: make(*row)
    try:
        cursor = on.execute(query).cursor
        return list(cursor.fetchall()) if cursor else []
    finally:
        driver.row_factory = None


def _in_parts(on: Connection, query: Select[Any], make: Callable[..., Made]) -> list[Made]:
    with on.execute(query, execution_options={"yield_per": AT_ONCE}) as result:
        return [one for part in result.partitions() for one in starmap(make, part)]
