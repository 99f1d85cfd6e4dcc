"""Rows of the journal whose bytes are not what was written: kept in the file, out of the loader's way.

Where one was, a row without bytes stays until what comes behind it is loaded: something is missing there.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

from storage.journal_chunks import id_bytes, possible_ids

TABLE = """
CREATE TABLE IF NOT EXISTS unreadable_chunks (
    row_id INTEGER PRIMARY KEY AUTOINCREMENT,
    events INTEGER NOT NULL,
    packed BLOB NOT NULL
)
"""
MOVE = """
INSERT INTO unreadable_chunks (events, packed)
SELECT events, packed FROM event_chunks WHERE last_row_id = ? AND packed <> x''
"""
HELD = "SELECT events FROM event_chunks WHERE last_row_id = ?"
LEAVE = "UPDATE event_chunks SET events = 0, packed = x'' WHERE last_row_id = ?"
COUNT = "SELECT coalesce(sum(events), 0) FROM unreadable_chunks"

IsWithdrawn = Callable[[int, int], bool]  # of a guild, a person

log = logging.getLogger(__name__)


def set_aside(conn: sqlite3.Connection, last_row_id: int) -> int:
    """Returns how many events went with the row; of one that was set aside before, none."""
    conn.execute(MOVE, (last_row_id,))
    events: int = sum(number for (number,) in conn.execute(HELD, (last_row_id,)))
    conn.execute(LEAVE, (last_row_id,))
    if events:
        log.error("%d events of the journal cannot be read and are set aside", events)
    return events


def set_aside_event(conn: sqlite3.Connection, packed: bytes) -> None:
    log.error("An event of the journal cannot be read and is set aside")
    conn.execute("INSERT INTO unreadable_chunks (events, packed) VALUES (1, ?)", (packed,))


def count(conn: sqlite3.Connection) -> int:
    """How many events were set aside."""
    return int(conn.execute(COUNT).fetchone()[0])


def forget_people(conn: sqlite3.Connection, people: Iterable[int]) -> None:
    """What cannot be read cannot be taken apart: only the ids themselves are blotted out."""
    for row_id, packed in conn.execute("SELECT row_id, packed FROM unreadable_chunks").fetchall():
        left = packed
        for person in people:
            left = left.replace(id_bytes(person), bytes(len(id_bytes(person))))
        if left != packed:
            conn.execute("UPDATE unreadable_chunks SET packed = ? WHERE row_id = ?", (left, row_id))


def forget_withdrawn(conn: sqlite3.Connection, is_withdrawn: IsWithdrawn) -> None:
    """Whoever erased somebody beside this process could not reach its journal."""
    for (packed,) in conn.execute("SELECT packed FROM unreadable_chunks").fetchall():
        ids = possible_ids(packed)
        withdrawn = [person for person in ids if any(is_withdrawn(guild_id, person) for guild_id in ids)]
        if withdrawn:
            forget_people(conn, withdrawn)


def sentence(path: Path, events: int) -> str | None:
    """For people; None where nothing was set aside."""
    if not events:
        return None
    told = "1 event" if events == 1 else f"{events:,} events"
    return f"{told} in the journal {path} cannot be read and were left out: check the disk that it lies on."
