"""When the warehouse cannot be used: which errors mean that, and what to tell people."""

from __future__ import annotations

import errno
import sqlite3

from asyncpg import PostgresError  # type: ignore[import-untyped]  # it ships no types
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from storage.files import FileLocked


class WarehouseUnavailable(Exception):
    """The warehouse cannot be reached or used now. The message is one sentence that says what to do.

    `what` is only what is wrong, to be said after “The warehouse”: without a place, and without advice.
    """

    def __init__(self, sentence: str, what: str = "cannot be used now") -> None:
        super().__init__(sentence)
        self.what = what


class WarehouseDamaged(WarehouseUnavailable):
    """What is in the file is no database any more. Whoever goes on writing makes it worse."""


class WarehouseReplaced(WarehouseUnavailable):
    """Another file lies where the warehouse was, or none."""


# while they connect, drivers raise their own errors and the system's beside SQLAlchemy's
OPENING_ERRORS = (OSError, DBAPIError, NoFreeConnection, PostgresError)

LOCKED = "is locked by another process: end that process, or wait until it is done."
UNREACHABLE = "cannot be reached: check that the database server runs and that DATABASE_URL names it."
REFUSED = "refuses the login: check user, password and database name in DATABASE_URL."
FULL = "has no space left: free some on its disk."
NOT_OPENED = "cannot be opened: check that its folder exists and that this user may write there."
READ_ONLY = "cannot be written: give this user the right to write it and its folder."
DAMAGED = "is damaged or is no database: move the file away and restore a backup."
FOREIGN = "is another program's database: name another one in DATABASE_URL, or another INSIGHTS_DATA."
UNREADABLE = "cannot be read or written: check the disk that it lies on."
BUSY = "is busy: try again in a moment."
SILENT = "does not answer: check the database server, and the way to it."
GONE = "was moved or replaced: put a good one in its place."

# result codes: https://www.sqlite.org/rescode.html
SQLITE = {
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_PROTOCOL: LOCKED,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_IOERR: UNREADABLE,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_CANTOPEN: NOT_OPENED,
}

# classes of SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html
POSTGRESQL = {
    "08": UNREACHABLE,
    "28": REFUSED,
    "3D": REFUSED,
    "40": BUSY,
    "53": FULL,
    "55": LOCKED,
    "57": UNREACHABLE,
    "58": UNREADABLE,
    "XX": DAMAGED,
}
POSTGRESQL_EXACT = {"53300": BUSY, "25006": READ_ONLY}  # too many connections; a standby


# what the system says before a database does: https://man7.org/linux/man-pages/man3/errno.3.html
SYSTEM = {
    errno.EROFS: READ_ONLY,
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: FULL,
    errno.EIO: UNREADABLE,
}


def trouble(error: BaseException, name: str) -> WarehouseUnavailable | None:
    """What an error says about a warehouse that cannot be used, or None for an error of any other kind."""
    said = predicate(error)
    return unavailable(name, said) if said else None


def opening_trouble(error: BaseException, name: str, *, is_file: bool) -> WarehouseUnavailable:
    """What is said of a warehouse to which no connection comes about, for whatever reason."""
    if found := trouble(error, name):
        return found
    if not is_file:
        return unavailable(name, UNREACHABLE)
    number = error.errno if isinstance(error, OSError) else None
    return unavailable(name, SYSTEM.get(number or 0, NOT_OPENED))


def unavailable(name: str, said: str) -> WarehouseUnavailable:
    """`said` is one of the sentences above, without its beginning."""
    kind = {DAMAGED: WarehouseDamaged, GONE: WarehouseReplaced}.get(said, WarehouseUnavailable)
    return kind(f"The warehouse {name} {said}", said.partition(":")[0])


def predicate(error: BaseException) -> str | None:
    """What to say about a database after its name, or None for an error that is not the database's."""
    match error:
        case DBAPIError():
            of_driver = predicate(error.orig) if error.orig else None
            return of_driver or (UNREACHABLE if error.connection_invalidated else None)
        case sqlite3.Error():
            return SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        case FileLocked():
            return LOCKED
        case NoFreeConnection():
            return BUSY
    sqlstate = getattr(error, "sqlstate", None) or ""
    return POSTGRESQL_EXACT.get(sqlstate) or POSTGRESQL.get(sqlstate[:2])
