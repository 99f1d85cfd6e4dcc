"""INSERT … ON CONFLICT by primary key, in either database's words."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

Upsert = postgresql.Insert | sqlite.Insert


def replacing(conn: AsyncConnection, table: Table) -> Upsert:
    """Inserts rows, or replaces those with the same key."""
    return _upsert(table, conn.dialect.name, adding=False)


def adding(conn: AsyncConnection, table: Table) -> Upsert:
    """Inserts rows, or adds their numbers to those with the same key."""
    return _upsert(table, conn.dialect.name, adding=True)


@lru_cache
def _upsert(table: Table, dialect: str, adding: bool) -> Upsert:
    statement = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    new = {
        column.name: column + statement.excluded[column.name] if adding else statement.excluded[column.name]
        for column in table.columns
        if not column.primary_key
    }
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=new)
