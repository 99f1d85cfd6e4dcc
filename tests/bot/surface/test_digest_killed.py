from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

GUILD, LEADERSHIP = 2000, 301
LEASE_MS = 121_000
PROGRAM = Path(__file__).with_name("posting_process.py")


@pytest.mark.parametrize("what", ["digests", "alerts"])
async def test_processes_killed_while_they_post_leave_one_message_in_the_end(
    sandbox, sqlite_recorded, sqlite_url, clock, what
):
    sandbox.world.messages._nonce_remembered_s = -1  # Discord's memory is shorter than a night

    async def start(now_ms, stop_at):
        arguments = (
            sqlite_url,
            sandbox.api_url,
            sandbox.token,
            str(GUILD),
            str(LEADERSHIP),
            str(now_ms),
            stop_at,
            what,
        )
        return await asyncio.create_subprocess_exec(
            sys.executable, PROGRAM, *arguments, stdout=asyncio.subprocess.PIPE
        )

    async def says(process):
        async with asyncio.timeout(30):
            while line := (await process.stdout.readline()).decode().strip():
                if line in ("claimed", "sent", "done"):
                    return line
        return None

    for attempt, stop_at in enumerate(("claimed", "sent")):
        killed = await start(clock.ms + attempt * LEASE_MS, stop_at)
        assert await says(killed) == stop_at
        killed.kill()
        await killed.wait()
    last = await start(clock.ms + 2 * LEASE_MS, "nowhere")
    assert await says(last) == "done"
    await last.wait()

    (message,) = sandbox.messages(LEADERSHIP)
    async with sqlite_recorded.reading() as conn:
        (run,) = await conn.execute(text("SELECT status, message_id, attempts FROM digest_runs"))
    assert tuple(run) == ("posted", int(message["id"]), 3)
