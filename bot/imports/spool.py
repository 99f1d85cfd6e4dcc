"""A file's entries in the order of time, whatever the order of its lines was, outside of memory.

What is concluded of the past is concluded where something was told: entered in order, each part is looked
at once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import count

import msgspec

from storage.accounts import LinkedAccount
from storage.importing import Entry


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
        self._numbers = count()
        self.size = 0
        self.outdated = 0  # accounts that gave way to a later one of the same person

    def close(self) -> None:
        self._file.close()

    def add(self, entry: Entry) -> None:
        number = next(self._numbers)
        if entry.account and not self._is_newest(entry.account, number):
            return
        at_ms = entry.event.occurred_from_ms if entry.event else 0
        row = at_ms, number, msgspec.msgpack.encode(entry)
        self._file.execute("INSERT INTO entries VALUES (?, ?, ?)", row)
        self.size += 1

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
