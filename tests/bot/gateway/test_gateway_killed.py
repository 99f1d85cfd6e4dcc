"""`kill -9` of a real process under load: the next one goes on where the disk ends."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

from storage.journal_chunks import events_after

OWNER, GUILD, VOICE, ARENA = 5000, 2000, 3001, 3002
PROGRAM = Path(__file__).with_name("recording_process.py")
KILLS = 2


class Process:
    """Records until it is killed."""

    def __init__(self, sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.running: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        arguments = [str(self.folder), self.sandbox.api_url, self.sandbox.token, str(GUILD)]
        root = Path(__file__).parents[3]
        self.running = await asyncio.create_subprocess_exec(
            sys.executable, str(PROGRAM), *arguments, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}
        )
        await self.sandbox.connected(20)

    async def kill(self) -> None:
        assert self.running
        self.running.send_signal(signal.SIGKILL)
        await self.running.wait()
        await self.sandbox.changed.until(lambda: not any(self.sandbox.world.gateway.connected()))

    def has_durable_session(self) -> bool:
        with sqlite3.connect(f"file:{self.folder / 'journal.db'}?mode=ro", uri=True) as conn:
            return conn.execute("SELECT count(*) FROM gateway_sessions").fetchone() == (1,)

    def voice_events(self) -> list[tuple[bytes, int]]:
        """Key and bounds' width of each recorded voice state, read from outside."""
        with sqlite3.connect(f"file:{self.folder / 'journal.db'}?mode=ro", uri=True) as conn:
            rows = conn.execute(
                "SELECT last_row_id, packed FROM event_chunks ORDER BY last_row_id"
            ).fetchall()
        events = [event for last_row_id, packed in rows for _, event in events_after(0, last_row_id, packed)]
        voice = [event for event in events if event.type == "VOICE_STATE_UPDATE"]
        return [(event.key, event.occurred_to_ms - event.occurred_from_ms) for event in voice]

    async def until(self, condition: Callable[[], bool]) -> None:
        for _ in range(400):
            if condition():
                return
            await asyncio.sleep(0.05)
        raise TimeoutError


async def test_nothing_is_lost_and_commands_are_answered_after_kill_9(sandbox, tmp_path):
    process = Process(sandbox, tmp_path)
    sent = 0

    def burst(count: int) -> int:
        for number in range(count):
            sandbox.voice(OWNER + 1, VOICE if number % 2 else ARENA)
        return count

    await process.start()
    await sandbox.commands_synced(20)
    await process.until(process.has_durable_session)  # before that there is nothing to go on with
    for _ in range(KILLS):
        sent += burst(40)
        await asyncio.sleep(0)  # some are on their way, some are in memory, none need be on disk
        await process.kill()
        sent += burst(5)
        await process.start()
    ping = sandbox.run_command(OWNER, "ping")
    await ping.settled()
    await process.until(lambda: len({key for key, _ in process.voice_events()}) == sent)
    await process.kill()

    assert [message["content"] for message in ping.messages_seen_by(OWNER)] == ["pong"]
    assert len(sandbox.world.gateway.sessions) == 1, "one session all along"
    events = process.voice_events()
    assert len({key for key, _ in events}) == sent
    assert any(width > 0 for _, width in events), "what was missed carries bounds"
