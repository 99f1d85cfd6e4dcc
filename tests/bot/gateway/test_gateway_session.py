"""What is recorded while connections come and go. The real client on the sandbox."""

from __future__ import annotations

import logging

import msgspec
import pytest

from bot.gateway.hearing import STOOD_STILL, Clocks
from bot.gateway.refusals import GatewayRefused
from sandbox.faults import Held, Status
from sandbox.intents import Intent
from sandbox.limits import Limits
from sandbox.seed import ChannelKind, ChannelSeed

VOICE, ARENA, GUILD, OWNER = 3001, 3002, 2000, 5000
RESUME = 6  # Gateway Opcodes


async def test_what_people_do_is_recorded_live(station, sandbox):
    await station.start()
    sandbox.member_joins(7001, name="Someone")
    sandbox.voice(OWNER + 1, VOICE)
    sandbox.voice(OWNER + 1, None)
    sandbox.member_leaves(7001)
    await station.recorded("GUILD_MEMBER_REMOVE", 1)
    seen = [(e.type, e.person) for e in await station.events() if e.person in (7001, OWNER + 1)]
    assert [kind for kind in seen if kind[0] != "SNAPSHOT_MEMBER"] == [
        ("GUILD_MEMBER_ADD", 7001),
        ("VOICE_STATE_UPDATE", OWNER + 1),
        ("VOICE_STATE_UPDATE", OWNER + 1),
        ("GUILD_MEMBER_REMOVE", 7001),
    ]
    voice = (await station.events("VOICE_STATE_UPDATE"))[0]
    assert voice.occurred_from_ms == voice.occurred_to_ms


async def test_a_fresh_session_takes_the_state_and_the_member_list(station, sandbox):
    sandbox.voice(OWNER + 2, VOICE)
    await station.start()
    (end,) = await station.recorded("SNAPSHOT_MEMBERS_END", 1)
    listed = await station.events("SNAPSHOT_MEMBER")
    assert msgspec.json.decode(end.body) | {"snapshot": ""} == {
        "snapshot": "",
        "members": len(listed),
        "complete": True,
    }
    assert {event.person for event in listed} >= {OWNER + k for k in range(12)}
    (occupant,) = await station.events("SNAPSHOT_VOICE_STATE")
    assert occupant.person == OWNER + 2
    (ended,) = await station.events("SNAPSHOT_VOICE_END")
    assert msgspec.json.decode(ended.body)["occupants"] == 1


async def test_how_many_fit_into_voice_channels_is_recorded(station, sandbox):
    sandbox.put_channel(ChannelSeed(3050, "stage", ChannelKind.STAGE, user_limit=40))
    await station.start()
    sandbox.put_channel(ChannelSeed(3051, "text", ChannelKind.TEXT))
    sandbox.put_channel(ChannelSeed(VOICE, "renamed", ChannelKind.VOICE, user_limit=5))
    (changed,) = await station.recorded("CHANNEL_UPDATE", 1)
    assert msgspec.json.decode(changed.body) == {"channel_id": str(VOICE), "places": 5}
    listed = [msgspec.json.decode(event.body) for event in await station.events("SNAPSHOT_CHANNEL")]
    places = {body["channel_id"]: body["places"] for body in listed}
    assert (places["3050"], places[str(VOICE)]) == (40, 0)
    assert await station.events("CHANNEL_CREATE") == []


async def test_a_requested_reconnect_resumes_and_misses_nothing(station, sandbox):
    await station.start()
    identifies = len(sandbox.world.gateway.sessions)
    for round_ in range(3):
        sandbox.voice(OWNER + 1, VOICE if round_ % 2 == 0 else ARENA)
        sandbox.faults.op7()
        sandbox.voice(OWNER + 2, VOICE if round_ % 2 == 0 else ARENA)
        await station.recorded("VOICE_STATE_UPDATE", 2 * (round_ + 1))
        await station.reconnected(resumed=round_ + 1)
    assert len(sandbox.world.gateway.sessions) == identifies
    assert len(await station.events("VOICE_STATE_UPDATE")) == 6
    states = [state for state, _ in await station.coverage()]
    assert "late" in states
    assert "gap" not in states


@pytest.mark.parametrize("code", [4000, 4001, 4002, 4003, 4005, 4008, 1001, 1006])
async def test_after_a_close_code_the_record_goes_on(station, sandbox, code):
    await station.start()
    if code == 1006:
        sandbox.faults.drop()
    else:
        sandbox.faults.close(code)
    await station.reconnected(resumed=1)
    sandbox.voice(OWNER + 1, VOICE)
    await station.recorded("VOICE_STATE_UPDATE", 1)
    assert not station.has_ended


