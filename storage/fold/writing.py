"""Puts a batch's changes into the tables, inside the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pyroaring import BitMap
from sqlalchemy import Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import day_sets
from storage.day_sets import PRESENT, PRESENT_AT_END
from storage.endings import UNKNOWN
from storage.fold.changes import Changes, Correction, correct
from storage.fold.channels import ACTIVITY as VOICE
from storage.rules import Rules
from storage.tables import (
    access_log,
    activity_sessions,
    audit_entries,
    command_invocations,
    coverage,
    daily_activity,
    event_series,
    member_roles,
    members,
    membership_spells,
    reconciliations,
    rsvps,
)
from storage.upsert import Row, add, replace

MINUTE_MS = 60_000
DAYS_AT_ONCE = 500  # well below the number of values that a database takes in one statement


async def write(conn: AsyncConnection, guild_id: int, changes: Changes, rules: Rules) -> None:
    for table, rows in _replaced_rows(guild_id, changes).items():
        await replace(conn, table, rows)
    await _write_coverage(conn, guild_id, changes)
    await _write_totals(conn, guild_id, changes)
    await _renew_activity_sets(conn, guild_id, changes, rules)
    await _write_populations(conn, guild_id, changes)


def _replaced_rows(guild_id: int, changes: Changes) -> dict[Table, list[Row]]:
    return {
        members: [
            (guild_id, m.member_no, m.is_bot, m.is_current, m.first_join_ms, m.withdrawn_at_ms, m.tier)
            for m in changes.members.values()
        ],
        membership_spells: [
            (
                *(guild_id, s.member_no, s.joined_ms, s.left_ms, s.left_to_ms),
                *(None if s.left_ms is None else UNKNOWN, s.join_estimated, s.leave_estimated, s.leave_seen),
            )
            for s in changes.spells.values()
        ],
        audit_entries: [
            (guild_id, r.entry_id, r.action, r.member_no, r.from_ms, r.members_removed)
            for r in changes.removals.values()
        ],
        member_roles: [(guild_id, *key, to_ms) for key, to_ms in changes.roles.items()],
        activity_sessions: [
            (
                *(guild_id, s.member_no, VOICE, s.start_ms, s.channel_id, s.end_ms, s.session_start_ms),
                *(s.qualifying_ms, s.start_estimated, s.end_estimated),
            )
            for s in changes.sessions.values()
        ],
        command_invocations: [
            (
                *(guild_id, i.interaction_id, i.member_no, i.application_id, i.command, i.options),
                *(i.invoked_ms, i.outcome, i.error_type, i.latency_ms),
            )
            for i in changes.invocations.values()
        ],
        rsvps: [
            (
                *(guild_id, a.event_id, a.occurrence, a.member_no, a.from_ms, a.to_ms),
                *(a.interested, a.from_estimated, a.to_estimated),
            )
            for a in changes.answers.values()
        ],
        reconciliations: [
            (guild_id, at_ms, source, *compared)
            for (at_ms, source), compared in changes.reconciliations.items()
        ],
        event_series: [(guild_id, name, *series) for name, series in changes.series.items()],
        access_log: [
            (guild_id, a.interaction_id, a.member_no, a.resource, a.granted, a.from_ms)
            for a in changes.accesses.values()
        ],
    }


async def _write_coverage(conn: AsyncConnection, guild_id: int, changes: Changes) -> None:
    for (source, from_ms), interval in changes.coverage.items():
        if interval is None:
            await conn.execute(
                delete(coverage).where(
                    coverage.c.guild_id == guild_id,
                    coverage.c.source == source,
                    coverage.c.from_ms == from_ms,
                )
            )
    rows = [
        (guild_id, source, i.from_ms, i.to_ms, i.state, i.cause)
        for (source, _), i in changes.coverage.items()
        if i is not None
    ]
    await replace(conn, coverage, rows)


async def _write_totals(conn: AsyncConnection, guild_id: int, changes: Changes) -> None:
    rows = [
        (guild_id, *key, total.count, total.duration_ms)
        for key, total in changes.totals.items()
        if total.count or total.duration_ms
    ]
    await add(conn, daily_activity, rows)
    taken_back = {day for (day, _, _), total in changes.totals.items() if total.count < 0}
    for days in some_at_once(taken_back):
        await conn.execute(
            delete(daily_activity).where(
                daily_activity.c.guild_id == guild_id,
                daily_activity.c.local_day.in_(days),
                daily_activity.c["count"] == 0,
                daily_activity.c.duration_ms == 0,
            )
        )


async def _renew_activity_sets(conn: AsyncConnection, guild_id: int, changes: Changes, rules: Rules) -> None:
    touched: dict[str, set[int]] = defaultdict(set)
    for day, activity, _ in changes.totals:
        touched[activity].add(day)
    for activity, days in touched.items():
        needed_ms = rules.min_voice_minutes * MINUTE_MS if activity == VOICE else 0
        await renew_activity_set(conn, guild_id, activity, days, needed_ms)


async def renew_activity_set(
    conn: AsyncConnection, guild_id: int, activity: str, days: Iterable[int], needed_ms: int = 0
) -> None:
    """Makes these days' sets of an activity anew from the daily totals."""
    for some in some_at_once(days):
        sets = await _active(conn, guild_id, activity, some, needed_ms)
        await day_sets.save(conn, guild_id, sets)


async def _active(
    conn: AsyncConnection, guild_id: int, activity: str, days: Sequence[int], needed_ms: int
) -> dict[tuple[int, str], BitMap]:
    """Who passed the activity's threshold on each of these days."""
    query = select(daily_activity.c.local_day, daily_activity.c.member_no).where(
        daily_activity.c.guild_id == guild_id,
        daily_activity.c.local_day.in_(days),
        daily_activity.c.activity == activity,
        daily_activity.c["count"] > 0,
        daily_activity.c.duration_ms >= needed_ms,
    )
    people: dict[int, list[int]] = {day: [] for day in days}
    for day, member_no in await conn.execute(query):
        people[day].append(member_no)
    return {(day, activity): BitMap(member_nos) for day, member_nos in people.items()}


async def _write_populations(conn: AsyncConnection, guild_id: int, changes: Changes) -> None:
    sets: dict[tuple[int, str], BitMap] = {}
    for day, known in changes.days.items():
        sets[day, PRESENT] = known.present
        sets[day, PRESENT_AT_END] = known.present_at_end
    await day_sets.save(conn, guild_id, sets)
    for days in some_at_once({day for day, _ in changes.corrections}):
        await _correct(conn, guild_id, days, changes.corrections)


async def _correct(
    conn: AsyncConnection,
    guild_id: int,
    days: Sequence[int],
    corrections: Mapping[tuple[int, int], Correction],
) -> None:
    found = await day_sets.load(conn, guild_id, (PRESENT, PRESENT_AT_END), days[0], days[-1])
    sets = {
        (day, population): by_day.get(day, BitMap()) for population, by_day in found.items() for day in days
    }
    for (day, member_no), correction in corrections.items():
        if (day, PRESENT) in sets:
            correct(sets[day, PRESENT], member_no, correction.present)
            correct(sets[day, PRESENT_AT_END], member_no, correction.present_at_end)
    await day_sets.save(conn, guild_id, sets)


def some_at_once(days: Iterable[int]) -> list[list[int]]:
    ordered = sorted(days)
    return [ordered[i : i + DAYS_AT_ONCE] for i in range(0, len(ordered), DAYS_AT_ONCE)]
