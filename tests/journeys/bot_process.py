"""The whole bot as a process of its own, to be killed. Its clock is a file that the test sets."""

from __future__ import annotations

import asyncio
import mmap
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.app import Bot, Surroundings
from bot.config import SettingsHolder
from bot.gateway.pace import Pace
from bot.logs import configure_logs
from bot.paths import DataPaths


class FileClock:
    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._cell = mmap.mmap(file.fileno(), 8)

    def now(self) -> datetime:
        return datetime.fromtimestamp(int.from_bytes(self._cell[:8], "little") / 1000, UTC)


async def run(folder: Path, warehouse_url: str, api_url: str, token: str) -> None:
    around = Surroundings(
        DataPaths(folder / "data"),
        warehouse_url,
        api_url,
        FileClock(folder / "clock"),
        Pace(first_s=0.02, cap_s=0.1, invalid_session_s=(0, 0.02), identify_spacing_s=0),
    )
    bot = Bot.assemble(SettingsHolder(folder / "config.toml"), around)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, bot.stop_soon)
    await bot.run(token)


if __name__ == "__main__":
    configure_logs()
    asyncio.run(run(Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]))
