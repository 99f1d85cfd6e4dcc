"""A file's entries in the order of time, whatever the order of its lines was, outside of memory.

What is concluded of the past is concluded where something was told: entered in order, each part is looked
at once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import count
from typing import Final, NamedTuple

import msgspec

from storage.accounts import LinkedAccount
from storage.importing import OF_AN_EVENT, Entry
from storage.occurrence import OccurrenceKey

NO_ATTENDANCE: Final = 0  # in place of a line's number: the event itself was told


class Attended(NamedTuple):
    """An occurrence that only attendance was told of."""

    occurrence: OccurrenceKey
    recorded_as: OccurrenceKey | None
    lines: int


class Spool:
    def __init__(self) -> None:
        self._file = sqlite3.connect("")  # a temporary file of its own, gone when it is closed
        self._file.execute(
            "CREATE TABLE entries (at_ms INTEGER, number INTEGER, entry BLOB, PRIMARY KEY (at_ms, number))"
            " WITHOUT ROWID"
        )
        self._file.execute(
            "CREATE TABLE accounts (user_id INTEGER, platform TEXT, at_ms INTEGER, number INTEGER,"
            " PRIMARY KEY (user_id, platform)) WITHOUT ROWID"
        )
        self._file.execute(
            "CREATE TABLE occurrences (event_id INTEGER, start_ms INTEGER, line INTEGER, recorded_id INTEGER,"
            " PRIMARY KEY (event_id, start_ms, line)) WITHOUT ROWID"
        )
        self._numbers = count()
        self.size = 0
        self.outdated = 0  # accounts that gave way to a later one of the same person

    def close(self) -> None:
        self._file.close()

    def add(self, entry: Entry, line: int) -> None:
        number = next(self._numbers)
        if entry.account and not self._is_newest(entry.account, number):
            return
        at_ms = entry.event.occurred_from_ms if entry.event else 0
        row = at_ms, number, msgspec.msgpack.encode(entry)
        self._file.execute("INSERT INTO entries VALUES (?, ?, ?)", row)
        self.size += 1
        if entry.event and entry.occurrence:
            of_line = NO_ATTENDANCE if entry.event.type == OF_AN_EVENT else line
            recorded_id = entry.recorded_as and entry.recorded_as.event_id
            told = *entry.occurrence, of_line, recorded_id
            self._file.execute("INSERT OR IGNORE INTO occurrences VALUES (?, ?, ?, ?)", told)

    def _is_newest(self, account: LinkedAccount, number: int) -> bool:
        """Of two accounts of a person on a platform the newest holds; of the same moment, the later line."""
        who = account.user_id, account.platform
        query = "SELECT at_ms, number FROM accounts WHERE user_id = ? AND platform = ?"
        before = self._file.execute(query, who).fetchone()
        if before is not None:
            self.outdated += 1
            if account.linked_at_ms < before[0]:
                return False
            self._file.execute("DELETE FROM entries WHERE at_ms = 0 AND number = ?", before[1:])
            self.size -= 1
        row = *who, account.linked_at_ms, number
        self._file.execute("REPLACE INTO accounts VALUES (?, ?, ?, ?)", row)
        return True

    def batches(self, size: int) -> Iterator[list[Entry]]:
        decoder = msgspec.msgpack.Decoder(Entry)
        rows = self._file.execute("SELECT entry FROM entries ORDER BY at_ms, number")
        while some := rows.fetchmany(size):
            yield [decoder.decode(entry) for (entry,) in some]

    def attended(self, size: int) -> Iterator[list[Attended]]:
        """The occurrences of which attendance was told, and no event."""
        rows = self._file.execute(
            "SELECT event_id, start_ms, max(recorded_id), count(*) FROM occurrences"
            " GROUP BY event_id, start_ms HAVING min(line) <> ?",
            (NO_ATTENDANCE,),
        )
        while some := rows.fetchmany(size):
            yield [
                Attended(
                    OccurrenceKey(event_id, start_ms),
                    None if recorded_id is None else OccurrenceKey(recorded_id, start_ms),
                    lines,
                )
                for event_id, start_ms, recorded_id, lines in some
            ]

    def lines_of(self, occurrence: OccurrenceKey, most: int) -> list[int]:
        """The numbers of the first lines that tell of it."""
        query = "SELECT line FROM occurrences WHERE event_id = ? AND start_ms = ? ORDER BY line LIMIT ?"
        return [line for (line,) in self._file.execute(query, (*occurrence, most))]
