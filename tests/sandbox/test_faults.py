"""Faults on demand: the real client meets rate limits, errors before and after the effect, and silence."""

from __future__ import annotations

import asyncio
import time

import aiohttp
import interactions
import pytest

from sandbox.faults import Hang, Held, RateLimit, Reset, Scope, Status
from sandbox.limits import Limits

TEXT = 3000
POST = ("POST", "/channels/*/messages")


@pytest.fixture
async def channel(sandbox, connect):
    return (await connect(sandbox)).get_channel(TEXT)


def statuses(sandbox) -> list[int | None]:
    return [r.status for r in sandbox.requests if (r.method, r.path) == ("POST", "/channels/3000/messages")]


@pytest.mark.parametrize("scope", Scope)
async def test_a_rate_limited_client_waits_as_long_as_it_is_told_to(sandbox, channel, scope):
    sandbox.faults.next_rest(*POST, RateLimit(0.2, scope))
    began = time.monotonic()
    await channel.send("patient")

    assert statuses(sandbox) == [429, 200]
    assert time.monotonic() - began >= 0.2


async def test_an_error_before_the_effect_leaves_nothing_behind(sandbox, channel):
    sandbox.faults.next_rest(*POST, Status(503))
    with pytest.raises(interactions.errors.HTTPException):
        await channel.send("lost")
    assert sandbox.messages(TEXT) == []


async def test_an_error_after_the_effect_doubles_what_has_no_nonce(sandbox, channel):
    sandbox.faults.next_rest(*POST, Status(502, after_effect=True))
    await channel.send("twice")
    assert statuses(sandbox) == [502, 200], "the library sends it again by itself"
    assert len(sandbox.messages(TEXT)) == 2


async def test_an_enforced_nonce_saves_from_the_double(sandbox, channel):
    sandbox.faults.next_rest(*POST, Status(502, after_effect=True))
    await channel.send("once", nonce="n", enforce_nonce=True)
    assert len(sandbox.messages(TEXT)) == 1


@pytest.mark.parametrize("after_effect", [False, True])
async def test_a_connection_can_break_before_or_after_the_effect(sandbox, channel, after_effect):
    sandbox.faults.next_rest(*POST, Reset(after_effect=after_effect))
    with pytest.raises(aiohttp.ClientError):
        await channel.send("cut off")
    assert len(sandbox.messages(TEXT)) == after_effect


async def test_an_answer_can_be_slow(sandbox, channel):
    sandbox.faults.next_rest(*POST, Hang(0.1))
    sending = asyncio.create_task(channel.send("slow"))
    await sandbox.changed.until(lambda: statuses(sandbox) == [None])
    await sending
    assert statuses(sandbox) == [200]


async def test_an_answer_can_be_held_until_it_is_let_go(sandbox, channel):
    held = Held()
    sandbox.faults.next_rest(*POST, held)
    sending = asyncio.create_task(channel.send("held"))
    await sandbox.changed.until(lambda: statuses(sandbox) == [None])
    assert sandbox.messages(TEXT) == []
    held.let_go.set()
    await sending
    assert statuses(sandbox) == [200]


async def test_a_fault_comes_as_often_as_planned_and_only_there(sandbox, ask):
    sandbox.faults.next_rest("*", "/guilds/*", Status(500), times=2)
    assert (await ask(sandbox, "GET", "/users/@me"))[0] == 200
    answers = [(await ask(sandbox, "GET", "/guilds/2000"))[0] for _ in range(3)]
    assert answers == [500, 500, 200]


async def test_more_than_50_requests_a_second_are_refused_but_interactions_are_not(start, ask, seconds):
    sandbox = await start(monotonic=seconds, limits=Limits(requests_per_second=3), keep_requests=False)
    answers = [(await ask(sandbox, "GET", "/users/@me"))[0] for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    assert (await ask(sandbox, "POST", "/interactions/1/t/callback", {"type": 5}))[0] == 404
    seconds.seconds += 1.1
    assert (await ask(sandbox, "GET", "/users/@me"))[0] == 200


async def test_lost_sessions_and_lost_replays_make_clients_begin_anew(sandbox, connect):
    bot = await connect(sandbox)
    sandbox.faults.drop()
    sandbox.voice(5001, 3001)
    sandbox.faults.lose_replay()
    await bot.sees("READY", 2)
    assert "VOICE_STATE_UPDATE" not in bot.names()

    sandbox.faults.drop()
    sandbox.faults.forget_sessions()
    await bot.sees("READY", 3)
