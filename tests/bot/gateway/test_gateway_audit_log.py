"""Who was kicked, banned or pruned: told live, and read page by page. The real client on the sandbox."""

from __future__ import annotations

import asyncio
import logging

import msgspec
import pytest

from bot.gateway.http import AddressedHTTP
from sandbox.faults import Hang, RateLimit, Reset, Status
from sandbox.people import Leaving
from sandbox.permissions import Permission
from sandbox.removing import EntryComes
from storage.withdrawals import Kind

GUILD, ANA, BEN = 2000, 5001, 5002
ENTRY = "GUILD_AUDIT_LOG_ENTRY_CREATE"
AUDIT_LOG = "/guilds/*/audit-logs"
PAGES = 3  # of an empty log: kicks, prunes and bans are asked for one by one


async def entries(station, count: int) -> list[tuple[int | None, int, int | None]]:
    """Who was removed, how, and of a prune how many; each entry once."""
    found = {event.key: event for event in await station.recorded(ENTRY, count)}
    bodies = [(event.person, msgspec.json.decode(event.body)) for event in found.values()]
    return [(person, body["action"], body["members_removed"]) for person, body in bodies]


def asked(sandbox) -> list[dict]:
    return [dict(request.query) for request in sandbox.requests if request.path.endswith("/audit-logs")]


async def looked(station, sandbox) -> None:
    """What is due by now is asked for."""
    look, has_looked = station.client.look, asyncio.Event()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(station.client, "look", lambda: (look(), has_looked.set()))
        sandbox.faults.ask_heartbeat()
        await station.until(has_looked.is_set)
    await station.until(lambda: station.client.audit_log.is_idle)


@pytest.mark.parametrize("comes", [EntryComes.BEFORE, EntryComes.AFTER])
async def test_an_entry_comes_live_before_or_after_the_removal(station, sandbox, comes):
    await station.start()
    await station.removals_covered()
    sandbox.member_leaves(ANA, Leaving.KICKED, entry=comes)
    sandbox.member_leaves(BEN, Leaving.BANNED, entry=comes)
    sandbox.prune([5003, 5004, 5005], entry=comes)
    assert await entries(station, 3) == [(ANA, 20, None), (BEN, 22, None), (None, 21, 3)]
    assert len(await station.recorded("GUILD_MEMBER_REMOVE", 5)) == 5
    kicked = (await station.events(ENTRY))[0]
    assert kicked.occurred_from_ms == kicked.occurred_to_ms <= kicked.recorded_at_ms
    assert len(asked(sandbox)) == PAGES, "nothing has to be looked up"


async def test_a_fresh_session_reads_the_log_and_covers_the_time_until_then(station, sandbox):
    await station.start()
    ((state, cause, from_ms, to_ms),) = await station.removals_covered()
    assert (state, cause) == ("recorded", None)
    assert from_ms < to_ms <= station.recorder.live_at_ms
    assert asked(sandbox) == [{"action_type": kind, "limit": "100"} for kind in ("20", "21", "22")]


async def test_what_happened_while_nobody_was_there_is_read_page_by_page_after_a_restart(
    station, sandbox, clock
):
    await station.start()
    ((_, _, _, read_to_ms),) = await station.removals_covered()
    await station.stop()
    sandbox.faults.forget_sessions()  # nothing is sent again
    clock.advance(hours=3)
    for user_id in range(9000, 9230):
        sandbox.member_joins(user_id)
        sandbox.member_leaves(user_id, Leaving.KICKED)
    sandbox.member_leaves(ANA, Leaving.BANNED)
    before = len(asked(sandbox))
    await station.start()
    found = await entries(station, 231)
    assert sorted(found) == [(ANA, 22, None), *[(user_id, 20, None) for user_id in range(9000, 9230)]]
    _, late, recorded = await station.removals_covered(3)
    assert (late[0], late[2]) == ("late", read_to_ms)
    assert (recorded[0], late[3]) == ("recorded", recorded[2])
    kicks = [query for query in asked(sandbox)[before:] if query["action_type"] == "20"]
    assert [query.get("before") is None for query in kicks] == [True, False, False], "three pages"


