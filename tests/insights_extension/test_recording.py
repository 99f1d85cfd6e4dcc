"""Another bot's commands in the log, through the real library, a real process and the real journal."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from interactions import Client

from sandbox.discord import Sandbox

from .conftest import HIDDEN, OWNER
from .host_bot import club_bot
from .recorded import Log, bodies, collectors_in, gone

pytestmark = pytest.mark.usefixtures("discord_address")


@pytest.fixture
async def club(sandbox: Sandbox, folder: Path) -> AsyncIterator[Client]:
    bot = club_bot(sandbox.api_url)
    bot.load_extension("insights_extension", folder=str(folder))
    running = asyncio.create_task(bot.astart(sandbox.token))
    async with asyncio.timeout(30):
        await bot.wait_until_ready()
    await sandbox.commands_synced()
    yield bot
    if "InsightsRecorder" in bot.ext:
        bot.unload_extension("insights_extension")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await bot.http.close()


async def ran(sandbox: Sandbox, command: str, **options: object) -> int:
    invocation = sandbox.run_command(OWNER, command, **options)
    await invocation.settled()
    return invocation.interaction_id


async def test_a_command_is_recorded_with_its_outcome(club: Client, sandbox: Sandbox, log: Log) -> None:
    await ran(sandbox, "profile", options={"name": "Somebody", "games": 5})
    rows = await log.until(lambda rows: bodies(rows, "COMMAND_COMPLETED"))
    (invoked,) = bodies(rows, "INTERACTION_CREATE")
    assert (invoked["command"], invoked["options"]) == ("profile", {"name": "(left out)", "games": 5})
    (ended,) = bodies(rows, "COMMAND_COMPLETED")
    assert (ended["outcome"], ended["error_type"]) == ("success", None)
    assert ended["interaction_id"] == invoked["interaction_id"]
    assert isinstance(ended["latency_ms"], int)
    assert {row.member_no for row in rows} == {1}


# command → how it ended, its error, and what the person reads
ENDED = {
    "join": ("success", None, "joined"),
    "broken": ("error", "Refusal", None),
    "mended": ("error", "Refusal", "sorry"),  # the bot answers this error itself
    "secret": ("denied", "CommandCheckFailure", "not for you"),
}


async def test_how_commands_ended_is_recorded_and_changes_nothing(
    club: Client, sandbox: Sandbox, log: Log
) -> None:
    for command, (_, _, said) in ENDED.items():
        invocation = sandbox.run_command(OWNER, command)
        if said:
            await invocation.settled()
            assert [message["content"] for message in invocation.messages_seen_by(OWNER)] == [said]
    rows = await log.until(lambda rows: len(bodies(rows, "COMMAND_COMPLETED")) == len(ENDED))
    names = {body["interaction_id"]: body["command"] for body in bodies(rows, "INTERACTION_CREATE")}
    ended = {
        names[body["interaction_id"]]: (body["outcome"], body["error_type"])
        for body in bodies(rows, "COMMAND_COMPLETED")
    }
    assert ended == {command: (outcome, error) for command, (outcome, error, _) in ENDED.items()}


async def test_nothing_is_recorded_of_an_excluded_channel(club: Client, sandbox: Sandbox, log: Log) -> None:
    await ran(sandbox, "join", channel_id=HIDDEN)
    await ran(sandbox, "profile")
    rows = await log.until(lambda rows: bodies(rows, "INTERACTION_CREATE"))
    assert [body["command"] for body in bodies(rows, "INTERACTION_CREATE")] == ["profile"]


async def test_a_recording_process_that_is_killed_is_told_again(
    club: Client, sandbox: Sandbox, log: Log, folder: Path
) -> None:
    await ran(sandbox, "profile")
    await log.until(lambda rows: bodies(rows, "COMMAND_COMPLETED"))
    (process,) = collectors_in(folder)
    os.kill(process, signal.SIGSTOP)  # it takes no more, as if it had been killed before it could
    await ran(sandbox, "join")
    os.kill(process, signal.SIGKILL)
    rows = await log.until(lambda rows: len(bodies(rows, "COMMAND_COMPLETED")) == 2)
    assert [body["command"] for body in bodies(rows, "INTERACTION_CREATE")] == ["profile", "join"]


async def test_a_bot_that_unloads_the_extension_leaves_no_process(
    club: Client, sandbox: Sandbox, log: Log, folder: Path
) -> None:
    await ran(sandbox, "profile")
    club.unload_extension("insights_extension")
    await log.until(lambda rows: bodies(rows, "INTERACTION_CREATE"))
    await gone(folder)
