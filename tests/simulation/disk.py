"""The machine's disk: what is not synced when the power goes is gone, and a statement may be refused.

Every SQLite connection of the code under test runs through here, in the caller's thread: the driver's own
threads are taken out, so that the order of everything is the seed's.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import aiosqlite.core

FULL_SYNC = 2  # PRAGMA synchronous: anything less leaves a commit to the operating system
FILES = ("journal.db", "journal.db-wal", "warehouse.db", "warehouse.db-wal", "withdrawals.txt", "audit_log")


class PowerCut(BaseException):
    """The machine is gone. No code of the product may catch this."""


class Disk:
    """One folder, and what shall go wrong in it next."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._image = folder / "image"
        self._image.mkdir(exist_ok=True)
        self.reset(0)

    def reset(self, seed: int) -> None:
        self._rng = Random(seed)
        self.is_off = False
        self.cut_at: tuple[str, str, int] | None = None  # database, place, the how-many-eth time
        self.refusals: dict[str, tuple[int, int]] = {}  # database → SQLite's code, how many times
        self.lies: set[str] = set()  # databases whose next commit succeeds and is reported as failed
        self.hit: Counter[str] = Counter()
        self._synced_before: dict[str, bool] = {}

    # ------------------------------------------------------------ what connections tell

    def statement(self, database: str, sql: str, run: Callable[[], Any]) -> Any:
        if self.is_off:
            return run()
        if sql == "COMMIT":
            raise AssertionError("commits are told apart by the connection")
        if sql == "BEGIN IMMEDIATE":
            self._refuse(database, f"{database} refuses to begin")
        elif sql[:6].upper() in {"INSERT", "UPDATE", "DELETE"}:
            self._cut_if(database, "within")
        return run()

    def commit(self, connection: sqlite3.Connection, database: str, run: Callable[[], Any]) -> Any:
        if self.is_off or not connection.in_transaction:
            return run()
        self._note_sync(connection, database)
        self._refuse(database, f"{database} refuses to commit")
        self._cut_if(database, "before")
        if self._is_due(database, "torn"):
            self._tear(database, run)
        result = run()
        self._cut_if(database, "after")
        if database in self.lies:
            self.lies.discard(database)
            self.hit[f"{database} commits and says it did not"] += 1
            raise _refusal(sqlite3.SQLITE_IOERR)
        return result

    def cut(self) -> None:
        """The power goes now."""
        for name in FILES:
            self._keep(name)
        for database, synced in self._synced_before.items():
            if not synced:
                self._forget_unsynced(database)
        self.is_off = True
        raise PowerCut

    def back(self) -> None:
        """The machine is up again, with what was on its disk."""
        for name in FILES:
            path, kept = self.folder / name, self._image / name
            path.unlink(missing_ok=True)
            if kept.exists():
                shutil.copyfile(kept, path)
        for database in ("journal.db", "warehouse.db"):
            (self.folder / f"{database}-shm").unlink(missing_ok=True)
        self.is_off = False
        self.cut_at = None
        self._synced_before.clear()

    # ------------------------------------------------------------ what goes wrong

    def _is_due(self, database: str, place: str) -> bool:
        if self.cut_at is None or self.cut_at[:2] != (database, place):
            return False
        left = self.cut_at[2] - 1
        self.cut_at = (database, place, left)
        if left > 0:
            return False
        self.hit[f"power cut {place} a commit of {database}"] += 1
        return True

    def _cut_if(self, database: str, place: str) -> None:
        if self._is_due(database, place):
            self.cut()

    def _refuse(self, database: str, name: str) -> None:
        code, left = self.refusals.get(database, (0, 0))
        if left:
            self.refusals[database] = (code, left - 1)
            self.hit[f"{name} ({CODES[code]})"] += 1
            raise _refusal(code)

    def _tear(self, database: str, run: Callable[[], Any]) -> None:
        """Half of what the commit wrote is there: SQLite must see that it is not whole."""
        wal = self.folder / f"{database}-wal"
        before = wal.stat().st_size if wal.exists() else 0
        run()
        after = wal.stat().st_size
        try:
            self.cut()
        finally:
            if after > before:
                with (self._image / wal.name).open("r+b") as file:
                    file.truncate(self._rng.randrange(before, after))

    def _note_sync(self, connection: sqlite3.Connection, database: str) -> None:
        (level,) = sqlite3.Cursor(connection).execute("PRAGMA synchronous").fetchone()
        if level >= FULL_SYNC:
            self._synced_before[database] = True
        elif self._synced_before.get(database, True):
            for name in (database, f"{database}-wal"):
                _copy(self.folder / name, self._image / f"{name}.synced")
            self._synced_before[database] = False

    def _forget_unsynced(self, database: str) -> None:
        for name in (database, f"{database}-wal"):
            _copy(self._image / f"{name}.synced", self._image / name)

    def _keep(self, name: str) -> None:
        _copy(self.folder / name, self._image / name)


CODES = {
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_CANTOPEN: "down",
    sqlite3.SQLITE_READONLY: "read-only",
}


def _refusal(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("the simulated disk says no")
    error.sqlite_errorcode = code
    return error


def _copy(source: Path, target: Path) -> None:
    if source.exists():
        shutil.copyfile(source, target)
    else:
        target.unlink(missing_ok=True)


# ------------------------------------------------------------ connections


@contextmanager
def simulated(disk: Disk) -> Iterator[None]:
    """While this lasts every SQLite connection is the disk's, and nothing runs in another thread."""

    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, *parameters: Any) -> Any:
            run = super().execute
            if sql == "COMMIT":
                return disk.commit(self.connection, self.connection.database, lambda: run(sql))
            return disk.statement(self.connection.database, sql, lambda: run(sql, *parameters))

        def executemany(self, sql: str, *parameters: Any) -> Any:
            run = super().executemany
            return disk.statement(self.connection.database, sql, lambda: run(sql, *parameters))

    class Connection(sqlite3.Connection):
        database = ""

        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def execute(self, sql: str, *parameters: Any) -> Any:
            return self.cursor().execute(sql, *parameters)

        def executemany(self, sql: str, *parameters: Any) -> Any:
            return self.cursor().executemany(sql, *parameters)

        def commit(self) -> None:
            disk.commit(self, self.database, super().commit)

    def connect(target: Any, *args: Any, **options: Any) -> sqlite3.Connection:
        connection: Connection = real_connect(target, *args, factory=Connection, **options)
        connection.database = str(target).partition("?")[0].rpartition("/")[2]
        return connection

    real_connect = sqlite3.connect
    with (
        mock.patch.object(sqlite3, "connect", connect),
        mock.patch.object(aiosqlite.core, "SimpleQueue", _Inline),
        mock.patch.object(aiosqlite.core, "Thread", _NoThread),
    ):
        yield


class _Inline:
    """The queue of the driver's thread, worked off at once."""

    def put_nowait(self, item: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        future, run = item
        try:
            result = run()
        except BaseException as error:
            if future is None:
                raise
            future.set_exception(error)
        else:
            if future is not None:
                future.set_result(result)


class _NoThread:
    daemon = True

    def __init__(self, *_: object, **__: object) -> None: ...

    def start(self) -> None: ...


class InlineExecutor(ThreadPoolExecutor):
    """What the product would do in another thread, done at once."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future
