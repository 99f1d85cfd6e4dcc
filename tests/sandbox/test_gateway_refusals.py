"""The gateway hangs up on what Discord documents, with the documented code."""

from __future__ import annotations

import pytest

from sandbox.close_codes import CloseCode
from sandbox.intents import Intent
from sandbox.limits import Limits


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"token": "another"}, CloseCode.AUTHENTICATION_FAILED),
        ({"intents": 1 << 40}, CloseCode.INVALID_INTENTS),
        ({"intents": "all"}, CloseCode.INVALID_INTENTS),
        ({"intents": int(Intent.GUILD_PRESENCES)}, CloseCode.DISALLOWED_INTENTS),
        ({"shard": [1, 1]}, CloseCode.INVALID_SHARD),
        ({"shard": "first"}, CloseCode.INVALID_SHARD),
        ({"shard": [0, 1]}, CloseCode.SHARDING_REQUIRED),
    ],
)
async def test_an_identify_that_discord_would_not_take(start, dial, changed, code):
    shards = 2 if code is CloseCode.SHARDING_REQUIRED else 1
    sandbox = await start(privileged=Intent.GUILD_MEMBERS, shards_required=shards)
    line = await dial(sandbox)
    await line.send(2, {"token": sandbox.token, "intents": 1, "properties": {}, **changed})
    assert await line.closed_with() == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no json", CloseCode.DECODE_ERROR),
        ("[]", CloseCode.DECODE_ERROR),
        ('{"op": 1, "d": "%s"}' % ("x" * 4096), CloseCode.DECODE_ERROR),
        ('{"op": "one"}', CloseCode.UNKNOWN_OPCODE),
        ('{"op": 8, "d": {}}', CloseCode.NOT_AUTHENTICATED),
        ('{"op": 2, "d": null}', CloseCode.DECODE_ERROR),
        ('{"op": 6, "d": 5}', CloseCode.DECODE_ERROR),
    ],
)
async def test_a_payload_that_discord_would_not_take(sandbox, dial, text, code):
    line = await dial(sandbox)
    await line.send_text(text)
    assert await line.closed_with() == code


@pytest.mark.parametrize(
    ("operation", "code"), [(2, CloseCode.ALREADY_AUTHENTICATED), (77, CloseCode.UNKNOWN_OPCODE)]
)
async def test_a_payload_that_comes_too_late(sandbox, dial, operation, code):
    line = await dial(sandbox)
    await line.identify(sandbox)
    await line.send(operation, {})
    assert await line.closed_with() == code


@pytest.mark.parametrize("sequence", [99, -1, None])
async def test_a_resume_from_a_number_that_was_never_sent(sandbox, dial, sequence):
    line = await dial(sandbox)
    ready = await line.identify(sandbox)
    await line.close()

    again = await dial(sandbox)
    await again.resume(sandbox, ready["session_id"], sequence)
    assert await again.closed_with() == CloseCode.INVALID_SEQUENCE


async def test_a_resume_with_a_wrong_token(sandbox, dial):
    line = await dial(sandbox)
    await line.send(6, {"token": "another", "session_id": "s", "seq": 1})
    assert await line.closed_with() == CloseCode.AUTHENTICATION_FAILED


async def test_another_version_of_the_api(sandbox, dial):
    line = await dial(sandbox, query="v=6&encoding=json")
    assert await line.closed_with() == CloseCode.INVALID_API_VERSION


async def test_more_than_120_sends_in_a_minute(start, dial, seconds):
    sandbox = await start(monotonic=seconds)
    line = await dial(sandbox)
    await line.identify(sandbox)
    await line.dispatched("GUILD_CREATE")
    for _ in range(119):
        await line.send(1, 1)
        assert (await line.next())["op"] == 11
    seconds.seconds = 61
    for _ in range(120):
        await line.send(1, 1)
        assert (await line.next())["op"] == 11
    await line.send(1, 1)
    assert await line.closed_with() == CloseCode.RATE_LIMITED


async def test_the_identify_after_the_days_last_resets_the_token_and_ends_all_sessions(start, dial, ask):
    sandbox = await start(limits=Limits(identifies_per_day=1))
    first = await dial(sandbox)
    await first.identify(sandbox)

    second = await dial(sandbox)
    await second.send(2, {"token": sandbox.token, "intents": 1, "properties": {}})
    assert await second.closed_with() == CloseCode.AUTHENTICATION_FAILED
    assert await first.closed_with() == CloseCode.AUTHENTICATION_FAILED
    assert (await ask(sandbox, "GET", "/users/@me"))[0] == 401


async def test_the_days_budget_of_identifies_comes_back_after_24_hours(start, dial, seconds):
    sandbox = await start(limits=Limits(identifies_per_day=1), monotonic=seconds)
    await (await dial(sandbox)).identify(sandbox)
    seconds.seconds = 24 * 60 * 60 + 1
    assert (await (await dial(sandbox)).identify(sandbox))["session_id"]
