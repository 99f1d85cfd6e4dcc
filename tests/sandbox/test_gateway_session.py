"""Sessions outlive their connections, and RESUME brings what was missed, in order and once."""

from __future__ import annotations

import math

import pytest

from sandbox.limits import Limits

VOICE, OTHER_VOICE = 3001, 3002


def moves(sandbox, number: int) -> None:
    """That many voice updates: members go back and forth."""
    for k in range(number):
        sandbox.voice(5001, VOICE if k % 2 else OTHER_VOICE)


def identifies(sandbox) -> int:
    return sum(operation.code == 2 for operation in sandbox.world.operations)


def resumes(sandbox) -> int:
    return sum(operation.code == 6 for operation in sandbox.world.operations)


def heartbeats(sandbox) -> int:
    return sum(operation.code == 1 for operation in sandbox.world.operations)


async def test_dispatches_reach_the_client_in_order(sandbox, connect):
    bot = await connect(sandbox)
    moves(sandbox, 200)

    seen = await bot.sees("VOICE_STATE_UPDATE", 200)
    assert [s["channel_id"] for s in seen] == ["3002", "3001"] * 100


@pytest.mark.parametrize("trouble", ["op7", "drop", "close 4000", "close 1001", "close 4008"])
async def test_what_happens_while_a_client_is_away_comes_with_its_resume(sandbox, connect, trouble):
    bot = await connect(sandbox)
    if trouble.startswith("close"):
        sandbox.faults.close(int(trouble.split()[1]))
    else:
        getattr(sandbox.faults, trouble)()
    moves(sandbox, 50)
    await bot.sees("RESUMED")
    moves(sandbox, 3)

    seen = await bot.sees("VOICE_STATE_UPDATE", 53)
    assert len(seen) == 53
    assert identifies(sandbox) == 1


async def test_resumes_again_and_again_lose_and_repeat_nothing(sandbox, connect):
    bot = await connect(sandbox)
    for times in range(1, 6):
        moves(sandbox, 20)
        sandbox.faults.op7()
        moves(sandbox, 20)
        await bot.sees("RESUMED", times)
    seen = await bot.sees("VOICE_STATE_UPDATE", 200)
    assert [s["channel_id"] for s in seen] == ["3002", "3001"] * 100


@pytest.mark.parametrize("resumable", [True, False])
async def test_an_invalidated_session_makes_the_client_identify_anew(sandbox, connect, resumable):
    bot = await connect(sandbox)
    sandbox.faults.op9(resumable=resumable)

    await bot.sees("READY", 2)
    assert identifies(sandbox) == 2


@pytest.mark.parametrize("code", [4007, 4009])
async def test_some_close_codes_end_the_session(sandbox, connect, code):
    bot = await connect(sandbox)
    sandbox.faults.close(code)
    await bot.sees("READY", 2)


async def test_a_session_that_op_9_left_alive_can_be_resumed(sandbox, dial):
    line = await dial(sandbox)
    ready = await line.identify(sandbox)
    await line.dispatched("GUILD_CREATE")
    sandbox.faults.op9(resumable=True)
    assert await line.next() == {"op": 9, "d": True, "s": None, "t": None}
    await line.close()

    again = await dial(sandbox, path="resume")
    await again.resume(sandbox, ready["session_id"], line.sequence)
    await again.dispatched("RESUMED")


async def test_a_replay_gives_each_missed_dispatch_its_old_number(sandbox, dial):
    line = await dial(sandbox)
    ready = await line.identify(sandbox)
    await line.dispatched("GUILD_CREATE")
    await line.close()
    moves(sandbox, 5)

    again = await dial(sandbox)
    await again.resume(sandbox, ready["session_id"], 2)
    numbers = [(await again.next())["s"] for _ in range(6)]
    assert numbers == [3, 4, 5, 6, 7, 8]

    sandbox.voice(5002, VOICE)
    assert (await again.next())["s"] == 9


