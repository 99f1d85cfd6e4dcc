"""The limit for whatever writes: the standard library's sqlite3, with everything off that keeps data safe."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from time import perf_counter

AGAINST = "stdlib executemany of the same rows, journal and sync off"


def insert(path: Path, tables: str, statement: str, rows: Sequence[Sequence[object]]) -> float:
    """Rows a second, in one transaction and with everything that is inserted at hand."""
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("PRAGMA journal_mode = OFF")
        conn.execute("PRAGMA synchronous = OFF")
        conn.executescript(tables)
        began = perf_counter()
        conn.execute("BEGIN")
        conn.executemany(statement, rows)
        conn.execute("COMMIT")
        return len(rows) / (perf_counter() - began)


def schema(path: Path, table: str) -> str:
    """The statements that make a table as it is in a file, with its indexes."""
    with closing(sqlite3.connect(path)) as conn:
        query = "SELECT sql FROM sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL"
        return ";\n".join(statement for (statement,) in conn.execute(query, (table,)))
