"""What stands in the log of the folder in which Guild Insights runs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from storage.database import Warehouse
from storage.event import LogRow
from storage.event_log import read_after

GUILD = 2000
DEADLINE_S = 60.0


class Log:
    """The event log of the warehouse in a folder, as far as anything is there."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "data" / "warehouse.db"

    async def rows(self) -> list[LogRow]:
        if not self._path.exists():
            return []
        warehouse = await Warehouse.open(str(self._path))
        try:
            await warehouse.migrate()
            async with warehouse.reading() as conn:
                return await read_after(conn, GUILD, 0, 10_000)
        finally:
            await warehouse.close()

    async def until(self, holds: Callable[[list[LogRow]], object]) -> list[LogRow]:
        deadline = time.monotonic() + DEADLINE_S
        while not holds(rows := await self.rows()):
            assert time.monotonic() < deadline, [(row.type, row.body) for row in rows]
            await asyncio.sleep(0.05)
        return rows


def bodies(rows: list[LogRow], event_type: str) -> list[dict[str, object]]:
    return [msgspec.json.decode(row.body) for row in rows if row.type == event_type]


def collectors_in(folder: Path) -> list[int]:
    """The recording processes that run in a folder."""
    found = []
    for process in Path("/proc").iterdir():
        with suppress(OSError):
            command = (process / "cmdline").read_bytes() if process.name.isdigit() else b""
            if b"bot.collector" in command and (process / "cwd").readlink() == folder:
                found.append(int(process.name))
    return found


async def gone(folder: Path) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while collectors_in(folder):  # noqa: ASYNC110 - another process's end tells nobody here
            await asyncio.sleep(0.02)
