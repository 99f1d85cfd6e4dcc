"""Why memberships ended, from log to table: live and fetched later, before and after, once and twice."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from storage.database import Warehouse
from storage.event_log import read_after
from storage.fold import Folder
from storage.fold.batch import fold_batch
from storage.fold.loading import bookmark, load
from storage.rebuild import verify
from storage.rules import Rules
from storage.tables import audit_entries, membership_spells

KICK, BAN = 20, 22
MINUTE = 60_000
RULES = Rules()

new_guild_ids = count(1000)


@pytest.fixture
def ended(warehouse: Warehouse, history: Any, at: Any) -> Any:
    """Folds what was told since, and says how everybody's memberships ended, oldest first."""
    folder = Folder(warehouse, RULES)

    async def fold() -> dict[int, list[str | None]]:
        await history.logged(warehouse)
        while not (await folder.advance(1)).caught_up:
            pass
        return await reasons(warehouse, 1)

    return fold


async def reasons(warehouse: Warehouse, guild_id: int) -> dict[int, list[str | None]]:
    s = membership_spells.c
    query = select(s.member_no, s.ended_as).where(s.guild_id == guild_id).order_by(s.member_no, s.joined_ms)
    found: dict[int, list[str | None]] = {}
    async with warehouse.reading() as conn:
        for member_no, how in await conn.execute(query):
            found.setdefault(member_no, []).append(how)
    return found


def tell_members(history: Any, *people: int) -> None:
    for person in people:
        history.joins(person, "2026-03-01 10:00")


async def test_without_a_record_of_the_audit_log_nobody_knows_why(history: Any, ended: Any) -> None:
    tell_members(history, 1, 2)
    history.leaves(1, "2026-03-02 10:00")
    assert await ended() == {1: ["unknown"], 2: [None]}


async def test_an_entry_that_comes_after_the_leave_is_its_reason(history: Any, ended: Any) -> None:
    tell_members(history, 1)
    history.leaves(1, "2026-03-02 10:00")
    assert await ended() == {1: ["unknown"]}
    history.removes(1, "2026-03-02 10:00", BAN)
    assert await ended() == {1: ["banned"]}


async def test_an_entry_that_comes_before_the_leave_is_its_reason(history: Any, ended: Any) -> None:
    tell_members(history, 1)
    history.removes(1, "2026-03-02 10:00", KICK)
    assert await ended() == {1: [None]}
    history.leaves(1, "2026-03-02 10:00")
    assert await ended() == {1: ["kicked"]}


async def test_an_entry_that_was_read_before_it_happened_was_dated_by_another_clock(
    history: Any, ended: Any
) -> None:
    tell_members(history, 1)
    history.covered("2026-03-01 00:00", "2026-03-03 00:00", sources=["removals"])
    history.leaves(1, "2026-03-02 10:00")
    history.removes(
        1, "2026-03-02 10:04", BAN, told="2026-03-02 10:00"
    )  # a clock that is four minutes behind
    assert await ended() == {1: ["banned"]}


async def test_an_entry_that_is_fetched_45_days_later_is_the_reason_of_an_old_leave(
    history: Any, ended: Any
) -> None:
    tell_members(history, 1)
    history.leaves(1, "2026-03-02 10:00")
    history.joins(1, "2026-03-05 10:00")
    history.leaves(1, "2026-03-09 10:00")
    history.joins(1, "2026-04-01 10:00")
    assert await ended() == {1: ["unknown", "unknown", None]}
    history.removes(1, "2026-03-02 10:00", KICK, told="2026-04-16 09:00")
    assert await ended() == {1: ["kicked", "unknown", None]}


async def test_the_same_entry_twice_is_one(history: Any, ended: Any) -> None:
    tell_members(history, 1)
    history.leaves(1, "2026-03-02 10:00:00")
    history.removes(1, "2026-03-02 10:00:01", KICK, entry=7)
    await ended()
    history.joins(1, "2026-03-02 10:00:20")
    history.removes(1, "2026-03-02 10:00:01", KICK, entry=7, told="2026-03-03 10:00:00")
    history.leaves(1, "2026-03-02 10:00:40")
    assert await ended() == {1: ["kicked", "unknown"]}


