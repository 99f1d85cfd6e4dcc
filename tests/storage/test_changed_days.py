"""What the fold notes of a batch's earliest day: before it nothing has changed, whatever the log says."""

from __future__ import annotations

from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Warehouse
from storage.fold.changed_days import WITHDRAWN
from storage.fold.folder import Folder
from storage.rules import EventRules, EventTypeRule, Rules
from storage.tables import (
    activity_sessions,
    attendance,
    attendance_days,
    audit_entries,
    changed_days,
    command_invocations,
    coverage,
    daily_activity,
    day_sets,
    event_occurrences,
    member_roles,
    membership_spells,
    occurrence_hosts,
    reconciliations,
    text_days,
    voice_session_days,
)

from .any_row import logs, tell

RULES = Rules(
    zone="Europe/Berlin",
    tracked_commands=("profile",),
    events=EventRules(types=(EventTypeRule("Talk", titles=("a*",), channels=(50, 51), host_roles=(2,)),)),
)
FAR = 10**15
new_guild_ids = count(9000)
Tables = dict[str, list[dict[str, Any]]]

DATED = {
    command_invocations: "invoked_ms",
    activity_sessions: "start_ms",
    reconciliations: "at_ms",
    audit_entries: "at_ms",
}
BY_DAY = (daily_activity, voice_session_days, text_days, day_sets, attendance_days)


@settings(max_examples=40)
@given(log=logs, sizes=st.lists(st.integers(1, 6), min_size=1, max_size=12))
async def test_before_the_day_that_is_noted_a_batch_changes_nothing(
    sqlite_warehouse: Warehouse, new_history: Any, log: Any, sizes: Any
) -> None:
    history, guild_id = new_history(), next(new_guild_ids)
    tell(history, log)
    await history.logged(sqlite_warehouse, guild_id)
    folder = Folder(sqlite_warehouse, RULES)
    for size in [*sizes, *[3] * len(history.rows)]:
        async with sqlite_warehouse.reading() as conn:
            before = await everything(conn, guild_id)
        progress = await folder.advance(guild_id, limit=size)
        if not progress.folded:
            break
        async with sqlite_warehouse.reading() as conn:
            day = await noted(conn, guild_id, progress.position)
            after = await everything(conn, guild_id)
        forget_impossible(before, after)
        assert until(before, day) == until(after, day), day


async def test_a_session_that_turns_out_to_be_estimated_changes_all_of_its_days(
    sqlite_warehouse: Warehouse, new_history: Any
) -> None:
    history, guild_id = new_history(), next(new_guild_ids)
    folder = Folder(sqlite_warehouse, RULES)
    for channel, moment in ((50, "2026-03-02 22:00"), (51, "2026-03-03 00:30")):
        for person in (1, 2):
            history.voice(person, channel, moment)
    history.covered("2026-03-02 22:00", "2026-03-03 01:00")
    await history.logged(sqlite_warehouse, guild_id)
    await folder.advance(guild_id)
    history.covered("2026-03-03 01:00", "2026-03-03 02:00", "gap")
    await history.logged(sqlite_warehouse, guild_id)
    progress = await folder.advance(guild_id)
    async with sqlite_warehouse.reading() as conn:
        assert await noted(conn, guild_id, progress.position) == 20514, "Monday, not Tuesday"
        told = await rows(conn, voice_session_days, guild_id)
    days = sorted((row["local_day"], row["member_no"], row["is_estimated"]) for row in told)
    assert days == [(20514, 1, True), (20514, 2, True), (20515, 1, True), (20515, 2, True)]


def forget_impossible(before: Tables, after: Tables) -> None:
    """An id holds the moment at which it was made: no command, and no entry, is told with two of them."""
    for table, key, moment in (
        ("command_invocations", "interaction_id", "invoked_ms"),
        ("audit_entries", "entry_id", "at_ms"),
    ):
        was = {row[key]: row[moment] for row in before[table]}
        others = {row[key] for row in after[table] if was.get(row[key], row[moment]) != row[moment]}
        for tables in (before, after):
            tables[table] = [row for row in tables[table] if row[key] not in others]


async def noted(conn: AsyncConnection, guild_id: int, position: int) -> int | None:
    c = changed_days.c
    query = select(c.local_day).where(c.guild_id == guild_id, c.position == position)
    return (await conn.execute(query)).scalar_one_or_none()


async def everything(conn: AsyncConnection, guild_id: int) -> Tables:
    tables = (*BY_DAY, *DATED, event_occurrences, attendance, occurrence_hosts)
    tables = (*tables, membership_spells, member_roles, coverage)
    return {table.name: await rows(conn, table, guild_id) for table in tables}


async def rows(conn: AsyncConnection, table: Table, guild_id: int) -> list[dict[str, Any]]:
    found = await conn.execute(select(table).where(table.c.guild_id == guild_id))
    return [dict(row) for row in found.mappings()]


def until(tables: Tables, day: int | None) -> dict[str, list[Any]]:
    """What the tables say of the time before a local day; of all time where no day was noted."""
    if day in (0, WITHDRAWN):
        return {}
    end_ms = FAR if day is None else RULES.day_start_ms(day)
    last_day = 10**6 if day is None else day
    began = {key_of(row): began_ms(row) for row in tables["event_occurrences"]}
    told: dict[str, list[Any]] = {
        table.name: [row for row in tables[table.name] if row["local_day"] < last_day] for table in BY_DAY
    }
    for table, moment in DATED.items():
        told[table.name] = [row for row in tables[table.name] if row[moment] < end_ms]
    for name in ("event_occurrences", "attendance", "occurrence_hosts"):
        told[name] = [row for row in tables[name] if began.get(key_of(row), FAR) < end_ms]
    told["spells"] = [
        (row["member_no"], row["joined_ms"], *left_before(row, end_ms))
        for row in tables["membership_spells"]
        if row["joined_ms"] < end_ms
    ]
    told["roles"] = [
        (row["member_no"], row["role_id"], row["from_ms"], clipped(row["to_ms"], end_ms))
        for row in tables["member_roles"]
        if row["from_ms"] < end_ms
    ]
    told["coverage"] = [
        (row["source"], row["from_ms"], min(row["to_ms"], end_ms), row["state"], row["cause"])
        for row in tables["coverage"]
        if row["from_ms"] < end_ms
    ]
    return {name: sorted(some, key=repr) for name, some in told.items()}


def key_of(row: dict[str, Any]) -> tuple[int, int]:
    return row["event_id"], row["original_start_ms"]


def began_ms(row: dict[str, Any]) -> int:
    moments = (row["original_start_ms"], row["scheduled_start_ms"], row["actual_start_ms"])
    return min(moment for moment in moments if moment is not None)


def left_before(row: dict[str, Any], end_ms: int) -> tuple[Any, ...]:
    is_before = row["left_ms"] is not None and row["left_ms"] < end_ms
    return (row["left_ms"], row["ended_as"]) if is_before else (None, None)


def clipped(at_ms: int | None, end_ms: int) -> int | None:
    return at_ms if at_ms is not None and at_ms < end_ms else None
