"""The warehouse: one SQLite file, or a PostgreSQL database. Opens it, and hands out transactions."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Any, Literal, Self

from sqlalchemy import Table, delete, event, insert, make_url, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.files import FileLock, FileLocked, private_directory, private_file
from storage.schema import WrittenByNewerVersion, is_current, upgrade
from storage.tables import event_log
from storage.trouble import (
    DAMAGED,
    FOREIGN,
    GONE,
    OPENING_ERRORS,
    SILENT,
    WarehouseDamaged,
    WarehouseUnavailable,
    opening_trouble,
    trouble,
    unavailable,
)

Dialect = Literal["sqlite", "postgresql"]

HIDDEN = True  # an error, and with it the log, quotes no bound value: people typed some of them
BUSY_SECONDS = 5.0  # how long a writer waits for another process before the warehouse counts as locked
CONNECT_SECONDS = 5.0
STATEMENT_SECONDS = 120.0  # PostgreSQL: longer than any statement of a rebuild takes; then nobody is there
IDLE_SECONDS = 120.0  # PostgreSQL lets go of what a lost connection had locked
SQLITE_READERS = 4
URL_BEGINS = re.compile(r"[a-z0-9+]*:")
HIGHEST_PORT = 65535
OPTIONS = frozenset({"host", "ssl", "sslmode"})  # of PostgreSQL, after the question mark
MIGRATION_LOCK = 0x6775696C6469  # an advisory lock's number that is no guild's: snowflakes are larger


class Warehouse:
    """Transactions on the warehouse. Whatever makes it unreachable is a WarehouseUnavailable.

    SQLite has exactly one writing connection, on which a write transaction begins as such (BEGIN IMMEDIATE),
    and read-only connections beside it; WAL lets both go on at once.
    """

    def __init__(self, url: URL, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self._url = url
        self._writer = writer
        self._reader = reader
        self.dialect: Dialect = "sqlite" if url.get_backend_name() == "sqlite" else "postgresql"
        self._turn = asyncio.Lock()  # of this process's writers, on SQLite
        self._file_lock: FileLock | None = None  # of all processes' writers, on SQLite
        self._file: tuple[int, int] | None = None  # that was opened, on SQLite
        self._is_damaged = False  # it was found so, and is written to no more

    @classmethod
    async def open(cls, url: str) -> Self:
        """Opens a warehouse by URL, or by the path of a SQLite file, which is created where there is none."""
        parsed = address_of(url)
        if parsed.get_backend_name() == "sqlite":
            warehouse = cls._open_sqlite(parsed)
        else:
            engine = _postgresql_engine(parsed)
            warehouse = cls(parsed, engine, engine)
        try:
            async with warehouse.reading() as conn:
                await conn.execute(text("SELECT 1"))
        except WarehouseUnavailable:
            await warehouse.close()
            raise
        return warehouse

    @classmethod
    def _open_sqlite(cls, url: URL) -> Self:
        path = Path(url.database or "")
        try:
            private_directory(path.parent)
            if _is_of_another_program(path):
                raise unavailable(str(path), FOREIGN)
            private_file(path)
            _switch_to_wal(path)
            warehouse = cls(url, _sqlite_writer(path), _sqlite_reader(path))
            warehouse._file_lock = FileLock(path.with_name(path.name + ".lock"))
        except (OSError, sqlite3.Error) as error:
            raise opening_trouble(error, str(path), is_file=True) from error
        warehouse._file = _identity(path)
        return warehouse

    @property
    def name(self) -> str:
        """Where it is, as people may read it: never with a password."""
        if self.dialect == "sqlite":
            return str(self._url.database)
        return self._url.set(drivername="postgresql", query={}).render_as_string(hide_password=True)

    @property
    def _is_file(self) -> bool:
        return self.dialect == "sqlite"

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """One write transaction: committed at the end, rolled back on any error."""
        async with AsyncExitStack() as stack:
            if self._file_lock:
                await stack.enter_async_context(self._turn)
                await stack.enter_async_context(self._alone(self._file_lock))
                self._look_for_file()
            yield await stack.enter_async_context(self._transaction(self._writer))

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """One read-only transaction that sees a single state of the warehouse throughout."""
        self._look_for_file()
        async with self._transaction(self._reader, read_only=True) as conn:
            yield conn

    def _look_for_file(self) -> None:
        """A file that was moved away could still be written to: whatever came into it would be lost."""
        if self._file and _identity(Path(self.name)) != self._file:
            raise unavailable(self.name, GONE)
        if self._is_damaged:
            raise unavailable(self.name, DAMAGED)

    async def check(self) -> None:
        """Looks through the whole file. Raises WarehouseDamaged. A database server sees to that itself."""
        if self._is_file:
            async with self.reading() as conn:
                found = (await conn.exec_driver_sql("PRAGMA quick_check(1)")).scalar_one()
            if found != "ok":
                self._is_damaged = True
                raise unavailable(self.name, DAMAGED)

    @asynccontextmanager
    async def _transaction(
        self, engine: AsyncEngine, read_only: bool = False
    ) -> AsyncIterator[AsyncConnection]:
        async with AsyncExitStack() as stack:
            try:
                conn = await stack.enter_async_context(engine.connect())
                if read_only and self.dialect == "postgresql":
                    await conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            except TimeoutError as error:
                raise unavailable(self.name, SILENT) from error
            except OPENING_ERRORS as error:
                raise opening_trouble(error, self.name, is_file=self._is_file) from error
            try:
                async with conn.begin(), self._abandoned_when_silent(conn):
                    yield conn
            except DBAPIError as error:
                found = trouble(error, self.name)
                if found is None:
                    raise
                self._is_damaged |= self._is_file and isinstance(found, WarehouseDamaged)
                raise found from error

    @asynccontextmanager
    async def _abandoned_when_silent(self, conn: AsyncConnection) -> AsyncIterator[None]:
        """A connection that does not answer is given up at once: it would not answer the rollback either."""
        try:
            yield
        except TimeoutError as error:
            await conn.invalidate()
            raise unavailable(self.name, SILENT) from error

    @asynccontextmanager
    async def _alone(self, lock: FileLock) -> AsyncIterator[None]:
        # SQLite before 3.51.3 can lose a WAL when one process writes while another one checkpoints, and the
        # checkpoint runs after the commit, outside SQLite's own write lock: so writers keep apart themselves.
        deadline = asyncio.get_running_loop().time() + BUSY_SECONDS
        while True:
            try:
                lock.acquire()
                break
            except FileLocked as error:
                if asyncio.get_running_loop().time() > deadline:
                    raise opening_trouble(error, self.name, is_file=True) from error
                await asyncio.sleep(0.01)
        try:
            yield
        finally:
            lock.release()

    async def lock_guild(self, conn: AsyncConnection, guild_id: int) -> None:
        """Makes this transaction the only one that works on a guild, until it ends."""
        if self.dialect == "postgresql":
            await conn.execute(text("SELECT pg_advisory_xact_lock(:guild_id)"), {"guild_id": guild_id})

    async def migrate(self) -> None:
        """Brings bookkeeping to the newest revision, and the derived tables to their present shape.

        Writes nothing where all is as it should be: a warehouse that is locked can be read all the same.
        """
        async with self.reading() as conn:
            if await conn.run_sync(is_current):
                return
        async with self.writing() as conn:
            await self.lock_guild(conn, MIGRATION_LOCK)
            try:
                await conn.run_sync(upgrade)
            except WrittenByNewerVersion as error:
                raise WarehouseUnavailable(
                    f"The warehouse {self.name} was written by a newer version of this program: "
                    "install that version, or name another warehouse in DATABASE_URL."
                ) from error

    async def scrub(self, tables: Iterable[Table]) -> bool:
        """Removes what deleted rows of these tables left behind; False if a long reader kept some of it."""
        if not self._file_lock:
            async with self._writer.connect() as conn:
                await conn.execution_options(isolation_level="AUTOCOMMIT")
                for table in tables:
                    await conn.exec_driver_sql(f'VACUUM "{table.name}"')
            return True
        for table in tables:
            await self._write_anew(table)
        async with self._turn, self._alone(self._file_lock), self._writer.connect() as conn:
            # below SQLAlchemy, which would begin a transaction
            raw = await conn.get_raw_connection()
            busy, _, _ = await _fetch_one(raw.driver_connection, "PRAGMA wal_checkpoint(TRUNCATE)")
        return not busy

    async def _write_anew(self, table: Table) -> None:
        """SQLite zeroes deleted rows and pages that are given up (secure_delete), but not the copy of a row
        that stays behind when pages are balanced. A table that is emptied gives up all of its pages.
        """
        async with self.writing() as conn:
            rows = (await conn.execute(select(table))).mappings().all()
            await conn.execute(delete(table))
            if rows:
                await conn.execute(insert(table), [dict(row) for row in rows])

    async def close(self) -> None:
        await self._reader.dispose()
        await self._writer.dispose()
        self._unlock()

    async def abandon(self) -> None:
        """Closes a file as it is: damaged, or another one's by now.

        SQLite's last connection to close writes its log of changes into the file; one that only reads cannot.
        """
        await self._writer.dispose()
        await self._reader.dispose()
        self._unlock()

    def _unlock(self) -> None:
        if self._file_lock:
            self._file_lock.close()


def address_of(url: str) -> URL:
    """The address that a URL or a path means. Raises WarehouseUnavailable, whose message quotes nothing."""
    if url and not URL_BEGINS.match(url):
        return URL.create("sqlite+aiosqlite", database=url)
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # a port that is no number: perhaps part of a password
        parsed = None
    kind = parsed.drivername.partition("+")[0] if parsed else ""
    if parsed and kind == "sqlite" and parsed.database and parsed.database != ":memory:":
        return parsed.set(drivername="sqlite+aiosqlite")
    if parsed and kind in ("postgresql", "postgres") and 0 <= (parsed.port or 0) <= HIGHEST_PORT:
        return _for_asyncpg(parsed)
    raise WarehouseUnavailable(
        "DATABASE_URL is not understood: write the path of a SQLite file, sqlite:///PATH, "
        "or postgresql://USER:PASSWORD@HOST/DATABASE, with other signs in the password written as %40 for @."
    )


def _for_asyncpg(url: URL) -> URL:
    """The driver would fail on options that it does not know; libpq's name for TLS is in wide use."""
    if not OPTIONS.issuperset(url.query):
        raise WarehouseUnavailable(
            f"DATABASE_URL has an option that is not known: allowed are {', '.join(sorted(OPTIONS))}."
        )
    query = {"ssl" if name == "sslmode" else name: value for name, value in url.query.items()}
    return url.set(drivername="postgresql+asyncpg", query=query)


