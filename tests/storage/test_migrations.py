from __future__ import annotations

import asyncio
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from storage.database import Warehouse, WarehouseUnavailable
from storage.fold import Folder
from storage.rules import Rules
from storage.tables import bookkeeping, derived
from storage.views import VIEWS

NO_VIEWS = [f"DROP VIEW {view.name}" for view in VIEWS]  # as versions before them; they hold the tables

WITHOUT_BOOKKEEPING = [
    *NO_VIEWS,
    *(f"DROP TABLE {name}" for name in (*bookkeeping.tables, "alembic_version")),
]


async def run(warehouse: Warehouse, *statements: str) -> None:
    async with warehouse.writing() as conn:
        for statement in statements:
            await conn.execute(text(statement))


async def scalar(warehouse: Warehouse, query: str) -> Any:
    async with warehouse.reading() as conn:
        return (await conn.execute(text(query))).scalar()


def differences(conn: Connection) -> list[Any]:
    ours = set(bookkeeping.tables)
    context = MigrationContext.configure(
        conn,
        opts={
            "include_name": lambda name, kind, _: kind != "table" or name in ours,
            "compare_type": True,
            "compare_server_default": False,
        },
    )
    return list(compare_metadata(context, bookkeeping))


async def test_the_migrations_make_what_the_tables_say(warehouse: Warehouse) -> None:
    async with warehouse.reading() as conn:
        assert await conn.run_sync(differences) == []
        names = await conn.run_sync(lambda sync: set(inspect(sync).get_table_names()))
    assert names == {*bookkeeping.tables, *derived.tables, "alembic_version"}


async def test_migrating_again_changes_nothing(warehouse: Warehouse) -> None:
    await run(warehouse, "INSERT INTO member_numbers VALUES (1, 5)")
    await run(warehouse, "INSERT INTO fold_progress VALUES (1, 7, 'rules', '', 9)")
    await warehouse.migrate()
    assert await scalar(warehouse, "SELECT next_member_no FROM member_numbers") == 5
    assert await scalar(warehouse, "SELECT position FROM fold_progress") == 7


async def test_two_processes_may_migrate_at_once(warehouse_url: str) -> None:
    both = [await Warehouse.open(warehouse_url) for _ in range(2)]
    await run(both[0], *WITHOUT_BOOKKEEPING)
    await asyncio.gather(*(warehouse.migrate() for warehouse in both))
    assert await scalar(both[1], "SELECT count(*) FROM event_log") == 0
    for warehouse in both:
        await warehouse.close()


async def test_a_warehouse_of_the_version_before_gets_what_is_new_and_loses_nothing(
    warehouse: Warehouse,
) -> None:
    await run(
        warehouse,
        *NO_VIEWS,
        *(f"DROP TABLE {name}" for name in ("kpi_values", "cohort_values", "changed_days")),
        "UPDATE alembic_version SET version_num = '0001'",
        "INSERT INTO member_numbers VALUES (1, 5)",
        "INSERT INTO members VALUES (1, 1, false, true, NULL, NULL, 'member')",
    )
    await warehouse.migrate()
    assert await scalar(warehouse, "SELECT count(*) FROM leadership_weekly_v1") == 0
    assert await scalar(warehouse, "SELECT next_member_no FROM member_numbers") == 5
    assert await scalar(warehouse, "SELECT count(*) FROM members") == 1, "the tables were not made anew"


async def test_derived_tables_of_another_shape_are_made_anew(warehouse: Warehouse) -> None:
    await run(
        warehouse,
        "INSERT INTO member_numbers VALUES (1, 5)",
        "INSERT INTO fold_progress VALUES (1, 7, 'rules', '', 9)",
        "INSERT INTO members VALUES (1, 1, false, true, NULL, NULL, 'member')",
        "DROP TABLE access_log",
        "CREATE TABLE access_log (guild_id BIGINT PRIMARY KEY)",
    )
    await warehouse.migrate()
    assert await scalar(warehouse, "SELECT count(*) FROM members") == 0
    assert await scalar(warehouse, "SELECT count(resource) FROM access_log") == 0
    assert await scalar(warehouse, "SELECT count(*) FROM fold_progress") == 0, "the fold starts from zero"
    assert await scalar(warehouse, "SELECT next_member_no FROM member_numbers") == 5, "bookkeeping stays"


async def test_why_people_left_tiers_and_reconciliations_are_there_without_a_migration(
    warehouse: Warehouse, history: Any
) -> None:
    """As the version before left it: its log is enough."""
    history.lists_members("2026-03-02 10:00", {1: "2026-03-01 10:00", 2: "2026-03-01 10:00"})
    history.leaves(1, "2026-03-03 10:00")
    history.removes(1, "2026-03-03 10:00")
    await history.logged(warehouse)
    revision = await scalar(warehouse, "SELECT version_num FROM alembic_version")
    await run(
        warehouse,
        *NO_VIEWS,
        "DROP TABLE audit_entries",
        "DROP TABLE reconciliations",
        "DROP INDEX membership_spells_by_latest_end",
        "ALTER TABLE membership_spells DROP COLUMN left_to_ms",
        "ALTER TABLE members DROP COLUMN tier",
        "INSERT INTO fold_progress VALUES (1, 5, 'before', '', 9)",
    )
    await warehouse.migrate()
    assert await scalar(warehouse, "SELECT version_num FROM alembic_version") == revision
    while not (await Folder(warehouse, Rules()).advance(1)).caught_up:
        pass
    assert await scalar(warehouse, "SELECT ended_as FROM membership_spells WHERE member_no = 1") == "kicked"
    assert await scalar(warehouse, "SELECT tier FROM members WHERE member_no = 2") == "member"
    assert await scalar(warehouse, "SELECT listed FROM reconciliations") == 3


async def test_derived_tables_without_an_index_are_made_anew(warehouse: Warehouse) -> None:
    await run(
        warehouse,
        "INSERT INTO members VALUES (1, 1, false, true, NULL, NULL, 'member')",
        "DROP INDEX activity_sessions_by_channel",
    )
    await warehouse.migrate()
    assert await scalar(warehouse, "SELECT count(*) FROM members") == 0
    async with warehouse.reading() as conn:
        indexes = await conn.run_sync(lambda sync: inspect(sync).get_indexes("activity_sessions"))
    assert "activity_sessions_by_channel" in {index["name"] for index in indexes}


async def test_a_warehouse_of_a_newer_version_is_left_alone(warehouse: Warehouse) -> None:
    await run(warehouse, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(WarehouseUnavailable, match=r"written by a newer version .* install that version"):
        await warehouse.migrate()
    assert await scalar(warehouse, "SELECT version_num FROM alembic_version") == "9999"


async def test_a_migration_that_fails_leaves_nothing(
    warehouse_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = await Warehouse.open(warehouse_url)
    await run(warehouse, *WITHOUT_BOOKKEEPING)

    def fail(conn: Connection) -> None:
        raise InterruptedError

    monkeypatch.setattr("storage.schema.renew_derived", fail)
    with pytest.raises(InterruptedError):
        await warehouse.migrate()
    async with warehouse.reading() as conn:
        names = await conn.run_sync(lambda sync: set(inspect(sync).get_table_names()))
    assert names == set(derived.tables)
    await warehouse.close()