async def test_where_the_log_was_read_whoever_it_does_not_name_left(history: Any, ended: Any) -> None:
    tell_members(history, 1, 2)
    history.leaves(1, "2026-03-02 10:00:00")
    history.leaves(2, "2026-03-02 10:30:00")
    history.covered("2026-03-02 09:59:00", "2026-03-02 10:30:59", sources=["removals"])
    assert await ended() == {1: ["left"], 2: ["unknown"]}
    history.covered(
        "2026-03-02 10:30:59", "2026-03-02 11:00", sources=["removals"]
    )  # where it ended, it goes on
    assert await ended() == {1: ["left"], 2: ["left"]}


async def test_the_record_of_everything_else_is_not_that_of_the_audit_log(history: Any, ended: Any) -> None:
    tell_members(history, 1)
    history.leaves(1, "2026-03-02 10:00")
    history.covered("2026-03-01 10:00", "2026-03-03 10:00")
    assert await ended() == {1: ["unknown"]}


async def test_a_record_that_comes_late_counts_and_one_that_is_taken_back_does_not(
    history: Any, ended: Any
) -> None:
    tell_members(history, 1)
    history.leaves(1, "2026-03-02 10:00")
    cause = "View Audit Log is not granted"
    history.covered("2026-03-01 10:00", "2026-03-03 10:00", "gap", cause, ["removals"])
    assert await ended() == {1: ["unknown"]}
    history.covered("2026-03-01 10:00", "2026-04-10 10:00", "late", None, ["removals"])
    assert await ended() == {1: ["left"]}
    history.covered("2026-03-02 09:00", "2026-03-02 11:00", "gap", cause, ["removals"])
    assert await ended() == {1: ["unknown"]}


async def test_recorded_and_late_side_by_side_are_one_record(history: Any, ended: Any) -> None:
    tell_members(history, 1)
    history.leaves(1, "2026-03-02 10:00")
    history.covered("2026-03-02 09:00", "2026-03-02 10:00", "late", None, ["removals"])
    history.covered("2026-03-02 10:00", "2026-03-02 11:00", "recorded", None, ["removals"])
    assert await ended() == {1: ["left"]}


async def test_an_entry_that_is_found_later_overrides_left(history: Any, ended: Any) -> None:
    tell_members(history, 1, 2)
    history.leaves(1, "2026-03-02 10:00")
    history.leaves(2, "2026-03-02 10:00")
    history.covered("2026-03-01 10:00", "2026-03-03 10:00", sources=["removals"])
    assert await ended() == {1: ["left"], 2: ["left"]}
    history.removes(1, "2026-03-02 10:00", BAN, told="2026-03-04 10:00")
    assert await ended() == {1: ["banned"], 2: ["left"]}
    history.prunes(1, "2026-03-02 10:00", entry=2, told="2026-03-04 10:00")
    assert await ended() == {1: ["banned"], 2: ["pruned"]}


async def test_a_kick_that_a_gap_swallowed_is_the_reason_of_a_leave_that_a_list_showed(
    history: Any, ended: Any
) -> None:
    tell_members(history, 1, 2, 3)
    history.covered("2026-03-03 10:00", "2026-03-04 10:00", "gap")
    history.lists_members("2026-03-04 10:00", {3: "2026-03-01 10:00"})
    history.covered("2026-03-03 10:00", "2026-03-04 10:00", "late", None, ["removals"])
    history.removes(1, "2026-03-03 18:00", KICK, told="2026-03-04 10:05")
    history.removes(2, "2026-03-04 10:02", KICK, entry=2)  # after the list: they had gone before it
    assert await ended() == {1: ["kicked"], 2: ["unknown"], 3: [None], 99_999: [None]}


async def test_more_leaves_than_a_prune_removed_are_in_doubt_also_when_the_last_comes_later(
    history: Any, ended: Any
) -> None:
    tell_members(history, 1, 2, 3)
    history.prunes(2, "2026-03-02 10:00:00")
    history.leaves(1, "2026-03-02 10:00:01")
    history.leaves(2, "2026-03-02 10:00:02")
    assert await ended() == {1: ["pruned"], 2: ["pruned"], 3: [None]}
    history.leaves(3, "2026-03-02 10:00:50")
    assert await ended() == {1: ["unknown"], 2: ["unknown"], 3: ["unknown"]}
    history.removes(2, "2026-03-02 10:00:02", KICK, entry=2, told="2026-03-03 10:00:00")
    assert await ended() == {1: ["pruned"], 2: ["kicked"], 3: ["pruned"]}