@pytest.mark.parametrize("code", [4007, 4009])
async def test_codes_that_end_the_session_leave_a_gap_with_its_cause(station, sandbox, code):
    await station.start()
    sandbox.faults.close(code)
    await station.reconnected(begun=2)
    assert "gap" in [state for state, _ in await station.coverage()]


@pytest.mark.parametrize("code", [4004, 4010, 4011, 4012, 4013])
async def test_codes_after_which_nothing_helps_end_with_a_sentence(station, sandbox, code):
    await station.start()
    sandbox.faults.close(code)
    await station.until(lambda: station.has_ended)
    with pytest.raises(GatewayRefused) as refused:
        station.task.result()
    assert str(refused.value).count(". ") <= 1
    assert str(refused.value).endswith(".")


async def test_a_session_that_may_be_resumed_is_resumed(station, sandbox):
    await station.start()
    sandbox.faults.op9(resumable=True)
    await station.reconnected(resumed=1)
    assert "gap" not in [state for state, _ in await station.coverage()]


async def test_an_ended_session_is_followed_by_a_new_one_and_a_gap(station, sandbox):
    await station.start()
    await station.recorded("SNAPSHOT_MEMBERS_END", 1)
    sandbox.faults.op9(resumable=False)
    await station.reconnected(begun=2)
    assert ("gap", "Discord had ended the session") in await station.coverage()
    events = [event.type for event in await station.events()]
    assert events.index("COVERAGE") < len(events) - 1 - events[::-1].index("GUILD_CREATE")
    assert len(await station.events("SNAPSHOT_VOICE_END")) == 2


async def test_a_heartbeat_without_an_answer_is_a_lost_connection(station, open_sandbox):
    station.sandbox = sandbox = await open_sandbox(limits=Limits(heartbeat_interval_ms=300))
    await station.start()
    sandbox.faults.acknowledging = False
    await station.until(lambda: station.recorder.resumed >= 1)
    sandbox.faults.acknowledging = True
    await station.live()


async def test_discord_may_be_away_for_a_while(station, sandbox):
    await station.start()
    sandbox.faults.unreachable(0.6)
    sandbox.faults.drop()
    await station.until(lambda: station.client.problem is not None)
    sandbox.voice(OWNER + 1, VOICE)
    await station.live()
    assert station.client.problem is None
    (late,) = await station.recorded("VOICE_STATE_UPDATE", 1)
    assert late.occurred_to_ms - late.occurred_from_ms > 300


async def test_discord_may_be_away_when_the_bot_starts(station, sandbox):
    sandbox.faults.unreachable(0.4)
    sandbox.faults.next_rest("GET", "/users/@me", Status(503), times=2)
    await station.start()
    assert station.client.problem is None


async def test_a_refused_token_is_one_sentence(station, sandbox):
    for token in ("wrong.token", "two words", "naïve"):
        task = station.launch(token)
        with pytest.raises(GatewayRefused, match="set DISCORD_TOKEN"):
            await task
        await station.stop()


async def test_without_the_members_intent_it_runs_and_says_what_that_costs(open_sandbox, station):
    station.sandbox = sandbox = await open_sandbox(privileged=Intent(0))
    await station.start()
    assert "Server Members Intent" in station.client.notice
    assert "retention" in station.client.notice
    sandbox.voice(OWNER + 1, VOICE)
    await station.recorded("VOICE_STATE_UPDATE", 1)
    await station.stop()
    await station.start()
    assert station.recorder.resumed == 1, "a session without members must be resumed too"


async def test_the_budget_of_new_sessions_outlives_the_process(station, sandbox):
    await station.start(identify_limit=1)
    await station.stop()
    sandbox.faults.forget_sessions()
    station.launch(identify_limit=1)
    await station.until(lambda: "24 hours" in (station.client.problem or ""))
    assert not station.recorder.is_live
    station.clock.advance(hours=25)
    await station.live()


async def test_a_clean_stop_keeps_the_session(station, sandbox):
    await station.start()
    await station.stop()
    sandbox.voice(OWNER + 1, VOICE)
    await station.start()
    assert station.recorder.resumed == 1
    await station.recorded("VOICE_STATE_UPDATE", 1)
    assert ("late", "the bot was not running") in await station.coverage()


async def test_commands_are_answered_after_a_cold_resume(station, sandbox, monkeypatch):
    monkeypatch.setattr("bot.gateway.client.PRIMING_HEAD_START_S", 0.05)  # it need not be enough
    await station.start()
    await sandbox.commands_synced()
    await station.stop()
    guild = Held()
    sandbox.faults.next_rest("GET", f"/guilds/{GUILD}", guild)
    await station.start()
    ping = sandbox.run_command(OWNER, "ping")
    guild.let_go.set()
    await ping.settled()
    assert [m["content"] for m in ping.messages_seen_by(OWNER)] == ["pong"]
    assert not ping.messages_seen_by(OWNER + 1)


