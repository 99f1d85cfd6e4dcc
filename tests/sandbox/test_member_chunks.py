"""Request Guild Members: chunks of a thousand, by nonce, and not too often."""

from __future__ import annotations

import dataclasses

import pytest

from sandbox.intents import Intent
from sandbox.seed import MemberSeed

GUILD = "2000"
ALL = {"guild_id": GUILD, "query": "", "limit": 0}


@pytest.fixture
def crowd(seed):
    """2,500 members, the bot among them."""
    members = [MemberSeed(10_000 + k, seed.created_at, name=f"player{k:04}") for k in range(2499)]
    return dataclasses.replace(seed, members=members)


async def asked(line, data) -> list[dict]:
    """All chunks that answer one request."""
    await line.send(8, data)
    chunks = [await line.dispatched("GUILD_MEMBERS_CHUNK")]
    while len(chunks) < chunks[0]["chunk_count"]:
        chunks.append(await line.dispatched("GUILD_MEMBERS_CHUNK"))
    return chunks


async def identified(sandbox, dial, intents=Intent.GUILD_MEMBERS):
    line = await dial(sandbox)
    await line.identify(sandbox, intents=int(intents))
    return line


async def test_the_whole_list_comes_in_chunks_of_a_thousand(start, dial, crowd):
    sandbox = await start(guild=crowd)
    line = await identified(sandbox, dial)
    chunks = await asked(line, {**ALL, "nonce": "snapshot-1"})

    assert [len(chunk["members"]) for chunk in chunks] == [1000, 1000, 500]
    assert [chunk["chunk_index"] for chunk in chunks] == [0, 1, 2]
    assert {chunk["nonce"] for chunk in chunks} == {"snapshot-1"}
    assert len({member["user"]["id"] for chunk in chunks for member in chunk["members"]}) == 2500


async def test_the_real_client_can_fetch_everybody(start, connect, crowd):
    sandbox = await start(guild=crowd)
    bot = await connect(sandbox, fetch_members=True)
    assert len(bot.get_guild(GUILD).members) == 2500


async def test_the_whole_list_is_given_every_30_seconds_only(start, dial, seconds):
    sandbox = await start(monotonic=seconds)
    line = await identified(sandbox, dial)
    await asked(line, ALL)
    seconds.seconds = 10
    await line.send(8, {**ALL, "nonce": "too-early"})

    refused = await line.dispatched("RATE_LIMITED")
    expected = {"opcode": 8, "retry_after": 20.0, "meta": {"guild_id": GUILD, "nonce": "too-early"}}
    assert refused == expected
    seconds.seconds = 30
    assert len((await asked(line, ALL))[0]["members"]) == 21


async def test_single_members_can_be_asked_for_without_the_intent(sandbox, dial):
    line = await identified(sandbox, dial, Intent(0))
    wanted = {"guild_id": GUILD, "user_ids": ["5003", "77"], "nonce": "n" * 33}
    (chunk,) = await asked(line, wanted)

    assert [member["user"]["id"] for member in chunk["members"]] == ["5003"]
    assert chunk["not_found"] == ["77"]
    assert "nonce" not in chunk, "one of more than 32 bytes is ignored"


async def test_a_search_gives_a_hundred_at_most(start, dial, crowd):
    sandbox = await start(guild=crowd)
    line = await identified(sandbox, dial)
    (chunk,) = await asked(line, {"guild_id": GUILD, "query": "PLAYER1", "limit": 5000})
    assert len(chunk["members"]) == 100
    (chunk,) = await asked(line, {"guild_id": GUILD, "query": "nobody", "limit": 5})
    assert chunk["members"] == []


@pytest.mark.parametrize("data", [ALL, {**ALL, "guild_id": "1"}, None])
async def test_what_may_not_be_asked_stays_unanswered(sandbox, dial, data):
    line = await identified(sandbox, dial, Intent.GUILD_MEMBERS if data and data["guild_id"] == "1" else 0)
    await line.send(8, data)
    await line.send(1, None)
    assert (await line.next())["op"] == 11
