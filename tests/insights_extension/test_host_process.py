"""A real bot process in a folder of its own, whose file is called bot.py as that of many bots is."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from sandbox.discord import Sandbox

from . import host_bot
from .conftest import OWNER
from .recorded import Log, bodies, collectors_in, gone

BOT = """
import sys
from club import club_bot

bot = club_bot(sys.argv[1])
bot.load_extension("insights_extension", folder=sys.argv[3])
bot.start(sys.argv[2])
"""

Start = Callable[[Path], Awaitable[asyncio.subprocess.Process]]


@pytest.fixture
async def start(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Start]:
    home = tmp_path / "club"
    home.mkdir()
    (home / "bot.py").write_text(BOT)
    shutil.copy(host_bot.__file__, home / "club.py")
    started: list[asyncio.subprocess.Process] = []

    async def started_in(folder: Path) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "bot.py", sandbox.api_url, sandbox.token, str(folder)),
            cwd=home,
            stderr=asyncio.subprocess.PIPE,
        )
        started.append(process)
        await sandbox.commands_synced()
        return process

    yield started_in
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_killed_bot_leaves_no_process_behind(
    start: Start, sandbox: Sandbox, folder: Path, log: Log
) -> None:
    process = await start(folder)
    await sandbox.run_command(OWNER, "profile").settled()
    await log.until(lambda rows: bodies(rows, "COMMAND_COMPLETED"))
    assert collectors_in(folder)
    os.kill(process.pid, signal.SIGKILL)
    await process.wait()
    await gone(folder)
    assert len(bodies(await log.rows(), "INTERACTION_CREATE")) == 1


async def test_a_bot_goes_on_where_nothing_can_be_recorded(
    start: Start, sandbox: Sandbox, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    process = await start(empty)
    answer = await sandbox.run_command(OWNER, "profile").settled()
    assert [message["content"] for message in answer.messages_seen_by(OWNER)] == ["here it is"]
    assert process.stderr is not None
    async with asyncio.timeout(30):
        sentence = (await process.stderr.readline()).decode()
    assert "config.toml" in sentence
    assert process.returncode is None
