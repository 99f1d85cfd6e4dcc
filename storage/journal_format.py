"""The journal's tables, and how a file that an older version left is taken over."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

import msgspec

from storage import journal_aside
from storage.journal_chunks import CHUNK_EVENTS, UnreadableChunk, chunks, repacked

FORMAT = 2
ROW_PER_EVENT = 1  # the format before

TABLES = """
CREATE TABLE IF NOT EXISTS event_chunks (
    last_row_id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used again: the loader discards by it
    events INTEGER NOT NULL,
    packed BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS gateway_sessions (
    shard_id INTEGER PRIMARY KEY,
    session_id TEXT,  -- null: forgotten, but when it was last alive is still known
    resume_url TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    started_at_ms INTEGER NOT NULL,
    live_at_ms INTEGER NOT NULL,
    covered_to_ms INTEGER NOT NULL,
    identity TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS identifies (at_ms INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS last_note (
    key BLOB NOT NULL  -- of the last note of coverage that was loaded
);
"""
NOT_KNOWN = b""  # the key where an older version loaded, which did not remember it
LAST_NOTE_NOT_KNOWN = "CREATE TABLE IF NOT EXISTS last_note AS SELECT x'' AS key"

INSERT = "INSERT INTO event_chunks VALUES (?, ?, ?)"


class WrittenByNewer(Exception):
    """The file has a format that this version does not know."""


def prepare(conn: sqlite3.Connection) -> None:
    """Makes what is missing, in one transaction, so that a crash leaves a file of one format or the other."""
    (found,) = conn.execute("PRAGMA user_version").fetchone()
    if found not in (0, ROW_PER_EVENT, FORMAT):
        raise WrittenByNewer
    conn.execute(journal_aside.TABLE)  # files of this format were made without it
    if found:
        conn.execute(LAST_NOTE_NOT_KNOWN)  # and without this
    if found == FORMAT:
        return
    conn.execute("BEGIN IMMEDIATE")
    try:
        for statement in TABLES.split(";\n"):
            conn.execute(statement)
        if found == ROW_PER_EVENT:
            _take_over(conn)
        conn.execute(f"PRAGMA user_version = {FORMAT}")
        conn.execute("COMMIT")
    except BaseException:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        raise


def last_row_id(conn: sqlite3.Connection) -> int:
    """The greatest number that an event ever had."""
    row = conn.execute("SELECT seq FROM sqlite_sequence WHERE name = 'event_chunks'").fetchone()
    return int(row[0]) if row else 0


def _take_over(conn: sqlite3.Connection) -> None:
    """The backlog of the older version, which kept an event in a row, as a MessagePack map."""
    taken = 0
    rows = conn.execute("SELECT event FROM events ORDER BY row_id")
    while some := rows.fetchmany(CHUNK_EVENTS):
        packed = list(_taken_over(conn, [event for (event,) in some]))
        conn.executemany(INSERT, chunks(packed, after_row_id=taken))
        taken += len(packed)
    conn.execute("DROP TABLE events")


def _taken_over(conn: sqlite3.Connection, events: Sequence[bytes]) -> Iterator[bytes]:
    for event in events:
        try:
            yield repacked(_fields(event))
        except UnreadableChunk:
            journal_aside.set_aside_event(conn, event)


def _fields(event: bytes) -> dict[str, object]:
    try:
        return msgspec.msgpack.decode(event, type=dict[str, object])
    except (msgspec.MsgspecError, TypeError, ValueError) as error:
        raise UnreadableChunk from error
