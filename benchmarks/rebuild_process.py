"""Rebuilds the tables of a warehouse and prints the most memory that this process ever had, in megabytes."""

from __future__ import annotations

import asyncio
import resource
import sys
from pathlib import Path

from bot.config import load_settings
from sandbox.community_place import GUILD_ID
from storage.database import Warehouse
from storage.rebuild import rebuild


async def run(path: str, config: Path) -> None:
    warehouse = await Warehouse.open(path)
    await rebuild(warehouse, GUILD_ID, load_settings(config).rules())
    await warehouse.close()


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], Path(sys.argv[2])))
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.stdout.write(f"{kilobytes * 1024 / 1e6:.1f}\n")
