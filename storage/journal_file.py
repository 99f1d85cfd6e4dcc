"""The journal's file: its tables, and what its one writing connection does inside a transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import msgspec

from storage import journal_aside
from storage.files import FileLock, FileLocked, private_directory, private_file
from storage.journal_chunks import Chunk, UnreadableChunk, chunks, mentions, trimmed, without_people
from storage.journal_format import INSERT, WrittenByNewer, last_row_id, prepare
from storage.trouble import DAMAGED, predicate

# no backup of it would help, as one of the warehouse does: what it holds is there for seconds
JOURNAL_DAMAGED = (
    "is damaged or is no database: stop what writes it, move the file away and start that again. What was "
    "not loaded from it yet is lost."
)
BUSY_MS = 5000  # somebody may look into the file with a tool of his own
KEEP_IDENTIFIES_MS = 48 * 3600 * 1000  # twice the day that Discord counts

NOTE_LOADED = "INSERT INTO last_note VALUES (?)"
STORED = "SELECT coalesce(sum(events), 0) FROM event_chunks"
MARK = """
UPDATE gateway_sessions
SET sequence = max(sequence, :sequence), live_at_ms = max(live_at_ms, :live_at_ms)
WHERE shard_id = :shard_id AND session_id = :session_id
"""
OPEN_SESSION = """
INSERT OR REPLACE INTO gateway_sessions VALUES (
    :shard_id, :session_id, :resume_url, :sequence, :started_at_ms, :live_at_ms, :covered_to_ms, :identity
)
"""


class JournalInUse(Exception):
    """Another process holds the journal. The message says what to do."""


class JournalUnavailable(Exception):
    """The journal cannot be opened or written. The message says what to do."""


class GatewayMark(msgspec.Struct, frozen=True, gc=False):
    """How far a gateway session was received, and when it was known to be alive."""

    shard_id: int
    session_id: str
    sequence: int
    live_at_ms: int


class GatewaySession(msgspec.Struct, frozen=True):
    """A shard's session with Discord as far as it is durable. Times are milliseconds since 1970 UTC."""

    shard_id: int
    session_id: str | None
    resume_url: str
    sequence: int
    started_at_ms: int
    live_at_ms: int
    covered_to_ms: int
    identity: str  # what the session is bound to: of another token, intents or shard it is worthless