async def test_what_is_sent_again_because_it_was_not_durable_is_done_once(station, sandbox, monkeypatch):
    await station.start()
    await sandbox.commands_synced()
    await station.journal.flushed()
    durable = station.journal.durable
    before = durable(0)
    sandbox.voice(OWNER + 1, VOICE)
    ping = sandbox.run_command(OWNER, "ping")
    await ping.settled()
    await station.recorded("INTERACTION_CREATE", 1)
    monkeypatch.setattr(
        station.journal, "durable", lambda shard_id: msgspec.structs.replace(before, live_at_ms=1)
    )
    sandbox.faults.op7()
    await station.reconnected(resumed=1)
    monkeypatch.setattr(station.journal, "durable", durable)
    assert len(await station.events("VOICE_STATE_UPDATE")) == 1
    assert len(ping.messages_seen_by(OWNER)) == 1
    callbacks = [request for request in sandbox.requests if request.path.endswith("/callback")]
    assert len(callbacks) == 1


async def test_the_log_holds_no_token_no_id_and_no_text(station, sandbox, caplog):
    caplog.set_level(logging.INFO)
    await station.start()
    await sandbox.commands_synced()
    user_id = 123456789012345678
    sandbox.member_joins(user_id, name="Secret Name")
    sandbox.dispatch_raw("MESSAGE_CREATE", {"content": "private words", "author": {"id": str(user_id)}})
    sandbox.dispatch_raw("CHANNEL_UPDATE", {"id": "private words", "guild_id": str(GUILD), "type": 0})
    sandbox.faults.next_rest("POST", "/interactions/*", Status(400), times=1)
    sandbox.run_command(user_id, "ping")
    await station.recorded("INTERACTION_CREATE", 1)
    await station.until(lambda: "failed" in caplog.text and "did not take up" in caplog.text)
    for private in (str(user_id), "private words", "Secret Name", sandbox.token):
        assert private not in caplog.text


@pytest.mark.parametrize(
    "data",
    [
        b'{"guild_id":"2000","user_id":"5001","channel_id":"3001","session_id":"\\ud800"}',
        b'{"guild_id":"2000","user_id":"5001","channel_id":NaN}',
        b'{"guild_id":"2000","user_id":1e999}',
        b'{"guild_id":"2000",',
        b'{"guild_id":"\xff"}',
        b"[" * 100_000 + b"]" * 100_000,
    ],
    ids=["surrogate", "nan", "infinite", "cut", "bytes", "deep"],
)
async def test_a_message_that_cannot_be_read_ends_nothing_and_keeps_nothing_else_away(station, sandbox, data):
    await station.start()
    (session,) = sandbox.world.gateway.sessions.values()
    session.send("VOICE_STATE_UPDATE", data)
    sandbox.voice(OWNER + 2, VOICE)
    await station.until(lambda: station.recorder.received == session.sequence)
    assert [e.person for e in await station.recorded("VOICE_STATE_UPDATE", 1)][-1] == OWNER + 2
    sandbox.faults.op7()
    await station.reconnected(resumed=1)


@pytest.mark.parametrize("waits", ["dispatch", "heartbeat", "nothing"])
async def test_after_standing_still_the_session_is_resumed_and_what_waited_is_late(
    station, open_sandbox, waits
):
    # No heartbeat comes by itself, which would be noticed too.
    station.sandbox = sandbox = await open_sandbox(limits=Limits(heartbeat_interval_ms=3_600_000))
    seconds = 0.0
    await station.start(clocks=Clocks(lambda: seconds, lambda: seconds))
    await station.recorded("SNAPSHOT_MEMBERS_END", 1)
    live_ms = station.recorder.live_at_ms
    seconds = 7200.0
    if waits == "dispatch":
        sandbox.voice(OWNER + 1, VOICE)
    elif waits == "heartbeat":
        sandbox.faults.ask_heartbeat()
    await station.reconnected(resumed=1)
    assert ("late", STOOD_STILL) in await station.coverage()
    if waits == "dispatch":
        (voice,) = await station.recorded("VOICE_STATE_UPDATE", 1)
        assert voice.occurred_from_ms == live_ms < voice.occurred_to_ms


async def test_an_older_connection_is_closed_at_its_next_message(station, sandbox):
    await station.start()
    await station.recorded("SNAPSHOT_MEMBERS_END", 1)
    station.recorder.resuming(station.client._connection_state.sources)  # as if another one were opened
    before = station.recorder.received
    sandbox.voice(OWNER + 1, VOICE)
    await station.reconnected(resumed=1)
    (voice,) = await station.recorded("VOICE_STATE_UPDATE", 1)
    assert voice.occurred_from_ms < voice.occurred_to_ms
    (resumed,) = [operation.data for operation in sandbox.world.operations if operation.code == RESUME]
    assert resumed["seq"] <= before, "nothing was taken of the older one"
