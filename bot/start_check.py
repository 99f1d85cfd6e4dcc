"""What a process that records must know before it makes or records anything."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from bot.secret_fits import SecretUnfit, refuse_unfit
from storage.database import Warehouse, address_of
from storage.replaced_file import Watched
from storage.trouble import WarehouseUnavailable

LOOK_S: Final = 5.0  # what a start may wait: what happens meanwhile in Discord is sent again, or a short gap


async def refuse_to_start(url: str, secret: Path, guild_id: int) -> None:
    """Raises SecretUnfit. A warehouse that cannot be looked at now is looked at before it is written to."""
    address = address_of(url)
    if address.get_backend_name() == "sqlite":
        watched = Watched(Path(address.database or ""))
        if watched.is_suspicious or not watched.is_there:
            return
    looking = asyncio.create_task(_look(url, secret, guild_id), name="whether the secret fits")
    done, _ = await asyncio.wait({looking}, timeout=LOOK_S)
    if done:
        looking.result()
    else:
        looking.cancel()  # not waited for: a server that does not answer does not answer this either


async def _look(url: str, secret: Path, guild_id: int) -> None:
    try:
        warehouse = await Warehouse.open(url)
    except WarehouseUnavailable:
        return
    try:
        await refuse_unfit(warehouse, secret, guild_id)
    except SecretUnfit:
        raise
    except WarehouseUnavailable:
        return
    finally:
        await warehouse.abandon()  # it may turn out to be damaged: nothing is written by closing it
