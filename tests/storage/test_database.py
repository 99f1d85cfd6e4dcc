from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

import storage.database
from storage.database import Warehouse, WarehouseUnavailable, address_of
from storage.files import FileLock

GUILD = 700
PUT = text("INSERT INTO member_numbers VALUES (:guild, :number)")
GET = text("SELECT next_member_no FROM member_numbers WHERE guild_id = :guild")


async def put(warehouse: Warehouse, number: int, guild: int = GUILD) -> None:
    async with warehouse.writing() as conn:
        await conn.execute(PUT, {"guild": guild, "number": number})


async def get(warehouse: Warehouse, guild: int = GUILD) -> int | None:
    async with warehouse.reading() as conn:
        return (await conn.execute(GET, {"guild": guild})).scalar()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.database, "BUSY_SECONDS", 0.05)
    monkeypatch.setattr(storage.database, "CONNECT_SECONDS", 0.5)


@pytest.fixture
async def impatient_sqlite(impatient: None, sqlite_url: str) -> AsyncIterator[Warehouse]:
    warehouse = await Warehouse.open(sqlite_url)
    yield warehouse
    await warehouse.close()


async def test_what_was_written_is_there_afterwards(warehouse: Warehouse) -> None:
    await put(warehouse, 5)
    assert await get(warehouse) == 5


async def test_an_error_takes_everything_back(warehouse: Warehouse) -> None:
    async def fail() -> None:
        async with warehouse.writing() as conn:
            await conn.execute(PUT, {"guild": GUILD, "number": 5})
            await conn.execute(text("CREATE TABLE half_done (x INTEGER)"))
            raise InterruptedError

    with pytest.raises(InterruptedError):
        await fail()
    assert await get(warehouse) is None
    await put(warehouse, 6)
    async with warehouse.writing() as conn:
        await conn.execute(text("CREATE TABLE half_done (x INTEGER)"))  # rolled back too, so it is free


async def test_a_cancelled_writer_takes_everything_back(warehouse: Warehouse) -> None:
    inside = asyncio.Event()

    async def work() -> None:
        async with warehouse.writing() as conn:
            await conn.execute(PUT, {"guild": GUILD, "number": 5})
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await get(warehouse) is None
    await put(warehouse, 6)
    assert await get(warehouse) == 6


async def test_a_reader_sees_one_state_throughout(warehouse: Warehouse) -> None:
    await put(warehouse, 5)
    async with warehouse.reading() as conn:
        before = (await conn.execute(GET, {"guild": GUILD})).scalar()
        async with warehouse.writing() as writer:
            await writer.execute(text("UPDATE member_numbers SET next_member_no = 9"))
        assert (await conn.execute(GET, {"guild": GUILD})).scalar() == before == 5
    assert await get(warehouse) == 9


async def test_a_reader_cannot_write(warehouse: Warehouse) -> None:
    with pytest.raises(WarehouseUnavailable, match="cannot be written"):
        async with warehouse.reading() as conn:
            await conn.execute(PUT, {"guild": GUILD, "number": 5})
    assert await get(warehouse) is None


async def test_writers_take_turns(warehouse: Warehouse) -> None:
    await put(warehouse, 0)

    async def increase() -> None:
        async with warehouse.writing() as conn:
            await warehouse.lock_guild(conn, GUILD)
            value = (await conn.execute(GET, {"guild": GUILD})).scalar_one()
            await asyncio.sleep(0)
            await conn.execute(text("UPDATE member_numbers SET next_member_no = :new"), {"new": value + 1})

    await asyncio.gather(*(increase() for _ in range(8)))
    assert await get(warehouse) == 8


async def test_a_mistake_in_a_statement_is_not_taken_for_an_outage(warehouse: Warehouse) -> None:
    with pytest.raises(DBAPIError):
        async with warehouse.reading() as conn:
            await conn.execute(text("SELECT * FROM no_such_table"))
    await put(warehouse, 1)
    with pytest.raises(IntegrityError):
        await put(warehouse, 1)


async def test_readers_that_gave_up_do_not_use_up_the_connections(warehouse: Warehouse) -> None:
    async def read_slowly() -> None:
        async with warehouse.reading() as conn:
            await conn.execute(text("SELECT 1"))
            await asyncio.Event().wait()

    for _ in range(30):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(read_slowly(), 0.01)
    assert await get(warehouse) is None


