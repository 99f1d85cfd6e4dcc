"""Puts a batch's changes into the tables, inside the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pyroaring import BitMap
from sqlalchemy import Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import day_sets, day_totals
from storage.activities import VOICE
from storage.day_sets import FIRST_JOIN, PRESENT, PRESENT_AT_END
from storage.day_totals import NOBODY, DayTotals
from storage.endings import UNKNOWN
from storage.fold.changes import Changes, Correction, correct
from storage.rules import Rules
from storage.tables import (
    access_log,
    activity_sessions,
    audit_entries,
    command_invocations,
    corrections,
    coverage,
    daily_activity,
    imported_attendance,
    imported_memberships,
    imported_stays,
    member_roles,
    members,
    membership_spells,
    reconciliations,
    rsvps,
    text_days,
    voice_session_days,
)
from storage.upsert import Row, add, replace

DAYS_AT_ONCE = 500  # well below the number of values that a database takes in one statement


async def write(conn: AsyncConnection, guild_id: int, changes: Changes, rules: Rules) -> None:
    for table, rows in _replaced_rows(guild_id, changes).items():
        await replace(conn, table, rows)
    await _write_coverage(conn, guild_id, changes)
    await _write_text(conn, guild_id, changes)
    await _write_totals(conn, guild_id, changes)
    await _renew_activity_sets(conn, guild_id, changes, rules)
    await _write_populations(conn, guild_id, changes)
    await _move_first_joins(conn, guild_id, changes, rules)


def _replaced_rows(guild_id: int, changes: Changes) -> dict[Table, list[Row]]:
    return {
        members: [
            (guild_id, m.member_no, m.is_bot, m.is_current, m.first_join_ms, m.withdrawn_at_ms, m.tier)
            for m in changes.members.values()
        ],
        membership_spells: [
            (
                *(guild_id, s.member_no, s.joined_ms, s.left_ms, s.left_to_ms),
                *(None if s.left_ms is None else UNKNOWN, s.join_estimated, s.leave_estimated),
                *(s.leave_seen, False),
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
                *(s.qualifying_ms, s.afk_ms, s.deafened_ms, s.alone_ms, s.start_estimated, s.end_estimated),
                False,
            )
            for s in changes.sessions.values()
        ],
        voice_session_days: [
            (guild_id, *key, is_estimated) for key, is_estimated in changes.session_days.items()
        ],
        command_invocations: [
            (
                *(guild_id, i.interaction_id, i.member_no, i.application_id, i.command, i.options),
                *(i.invoked_ms, i.outcome, i.error_type, i.latency_ms, i.is_counted),
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
            (guild_id, of.at_ms, of.source, *compared, of.event_id, of.occurrence)
            for of, compared in changes.reconciliations.items()
        ],
        corrections: [
            (
                *(guild_id, c.correction_id, c.part, c.at_ms, c.made_by, c.event_id, c.original_start_ms),
                *(str(c.subject), c.member_no, c.value, c.taken_back_ms, c.taken_back_by),
            )
            for c in changes.staff_corrections.values()
        ],
        access_log: [
            (guild_id, a.interaction_id, a.member_no, a.resource, a.granted, a.from_ms)
            for a in changes.accesses.values()
        ],
        imported_memberships: [(guild_id, *told) for told in changes.told_memberships],
        imported_stays: [(guild_id, *told) for told in changes.told_stays],
        imported_attendance: [(guild_id, *key, *told) for key, told in changes.told_attendance.items()],
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


async def _write_text(conn: AsyncConnection, guild_id: int, changes: Changes) -> None:
    rows = [
        (guild_id, *key, day.first_ms, day.last_ms, day.messages) for key, day in changes.text_days.items()
    ]
    await add(conn, text_days, rows, first="first_ms", last="last_ms")


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
    touched: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for day, activity, member_no in changes.totals:
        touched[activity][day].add(member_no)
    for activity, people in touched.items():
        needed_ms = rules.needed_voice_ms if activity == VOICE else 0
        for days in some_at_once(people):
            member_nos = set().union(*(people[day] for day in days))
            await _renew_members(conn, guild_id, activity, days, member_nos, needed_ms)


async def _renew_members(  # noqa: PLR0917 - a part of a day's set, and what passes for it
    conn: AsyncConnection,
    guild_id: int,
    activity: str,
    days: Sequence[int],
    member_nos: Iterable[int],
    needed_ms: int,
) -> None:
    """Renews only these members' place in the days' sets: a day of a large community has many others."""
    totals = await day_totals.load(conn, guild_id, activity, days)
    for some in some_at_once(member_nos):
        found = await _passed(conn, guild_id, activity, days, needed_ms, some)
        for day in days:
            others = totals.get(day, NOBODY).without(some)
            totals[day] = others.joined(DayTotals.of(found[day]))
    await day_totals.save(conn, guild_id, activity, totals)


async def renew_activity_set(
    conn: AsyncConnection, guild_id: int, activity: str, days: Iterable[int], needed_ms: int = 0
) -> None:
    """Makes these days' sets of an activity anew from the daily totals."""
    for some in some_at_once(days):
        found = await _passed(conn, guild_id, activity, some, needed_ms)
        totals = {day: DayTotals.of(rows) for day, rows in found.items()}
        await day_totals.save(conn, guild_id, activity, totals)


async def _passed(  # noqa: PLR0917 - of whom and when
    conn: AsyncConnection,
    guild_id: int,
    activity: str,
    days: Sequence[int],
    needed_ms: int,
    member_nos: Sequence[int] | None = None,
) -> dict[int, list[tuple[int, int, int]]]:
    """Who passed the activity's threshold on each of these days, of all or of some: how often, how long."""
    row = daily_activity.c
    query = select(row.local_day, row.member_no, row["count"], row.duration_ms).where(
        row.guild_id == guild_id,
        row.local_day.in_(days),
        row.activity == activity,
        row["count"] > 0,
        row.duration_ms >= needed_ms,
    )
    if member_nos is not None:
        query = query.where(row.member_no.in_(member_nos))
    people: dict[int, list[tuple[int, int, int]]] = {day: [] for day in days}
    for day, *total in await conn.execute(query):
        people[day].append(tuple(total))
    return people


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


async def _move_first_joins(conn: AsyncConnection, guild_id: int, changes: Changes, rules: Rules) -> None:
    gone: dict[int, BitMap] = defaultdict(BitMap)
    come: dict[int, BitMap] = defaultdict(BitMap)
    for member_no, before_ms in changes.first_joins_before.items():
        if before_ms is not None:
            gone[rules.local_day(before_ms)].add(member_no)
        joined_ms = changes.members[member_no].first_join_ms
        assert joined_ms is not None, "a first join may be another one, and is never lost"
        come[rules.local_day(joined_ms)].add(member_no)
    for days in some_at_once(gone.keys() | come.keys()):
        found = await day_sets.load(conn, guild_id, (FIRST_JOIN,), days[0], days[-1])
        before = found[FIRST_JOIN]
        sets = {(day, FIRST_JOIN): before.get(day, BitMap()) - gone[day] | come[day] for day in days}
        await day_sets.save(conn, guild_id, sets)


def some_at_once(days: Iterable[int]) -> list[list[int]]:
    ordered = sorted(days)
    return [ordered[i : i + DAYS_AT_ONCE] for i in range(0, len(ordered), DAYS_AT_ONCE)]