async def test_a_prune_explains_nobody_until_as_many_are_known_as_it_removed(
    history: Any, ended: Any
) -> None:
    tell_members(history, 1, 2)
    history.prunes(2, "2026-03-02 10:00:00")
    history.leaves(1, "2026-03-02 10:00:01")
    assert await ended() == {1: ["unknown"], 2: [None]}
    history.leaves(2, "2026-03-02 10:00:02")
    assert await ended() == {1: ["pruned"], 2: ["pruned"]}


async def test_of_a_prune_that_may_have_removed_somebody_who_withdrew_nobody_guesses_who_left(
    history: Any, ended: Any
) -> None:
    tell_members(history, 1, 2, 3, 9)
    history.withdraws(3, "2026-03-01 20:00")
    history.prunes(3, "2026-03-02 10:00:00")
    history.leaves(1, "2026-03-02 10:00:01")
    history.leaves(2, "2026-03-02 10:00:01")
    assert await ended() == {1: ["pruned"], 2: ["pruned"], 3: ["unknown"], 9: [None]}
    history.leaves(9, "2026-03-02 10:00:40")
    assert await ended() == {1: ["unknown"], 2: ["unknown"], 3: ["unknown"], 9: ["unknown"]}


async def test_a_withdrawal_that_is_told_again_after_a_restore_puts_a_later_prune_in_doubt(
    history: Any, ended: Any
) -> None:
    tell_members(history, 1, 2, 3)
    history.prunes(1, "2026-03-02 10:00")
    history.leaves(1, "2026-03-02 10:00")
    history.prunes(1, "2026-03-04 10:00", entry=2)
    history.leaves(2, "2026-03-04 10:00")
    assert await ended() == {1: ["pruned"], 2: ["pruned"], 3: [None]}
    history.withdraws(3, "2026-03-03 10:00")
    assert await ended() == {1: ["pruned"], 2: ["unknown"], 3: ["unknown"]}


async def test_a_leave_that_never_was_leaves_the_prune_to_the_others(history: Any, ended: Any) -> None:
    tell_members(history, 1, 2)
    history.lists_members("2026-03-02 10:00", {}, snapshot="wrong")
    history.prunes(1, "2026-03-02 10:00")
    assert await ended() == {1: ["unknown"], 2: ["unknown"], 99_999: [None]}
    history.lists_members("2026-03-03 10:00", {2: "2026-03-01 10:00"}, snapshot="right")
    assert await ended() == {1: ["pruned"], 2: [None], 99_999: [None]}


async def test_an_entry_that_the_later_leave_takes_is_lost_to_the_earlier_one(
    history: Any, ended: Any
) -> None:
    tell_members(history, 1)
    history.leaves(1, "2026-03-02 10:00:00")
    history.removes(1, "2026-03-02 10:00:40", KICK)
    assert await ended() == {1: ["kicked"]}
    history.joins(1, "2026-03-02 10:00:10")
    history.leaves(1, "2026-03-02 10:00:41")
    assert await ended() == {1: ["unknown", "kicked"]}


async def test_who_withdrew_may_still_be_here_and_did_not_leave(
    warehouse: Warehouse, history: Any, ended: Any, at: Any
) -> None:
    tell_members(history, 1, 2)
    history.leaves(2, "2026-03-01 20:00")
    history.withdraws(1, "2026-03-02 10:00")
    history.withdraws(2, "2026-03-02 10:00")
    history.covered("2026-03-01 10:00", "2026-03-03 10:00", sources=["removals"])
    history.removes(1, "2026-03-02 10:00", KICK)
    history.removes(2, "2026-03-01 20:00", KICK, entry=2)
    assert await ended() == {1: ["unknown"], 2: ["left"]}
    async with warehouse.reading() as conn:
        assert (await conn.execute(select(audit_entries))).all() == []
        (left_to, _) = (await conn.execute(select(membership_spells.c.left_to_ms))).scalars().all()
    assert left_to is None


async def test_an_entry_about_somebody_who_never_was_a_member_waits(
    warehouse: Warehouse, history: Any, ended: Any, at: Any
) -> None:
    history.removes(5, "2026-03-02 10:00", BAN, entry=70)
    history.prunes(12, "2026-03-02 11:00", entry=71)
    assert await ended() == {}
    async with warehouse.reading() as conn:
        rows = (await conn.execute(select(audit_entries).order_by(audit_entries.c.entry_id))).all()
    assert [tuple(row) for row in rows] == [
        (1, 70, BAN, 5, at("2026-03-02 10:00"), None),
        (1, 71, 21, None, at("2026-03-02 11:00"), 12),
    ]