# ------------------------------------------------------------ SQLite


async def test_sqlite_is_made_where_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "data" / "deeper" / "warehouse.db"
    warehouse = await Warehouse.open(str(path))
    await warehouse.migrate()
    await put(warehouse, 5)
    assert warehouse.dialect == "sqlite"
    assert warehouse.name == str(path)
    for directory in (path.parent, path.parent.parent):
        assert directory.stat().st_mode & 0o777 == 0o700
    for file in path.parent.iterdir():
        assert file.stat().st_mode & 0o777 == 0o600, file.name
    await warehouse.close()


async def test_sqlite_takes_the_rights_of_others_from_a_file_it_finds(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.db"
    path.touch(0o644)
    await (await Warehouse.open(str(path))).close()
    assert path.stat().st_mode & 0o777 == 0o600


async def test_sqlite_survives_a_power_cut_and_zeroes_what_is_deleted(sqlite_warehouse: Warehouse) -> None:
    async with sqlite_warehouse.writing() as conn:
        found = [
            (await conn.exec_driver_sql(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "secure_delete")
        ]
    assert found == ["wal", 2, 1]


async def test_another_process_may_read_sqlite_meanwhile(sqlite_warehouse: Warehouse, tmp_path: Path) -> None:
    async with sqlite_warehouse.writing() as conn:
        await conn.execute(PUT, {"guild": GUILD, "number": 5})
        other = await Warehouse.open(str(tmp_path / "warehouse.db"))
        assert await get(other) is None
    assert await get(other) == 5
    await other.close()


async def test_another_process_may_write_sqlite_in_turn(sqlite_warehouse: Warehouse, tmp_path: Path) -> None:
    other = await Warehouse.open(str(tmp_path / "warehouse.db"))
    await asyncio.gather(*(put(one, 1, guild) for guild, one in enumerate([sqlite_warehouse, other] * 5)))
    assert [await get(sqlite_warehouse, guild) for guild in range(10)] == [1] * 10
    await other.close()


async def test_a_sqlite_writer_owns_the_file_from_its_first_read(
    sqlite_warehouse: Warehouse, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "warehouse.db", isolation_level=None, timeout=0)
    async with sqlite_warehouse.writing() as conn:
        await conn.execute(GET, {"guild": GUILD})
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("DELETE FROM member_numbers")
        await conn.execute(PUT, {"guild": GUILD, "number": 5})
    other.close()


LOCKED = r"^The warehouse .*warehouse\.db is locked by another process: end that process, or wait .*\.$"


async def test_sqlite_locked_by_another_program(impatient_sqlite: Warehouse, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "warehouse.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(WarehouseUnavailable, match=LOCKED):
        await put(impatient_sqlite, 5)
    assert await get(impatient_sqlite) is None, "reading goes on"
    other.execute("ROLLBACK")
    other.close()
    await put(impatient_sqlite, 5)
    assert await get(impatient_sqlite) == 5


async def test_sqlite_held_by_another_of_our_processes(impatient_sqlite: Warehouse, tmp_path: Path) -> None:
    other = FileLock(tmp_path / "warehouse.db.lock")
    other.acquire()
    with pytest.raises(WarehouseUnavailable, match=LOCKED):
        await put(impatient_sqlite, 5)
    other.release()
    other.close()
    await put(impatient_sqlite, 5)


async def test_waiting_for_a_lock_does_not_hold_up_the_loop(sqlite_url: str, tmp_path: Path) -> None:
    warehouse = await Warehouse.open(sqlite_url)
    other = FileLock(tmp_path / "warehouse.db.lock")
    other.acquire()
    waiting = asyncio.create_task(put(warehouse, 5))
    took = []
    for _ in range(3):
        began = time.monotonic()
        for _ in range(20):
            await asyncio.sleep(0.001)
        took.append(time.monotonic() - began)
    assert min(took) < 1.0, "the loop goes on; other programs may hold it up, but not each time"
    assert not waiting.done()
    other.release()
    await waiting
    other.close()
    await warehouse.close()


async def test_sqlite_that_is_full(impatient_sqlite: Warehouse) -> None:
    async with impatient_sqlite.writing() as conn:
        pages = (await conn.exec_driver_sql("PRAGMA page_count")).scalar_one()
        await conn.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(WarehouseUnavailable, match="has no space left: free some on its disk"):
        async with impatient_sqlite.writing() as conn:
            await conn.execute(text("CREATE TABLE big (x BLOB)"))
            await conn.execute(text("INSERT INTO big VALUES (zeroblob(1000000))"))


async def test_sqlite_that_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.db"
    path.write_bytes(b"this is no database" * 1000)
    with pytest.raises(WarehouseUnavailable, match="is damaged or is no database: move the file away"):
        await Warehouse.open(str(path))


async def test_sqlite_in_a_place_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WarehouseUnavailable, match="cannot be opened: check that its folder"):
        await Warehouse.open(str(tmp_path / "file" / "warehouse.db"))


# ------------------------------------------------------------ PostgreSQL


@pytest.mark.postgres
async def test_postgresql_by_any_of_its_names(postgres_url: str) -> None:
    for scheme in ("postgresql+asyncpg", "postgresql", "postgres"):
        warehouse = await Warehouse.open(postgres_url.replace("postgresql+asyncpg", scheme))
        assert warehouse.dialect == "postgresql"
        assert await get(warehouse) is None
        await warehouse.close()


async def test_postgresql_that_does_not_run(impatient: None) -> None:
    url = "postgresql://somebody:verysecret@127.0.0.1:1/insights"
    with pytest.raises(WarehouseUnavailable, match="cannot be reached: check that the database") as caught:
        await Warehouse.open(url)
    assert "verysecret" not in str(caught.value)
    assert "postgresql://somebody:***@127.0.0.1:1/insights" in str(caught.value)


@pytest.mark.postgres
async def test_postgresql_without_that_database(postgres_url: str) -> None:
    with pytest.raises(WarehouseUnavailable, match="refuses the login: check user, password and database"):
        await Warehouse.open(postgres_url.replace("/test_", "/absent_"))


@pytest.mark.postgres
async def test_postgresql_that_goes_away_in_the_middle(postgres_url: str) -> None:
    warehouse = await Warehouse.open(postgres_url)
    killer = await asyncpg.connect(postgres_url.replace("+asyncpg", ""))
    with pytest.raises(WarehouseUnavailable, match="cannot be reached"):
        async with warehouse.writing() as conn:
            pid = (await conn.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            await killer.execute("SELECT pg_terminate_backend($1)", pid)
            await conn.execute(PUT, {"guild": GUILD, "number": 5})
    await killer.close()
    assert await get(warehouse) is None, "the next transaction has a new connection"
    await warehouse.close()


@pytest.mark.postgres
async def test_postgresql_with_the_guild_held_by_another_process(impatient: None, postgres_url: str) -> None:
    ours, theirs = [await Warehouse.open(postgres_url) for _ in range(2)]

    async def work(warehouse: Warehouse, guild: int) -> None:
        async with warehouse.writing() as conn:
            await warehouse.lock_guild(conn, guild)

    async with theirs.writing() as conn:
        await theirs.lock_guild(conn, GUILD)
        with pytest.raises(WarehouseUnavailable, match="is locked by another process"):
            await work(ours, GUILD)
        await work(ours, GUILD + 1)
    await work(ours, GUILD)
    for warehouse in (ours, theirs):
        await warehouse.close()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mysql://host/db",
        "sqlite://",
        "sqlite:///:memory:",
        "://",
        "postgresql:host/db",
        "postgresql:/host/db",
    ],
)
async def test_a_url_that_is_not_understood(url: str) -> None:
    with pytest.raises(WarehouseUnavailable, match="DATABASE_URL is not understood: write the path"):
        await Warehouse.open(url)


def test_the_common_name_for_tls_is_taken() -> None:
    assert address_of("postgres://u:p@h/db?sslmode=require").query == {"ssl": "require"}


def test_a_path_is_taken_as_it_is() -> None:
    assert address_of("what?x=1/per%20cent.db").database == "what?x=1/per%20cent.db"