async def test_missing_more_than_is_kept_invalidates_the_session(start, connect):
    sandbox = await start(limits=Limits(replayed_dispatches=10))
    bot = await connect(sandbox)
    sandbox.faults.drop()
    moves(sandbox, 11)

    await bot.sees("READY", 2)
    assert (resumes(sandbox), identifies(sandbox)) == (1, 2)
    assert "VOICE_STATE_UPDATE" not in bot.names()


async def test_a_session_is_kept_a_few_minutes_only(start, dial, seconds):
    sandbox = await start(monotonic=seconds)
    line = await dial(sandbox)
    ready = await line.identify(sandbox)
    await line.close()
    await sandbox.changed.until(lambda: not list(sandbox.world.gateway.connected()))

    seconds.seconds = 200
    again = await dial(sandbox)
    await again.resume(sandbox, ready["session_id"], 2)
    assert await again.next() == {"op": 9, "d": False, "s": None, "t": None}


@pytest.mark.parametrize(("code", "kept"), [(1000, False), (1001, False), (4000, True), (1012, True)])
async def test_the_clients_close_code_decides_whether_its_session_goes_on(sandbox, dial, code, kept):
    line = await dial(sandbox)
    ready = await line.identify(sandbox)
    await line.dispatched("GUILD_CREATE")
    await line.close(code)
    await sandbox.changed.until(lambda: not list(sandbox.world.gateway.connected()))

    again = await dial(sandbox)
    await again.resume(sandbox, ready["session_id"], line.sequence)
    assert (await again.next())["op"] == (0 if kept else 9)


async def test_a_second_connection_takes_its_session_over(sandbox, dial):
    line = await dial(sandbox)
    ready = await line.identify(sandbox)
    await line.dispatched("GUILD_CREATE")

    again = await dial(sandbox)
    await again.resume(sandbox, ready["session_id"], 2)
    await again.dispatched("RESUMED")
    assert await line.closed_with() == 4000
    sandbox.voice(5001, VOICE)
    assert (await again.dispatched("VOICE_STATE_UPDATE"))["user_id"] == "5001"


async def test_heartbeats_are_acknowledged(start, connect):
    sandbox = await start(limits=Limits(heartbeat_interval_ms=3_600_000))  # none comes by itself
    bot = await connect(sandbox)
    assert bot.latency == math.inf, "none was acknowledged yet"
    sandbox.faults.ask_heartbeat()
    await sandbox.changed.until(lambda: heartbeats(sandbox) == 1)
    moves(sandbox, 1)
    await bot.sees("VOICE_STATE_UPDATE")
    assert bot.latency < math.inf, "what was sent after the acknowledgement is here"


async def test_a_heartbeat_that_is_asked_for_comes_at_once(start, connect):
    sandbox = await start(limits=Limits(heartbeat_interval_ms=3_600_000))  # none comes by itself
    await connect(sandbox)

    assert heartbeats(sandbox) == 0
    sandbox.faults.ask_heartbeat()
    await sandbox.changed.until(lambda: heartbeats(sandbox) == 1)


async def test_a_client_resumes_when_its_heartbeats_go_unanswered(start, connect):
    sandbox = await start(limits=Limits(heartbeat_interval_ms=60))
    bot = await connect(sandbox)
    sandbox.faults.acknowledging = False
    await sandbox.changed.until(lambda: resumes(sandbox) > 0)
    sandbox.faults.acknowledging = True
    await bot.sees("RESUMED")


async def test_a_silent_connection_times_out(start, dial):
    sandbox = await start(limits=Limits(heartbeat_interval_ms=20))
    line = await dial(sandbox)
    await line.identify(sandbox)
    assert await line.closed_with() == 4009


async def test_while_discord_is_unreachable_no_connection_comes_about(start, dial, ask, seconds):
    sandbox = await start(monotonic=seconds)
    sandbox.faults.unreachable(30)
    with pytest.raises(Exception, match="disconnected"):
        await ask(sandbox, "GET", "/gateway")
    with pytest.raises(Exception, match="disconnected"):
        await dial(sandbox)
    seconds.seconds = 31
    assert (await ask(sandbox, "GET", "/gateway"))[0] == 200
