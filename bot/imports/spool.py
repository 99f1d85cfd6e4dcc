"""A file's entries in the order of time, whatever the order of its lines was, outside of memory.

What is concluded of the past is concluded where something was told: entered in order, each part is looked
at once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import count

import msgspec

from storage.importing import Entry


class Spool:
    def __init__(self) -> None:
        self._file = sqlite3.connect("")  # a temporary file of its own, gone when it is closed
        self._file.execute(
            "CREATE TABLE entries (at_ms INTEGER, number INTEGER, entry BLOB, PRIMARY KEY (at_ms, number))"
            " WITHOUT ROWID"
        )
        self._numbers = count()
        self.size = 0

    def close(self) -> None:
        self._file.close()

    def add(self, entry: Entry) -> None:
        at_ms = entry.event.occurred_from_ms if entry.event else 0
        row = at_ms, next(self._numbers), msgspec.msgpack.encode(entry)
        self._file.execute("INSERT INTO entries VALUES (?, ?, ?)", row)
        self.size += 1

    def batches(self, size: int) -> Iterator[list[Entry]]:
        decoder = msgspec.msgpack.Decoder(Entry)
        rows = self._file.execute("SELECT entry FROM entries ORDER BY at_ms, number")
        while some := rows.fetchmany(size):
            yield [decoder.decode(entry) for (entry,) in some]
