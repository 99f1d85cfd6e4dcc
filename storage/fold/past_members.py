"""Memberships before recording, concluded whenever told joins and leaves or recorded spells change.

From the first recorded day on, who is a member is what was recorded. The days before it, back to the first
moment that files tell of, get their sets of who was there from all spells, told and recorded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from pyroaring import BitMap
from sqlalchemy import ColumnElement, Select, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import day_sets
from storage.attendance.intervals import Span
from storage.attendance.window import NEVER_MS
from storage.day_sets import PRESENT, PRESENT_AT_END
from storage.fold.calendar import Calendar
from storage.fold.changes import Changes
from storage.fold.imports import Imports, Past
from storage.fold.past_spells import PastSpell, Told, past_spells, populations
from storage.rules import Rules
from storage.tables import day_sets as sets_table
from storage.tables import imported_memberships, members, membership_spells
from storage.upsert import Row, replace

DAY_MS = 86_400_000
PEOPLE_AT_ONCE = 500

s, t, m = membership_spells.c, imported_memberships.c, members.c


async def conclude_members(
    conn: AsyncConnection, guild_id: int, changes: Changes, imports: Imports, *, now_ms: int, rules: Rules
) -> None:
    past = imports.past
    if past is None:
        return
    if imports.is_past_another:
        people = None  # everybody's may be others now
        if past.is_recorded_since:
            await _forget_days_after(conn, guild_id, rules.local_day(now_ms))
    else:
        told = {member_no for member_no, _, _ in changes.told_memberships}
        recorded = {member_no for member_no, joined_ms in changes.spells if joined_ms < past.until_ms}
        people = told | recorded | changes.found_out
    for some in _some_at_once(people):
        await _renew_spells(conn, guild_id, some, past)
    if people is None or people:
        await _renew_days(conn, guild_id, people, past, rules)


async def _renew_spells(conn: AsyncConnection, guild_id: int, people: list[int] | None, past: Past) -> None:
    told: dict[int, list[Told]] = defaultdict(list)
    query = select(t.member_no, t.at_ms, t.change).where(t.guild_id == guild_id, *_among(t.member_no, people))
    for member_no, at_ms, change in await conn.execute(query):
        told[member_no].append(Told(at_ms, change))
    recorded: dict[int, list[Span]] = defaultdict(list)
    mine = s.guild_id == guild_id, *_among(s.member_no, people)
    theirs = select(s.member_no, s.joined_ms, s.left_ms).where(*mine, s.is_imported.is_(False))
    for member_no, joined_ms, left_ms in await conn.execute(theirs):
        recorded[member_no].append(
            Span(joined_ms, NEVER_MS if left_ms is None else max(left_ms, joined_ms + 1))
        )
    rows = [
        _row(guild_id, member_no, spell)
        for member_no, changes in told.items()
        for spell in past_spells(changes, recorded[member_no], past)
    ]
    await conn.execute(delete(membership_spells).where(*mine, s.is_imported.is_(True)))
    await replace(conn, membership_spells, rows)


def _row(guild_id: int, member_no: int, spell: PastSpell) -> Row:
    seen = not spell.is_estimated
    return (
        *(guild_id, member_no, spell.joined_ms, spell.left_ms, spell.left_ms, spell.ended_as),
        *(False, spell.is_estimated, seen, True),
    )


async def _renew_days(
    conn: AsyncConnection, guild_id: int, people: set[int] | None, past: Past, rules: Rules
) -> None:
    calendar = Calendar(rules)
    days = _days(past, calendar)
    if not days:
        return
    spells: dict[int, list[Span]] = defaultdict(list)
    for some in _some_at_once(people):
        for member_no, joined_ms, left_ms in await conn.execute(_human_spells(guild_id, some, past)):
            end_ms = past.until_ms if left_ms is None else min(left_ms, past.until_ms)
            spells[member_no].append(Span(joined_ms, end_ms))
    found = populations(
        spells, days, until_ms=past.until_ms, bridge_ms=rules.bridge_days * DAY_MS, calendar=calendar
    )
    others: dict[str, dict[int, BitMap]] = {PRESENT: {}, PRESENT_AT_END: {}}
    if people is not None:
        others = await day_sets.load(conn, guild_id, tuple(others), days.start, days.stop - 1)
    renewed = BitMap(people or ())
    sets: dict[tuple[int, str], BitMap] = {}
    for day, population in found.items():
        theirs = {PRESENT: population.present, PRESENT_AT_END: population.present_at_end}
        for name, there in theirs.items():
            before = others[name].get(day, BitMap())
            now = (before - renewed) | there
            if people is None or now != before:
                sets[day, name] = now
    await day_sets.save(conn, guild_id, sets)


def _human_spells(guild_id: int, people: Sequence[int] | None, past: Past) -> Select[Any]:
    of_humans = (m.guild_id == s.guild_id) & (m.member_no == s.member_no) & m.is_bot.is_(False)
    return (
        select(s.member_no, s.joined_ms, s.left_ms)
        .join_from(membership_spells, members, of_humans)
        .where(s.guild_id == guild_id, s.joined_ms < past.until_ms, *_among(s.member_no, people))
    )


def _days(past: Past, calendar: Calendar) -> range:
    """Those before recording; where nothing was recorded, all that files tell of."""
    first = calendar.day_of(past.from_ms).number
    last = calendar.day_of(past.until_ms - 1).number if past.until_ms > 0 else first
    return range(first, last + 1)


async def _forget_days_after(conn: AsyncConnection, guild_id: int, today: int) -> None:
    """Before recording began, files alone may have told of days that are to come."""
    c = sets_table.c
    populations_of_them = c.activity.in_((PRESENT, PRESENT_AT_END))
    await conn.execute(
        delete(sets_table).where(c.guild_id == guild_id, c.local_day > today, populations_of_them)
    )


def _among(column: ColumnElement[int], people: Sequence[int] | None) -> list[ColumnElement[bool]]:
    return [] if people is None else [column.in_(people)]


def _some_at_once(people: Iterable[int] | None) -> list[list[int] | None]:
    if people is None:
        return [None]
    ordered = sorted(people)
    return [ordered[i : i + PEOPLE_AT_ONCE] for i in range(0, len(ordered), PEOPLE_AT_ONCE)]
