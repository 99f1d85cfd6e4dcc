"""Whether a journal is whole, seen from beside the process that uses it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from storage import journal_aside
from storage.journal_file import JOURNAL_DAMAGED, JournalUnavailable, describe

WAS_USED = "SELECT EXISTS (SELECT 1 FROM event_chunks) OR EXISTS (SELECT 1 FROM gateway_sessions)"
HAS_ASIDE = "SELECT 1 FROM sqlite_schema WHERE name = 'unreadable_chunks'"


def look(path: Path) -> int:
    """How many of its events cannot be read. Writes nothing. Raises JournalUnavailable if it is damaged."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as conn:
            (said,) = conn.execute("PRAGMA quick_check(1)").fetchone()
            if said != "ok":
                raise JournalUnavailable(f"The journal {path} {JOURNAL_DAMAGED}")
            return journal_aside.count(conn) if conn.execute(HAS_ASIDE).fetchone() else 0
    except sqlite3.Error as error:
        raise JournalUnavailable(describe(path, error)) from error


def was_used(path: Path) -> bool:
    """Whether a bot ever recorded into it, as far as can be seen: what cannot be read may hold anything."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as conn:
            return bool(conn.execute(WAS_USED).fetchone()[0])
    except sqlite3.Error:
        return True