@pytest.mark.parametrize(
    ("person", "body", "reason"),
    [
        (None, {"entry_id": "1", "action": 20}, "GUILD_AUDIT_LOG_ENTRY_CREATE without a person"),
        (1, {"entry_id": "1", "action": 21}, "of a prune that does not say how many it removed"),
        (1, {"entry_id": "1", "action": 24}, "Invalid enum value 24"),
        (1, {"entry_id": "1", "action": 21, "members_removed": "-1"}, "Expected `int` >= 0"),
        (1, {"action": 20}, "missing required field `entry_id`"),
    ],
)
def test_what_says_nothing_is_set_aside(history: Any, person: int | None, body: Any, reason: str) -> None:
    history.row("GUILD_AUDIT_LOG_ENTRY_CREATE", person, body, "2026-03-02 10:00")
    history.folded()
    (letter,) = history.set_aside
    assert reason in letter.reason


# ------------------------------------------------------------- until when they left


def lefts(history: Any, person: int) -> list[tuple[int | None, int | None]]:
    spells = [spell for spell in history.folded().spells.values() if spell.member_no == person]
    return [(spell.left_ms, spell.left_to_ms) for spell in sorted(spells, key=lambda one: one.joined_ms)]


def test_a_leave_that_was_seen_has_one_moment(history: Any, at: Any) -> None:
    tell_members(history, 1)
    history.leaves(1, "2026-03-02 10:00")
    assert lefts(history, 1) == [(at("2026-03-02 10:00"), at("2026-03-02 10:00"))]


def test_one_that_was_replayed_happened_before_the_replay(history: Any, at: Any) -> None:
    tell_members(history, 1)
    history.leaves(1, "2026-03-02 10:00", until="2026-03-02 10:20")
    assert lefts(history, 1) == [(at("2026-03-02 10:00"), at("2026-03-02 10:20"))]


def test_one_that_a_list_shows_happened_before_the_list(history: Any, at: Any) -> None:
    tell_members(history, 1)
    history.covered("2026-03-03 10:00", "2026-03-04 10:00", "gap")
    history.lists_members("2026-03-04 10:10", {})
    assert lefts(history, 1) == [(at("2026-03-03 10:00"), at("2026-03-04 10:10"))]


def test_one_that_a_return_shows_happened_before_the_return(history: Any, at: Any) -> None:
    tell_members(history, 1)
    history.covered("2026-03-03 10:00", "2026-03-04 10:00", "gap")
    history.lists_members("2026-03-04 10:10", {1: "2026-03-04 08:00"})
    assert lefts(history, 1) == [(at("2026-03-03 10:00"), at("2026-03-04 08:00")), (None, None)]


def test_one_that_was_taken_back_has_no_moment(history: Any) -> None:
    tell_members(history, 1)
    history.lists_members("2026-03-04 10:00", {}, snapshot="wrong")
    history.lists_members("2026-03-05 10:00", {1: "2026-03-01 10:00"}, snapshot="right")
    assert lefts(history, 1) == [(None, None)]


# ----------------------------------------------------------------------- any order

person = st.integers(1, 4)
second = st.integers(0, 300)
late = st.sampled_from([0, 0, 0, 50, 150])
stays = st.lists(st.tuples(person, second, late), max_size=8)  # when they left; they joined right before
entries = st.lists(
    st.tuples(person | st.none(), second, st.sampled_from([KICK, BAN]), st.integers(0, 3)), max_size=6
)
withdrawals = st.lists(second, max_size=2)
records = st.lists(st.tuples(st.sampled_from(["recorded", "late", "gap"]), st.integers(1, 300)), max_size=4)
batches = st.lists(st.tuples(st.integers(1, 5), st.booleans()), min_size=1, max_size=6)


def tell(history: Any, start: int, stays: Any, entries: Any, records: Any, withdrawals: Any) -> None:
    """Leaves, entries, withdrawals of others, then what was read. No two records speak of the same time."""
    for who, at, length in sorted(stays, key=lambda stay: stay[1]):
        history.joins(who, start + at * 1000 - 1)
        history.leaves(who, start + at * 1000, until=start + (at + length) * 1000)
    for number, (who, at, action, removed) in enumerate(entries):
        if who is None:
            history.prunes(removed, start + at * 1000, entry=number)
        else:
            history.removes(who, start + at * 1000, action, entry=number)
    for others, at in enumerate(withdrawals, 10):
        history.joins(others, start - 1)
        history.withdraws(others, start + at * 1000)
    read_to = start - 100_000
    for state, length in records:
        history.covered(read_to, read_to + length * 1000, state, sources=["removals"])
        read_to += length * 1000