def _postgresql_engine(url: URL) -> AsyncEngine:
    settings = {
        "application_name": "guild-insights",
        "lock_timeout": str(int(BUSY_SECONDS * 1000)),
        "idle_in_transaction_session_timeout": str(int(IDLE_SECONDS * 1000)),
    }
    return create_async_engine(
        url,
        hide_parameters=HIDDEN,
        pool_timeout=BUSY_SECONDS,
        pool_pre_ping=True,  # a connection that the server closed meanwhile is replaced, not handed out
        connect_args={
            "timeout": CONNECT_SECONDS,
            "command_timeout": STATEMENT_SECONDS,
            "server_settings": settings,
        },
    )


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise opening_trouble(error, str(path), is_file=True) from error
    return status.st_dev, status.st_ino


def _is_of_another_program(path: Path) -> bool:
    """Whether it has tables, and not the one that every warehouse has. Changes nothing."""
    if not path.is_file() or not path.stat().st_size:
        return False
    with closing(
        sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)
    ) as conn:
        names = {name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return bool(names) and event_log.name not in names


def _switch_to_wal(path: Path) -> None:
    # before the readers, who may not; an own connection, because only a file at rest can be switched
    conn = sqlite3.connect(path, timeout=BUSY_SECONDS)
    try:
        conn.execute("PRAGMA journal_mode = WAL")
    finally:
        conn.close()


def _sqlite_writer(path: Path) -> AsyncEngine:
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        hide_parameters=HIDDEN,
        pool_size=1,
        max_overflow=0,
        connect_args={"isolation_level": None},
    )
    pragmas = (
        f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}",
        # once a batch is committed here the journal forgets it: power may fail right after
        "PRAGMA synchronous = FULL",
        "PRAGMA secure_delete = ON",
        "PRAGMA journal_size_limit = 16777216",
    )
    _prepare(engine, pragmas, begin="BEGIN IMMEDIATE")
    return engine


