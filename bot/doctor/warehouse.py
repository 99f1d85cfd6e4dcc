"""The warehouse: can it be opened, read and written, is it whole, and does the secret belong to it?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.config import Environment
from bot.coverage import coverage
from bot.doctor.finding import Finding, ill, split, unknown, well
from bot.paths import DataPaths
from storage.database import Warehouse, address_of
from storage.event_key import KeyMaker
from storage.schema import is_current
from storage.secrets import SecretUnusable, load_or_create
from storage.tables import event_log
from storage.trouble import WarehouseUnavailable
from storage.withdrawals import Withdrawals, WithdrawalsUnusable

ABOUT = "Warehouse"


def warehouse_file(environment: Environment) -> Path | None:
    """None where it is no file of this machine."""
    address = address_of(environment.warehouse_url)
    return Path(address.database or "") if address.get_backend_name() == "sqlite" else None


async def warehouse_findings(environment: Environment) -> list[Finding]:
    paths, file = DataPaths(environment.insights_data), warehouse_file(environment)
    if file is not None and (missing := _missing(file)):
        return [missing]
    try:
        warehouse = await Warehouse.open(environment.warehouse_url)
    except WarehouseUnavailable as unavailable:
        return [ill(ABOUT, *split(str(unavailable)))]
    try:
        return [*(await _opened(warehouse)), *(await _secret(warehouse, paths))]
    except WarehouseUnavailable as unavailable:
        return [ill(ABOUT, *split(str(unavailable)))]
    finally:
        await warehouse.close()


def _missing(file: Path) -> Finding | None:
    try:
        file.stat()
    except FileNotFoundError:
        return unknown(ABOUT, f"There is no {file} yet: the first start makes it.")
    except OSError as error:
        said = f"{file} cannot be looked at ({error.strerror})."
        return ill(ABOUT, said, "Set INSIGHTS_DATA or DATABASE_URL to another place.")
    return None


async def _opened(warehouse: Warehouse) -> list[Finding]:
    found = [well(ABOUT, f"{warehouse.name} can be opened and read.")]
    async with warehouse.reading() as conn:
        found += _shape(await conn.run_sync(is_current))
    try:
        async with warehouse.writing():
            found.append(well("Writing", "It can be written."))
    except WarehouseUnavailable as unavailable:
        found.append(ill("Writing", *split(str(unavailable))))
    await warehouse.check()
    found.append(
        well(
            "Integrity",
            "It is whole (quick_check)." if warehouse.dialect == "sqlite" else "The server sees to it.",
        )
    )
    return found


def _shape(has_current_shape: bool) -> Iterator[Finding]:
    if has_current_shape:
        yield well("Its shape", "It is that of this version.")
    else:
        yield unknown("Its shape", "It is an older version's: the next start brings it up to date.")


async def _secret(warehouse: Warehouse, paths: DataPaths) -> list[Finding]:
    """Under another secret nothing would be recognised that came before: neither repeats nor withdrawals."""
    if not paths.secret.exists():
        do = f"Put back {paths.secret} before the bot starts, or it makes a new one that fits nothing."
        return [ill("Secret", "It is not there, and the warehouse is.", do)]
    try:
        secret = load_or_create(paths.secret)
        if paths.withdrawals.exists():
            Withdrawals.open(paths.withdrawals, secret)
    except (SecretUnusable, WithdrawalsUnusable) as unusable:
        return [ill("Secret", *split(str(unusable)))]
    async with warehouse.reading() as conn:
        fits = await _fits(conn, KeyMaker(secret))
    if fits is None:
        return [unknown("Secret", "Nothing is recorded yet that would show whether it fits.")]
    if not fits:
        do = f"Put back the {paths.secret} that was made with it, from its own backup."
        return [ill("Secret", "It is not the one that the warehouse was filled under.", do)]
    return [well("Secret", "It is the one that the warehouse was filled under.")]


async def _fits(conn: AsyncConnection, keys: KeyMaker) -> bool | None:
    """Whether it makes the same key of the newest row of coverage, whose whole identity stands in the row."""
    newest = (
        select(event_log).where(event_log.c.type == "COVERAGE").order_by(event_log.c.position.desc()).limit(1)
    )
    row = (await conn.execute(newest)).first()
    if row is None:
        return None
    body = msgspec.json.decode(row.body)
    again = coverage(
        keys,
        row.guild_id,
        body["state"],
        body["sources"],
        row.occurred_from_ms,
        row.occurred_to_ms,
        body["cause"],
    )
    return bool(again.key == row.key)