async def spells(warehouse: Warehouse, guild_id: int) -> list[tuple[object, ...]]:
    query = select(membership_spells).where(membership_spells.c.guild_id == guild_id)
    async with warehouse.reading() as conn:
        return sorted(tuple(row[1:]) for row in await conn.execute(query))


@settings(max_examples=40)
@given(
    stays=stays,
    entries=entries,
    records=records,
    withdrawals=withdrawals,
    batches=batches,
    shuffled=st.randoms(use_true_random=False),
    repeated=st.integers(0, 3),
)
async def test_any_order_of_leaves_entries_and_records_gives_the_same_spells(
    warehouse: Warehouse, new_history: Any, at: Any, stays: Any, entries: Any, records: Any,
    withdrawals: Any, batches: Any, shuffled: Any, repeated: int,
) -> None:  # fmt: skip
    told = new_history()
    tell(told, at("2026-03-02 10:00"), stays, entries, records, withdrawals)
    other = new_history()
    other.rows = mixed(told.rows, shuffled, repeated)
    one_pass, followed = next(new_guild_ids), next(new_guild_ids)
    await told.logged(warehouse, one_pass)
    await other.logged(warehouse, followed)
    await Folder(warehouse, RULES).advance(one_pass)
    folder = Folder(warehouse, RULES)
    for limit, is_restarted in batches:
        await folder.advance(followed, limit)
        folder = Folder(warehouse, RULES) if is_restarted else folder
    while not (await folder.advance(followed, 3)).caught_up:
        pass
    assert await spells(warehouse, followed) == await spells(warehouse, one_pass)
    assert await verify(warehouse, followed, RULES) == []


def mixed(rows: Any, shuffled: Any, repeated: int) -> list[Any]:
    """In another order, some twice. Each person's joins and leaves stay in theirs."""
    again = [row for row in rows if row.type == "GUILD_AUDIT_LOG_ENTRY_CREATE"][:repeated]
    of: dict[object, list[Any]] = {}
    for number, row in enumerate([*rows, *again]):
        is_members = row.type.startswith(("GUILD_MEMBER", "MEMBER_"))
        of.setdefault(row.member_no if is_members else f"row {number}", []).append(row)
    turns = [who for who, theirs in of.items() for _ in theirs]
    shuffled.shuffle(turns)
    taken = {who: iter(theirs) for who, theirs in of.items()}
    return [next(taken[who]) for who in turns]


# -------------------------------------------------------------------------- cost


async def test_only_what_is_touched_is_looked_at(sqlite_warehouse: Warehouse, history: Any) -> None:
    """Every query for leaves and entries goes by an index, and none walks through all that left before."""
    tell_members(history, 1, 2, 3)
    history.leaves(1, "2026-03-02 10:00:00")
    history.removes(1, "2026-03-02 10:00:00", KICK)
    await history.logged(sqlite_warehouse)
    await Folder(sqlite_warehouse, RULES).advance(1)
    history.leaves(2, "2026-03-05 10:00:00")
    history.removes(2, "2026-03-05 10:00:00", KICK, entry=2)
    history.prunes(3, "2026-03-05 10:00:10", entry=3)
    history.covered("2026-03-05 09:00", "2026-03-05 11:00", sources=["removals"])
    await history.logged(sqlite_warehouse)
    asked: list[tuple[str, Any]] = []
    async with sqlite_warehouse.writing() as conn:
        mark = await bookmark(conn, 1)
        state = await load(conn, 1, RULES, mark.state)
        rows = await read_after(conn, 1, mark.position, 100)

        @event.listens_for(conn.sync_connection, "before_cursor_execute")
        def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            if "FROM audit_entries" in statement or "FROM membership_spells" in statement:
                asked.append((statement, parameters))

        await fold_batch(conn, 1, state, rows, RULES)
        event.remove(conn.sync_connection, "before_cursor_execute", note)
        for statement, parameters in asked:
            plan = [
                row[3] for row in await conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            ]
            walks = ("SCAN", "(guild_id=?)", "left_ms<")
            assert not [step for step in plan if any(walk in step for walk in walks)], plan
    assert (
        len(asked) == 5
    )  # leaves in the record, prunes, entries of the person; theirs, those near the prune
