"""What a query finds, with few objects and little memory: a report asks for years of days at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import starmap
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Select
from sqlalchemy.ext.asyncio import AsyncConnection

Made = TypeVar("Made")
AT_ONCE = 64  # rows with sets: the memory of some serves the next ones, instead of being asked for anew


async def fetched(conn: AsyncConnection, query: Executable) -> list[tuple[Any, ...]]:
    """The rows as the driver hands them over: whole numbers, text and bytes are alike on both databases."""

    def rows(on: Connection) -> list[tuple[Any, ...]]:
        cursor = on.execute(query).cursor
        return list(cursor.fetchall()) if cursor else []

    return await conn.run_sync(rows)


async def made(conn: AsyncConnection, query: Select[Any], make: Callable[..., Made]) -> list[Made]:
    """What is made of each row's values. The rows themselves are never all there: they may be large."""
    found: list[Made] = []
    await in_parts(conn, query, lambda part: found.extend(starmap(make, part)))
    return found


async def in_parts(conn: AsyncConnection, query: Select[Any], keep: Callable[[Sequence[Any]], None]) -> None:
    """Hands over some rows at a time, for what is to be kept of them."""

    def of_parts(on: Connection) -> None:
        with on.execute(query, execution_options={"yield_per": AT_ONCE}) as result:
            for part in result.partitions():
                keep(part)

    await conn.run_sync(of_parts)
