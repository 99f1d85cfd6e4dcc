"""The whole bot as a process of its own, to be killed. Its clock is a file that the test sets.

Loading the program takes seconds, starting the bot a fraction of one. So one process loads it, and forks a
bot for each line "folder warehouse_url api_url token [draws]" on stdin. It says "began PID" and "ended PID
STATUS".
"""

from __future__ import annotations

import asyncio
import mmap
import os
import select
import signal
import sys
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from bot import app
from bot.config import SettingsHolder
from bot.gateway.pace import Pace
from bot.logs import configure_logs
from bot.paths import DataPaths
from charts.drawing import DrawingFailed


class Undrawn:
    """Nothing is drawn: a drawing process that warms up at every start would be most of the work."""

    async def start(self) -> None: ...

    async def draw(self, figure: object, timeout_s: float) -> bytes:
        raise DrawingFailed("Nothing is drawn here.")

    async def close(self) -> None: ...


class FileClock:
    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._cell = mmap.mmap(file.fileno(), 8)

    def now(self) -> datetime:
        return datetime.fromtimestamp(int.from_bytes(self._cell[:8], "little") / 1000, UTC)


async def run(folder: Path, warehouse_url: str, api_url: str, token: str, still_s: str, *wishes: str) -> None:
    around = app.Surroundings(
        DataPaths(folder / "data"),
        warehouse_url,
        api_url,
        FileClock(folder / "clock"),
        Pace(
            first_s=0.02,
            cap_s=0.1,
            invalid_session_s=(0, 0.02),
            identify_spacing_s=0,
            list_spacing_s=0.01,
            still_s=float(still_s),
        ),
    )
    if "draws" not in wishes:
        app.Drawing = Undrawn
    bot = app.Bot.assemble(SettingsHolder(folder / "config.toml"), around)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, bot.stop_soon)
    await bot.run(token)


def serve() -> None:
    """Fork a bot for each line, and tell when one has ended. When stdin closes, kill those that are left."""
    running: set[int] = set()
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        ready, _, _ = select.select([sys.stdin, told], [], [])
        if told in ready:
            os.read(told, 4096)
            report_ended(running)
        if sys.stdin in ready:
            asked = os.read(sys.stdin.fileno(), 65536).decode()  # whole lines: each is written at once
            if not asked:
                break
            for line in asked.splitlines():
                running.add(pid := fork(*line.split()))
                say("began", pid)
    for pid in running:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def report_ended(running: set[int]) -> None:
    with suppress(ChildProcessError):  # none is left
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            running.remove(pid)
            say("ended", pid, os.waitstatus_to_exitcode(status))


def say(*words: object) -> None:
    print(*words, flush=True)  # noqa: T201 - this is what the test listens to


def fork(*arguments: str) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        be_a_bot(*arguments)
        status = 0
    except BaseException:
        traceback.print_exc()
    os._exit(status)


def be_a_bot(folder: str, *others: str) -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with (Path(folder) / "bot.log").open("ab") as log, Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), sys.stdin.fileno())
        os.dup2(log.fileno(), sys.stdout.fileno())
        os.dup2(log.fileno(), sys.stderr.fileno())
    configure_logs()
    asyncio.run(run(Path(folder), *others))


if __name__ == "__main__":
    serve()
