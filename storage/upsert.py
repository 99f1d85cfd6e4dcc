"""INSERT … ON CONFLICT by primary key, in either database's words, for rows as tuples of all columns.

Compiled once and given to the driver: through SQLAlchemy's parameters a row costs twice as much.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Dialect, Table, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

Row = tuple[Any, ...]  # a value for each column of the table, in its order
Merge = Callable[[Column[Any], ColumnElement[Any]], ColumnElement[Any]]


async def replace(conn: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    """Inserts rows, each in place of the one with its key."""
    if rows:
        await conn.exec_driver_sql(_replacing(table, conn.dialect), rows)


async def add(
    conn: AsyncConnection, table: Table, rows: Sequence[Row], *, first: str = "", last: str = ""
) -> None:
    """Inserts rows, or adds their numbers to the row with their key.

    Of the columns `first` and `last`, the smaller and the greater value stays.
    """
    if rows:
        await conn.exec_driver_sql(_adding(table, conn.dialect, first, last), rows)


@lru_cache
def _replacing(table: Table, dialect: Dialect) -> str:
    return _upsert(table, dialect, lambda _, new: new)


@lru_cache
def _adding(table: Table, dialect: Dialect, first: str, last: str) -> str:
    least, greatest = (func.least, func.greatest) if dialect.name == "postgresql" else (func.min, func.max)

    def merged(old: Column[Any], new: ColumnElement[Any]) -> ColumnElement[Any]:
        if old.name == first:
            return least(old, new)
        return greatest(old, new) if old.name == last else old + new

    return _upsert(table, dialect, merged)


def _upsert(table: Table, dialect: Dialect, merged: Merge) -> str:
    """`merged`: what a column holds afterwards, of what it held and what is to be inserted."""
    statement = postgresql.insert(table) if dialect.name == "postgresql" else sqlite.insert(table)
    kept = {
        column.name: merged(column, statement.excluded[column.name])
        for column in table.columns
        if not column.primary_key
    }
    key = list(table.primary_key)
    if kept:
        upsert = statement.on_conflict_do_update(index_elements=key, set_=kept)
    else:
        upsert = statement.on_conflict_do_nothing(index_elements=key)
    return str(upsert.compile(dialect=dialect, column_keys=table.columns.keys()))
