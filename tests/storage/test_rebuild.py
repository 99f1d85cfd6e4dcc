"""Rebuilding: the log alone gives the tables that following along gave, and any other row is found."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import event_log
from storage.database import Warehouse
from storage.fold import Folder
from storage.rebuild import rebuild, table_digests, verify
from storage.rules import Rules
from storage.tables import (
    activity_sessions,
    command_invocations,
    coverage,
    daily_activity,
    day_sets,
    day_totals,
    derived,
    event_stays,
    fold_progress,
    identities,
    members,
    membership_spells,
    text_days,
)

RULES = Rules(zone="Europe/Berlin", tracked_commands=("profile",))


def tell_three_days(history: Any) -> None:
    history.guild("2026-03-06 12:00", 59)
    history.lists_members("2026-03-06 12:00", {1: "2025-01-01 00:00", 2: "2026-03-01 00:00"})
    history.changes(1, "2026-03-06 13:00", roles=[4], joined="2025-01-01 00:00")
    history.schedules(900, "2026-03-06 13:00", "2026-03-06 20:30", creator=1)
    history.answers(2, 900, "2026-03-06 14:00")
    history.voice(1, 50, "2026-03-06 20:00")
    history.voice(2, 50, "2026-03-06 20:30")
    history.starts(900, "2026-03-06 20:30")
    history.ends(900, "2026-03-07 00:20")
    history.voice(1, None, "2026-03-07 00:30")
    history.invokes(2, 1000, "2026-03-07 10:00", "profile")
    history.completes(2, 1000, "2026-03-07 10:00")
    history.row("TYPING_START", 1, {}, "2026-03-07 11:00")
    body = {"interaction_id": "1000", "resource": "profile", "granted": True}
    history.row("ACCESS_CHECKED", 2, body, "2026-03-07 10:00", source="recorder")
    history.writes(1, "2026-03-07 22:50", "2026-03-07 23:10", "2026-03-07 12:00")
    history.notes(2, "dota_match", "2026-03-07 18:00", count=2, minutes=80)
    history.answered(2, 1001, "2026-03-07 19:00", "profile")
    history.corrects(1001, "2026-03-07 10:00", 900, "2026-03-06 20:30", "type", value="Raid")
    history.corrects(1002, "2026-03-07 10:00", 900, "2026-03-06 20:30", "attendance", value=True, people=(2,))
    history.retracts(1002, "2026-03-07 10:05")
    history.leaves(1, "2026-03-08 10:00", until="2026-03-08 10:10")
    history.removes(1, "2026-03-08 10:05", told="2026-03-08 12:00")
    history.covered("2026-03-06 12:00", "2026-03-08 12:00")
    history.told_of_member(2, "join", "2025-06-01 18:00")
    history.told_of_stay(1, 50, "2025-07-01 18:00", "2025-07-01 20:00")
    history.told_of_stay(2, 50, "2025-07-01 19:00", "2025-07-01 20:00")
    history.told_of_attendance(2, 900, "2026-03-06 20:30", attended=True)


@pytest.fixture
async def followed(warehouse: Warehouse, history: Any) -> Warehouse:
    """Three days of one guild, folded a few rows at a time."""
    tell_three_days(history)
    await history.logged(warehouse)
    folder = Folder(warehouse, RULES)
    while not (await folder.advance(1, limit=4)).caught_up:
        pass
    return warehouse


async def digests(warehouse: Warehouse) -> dict[str, str]:
    async with warehouse.reading() as conn:
        return await table_digests(conn, 1)


async def test_every_table_has_rows_to_compare(followed: Warehouse) -> None:
    found = await digests(followed)
    assert set(found) == set(derived.tables)
    assert [table for table, digest in found.items() if digest.startswith("0:")] == []


async def test_rebuilding_gives_the_same_tables(followed: Warehouse) -> None:
    before = await digests(followed)
    await rebuild(followed, 1, RULES)
    assert await digests(followed) == before
    assert await verify(followed, 1, RULES) == []


async def test_rebuilding_brings_back_whatever_was_lost(followed: Warehouse) -> None:
    before = await digests(followed)
    async with followed.writing() as conn:
        for table in derived.sorted_tables:
            await conn.execute(delete(table))
    await rebuild(followed, 1, RULES)
    assert await digests(followed) == before


async def test_the_fold_goes_on_from_a_rebuild(followed: Warehouse, history: Any) -> None:
    folder = Folder(followed, RULES)
    await folder.advance(1)
    await rebuild(followed, 1, RULES)
    history.voice(2, None, "2026-03-08 13:00")
    history.voice(3, 50, "2026-03-08 13:00")
    await history.logged(followed)  # what is there already is no news
    assert (await folder.advance(1)).folded == 2
    assert await verify(followed, 1, RULES) == []


async def test_erasing_a_person_changes_nothing_that_is_counted(followed: Warehouse) -> None:
    async with followed.writing() as conn:
        await conn.execute(insert(identities).values(guild_id=1, member_no=2, user_id=123456789))
    before = await digests(followed)
    async with followed.writing() as conn:
        await conn.execute(delete(identities))
    assert await verify(followed, 1, RULES) == []
    await rebuild(followed, 1, RULES)
    assert await digests(followed) == before


PLANTED = {
    "members": update(members).where(members.c.member_no == 1).values(is_bot=True),
    "membership_spells": update(membership_spells)
    .where(membership_spells.c.member_no == 1)
    .values(ended_as="left"),
    "activity_sessions": update(activity_sessions).values(
        qualifying_ms=activity_sessions.c.qualifying_ms + 1
    ),
    "daily_activity": delete(daily_activity).where(daily_activity.c.member_no == 2),
    "day_sets": update(day_sets).where(day_sets.c.activity == "voice").values(members=b"\0"),
    "day_totals": update(day_totals).values(durations_ms=b"\0\0\0\0"),
    "text_days": update(text_days).values(messages=text_days.c.messages + 1),
    "event_stays": delete(event_stays),
    "command_invocations": update(command_invocations).values(is_counted=False),
    "coverage": insert(coverage).values(
        guild_id=1, source="voice", from_ms=0, to_ms=1, state="gap", cause=None
    ),
    "fold_progress": update(fold_progress).values(folded_to_ms=0),
}


async def test_verifying_finds_each_planted_difference_and_leaves_it(followed: Warehouse) -> None:
    for table, plant in PLANTED.items():
        async with followed.writing() as conn:
            await conn.execute(plant)
        planted = await digests(followed)
        (difference,) = await verify(followed, 1, RULES)
        assert difference.table == table
        assert difference.before != difference.after
        assert await digests(followed) == planted
        await rebuild(followed, 1, RULES)
    assert await verify(followed, 1, RULES) == []


async def test_verifying_compares_at_the_position_that_the_tables_stand_at(
    followed: Warehouse, history: Any
) -> None:
    history.joins(7, "2026-03-09 10:00")
    await history.logged(followed)
    assert await verify(followed, 1, RULES) == []
    assert (await Folder(followed, RULES).advance(1)).folded == 1


async def test_verifying_under_other_rules_says_so(followed: Warehouse) -> None:
    differences = await verify(followed, 1, Rules(zone="America/New_York", min_voice_minutes=600))
    assert "fold_progress" in [difference.table for difference in differences]


async def test_a_guild_that_nothing_was_folded_of_has_no_differences(warehouse: Warehouse) -> None:
    assert await verify(warehouse, 1, RULES) == []
    await rebuild(warehouse, 1, RULES)


async def test_progress_reaches_the_whole(followed: Warehouse, history: Any) -> None:
    seen: list[tuple[int, int]] = []
    await rebuild(followed, 1, RULES, lambda folded, total: seen.append((folded, total)))
    assert seen[-1] == (len(history.rows), len(history.rows))


async def test_a_rebuild_that_fails_leaves_the_old_tables(
    followed: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await digests(followed)

    async def fails(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("storage.fold.anew.fold_batch", fails)
    with pytest.raises(OSError, match="the disk is full"):
        await rebuild(followed, 1, RULES)
    assert await digests(followed) == before


async def test_digests_know_no_order_and_no_guild(warehouse: Warehouse) -> None:
    rows = [
        {"member_no": number, "is_bot": False, "is_current": True, "first_join_ms": number, "tier": "member"}
        for number in range(50)
    ]
    async with warehouse.writing() as conn:
        for guild_id, ordered in ((1, rows), (2, rows[::-1])):
            await conn.execute(insert(members), [{"guild_id": guild_id, **row} for row in ordered])
        assert await _members_digest(conn, 1) == await _members_digest(conn, 2)
        await conn.execute(delete(members).where(members.c.guild_id == 2, members.c.member_no == 7))
        assert await _members_digest(conn, 1) != await _members_digest(conn, 2)


async def _members_digest(conn: AsyncConnection, guild_id: int) -> str:
    return (await table_digests(conn, guild_id))["members"]


async def test_the_log_is_never_touched(followed: Warehouse, history: Any) -> None:
    await rebuild(followed, 1, RULES)
    async with followed.reading() as conn:
        rows = await event_log.read_after(conn, 1, 0, 1000)
        folded_to = (await conn.execute(select(fold_progress.c.position))).scalar_one()
    assert rows == history.rows
    assert folded_to == rows[-1].position
