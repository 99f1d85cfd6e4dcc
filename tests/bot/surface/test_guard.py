from __future__ import annotations

from types import SimpleNamespace

import pytest

from bot.commands.guard import Guard

GUILD, STAFF_ROLE = 2000, 201


@pytest.fixture
def use(bench, sqlite_warehouse):
    """Uses a command with a given guild; returns what was sent."""

    async def run(guild_id):
        sent = []

        async def send(**arguments):
            sent.append(arguments)

        async def never():
            raise AssertionError("answered without a right to it")

        ctx = SimpleNamespace(
            id=1, author_id=500, guild_id=guild_id, role_ids=frozenset({STAFF_ROLE}), send=send
        )
        await Guard(bench.services(sqlite_warehouse)).command(ctx, "insights health", never)
        return sent

    return run


@pytest.mark.parametrize("guild_id", [None, 9999])
async def test_outside_the_configured_server_it_is_denied_and_nothing_is_written_down(use, bench, guild_id):
    (answer,) = await use(guild_id)

    assert answer["ephemeral"]
    assert answer["content"].endswith("works only in the server that this bot was set up for.")
    assert (bench.observed.checks, bench.observed.completions) == ([], [])
