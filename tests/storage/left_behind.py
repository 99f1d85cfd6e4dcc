"""What SQLite leaves in a page's unused middle when a row moves to another page, put there by hand.

It happens by itself when pages are balanced, in about one of a hundred journals of some fifty writes; by hand
it is there whatever version of SQLite writes the file.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

LEAF_HEADER = 8
LEAVES = {10, 13}  # of an index, of a table


def leave_behind(path: Path, table: str, person: int) -> int:
    """Writes an id into the unused middle of the pages of a table that is one page, and of its indexes.

    Nobody may have the file open. Returns how many pages that were.
    """
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = conn.execute("PRAGMA page_size").fetchone()
        roots = conn.execute("SELECT rootpage FROM sqlite_master WHERE tbl_name = ?", (table,)).fetchall()
    with path.open("rb+") as file:
        for (root,) in roots:
            _write_into_middle(file, (root - 1) * size, person.to_bytes(8, "big"))
    return len(roots)


def _write_into_middle(file: BinaryIO, at: int, left: bytes) -> None:
    file.seek(at)
    header = file.read(LEAF_HEADER)
    assert header[0] in LEAVES, "the table is larger than one page"
    cells, content = int.from_bytes(header[3:5], "big"), int.from_bytes(header[5:7], "big")
    unused = LEAF_HEADER + 2 * cells
    assert unused + len(left) <= content, "the page has no unused middle"
    file.seek(at + unused)
    file.write(left)