async def test_after_a_resume_in_a_new_process_the_log_is_read_again_and_in_the_same_process_not(
    station, sandbox
):
    await station.start()
    await station.removals_covered()
    sandbox.faults.drop()
    await station.reconnected(resumed=1)
    await looked(station, sandbox)
    assert len(asked(sandbox)) == PAGES
    await station.stop()
    sandbox.member_leaves(ANA, Leaving.KICKED)
    await station.start()
    assert station.recorder.resumed == 1
    _, (state, _, _, _) = await station.removals_covered(2)
    assert state == "recorded", "the time away was short"
    live, fetched = await station.recorded(ENTRY, 2)
    assert live.key == fetched.key, "told again by the session, and read: one event"


async def test_a_live_leave_without_an_entry_is_looked_up_once(station, sandbox, clock):
    await station.start()
    await station.removals_covered()
    sandbox.member_leaves(ANA)
    await station.recorded("GUILD_MEMBER_REMOVE", 1)
    await looked(station, sandbox)
    assert len(asked(sandbox)) == PAGES, "the entry may still come"
    sandbox.member_leaves(BEN, Leaving.KICKED, entry=EntryComes.LATE)
    await station.recorded("GUILD_MEMBER_REMOVE", 2)
    clock.advance(seconds=70)
    await looked(station, sandbox)
    first, second = await station.removals_covered(2)
    assert second[2] == first[3], "without a hole"
    assert len(asked(sandbox)) == 2 * PAGES
    sandbox.audit_log_catches_up()
    assert await entries(station, 1) == [(BEN, 20, None)]


async def test_an_entry_that_comes_late_into_the_log_is_read_the_next_time(station, sandbox, clock):
    await station.start()
    await station.removals_covered()
    await station.stop()
    sandbox.faults.forget_sessions()
    sandbox.member_leaves(BEN, Leaving.KICKED, entry=EntryComes.LATE)
    clock.advance(minutes=2)
    await station.start()
    await station.removals_covered(2)
    sandbox.world.guild.audit_log.catch_up()  # and the dispatch is lost
    clock.advance(hours=1)
    await looked(station, sandbox)
    assert await entries(station, 1) == [(BEN, 20, None)]


async def test_without_the_permission_there_is_a_gap_with_its_cause_until_it_is_granted(
    station, sandbox, clock, caplog
):
    sandbox.world.guild.bot_permissions = Permission.NONE
    await station.start()
    ((state, cause, from_ms, to_ms),) = await station.removals_covered()
    assert (state, cause) == ("gap", "View Audit Log is not granted")
    assert "View Audit Log" in station.client.notice
    sandbox.member_leaves(ANA, Leaving.KICKED)
    clock.advance(minutes=50)
    await looked(station, sandbox)
    assert len(asked(sandbox)) == 1, "no use before the next hour"
    clock.advance(minutes=11)
    await looked(station, sandbox)
    assert len(asked(sandbox)) == 2
    told = [record for record in caplog.records if "View Audit Log" in record.getMessage()]
    assert [record.levelno for record in told] == [logging.WARNING], "said once"
    assert not await station.events(ENTRY)

    sandbox.world.guild.bot_permissions = Permission.VIEW_AUDIT_LOG
    clock.advance(minutes=61)
    await looked(station, sandbox)
    assert await entries(station, 1) == [(ANA, 20, None)]
    *_, last_gap, late, recorded = await station.removals_covered(4)
    assert last_gap[2] == to_ms
    assert (late[0], late[2], recorded[0]) == ("late", from_ms, "recorded")
    assert station.client.notice is None


@pytest.mark.parametrize("fault", [RateLimit(0.05), Status(502), Reset(), Hang(0.1)])
async def test_a_hiccup_costs_nothing(station, sandbox, fault):
    sandbox.member_leaves(ANA, Leaving.KICKED)
    sandbox.faults.next_rest("GET", AUDIT_LOG, fault)
    await station.start()
    ((state, *_),) = await station.removals_covered()
    assert state == "recorded"


