"""The tables made anew from the log, and the proof that they are what following along has made."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import msgspec
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Warehouse
from storage.fold import loading
from storage.fold.anew import OnProgress, fold_anew
from storage.rules import Rules
from storage.tables import derived, fold_progress

ROWS_AT_ONCE = 5000


class TableDifference(NamedTuple):
    """A table whose rows are not what the log gives. `before` and `after` are digests: rows:hash."""

    table: str
    before: str
    after: str


async def rebuild(
    warehouse: Warehouse, guild_id: int, rules: Rules, on_progress: OnProgress | None = None
) -> None:
    """Makes a guild's tables anew from its whole log. Readers see the old ones until it is done."""
    async with warehouse.writing() as conn:
        await warehouse.lock_guild(conn, guild_id)
        await fold_anew(conn, guild_id, rules, on_progress=on_progress)


async def verify(
    warehouse: Warehouse, guild_id: int, rules: Rules, on_progress: OnProgress | None = None
) -> list[TableDifference]:
    """Makes the tables anew up to where they stand, compares, and leaves everything as it was.

    Returns the tables that differ: none, if they are what the log gives under these rules.
    """
    async with warehouse.writing() as conn:
        await warehouse.lock_guild(conn, guild_id)
        mark = await loading.bookmark(conn, guild_id)
        if mark is None:
            return []
        before = await _digests_with_progress(conn, guild_id)
        trial = await conn.begin_nested()
        await fold_anew(conn, guild_id, rules, up_to=mark.position, on_progress=on_progress)
        after = await _digests_with_progress(conn, guild_id)
        await trial.rollback()
    return [
        TableDifference(table, before[table], after[table])
        for table in before
        if before[table] != after[table]
    ]


async def table_digests(conn: AsyncConnection, guild_id: int) -> dict[str, str]:
    """A digest of each derived table's rows of a guild, whatever their order and the database."""
    return {table.name: await _digest(conn, table, guild_id) for table in derived.sorted_tables}


def _hash(row: tuple[object, ...]) -> int:
    return int.from_bytes(hashlib.blake2b(msgspec.msgpack.encode(row), digest_size=16).digest())


async def _digests_with_progress(conn: AsyncConnection, guild_id: int) -> dict[str, str]:
    digests = await table_digests(conn, guild_id)
    digests[fold_progress.name] = await _digest(conn, fold_progress, guild_id)
    return digests


async def _digest(conn: AsyncConnection, table: Table, guild_id: int) -> str:
    # The sum of the rows' hashes needs no order, and databases order text differently.
    columns = [column for column in table.columns if column.name != "guild_id"]
    total = count = 0
    rows = await conn.stream(select(*columns).where(table.c.guild_id == guild_id))
    async for some in rows.partitions(ROWS_AT_ONCE):
        count += len(some)
        total += sum(_hash(tuple(row)) for row in some)
    return f"{count}:{total % 2**128:032x}"