def _sqlite_reader(path: Path) -> AsyncEngine:
    location = URL.create(
        "sqlite+aiosqlite", database=path.resolve().as_uri(), query={"mode": "ro", "uri": "true"}
    )
    engine = create_async_engine(
        location,
        hide_parameters=HIDDEN,
        pool_size=SQLITE_READERS,
        max_overflow=2 * SQLITE_READERS,
        pool_timeout=BUSY_SECONDS,
        connect_args={"isolation_level": None},
    )
    _prepare(engine, (f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}",), begin="BEGIN")
    return engine


def _prepare(engine: AsyncEngine, pragmas: tuple[str, ...], begin: str) -> None:
    # the driver's own transactions leave DDL and SELECT outside: it is told to begin none (isolation_level)

    @event.listens_for(engine.sync_engine, "connect")
    def connected(dbapi_connection: Any, _record: object) -> None:
        cursor = dbapi_connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begun(conn: Any) -> None:
        conn.exec_driver_sql(begin)


async def _fetch_one(connection: Any, statement: str) -> tuple[int, int, int]:
    async with connection.execute(statement) as cursor:
        busy, in_log, moved = await cursor.fetchone()
    return int(busy), int(in_log), int(moved)


__all__ = ["Dialect", "Warehouse", "WarehouseUnavailable", "address_of"]
