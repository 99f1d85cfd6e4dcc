"""INSERT … ON CONFLICT by primary key, in either database's words, for rows as tuples of all columns.

Compiled once and given to the driver: through SQLAlchemy's parameters a row costs twice as much.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

Row = tuple[Any, ...]  # a value for each column of the table, in its order


async def replace(conn: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    """Inserts rows, each in place of the one with its key."""
    if rows:
        await conn.exec_driver_sql(_upsert(table, conn.dialect, adding=False), rows)


async def add(conn: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    """Inserts rows, or adds their numbers to the row with their key."""
    if rows:
        await conn.exec_driver_sql(_upsert(table, conn.dialect, adding=True), rows)


@lru_cache
def _upsert(table: Table, dialect: Dialect, adding: bool) -> str:
    statement = postgresql.insert(table) if dialect.name == "postgresql" else sqlite.insert(table)
    new = {
        column.name: column + statement.excluded[column.name] if adding else statement.excluded[column.name]
        for column in table.columns
        if not column.primary_key
    }
    key = list(table.primary_key)
    if new:
        upsert = statement.on_conflict_do_update(index_elements=key, set_=new)
    else:  # the key is all that a row says
        upsert = statement.on_conflict_do_nothing(index_elements=key)
    return str(upsert.compile(dialect=dialect, column_keys=table.columns.keys()))
