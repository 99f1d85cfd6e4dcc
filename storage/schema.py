"""Brings the tables to the shape that this version of the program expects."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Inspector, Table, inspect

import storage.indexes  # noqa: F401 - the indexes belong to the tables' shape
from storage.tables import derived, fold_progress
from storage.views import installing

MIGRATIONS = Path(__file__).parent / "migrations"


class WrittenByNewerVersion(Exception):
    """The database stands at a revision that this version of the program does not know."""


def upgrade(conn: Connection) -> None:
    """Runs inside the caller's transaction: either everything is done or nothing."""
    installing.drop(conn)
    migrate_bookkeeping(conn)
    renew_derived(conn)
    installing.install(conn)


def is_current(conn: Connection) -> bool:
    """Whether `upgrade` would find nothing to do."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    if MigrationContext.configure(conn).get_current_revision() != newest:
        return False
    found = inspect(conn)
    present = set(found.get_table_names())
    has_tables = all(
        table.name in present and _shape(found, table) == _wanted(table) for table in derived.sorted_tables
    )
    return has_tables and installing.are_installed(conn)


def migrate_bookkeeping(conn: Connection) -> None:
    config = _config()
    config.attributes["connection"] = conn
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise WrittenByNewerVersion from error


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def renew_derived(conn: Connection) -> None:
    """Derived tables are never migrated: of another shape, all are dropped, and the fold starts from zero."""
    found = inspect(conn)
    present = set(found.get_table_names())
    if any(
        table.name in present and _shape(found, table) != _wanted(table) for table in derived.sorted_tables
    ):
        derived.drop_all(conn)
        conn.execute(fold_progress.delete())
    derived.create_all(conn)


def _shape(found: Inspector, table: Table) -> set[tuple[str, str]]:
    columns = found.get_columns(table.name)
    indexes = {(str(index["name"]), "index") for index in found.get_indexes(table.name)}
    return {(column["name"], str(column["type"].as_generic())) for column in columns} | indexes


def _wanted(table: Table) -> set[tuple[str, str]]:
    indexes = {(str(index.name), "index") for index in table.indexes}
    return {(column.name, str(column.type.as_generic())) for column in table.columns} | indexes
