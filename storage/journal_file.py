"""The journal's file: its tables, and what its one writing connection does inside a transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import msgspec

from storage.event import Event
from storage.files import FileLock, FileLocked, private_directory, private_file
from storage.trouble import predicate

FORMAT = 1
BUSY_MS = 5000  # somebody may look into the file with a tool of his own
KEEP_IDENTIFIES_MS = 48 * 3600 * 1000  # twice the day that Discord counts

TABLES = """
CREATE TABLE IF NOT EXISTS events (
    row_id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used again: the loader discards by it
    guild_id INTEGER NOT NULL,
    person INTEGER,
    with_others INTEGER NOT NULL,
    event BLOB NOT NULL  -- MessagePack
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
"""

INSERT = "INSERT INTO events (guild_id, person, with_others, event) VALUES (?, ?, ?, ?)"
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

LARGEST = 2**63 - 1  # both databases' integers

Row = tuple[int, int | None, bool, bytes]


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
        self.stored: int = conn.execute("SELECT count(*) FROM events").fetchone()[0]

    @classmethod
    def open(cls, path: Path) -> Self:
        lock = _lock(path)
        try:
            return cls(path, lock, _connect(path))
        except sqlite3.Error as error:
            lock.close()
            said = predicate(error) or f"cannot be used ({error})."
            raise JournalUnavailable(f"The journal {path} {said}") from error
        except JournalUnavailable:
            lock.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._conn.execute("BEGIN IMMEDIATE")
        stored = self.stored
        try:
            yield
            self._conn.execute("COMMIT")
        except BaseException:
            self.stored = stored
            if self._conn.in_transaction:
                self._conn.execute("ROLLBACK")
            raise

    def store(self, rows: Sequence[Row], marks: Iterable[GatewayMark] = ()) -> None:
        """A mark becomes durable together with the events that it speaks of."""
        self._conn.executemany(INSERT, rows)
        self.stored += len(rows)
        self._conn.executemany(MARK, [msgspec.structs.asdict(mark) for mark in marks])

    def discard_through(self, row_id: int) -> None:
        self.stored -= self._conn.execute("DELETE FROM events WHERE row_id <= ?", (row_id,)).rowcount

    def forget_people(self, guild_id: int, people: frozenset[int]) -> int:
        """Deletes events of these people, and their ids from among others'. Returns the events touched."""
        of_person = "DELETE FROM events WHERE guild_id = ? AND person = ?"
        touched = sum(self._conn.execute(of_person, (guild_id, person)).rowcount for person in people)
        self.stored -= touched
        with_others = "SELECT row_id, event FROM events WHERE guild_id = ? AND with_others"
        for row_id, packed in self._conn.execute(with_others, (guild_id,)).fetchall():
            event = decode(packed)
            left = without(event, people)
            if left is not event:
                update = "UPDATE events SET event = ? WHERE row_id = ?"
                self._conn.execute(update, (encode(left), row_id))
                touched += 1
        return touched

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
        """Empties the log of changes, the last place that still knows deleted rows; False while read."""
        busy, _, _ = self._conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def close(self) -> None:
        self._conn.close()
        self._lock.close()


encode: Callable[[Event], bytes] = msgspec.msgpack.Encoder().encode
decode: Callable[[bytes], Event] = msgspec.msgpack.Decoder(Event).decode


def as_row(event: Event) -> Row:
    """Raises ValueError for an event that no database could hold."""
    times = (event.occurred_from_ms, event.occurred_to_ms, event.recorded_at_ms)
    numbers = [event.guild_id, event.person or 0, *times]
    if event.others:
        numbers += [person for people in event.others.values() for person in people]
    if min(numbers) < 0 or max(numbers) > LARGEST:
        raise ValueError("an id or a time is out of range")
    return event.guild_id, event.person, bool(event.others), encode(event)


def without(event: Event, people: frozenset[int]) -> Event:
    """The event without these people among its others: the same object if none of them is there."""
    if not event.others or not any(people.intersection(ids) for ids in event.others.values()):
        return event
    left = {role: [person for person in ids if person not in people] for role, ids in event.others.items()}
    return msgspec.structs.replace(event, others=left)


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


def _check_format(conn: sqlite3.Connection, path: Path) -> None:
    (found,) = conn.execute("PRAGMA user_version").fetchone()
    if found not in (0, FORMAT):
        raise JournalUnavailable(
            f"The journal {path} was written by a newer version of this program: install that version."
        )


def _connect(path: Path) -> sqlite3.Connection:
    # opened by whoever starts the journal, then used by the writer's thread alone
    conn = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        conn.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute("PRAGMA synchronous = FULL")
        conn.execute("PRAGMA secure_delete = ON")
        _check_format(conn, path)
        conn.executescript(TABLES)
        conn.execute(f"PRAGMA user_version = {FORMAT}")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # a crash may have come before the last scrub
    except BaseException:
        conn.close()
        raise
    return conn
