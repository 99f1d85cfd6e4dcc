"""Whether the secret in the data folder is the one that the warehouse was filled under.

Under another one nothing is recognised that came before: neither repeats nor withdrawn people. So nothing is
written with it (docs/decisions/0055).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Row, and_, exists, inspect, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.coverage import coverage
from bot.imports.sealing import imported_key
from storage.database import Warehouse, WarehouseUnavailable
from storage.event_key import KeyMaker
from storage.event_log import guild_ids
from storage.secrets import load_or_create
from storage.tables import event_log, identities
from storage.withdrawals import UnderAnotherSecret, Withdrawals

OBSERVED: Final = "COVERAGE"
IMPORTED: Final = ("IMPORTED_COVERAGE", "IMPORTED_MEMBERSHIP", "IMPORTED_STAY")
# Rows whose whole identity stands in the warehouse; what was imported is asked where the bot told nothing.
WITNESSES: Final = ((OBSERVED,), IMPORTED)


class SecretUnfit(WarehouseUnavailable):
    """Nothing may be written with the secret that is there, or with a new one."""


async def refuse_unfit(warehouse: Warehouse, secret: Path, guild_id: int | None = None) -> bool | None:
    """Raises SecretUnfit, having written nothing. True: it fits; None: nothing shows whether it does."""
    key = await asyncio.to_thread(_read, secret)
    if key is None:
        if await _knows_anybody(warehouse, guild_id):
            raise SecretUnfit(
                f"{secret} is not there, and the warehouse {warehouse.name} was filled under one: put it "
                "back from its own backup, or name the folder in which it lies in INSIGHTS_DATA.",
                "was filled under a secret that is not there",
            )
        return None
    fits = await secret_fits(warehouse, key, guild_id)
    if fits is False:
        raise SecretUnfit(
            f"{secret} is not the secret that the warehouse {warehouse.name} was filled under, and nothing "
            "was changed: put back the one that belongs to it, from its own backup.",
            "was filled under another secret",
        )
    return fits


async def secret_fits(warehouse: Warehouse, secret: bytes, guild_id: int | None = None) -> bool | None:
    """None: nobody is known, or nothing is recorded that would show it. Without a guild, all have to fit."""
    keys, shown = KeyMaker(secret), set[bool]()
    async with warehouse.reading() as conn:
        async for guild in _guilds_with_people(conn, guild_id):
            if rows := await _witnesses(conn, guild):
                shown.add(any(_key(keys, row) == row.key for row in rows))
    return all(shown) if shown else None


def fitting_withdrawals(path: Path, secret: bytes, fits: bool | None) -> Withdrawals:
    """Raises WithdrawalsUnusable. Where the secret is the right one, the file has to be replaced."""
    try:
        return Withdrawals.open(path, secret)
    except UnderAnotherSecret as error:
        raise (UnderAnotherSecret(beside_a_fitting_secret(path)) if fits else error) from None


def beside_a_fitting_secret(withdrawals: Path) -> str:
    return (
        f"{withdrawals} was written under another secret, and the one beside it belongs to the warehouse: "
        "rename the file, put the one of your backup in its place, and erase anew whoever was erased since."
    )


def _read(secret: Path) -> bytes | None:
    return load_or_create(secret) if secret.exists() else None


async def _knows_anybody(warehouse: Warehouse, guild_id: int | None) -> bool:
    async with warehouse.reading() as conn:
        async for _ in _guilds_with_people(conn, guild_id):
            return True
    return False


async def _guilds_with_people(conn: AsyncConnection, guild_id: int | None) -> AsyncIterator[int]:
    """Before the first migration there are not even tables."""
    if not await conn.run_sync(lambda sync: inspect(sync).has_table(event_log.name)):
        return
    for guild in [guild_id] if guild_id is not None else await guild_ids(conn):
        if (await conn.execute(select(exists().where(identities.c.guild_id == guild)))).scalar_one():
            yield guild


async def _witnesses(conn: AsyncConnection, guild_id: int) -> Sequence[Row[Any]]:
    """The first and the last: either's secret may be the one that the record goes on under."""
    person = and_(
        identities.c.guild_id == event_log.c.guild_id, identities.c.member_no == event_log.c.member_no
    )
    for types in WITNESSES:
        rows = (
            select(event_log, identities.c.user_id)
            .outerjoin(identities, person)
            .where(event_log.c.guild_id == guild_id, event_log.c.type.in_(types))
            .where(event_log.c.member_no.is_(None) | identities.c.user_id.is_not(None))
            .limit(1)
        )
        position = event_log.c.position
        found = [(await conn.execute(rows.order_by(order))).first() for order in (position, position.desc())]
        if there := [row for row in found if row is not None]:
            return there
    return []


def _key(keys: KeyMaker, row: Row[Any]) -> bytes:
    """Which key the secret makes of what the row says."""
    span = row.occurred_from_ms, row.occurred_to_ms
    if row.type in IMPORTED:
        return imported_key(keys, row.type, row.guild_id, row.user_id, span, row.body)
    body = msgspec.json.decode(row.body)
    return coverage(keys, row.guild_id, body["state"], body["sources"], *span, body["cause"]).key