@pytest.mark.parametrize("fault", [Status(503), Status(400)])
async def test_longer_trouble_is_a_gap_that_is_closed_afterwards(station, sandbox, clock, fault):
    sandbox.faults.next_rest("GET", AUDIT_LOG, fault, times=12)
    await station.start()
    ((state, cause, from_ms, _),) = await station.removals_covered()
    assert (state, cause) == ("gap", "Discord did not give the audit log")
    sandbox.faults.heal_rest()
    clock.advance(minutes=6)
    await looked(station, sandbox)
    _, (state, _, closed_from_ms, _) = await station.removals_covered(2)
    assert (state, closed_from_ms) == ("recorded", from_ms)


async def test_of_whoever_withdrew_no_entry_is_kept(station, sandbox):
    station.withdrawals.withdraw(GUILD, ANA, Kind.ERASED, 0)
    await station.start()
    await station.removals_covered()
    sandbox.member_leaves(ANA, Leaving.BANNED)
    sandbox.member_leaves(BEN, Leaving.BANNED)
    assert await entries(station, 1) == [(BEN, 22, None)]


async def test_of_whoever_went_before_the_recording_began_nothing_is_kept(station, sandbox, clock):
    sandbox.member_leaves(ANA, Leaving.KICKED)
    clock.advance(minutes=10)
    sandbox.member_leaves(BEN, Leaving.KICKED)
    await station.start()
    await station.removals_covered()
    assert await entries(station, 1) == [(BEN, 20, None)], "a little before, as an entry may come late"


async def test_a_crash_before_the_place_is_written_reads_the_same_again(station, sandbox, monkeypatch):
    monkeypatch.setattr("bot.audit_place.AuditPlace.write", lambda *_: None)
    await station.start()
    sandbox.member_leaves(ANA, Leaving.KICKED)
    await station.removals_covered()
    await station.stop()
    await station.start()
    rows = await station.removals_covered(2)
    assert rows[1][2] >= rows[0][2], "never before the recording began"


@pytest.mark.parametrize(
    "answer",
    [
        [],
        None,
        {},
        {"audit_log_entries": "x"},
        {"audit_log_entries": [None] * 100},
        {"audit_log_entries": [{"id": "9" * 30}] * 100},
        {"audit_log_entries": [{"id": str(1 << 62)}] * 100},  # again and again: it does not go on
    ],
)
async def test_an_answer_that_makes_no_sense_is_a_gap_and_nothing_else(station, sandbox, monkeypatch, answer):
    async def odd(self, route, **_):
        return answer if route.path.endswith("/audit-logs") else await request(self, route, **_)

    request = AddressedHTTP.request
    monkeypatch.setattr(AddressedHTTP, "request", odd)
    await station.start()
    ((state, cause, *_),) = await station.removals_covered()
    assert (state, cause) == ("gap", "Discord did not give the audit log")
    sandbox.voice(ANA, 3001)
    await station.recorded("VOICE_STATE_UPDATE", 1)


async def test_broken_entries_are_set_aside_and_the_others_kept(station, sandbox):
    log = sandbox.world.guild.audit_log
    at = sandbox.world.snowflakes.next
    log.write({"id": str(at()), "action_type": 20, "target_id": "x", "user_id": "1"})
    log.write({"id": str(at()), "action_type": 22, "target_id": None, "user_id": "1", "options": []})
    log.write({"id": str(at()), "action_type": 21, "user_id": "1", "options": {"members_removed": "many"}})
    log.write({"id": str(at()), "action_type": 22, "target_id": str(BEN), "user_id": "1"})
    await station.start()
    await station.removals_covered()
    found = await station.events(ENTRY)
    assert [event.person for event in found if event.problem is None] == [BEN]
    assert len([event for event in found if event.problem]) == 3
