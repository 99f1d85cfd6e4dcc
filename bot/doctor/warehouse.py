"""The warehouse: can it be opened, read and written, is it whole, and does the secret belong to it?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.config import Environment
from bot.doctor.finding import Finding, ill, split, unknown, well
from bot.paths import DataPaths
from bot.secret_fits import beside_a_fitting_secret, secret_fits
from storage.database import Warehouse
from storage.schema import is_current
from storage.secrets import SecretUnusable, load_or_create
from storage.trouble import WarehouseUnavailable
from storage.withdrawals import UnderAnotherSecret, Withdrawals, WithdrawalsUnusable

ABOUT = "Warehouse"


async def warehouse_findings(environment: Environment, guild_id: int | None = None) -> list[Finding]:
    paths, file = DataPaths(environment.insights_data), environment.warehouse_file
    if file is not None and (missing := _missing(file, paths)):
        return [missing]
    try:
        warehouse = await Warehouse.open(environment.warehouse_url)
    except WarehouseUnavailable as unavailable:
        return [ill(ABOUT, *split(str(unavailable)))]
    try:
        return [*(await _opened(warehouse)), *(await _secret(warehouse, paths, guild_id))]
    except WarehouseUnavailable as unavailable:
        return [ill(ABOUT, *split(str(unavailable)))]
    finally:
        await warehouse.close()


def _missing(file: Path, paths: DataPaths) -> Finding | None:
    try:
        if file.stat().st_size:
            return None
    except FileNotFoundError:
        return unknown(ABOUT, f"There is no {file} yet: the first start makes it.")
    except OSError as error:
        said = f"{file} cannot be looked at ({error.strerror})."
        return ill(ABOUT, said, "Set INSIGHTS_DATA or DATABASE_URL to another place.")
    if any(other.exists() for other in (paths.secret, paths.withdrawals, paths.journal)):
        do = "Put a backup in its place, as docs/operations.md says: the next start would begin a new one."
        return ill(
            ABOUT, f"{file} is empty (0 bytes), and what lies beside it is of a bot that recorded.", do
        )
    return unknown(ABOUT, f"{file} is empty: the first start makes it.")


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


async def _secret(warehouse: Warehouse, paths: DataPaths, guild_id: int | None) -> list[Finding]:
    """Under another secret nothing would be recognised that came before: neither repeats nor withdrawals."""
    if not paths.secret.exists():
        do = f"Put back {paths.secret} from its own backup, or the bot does not start."
        return [ill("Secret", "It is not there, and the warehouse is.", do)]
    try:
        secret = load_or_create(paths.secret)
        fits = await secret_fits(warehouse, secret, guild_id)
        if fits is False:
            do = f"Put back the {paths.secret} that was made with it, from its own backup."
            return [ill("Secret", "It is not the one that the warehouse was filled under.", do)]
        if paths.withdrawals.exists():
            Withdrawals(paths.withdrawals, secret).refresh()  # looks, and writes nothing
    except UnderAnotherSecret as other:
        return [ill("Secret", *split(beside_a_fitting_secret(paths.withdrawals) if fits else str(other)))]
    except (SecretUnusable, WithdrawalsUnusable) as unusable:
        return [ill("Secret", *split(str(unusable)))]
    if fits is None:
        return [unknown("Secret", "Nothing is recorded yet that would show whether it fits.")]
    return [well("Secret", "It is the one that the warehouse was filled under.")]
