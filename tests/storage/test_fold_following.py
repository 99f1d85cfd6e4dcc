"""Following the log: the same tables whatever the batches, the restarts and the repeats were."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from storage import dead_letters, event_log
from storage.database import Warehouse
from storage.day_sets import load
from storage.fold import Folder
from storage.rebuild import table_digests
from storage.rules import Rules, TierRule
from storage.tables import activity_sessions, daily_activity, day_sets, fold_progress, members

TIERS = (TierRule("captain", (2,)), TierRule("host", (3,)))
BERLIN = Rules(zone="Europe/Berlin", tracked_commands=("profile",), tiers=TIERS)
MONDAY = 20514  # 2 March 2026
SETS = ("present", "present_at_end", "voice", "command", "dota_match", "text")
MINUTE = 60_000
HOUR = 3_600_000

new_guild_ids = count(1000)


async def caught_up(folder: Folder, guild_id: int = 1, limit: int = 5000) -> int:
    """Folds all there is and returns the number of rows."""
    folded = 0
    while True:
        progress = await folder.advance(guild_id, limit)
        folded += progress.folded
        if progress.caught_up:
            return folded


async def digests(warehouse: Warehouse, guild_id: int = 1) -> tuple[object, ...]:
    """Every row of every table, and what the fold remembers beside them."""
    remembered = select(fold_progress.c.position, fold_progress.c.folded_to_ms, fold_progress.c.state)
    async with warehouse.reading() as conn:
        progress = (await conn.execute(remembered.where(fold_progress.c.guild_id == guild_id))).one()
        return await table_digests(conn, guild_id), tuple(progress)


def tell_a_weekend(history: Any) -> None:
    history.covered("2026-03-06 12:00", "2026-03-06 12:00")
    history.guild("2026-03-06 12:00", 59)
    history.lists_members("2026-03-06 12:00", {1: "2025-01-01 00:00", 2: "2026-03-01 00:00"})
    history.joins(3, "2026-03-06 18:00", roles=[4])
    history.voice(1, 50, "2026-03-06 20:00")
    history.voice(2, 50, "2026-03-06 20:30")
    history.covered("2026-03-06 12:00", "2026-03-06 22:00")
    history.voice(3, 50, "2026-03-06 22:30", deaf=True)
    history.voice(1, None, "2026-03-07 00:30")
    history.voice(3, 50, "2026-03-07 00:40")
    history.covered("2026-03-06 22:00", "2026-03-07 01:00")
    history.covered("2026-03-07 01:00", "2026-03-07 09:00", "gap", "the machine")
    history.lists_voice("2026-03-07 09:00", {})
    history.lists_members("2026-03-07 09:00", {1: "2025-01-01 00:00", 3: "2026-03-06 18:00"}, snapshot="n")
    history.invokes(3, 1000, "2026-03-07 10:00", "profile")
    history.completes(3, 1000, "2026-03-07 10:00")
    history.invokes(1, 1001, "2026-03-07 10:05", "profile")
    history.completes(1, 1001, "2026-03-07 10:05", "denied")
    history.writes(1, "2026-03-07 11:00", "2026-03-07 23:30", "2026-03-06 23:30")
    history.notes(3, "dota_match", "2026-03-07 20:00", minutes=40)
    history.answered(2, 1002, "2026-03-07 12:00", "profile")
    history.invokes(1, 1003, "2026-03-08 08:00", "profile", application=8)
    history.completes(2, 1002, "2026-03-07 12:00", "error")  # told only the next day
    history.leaves(3, "2026-03-08 10:00", until="2026-03-08 10:10")
    history.joins(2, "2026-03-08 11:00")
    history.leaves(2, "2026-03-08 11:30")
    history.changes(2, "2026-03-08 11:40", joined="2026-03-08 11:00")  # news older than the leaving
    history.covered("2026-03-07 09:00", "2026-03-08 12:00")


async def test_a_weekend_becomes_rows(warehouse: Warehouse, history: Any, at: Any) -> None:
    tell_a_weekend(history)
    await history.logged(warehouse)
    assert await caught_up(Folder(warehouse, BERLIN)) == len(history.rows)
    async with warehouse.reading() as conn:
        people = (await conn.execute(select(members).order_by(members.c.member_no))).all()
        days = (await conn.execute(select(daily_activity))).all()
        sets = await load(conn, 1, SETS, 0, 99_999)
        progress = (await conn.execute(select(fold_progress))).one()
    assert [(row.member_no, row.is_bot, row.is_current) for row in people] == [
        *((1, False, True), (2, False, False), (3, False, False), (99_999, True, True)),
    ]
    friday, saturday, sunday = MONDAY + 4, MONDAY + 5, MONDAY + 6
    minutes = {
        (row.local_day, row.member_no): row.duration_ms // MINUTE for row in days if row.activity == "voice"
    }
    assert minutes == {
        (friday, 1): 150,  # 20:30 to 23:00 UTC, which is midnight in Berlin
        (friday, 2): 150,
        (saturday, 1): 90,
        (saturday, 2): 90 + 30,  # the deafened 3 is company too
        (saturday, 3): 20,  # 0:40 to 1:00, where the gap begins
    }
    elsewhere = [row for row in days if row.activity not in {"voice", "command"}]
    assert {name: {day: set(people) for day, people in by_day.items()} for name, by_day in sets.items()} == {
        "present": {friday: {1, 2, 3}, saturday: {1, 2, 3}, sunday: {1, 2, 3}},
        "present_at_end": {friday: {1, 2, 3}, saturday: {1, 2, 3}, sunday: {1}},
        "voice": {friday: {1, 2}, saturday: {1, 2, 3}},
        "command": {saturday: {3}, sunday: {1}},
        "dota_match": {saturday: {3}},
        "text": {saturday: {1}, sunday: {1}},
    }
    assert sorted((row.local_day, row.activity, row.member_no, row.count) for row in elsewhere) == [
        *((saturday, "dota_match", 3, 1), (saturday, "text", 1, 2), (sunday, "text", 1, 1)),
    ]
    assert progress.folded_to_ms == at("2026-03-08 12:00")
    assert progress.rules == BERLIN.fingerprint()


async def test_nothing_new_is_nothing_to_do(warehouse: Warehouse, history: Any) -> None:
    folder = Folder(warehouse, BERLIN)
    assert await folder.advance(1) == (0, 0, True)
    tell_a_weekend(history)
    await history.logged(warehouse)
    await caught_up(folder)
    before = await digests(warehouse)
    assert await folder.advance(1) == (len(history.rows), 0, True)
    assert await digests(warehouse) == before


async def test_every_border_between_batches_gives_the_same_tables(warehouse: Warehouse, history: Any) -> None:
    tell_a_weekend(history)
    await history.logged(warehouse, 1)
    await history.logged(warehouse, 2)
    await history.logged(warehouse, 3)
    await caught_up(Folder(warehouse, BERLIN), 1)
    await caught_up(Folder(warehouse, BERLIN), 2, limit=1)
    while not (await Folder(warehouse, BERLIN).advance(3, limit=1)).caught_up:
        pass  # each row by a process that knows nothing but the tables
    one_pass = await digests(warehouse, 1)
    assert await digests(warehouse, 2) == one_pass
    assert await digests(warehouse, 3) == one_pass


async def test_guilds_do_not_see_each_other(warehouse: Warehouse, history: Any, new_history: Any) -> None:
    tell_a_weekend(history)
    await history.logged(warehouse, 1)
    folder = Folder(warehouse, BERLIN)
    await caught_up(folder, 1)
    alone = await digests(warehouse, 1)
    other = new_history()
    other.joins(1, "2026-03-02 10:00")
    await other.logged(warehouse, 2)
    await caught_up(folder, 2)
    assert await digests(warehouse, 1) == alone


async def test_a_batch_that_fails_leaves_no_trace(
    sqlite_warehouse: Warehouse, history: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell_a_weekend(history)
    await history.logged(sqlite_warehouse)
    folder = Folder(sqlite_warehouse, BERLIN)
    await folder.advance(1, limit=7)
    before = await digests(sqlite_warehouse)
    with monkeypatch.context() as broken:

        async def fails(*_: object) -> None:
            raise OSError("the disk is full")

        broken.setattr("storage.fold.batch.move_bookmark", fails)
        with pytest.raises(OSError, match="the disk is full"):
            await folder.advance(1, limit=7)
    assert await digests(sqlite_warehouse) == before
    await caught_up(folder)
    await history.logged(sqlite_warehouse, 2)
    await caught_up(Folder(sqlite_warehouse, BERLIN), 2)
    assert await digests(sqlite_warehouse, 1) == await digests(sqlite_warehouse, 2)


async def test_another_process_may_have_gone_on(warehouse: Warehouse, history: Any) -> None:
    tell_a_weekend(history)
    await history.logged(warehouse)
    one, other = Folder(warehouse, BERLIN), Folder(warehouse, BERLIN)
    while True:
        if (await one.advance(1, limit=3)).caught_up or (await other.advance(1, limit=2)).caught_up:
            break
    await history.logged(warehouse, 2)
    await caught_up(Folder(warehouse, BERLIN), 2)
    assert await digests(warehouse, 1) == await digests(warehouse, 2)


async def test_two_processes_take_turns(warehouse: Warehouse, history: Any) -> None:
    tell_a_weekend(history)
    await history.logged(warehouse)
    await asyncio.gather(*(caught_up(Folder(warehouse, BERLIN), 1, limit=2) for _ in range(3)))
    await history.logged(warehouse, 2)
    await caught_up(Folder(warehouse, BERLIN), 2)
    assert await digests(warehouse, 1) == await digests(warehouse, 2)


async def test_other_rules_make_the_tables_anew(warehouse: Warehouse, history: Any) -> None:
    tell_a_weekend(history)
    await history.logged(warehouse, 1)
    await history.logged(warehouse, 2)
    await caught_up(Folder(warehouse, BERLIN), 1)
    strict = Rules(zone="America/New_York", min_voice_minutes=60, voice_needs_company=False)
    folder = Folder(warehouse, strict)
    assert await folder.advance(1) == (len(history.rows), len(history.rows), True)
    await caught_up(Folder(warehouse, strict), 2)
    assert await digests(warehouse, 1) == await digests(warehouse, 2)
    assert (await folder.advance(1)).folded == 0


async def test_what_cannot_be_understood_is_set_aside_once_and_holds_up_nothing(
    warehouse: Warehouse, history: Any
) -> None:
    history.voice(1, 50, "2026-03-02 10:00")
    history.row("VOICE_STATE_UPDATE", 1, {"channel_id": "here"}, "2026-03-02 10:10")
    history.row("TYPING_START", 1, {}, "2026-03-02 10:20")
    history.voice(1, None, "2026-03-02 10:30")
    await history.logged(warehouse)
    folder = Folder(warehouse, BERLIN)
    await caught_up(folder)
    await caught_up(Folder(warehouse, Rules()))  # everything anew
    async with warehouse.reading() as conn:
        letters = await dead_letters.newest(conn, 1, 10)
        ends = (await conn.execute(select(activity_sessions.c.end_ms))).scalars().all()
        assert await event_log.last_position(conn, 1) == 4
    reasons = sorted(letter.reason for letter in letters)
    assert reasons[1] == "unknown event type TYPING_START"
    assert len(reasons) == 2
    assert None not in ends


async def test_a_command_taken_back_leaves_no_row(warehouse: Warehouse, history: Any) -> None:
    history.invokes(1, 1000, "2026-03-02 10:00", "profile")
    history.completes(1, 1000, "2026-03-02 10:01", "error")
    await history.logged(warehouse)
    await caught_up(Folder(warehouse, BERLIN), limit=1)
    async with warehouse.reading() as conn:
        assert (await conn.execute(select(daily_activity))).all() == []
        assert (await conn.execute(select(day_sets).where(day_sets.c.activity == "command"))).all() == []


async def test_who_stays_below_the_threshold_is_not_active_that_day(
    warehouse: Warehouse, history: Any
) -> None:
    history.voice(1, 50, "2026-03-02 10:00")
    history.voice(2, 50, "2026-03-02 10:00")
    history.voice(2, None, "2026-03-02 10:04")
    history.voice(3, 50, "2026-03-02 10:10")
    history.voice(3, None, "2026-03-02 10:11")
    await history.logged(warehouse)
    await caught_up(Folder(warehouse, Rules()), limit=2)
    async with warehouse.reading() as conn:
        found = await load(conn, 1, ("voice",), MONDAY, MONDAY)
    assert set(found["voice"][MONDAY]) == {1}  # 4 minutes and 1 minute make 5


# ------------------------------------------------------------------ any history

person = st.integers(1, 4)
parts = ["interaction", "answer", "success", "error"]  # of what is told of a command
step = st.one_of(
    *[
        st.tuples(
            st.just("voice"),
            st.one_of(person, st.sampled_from(["aa", "bb"])),
            st.sampled_from([50, 51, None]),
            st.booleans(),
            st.sampled_from([0, 0, 30]),
        )
    ]
    * 4,
    st.tuples(st.just("join"), person),
    st.tuples(st.just("leave"), person, st.sampled_from([0, 0, 40])),
    st.tuples(st.just("change"), person, st.sets(st.integers(1, 3)), st.none() | st.integers(0, 100)),
    *[st.tuples(st.just("removed"), person | st.none(), st.sampled_from([0, 1, 30, 700]), st.integers(0, 2))]
    * 2,
    st.tuples(st.just("read"), st.sampled_from([5, 90, 2000]), st.sampled_from(["recorded", "late", "gap"])),
    st.tuples(st.just("withdraw"), st.just(4)),
    st.tuples(st.just("gap"), st.integers(1, 3000)),
    st.tuples(st.just("covered")),
    st.tuples(st.just("members"), st.dictionaries(person, st.integers(0, 100)), st.booleans()),
    st.tuples(st.just("channels"), st.dictionaries(person, st.sampled_from([50, 51]))),
    st.tuples(
        st.just("command"),
        person,
        st.sampled_from([7, 8]),
        st.lists(st.tuples(st.sampled_from(parts), st.sampled_from([-90, 0, 0, 90])), min_size=1, max_size=5),
    ),
    st.tuples(st.just("text"), person, st.integers(-3000, 0)),
    st.tuples(st.just("elsewhere"), person, st.sampled_from(["dota_match", "chess"]), st.integers(-3000, 0)),
    st.tuples(st.just("afk"), st.sampled_from([50, None])),
)
plans = st.lists(st.tuples(st.integers(0, 700), step), min_size=1, max_size=25)


def tell(history: Any, plan: Any, start: int) -> None:
    """Writes a plan down as rows, in minutes."""
    now = covered_to = start
    for number, (delay, (kind, *details)) in enumerate(plan):
        now += delay * MINUTE
        match kind, details:
            case "voice", [who, channel, deaf, late]:
                history.voice(who, channel, now, deaf, until=now + late * MINUTE)
                now += late * MINUTE
            case "join", [who]:
                history.joins(who, now, roles=[1])
            case "leave", [who, late]:
                history.leaves(who, now, until=now + late * MINUTE)
                now += late * MINUTE
            case "change", [who, roles, hours]:
                history.changes(who, now, roles, None if hours is None else now - hours * HOUR)
            case "removed", [None, minutes, removed]:
                history.prunes(removed, now - minutes * MINUTE, entry=number, told=now)
            case "removed", [who, minutes, _]:
                history.removes(who, now - minutes * MINUTE, entry=number, told=now)
            case "read", [minutes, state]:
                history.covered(now - minutes * MINUTE, now, state, sources=["removals"])
            case "withdraw", [who]:
                history.withdraws(who, now)
            case "gap", [length]:
                history.covered(now, now + length * MINUTE, "gap", "test")
                now = covered_to = now + length * MINUTE
            case "covered", []:
                history.covered(covered_to, now)
                covered_to = now
            case "members", [hours, complete]:
                joined = {who: now - since * HOUR for who, since in hours.items()}
                history.lists_members(now, joined, complete, snapshot=str(number))
            case "channels", [places]:
                history.lists_voice(now, places, snapshot=str(number))
            case "command", [who, application, told]:
                tell_of_command(history, who, number, now, application, told)
            case "text", [who, minutes]:
                history.writes(who, now + minutes * MINUTE)
            case "elsewhere", [who, activity, minutes]:
                history.notes(who, activity, now + minutes * MINUTE, minutes=5)
            case "afk", [channel]:
                history.guild(now, channel)


def tell_of_command(history: Any, who: int, number: int, now: int, application: int, told: Any) -> None:
    """Its halves and its ends in any order; what comes much later finds that the fold has forgotten it."""
    for part, minutes in told:
        if minutes > 0:
            history.invokes(who, 10_000 + number, now + minutes * MINUTE, "profile", application)
        if part == "interaction":
            history.invokes(who, number, now, "profile", application)
        elif part == "answer":
            history.answered(who, number, now, "profile", application)
        else:
            history.completes(who, number, now + minutes * MINUTE, part)


@settings(max_examples=15)
@example(  # a day's set that loses someone after a restart
    plan=[(0, ("join", 4)), (0, ("members", {1: 0, 2: 0, 3: 0}, False)), (0, ("withdraw", 4))],
    batches=[(5, True)],
)
@given(plan=plans, batches=st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1, max_size=9))
async def test_any_history_gives_the_same_tables_in_any_batches(
    warehouse: Warehouse, new_history: Any, at: Any, plan: Any, batches: Any
) -> None:
    history = new_history()
    tell(history, plan, at("2026-03-27 10:00"))
    one_pass, followed = next(new_guild_ids), next(new_guild_ids)
    await history.logged(warehouse, one_pass)
    await history.logged(warehouse, followed)
    await caught_up(Folder(warehouse, BERLIN), one_pass)
    folder = Folder(warehouse, BERLIN)
    for limit, is_restarted in batches:
        await folder.advance(followed, limit)
        folder = Folder(warehouse, BERLIN) if is_restarted else folder
    await caught_up(folder, followed)
    assert await digests(warehouse, followed) == await digests(warehouse, one_pass)


REPEATABLE = {  # have an id of their own: the log has each once
    *("INTERACTION_CREATE", "COMMAND_ANSWERED", "COMMAND_COMPLETED"),
    *("MESSAGE_CREATE", "ACTIVITY_NOTED"),
}


@settings(max_examples=60)
@given(plan=plans)
def test_the_same_state_again_is_nothing(new_history: Any, at: Any, plan: Any) -> None:
    history = new_history()
    tell(history, plan, at("2026-03-27 10:00"))
    once = history.folded(BERLIN)
    history.rows = [row for row in history.rows for _ in range(1 if row.type in REPEATABLE else 2)]
    twice = history.folded(BERLIN)
    for name in ("members", "spells", "roles", "sessions", "invocations", "totals", "days"):
        assert getattr(twice, name) == getattr(once, name), name
    intervals = [{key: span for key, span in of.coverage.items() if span} for of in (once, twice)]
    assert intervals[0] == intervals[1]
