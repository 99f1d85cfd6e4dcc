"""After every fresh session all is asked for anew, however many members there are. The real client."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import msgspec

from sandbox.limits import Limits
from sandbox.seed import ChannelKind, ChannelSeed, GuildSeed, MemberSeed, RoleSeed

GUILD, OWNER, VOICE, ROLE, MEMBERS = 2000, 5000, 3001, 4001, 20_000
HEARTBEAT_MS = 5000  # Discord asks for one every 41 s; a busy machine stands still for more than one second
ENDS = ("SNAPSHOT_MEMBERS_END", "SNAPSHOT_VOICE_END", "SNAPSHOT_SCHEDULED_EVENTS_END", "SNAPSHOT_RSVPS_END")


def crowd(clock, members: int) -> GuildSeed:
    founded = clock.now() - timedelta(days=30)
    return GuildSeed(
        guild_id=GUILD,
        owner_id=OWNER,
        created_at=founded,
        roles=[RoleSeed(ROLE, "regular")],
        channels=[ChannelSeed(3000, "general"), ChannelSeed(VOICE, "lobby", ChannelKind.VOICE)],
        members=[MemberSeed(OWNER + k, founded, roles=[ROLE] if k % 2 else []) for k in range(members)],
    )


async def test_a_fresh_session_asks_for_everything_and_everything_ends(station, open_sandbox, clock):
    limits = Limits(heartbeat_interval_ms=HEARTBEAT_MS, whole_member_lists_every_s=0)
    station.sandbox = sandbox = await open_sandbox(limits=limits)
    event = sandbox.create_event(OWNER, "Inhouse", clock.now() + timedelta(hours=1), channel_id=VOICE)
    sandbox.answer_event(OWNER, event.event_id)
    sandbox.voice(OWNER, VOICE)
    for session in (1, 2):
        await station.reconnected(begun=session) if station.task else await station.start()
        for end in ENDS:
            await station.recorded(end, session)
        await station.removals_covered(session)
        if session == 1:
            clock.advance(minutes=1)
            sandbox.faults.op9(resumable=False)
    assert len(await station.events("SNAPSHOT_MEMBER")) == 2 * 13
    assert len(await station.events("SNAPSHOT_RSVP")) == 2
    for name in ("SNAPSHOT_MEMBERS_END", "SNAPSHOT_RSVPS_END"):
        assert all(msgspec.json.decode(event.body)["complete"] for event in await station.events(name))


async def test_a_long_member_list_comes_to_its_end_without_a_gap_and_holds_up_no_heartbeat(
    open_sandbox, station, clock, caplog
):
    limits = Limits(heartbeat_interval_ms=HEARTBEAT_MS)
    station.sandbox = sandbox = await open_sandbox(guild=crowd(clock, MEMBERS), limits=limits)
    progress: set[str] = set()

    async def follow() -> None:
        while True:
            progress.add(str(station.recorder.member_list_progress))
            await asyncio.sleep(0)

    with caplog.at_level(logging.INFO):
        station.launch()
        following = asyncio.create_task(follow())
        await station.recorded("SNAPSHOT_MEMBERS_END", 1)
        following.cancel()
    (end,) = await station.events("SNAPSHOT_MEMBERS_END")
    told = msgspec.json.decode(end.body)
    assert (told["members"], told["complete"]) == (MEMBERS + 1, True), "and the bot itself"
    rows = {event.person: event for event in await station.events("SNAPSHOT_MEMBER")}
    assert len(rows) == MEMBERS + 1
    assert sum(bool(msgspec.json.decode(row.body)["roles"]) for row in rows.values()) == MEMBERS // 2
    said = [record.getMessage() for record in caplog.records if "list of members" in record.getMessage()]
    assert said == [
        "The list of members is coming: 10,000 of 20,001 members.",
        "The list of members is coming: 20,000 of 20,001 members.",
    ]
    assert "None" in progress
    assert len(progress) > 2, "it can be followed"
    assert station.recorder.member_list_progress is None, "it has ended"
    await station.recorder.cover_until_now()
    assert {state for state, _ in await station.coverage()} <= {"recorded"}
    assert (station.recorder.began, station.recorder.resumed) == (1, 0), "no heartbeat was missed"
    asked = [operation for operation in sandbox.world.operations if operation.code == 8]
    assert len(asked) == 1