class JournalFile:
    """One process holds it at a time, and only the writer's thread changes it."""

    def __init__(self, path: Path, lock: FileLock, conn: sqlite3.Connection) -> None:
        self.path = path
        self._lock = lock
        self._conn = conn
        self._last_row_id = last_row_id(conn)
        self.stored: int = conn.execute(STORED).fetchone()[0]
        self.unreadable = journal_aside.count(conn)  # events that were set aside

    @classmethod
    def open(cls, path: Path) -> Self:
        lock = _lock(path)
        try:
            return cls(path, lock, _connect(path))
        except sqlite3.Error as error:
            lock.close()
            raise JournalUnavailable(describe(path, error)) from error
        except JournalUnavailable:
            lock.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._conn.execute("BEGIN IMMEDIATE")
        stored, unreadable = self.stored, self.unreadable
        try:
            yield
            self._conn.execute("COMMIT")
        except BaseException:
            self.stored, self.unreadable = stored, unreadable  # numbers that were given out stay unused
            if self._conn.in_transaction:
                self._conn.execute("ROLLBACK")
            raise

    def store(self, packed: Sequence[bytes], marks: Iterable[GatewayMark] = ()) -> None:
        """A mark becomes durable together with the events that it speaks of."""
        self._conn.executemany(INSERT, chunks(packed, self._last_row_id))
        self.stored += len(packed)
        self._last_row_id += len(packed)
        self._conn.executemany(MARK, [msgspec.structs.asdict(mark) for mark in marks])

    def discard_through(self, row_id: int) -> None:
        whole = self._conn.execute(
            "DELETE FROM event_chunks WHERE last_row_id <= ? RETURNING events", (row_id,)
        )
        self.stored -= sum(events for (events,) in whole)
        following = "SELECT * FROM event_chunks WHERE last_row_id > ? ORDER BY last_row_id LIMIT 1"
        for row in self._conn.execute(following, (row_id,)).fetchall():
            chunk = Chunk(*row)
            with self._or_set_aside(chunk):
                self._replace(chunk, trimmed(row_id, chunk))

    def last_note(self) -> bytes | None:
        """The key of the last note of coverage that was loaded. None: none was, since the file was made."""
        row = self._conn.execute("SELECT key FROM last_note").fetchone()
        return row and bytes(row[0])

    def note_loaded(self, key: bytes) -> None:
        self._conn.execute("DELETE FROM last_note")
        self._conn.execute(NOTE_LOADED, (key,))

    def set_aside(self, last_row_id: int) -> None:
        """A row that cannot be read must not hold up those behind it."""
        events = journal_aside.set_aside(self._conn, last_row_id)
        self.stored -= events
        self.unreadable += events

    @contextmanager
    def _or_set_aside(self, chunk: Chunk) -> Iterator[None]:
        try:
            yield
        except UnreadableChunk:
            self.set_aside(chunk.last_row_id)

    def forget_people(self, guild_id: int, people: frozenset[int]) -> int:
        """Deletes events of these people, and their ids from among others'. Returns the events touched."""
        touched = 0
        for (key,) in self._conn.execute("SELECT last_row_id FROM event_chunks").fetchall():
            row = self._conn.execute("SELECT * FROM event_chunks WHERE last_row_id = ?", (key,)).fetchone()
            chunk = Chunk(*row)
            if any(mentions(chunk.packed, person) for person in people):
                with self._or_set_aside(chunk):
                    left, of_chunk = without_people(chunk, guild_id, people)
                    self._replace(chunk, left)
                    touched += of_chunk
        journal_aside.forget_people(self._conn, people)
        return touched

    def forget_withdrawn(self, is_withdrawn: journal_aside.IsWithdrawn) -> None:
        """Of the rows that were set aside: the loader, which drops people, does not come there."""
        journal_aside.forget_withdrawn(self._conn, is_withdrawn)

    def _replace(self, chunk: Chunk, left: Chunk) -> None:
        """Stores what is left of a row, which is no longer a row when no event is."""
        if left is chunk:
            return
        if left.events:
            update = "UPDATE event_chunks SET events = ?, packed = ? WHERE last_row_id = ?"
            self._conn.execute(update, (left.events, left.packed, left.last_row_id))
        else:
            self._conn.execute("DELETE FROM event_chunks WHERE last_row_id = ?", (chunk.last_row_id,))
        self.stored -= chunk.events - left.events

    def open_session(self, session: GatewaySession) -> None:
        self._conn.execute(OPEN_SESSION, msgspec.structs.asdict(session))

    def forget_session(self, shard_id: int) -> None:
        self._conn.execute("UPDATE gateway_sessions SET session_id = NULL WHERE shard_id = ?", (shard_id,))

    def covered(self, shard_id: int, to_ms: int) -> None:
        update = "UPDATE gateway_sessions SET covered_to_ms = max(covered_to_ms, ?) WHERE shard_id = ?"
        self._conn.execute(update, (to_ms, shard_id))

    def note_identify(self, at_ms: int) -> None:
        self._conn.execute("DELETE FROM identifies WHERE at_ms < ?", (at_ms - KEEP_IDENTIFIES_MS,))
        self._conn.execute("INSERT INTO identifies VALUES (?)", (at_ms,))

    def sessions(self) -> dict[int, GatewaySession]:
        rows = self._conn.execute("SELECT * FROM gateway_sessions")
        return {row[0]: GatewaySession(*row) for row in rows}

    def identifies(self) -> list[int]:
        return [at_ms for (at_ms,) in self._conn.execute("SELECT at_ms FROM identifies")]

    def scrub(self) -> bool:
        """Writes the file anew and empties the log of changes; False while that is read.

        secure_delete zeroes deleted rows, but not the copy of a row that stays behind when pages balance.
        """
        try:
            self._conn.execute("VACUUM")
        finally:
            busy, _, _ = self._conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def close(self) -> None:
        self._conn.close()
        self._lock.close()


def describe(path: Path, error: Exception) -> str:
    """One sentence about a journal that cannot be used."""
    reason = error if isinstance(error, sqlite3.Error) else type(error).__name__
    said = predicate(error) or f"cannot be used ({reason})."
    return f"The journal {path} {JOURNAL_DAMAGED if said == DAMAGED else said}"


def _lock(path: Path) -> FileLock:
    try:
        private_directory(path.parent)
        private_file(path)
        lock = FileLock(path.with_name(path.name + ".lock"))
    except OSError as error:
        raise JournalUnavailable(
            f"The journal {path} cannot be opened ({error.strerror}): check that this user may write there."
        ) from error
    try:
        lock.acquire()
    except FileLocked as error:
        lock.close()
        raise JournalInUse(
            f"The journal {path} is in use by another process: end that one, or give this one its own "
            "folder in INSIGHTS_DATA."
        ) from error
    return lock


def _connect(path: Path) -> sqlite3.Connection:
    # opened by whoever starts the journal, then used by the writer's thread alone
    conn = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        conn.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute("PRAGMA synchronous = FULL")
        conn.execute("PRAGMA secure_delete = ON")
        prepare(conn)
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # a crash may have come before the last scrub
    except WrittenByNewer as error:
        conn.close()
        raise JournalUnavailable(
            f"The journal {path} was written by a newer version of this program: install that version."
        ) from error
    except BaseException:
        conn.close()
        raise
    return conn
