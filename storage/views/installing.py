"""Puts the views into a database, and sees whether they are there as they should be."""

from __future__ import annotations

from sqlalchemy import Connection, text

from storage.views import VIEWS, View

# Where PostgreSQL keeps a view's query, it is written anew by it: what was asked for stands in the comment.
_ON_POSTGRESQL = text("""
    SELECT c.relname, obj_description(c.oid, 'pg_class')
    FROM pg_class AS c
    WHERE c.relkind = 'v' AND c.relnamespace = current_schema()::regnamespace
""")
_ON_SQLITE = text("SELECT name, sql FROM sqlite_master WHERE type = 'view'")


def are_installed(conn: Connection) -> bool:
    found = _found(conn)
    return all(found.get(view.name) == _mark(view, conn.dialect.name) for view in VIEWS)


def drop(conn: Connection) -> None:
    """Before tables change: a database does not let go of what a view reads."""
    for view in VIEWS:
        conn.execute(text(f"DROP VIEW IF EXISTS {view.name}"))


def install(conn: Connection) -> None:
    drop(conn)
    for view in VIEWS:
        conn.exec_driver_sql(view.create(conn.dialect.name))
        if conn.dialect.name == "postgresql":
            conn.exec_driver_sql(f"COMMENT ON VIEW {view.name} IS '{_mark(view, 'postgresql')}'")


def _found(conn: Connection) -> dict[str, str]:
    query = _ON_POSTGRESQL if conn.dialect.name == "postgresql" else _ON_SQLITE
    return {row[0]: row[1] for row in conn.execute(query)}


def _mark(view: View, dialect: str) -> str:
    if dialect == "postgresql":
        return f"docs/views.md {view.fingerprint(dialect)}"
    return view.create(dialect)
