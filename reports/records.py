"""What the warehouse holds of one guild, read once for a report. Nothing else here asks the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from pyroaring import BitMap
from sqlalchemy import BigInteger, ColumnElement, Select, TextClause, and_, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports import wording
from reports.columns import Numbers, bitmap, columns
from reports.periods import Period
from reports.report import NothingRecorded
from storage import day_sets, tables
from storage.activities import COMMAND, TEXT, VOICE
from storage.day_sets import union
from storage.event_log import count_after
from storage.tables import (
    activity_sessions,
    coverage,
    daily_activity,
    fold_progress,
    members,
    membership_spells,
    text_days,
)

FOR_EVER_MS = 2**62  # in place of an end that has not come
POPULATIONS = (day_sets.PRESENT, day_sets.PRESENT_AT_END)
FIRST_DAY, LAST_DAY = -(2**31), 2**31 - 1  # as far as a local day's column reaches
DAY_MS = 24 * 60 * 60 * 1000
PEOPLE_AT_ONCE = 500  # well below the number of values that a database takes in one statement

DaySets = Mapping[int, BitMap]  # local day → member numbers


@dataclass(frozen=True, slots=True)
class CoverageRow:
    source: str
    from_ms: int
    to_ms: int
    state: str  # recorded, late, gap; off where a gap was wanted and is forgiven
    cause: str | None


class Spell(NamedTuple):
    member_no: int
    joined_ms: int
    left_ms: int | None


class Spells(NamedTuple):
    """The same of many, as columns."""

    member_nos: Numbers
    joined_ms: Numbers
    left_ms: Numbers  # FOR_EVER_MS: still here

    @classmethod
    def of(cls, spells: Iterable[Spell]) -> Spells:
        rows = [(*spell[:2], FOR_EVER_MS if spell.left_ms is None else spell.left_ms) for spell in spells]
        return cls(*np.array(rows, dtype=np.int64).reshape(-1, 3).T)

    def each(self) -> list[Spell]:
        return [
            Spell(number, joined_ms, None if left_ms == FOR_EVER_MS else left_ms)
            for number, joined_ms, left_ms in zip(*(column.tolist() for column in self), strict=True)
        ]


class DayRow(NamedTuple):
    """What one member did on one local day."""

    local_day: int
    activity: str
    member_no: int
    times: int
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Records:
    """A guild's derived tables, as far as reports read them."""

    guild_id: int
    as_of_ms: int
    rules: str | None  # the fingerprint that the tables stand under
    recording_since_ms: int
    coverage: tuple[CoverageRow, ...]
    activities: Mapping[str, DaySets]  # of every recorded activity: who passed its threshold that day
    present: DaySets
    present_at_end: DaySets
    bots: BitMap
    bot_spells: tuple[Spell, ...]
    withdrawn: BitMap
    here_before_recording: BitMap  # first joined before recording began, or nobody knows when
    brief_spells: tuple[Spell, ...]  # every spell of whoever had one of at most a day
    brief_voice: tuple[tuple[int, int], ...]  # of the same people: member_no, when a stay in voice began


async def load(conn: AsyncConnection, guild_id: int) -> Records:
    """Raises NothingRecorded where not a moment was recorded yet."""
    seen = await load_coverage(conn, guild_id)
    # The audit log is read back to before the bot came, and tells nothing of that time but why people left.
    starts = [row.from_ms for row in seen if row.state != "gap" and row.source != "removals"]
    progress = await _first(conn, select(fold_progress).where(fold_progress.c.guild_id == guild_id))
    if not starts:
        waiting = await count_after(conn, guild_id, progress.position if progress else 0)
        raise NothingRecorded(_nothing_text(waiting))
    since_ms = min(starts)
    activities = await _activities(conn, guild_id)
    sets = await day_sets.load(conn, guild_id, activities, 0, LAST_DAY)
    return Records(
        guild_id=guild_id,
        as_of_ms=progress.folded_to_ms if progress else max(row.to_ms for row in seen),
        rules=progress.rules if progress else None,
        recording_since_ms=since_ms,
        coverage=seen,
        activities={name: days for name, days in sets.items() if name not in POPULATIONS},
        present=sets.get(day_sets.PRESENT, {}),
        present_at_end=sets.get(day_sets.PRESENT_AT_END, {}),
        bots=await _members(conn, guild_id, and_(tables.IS_APART, members.c.is_bot)),
        bot_spells=await _spells(conn, guild_id, _is_bot(guild_id)),
        withdrawn=await _members(
            conn, guild_id, and_(tables.IS_APART, members.c.withdrawn_at_ms.is_not(None))
        ),
        here_before_recording=await _here_before(conn, guild_id, since_ms),
        brief_spells=await _spells(conn, guild_id, _had_brief_spell(guild_id)),
        brief_voice=await _brief_voice(conn, guild_id),
    )


def _nothing_text(waiting: int) -> str:
    """`waiting`: events of the log that are in no table yet."""
    if not waiting:
        return "Nothing has been recorded yet: numbers appear once the bot has been connected for a while."
    events = wording.count(waiting, "event is", "events are")
    return f"{events} recorded but in no table yet: `insights run` works them in, or `insights rebuild`."


async def load_spells(conn: AsyncConnection, guild_id: int) -> Spells:
    """Every spell of everybody, by member and time."""
    spell = membership_spells.c
    query = select(spell.member_no, spell.joined_ms, func.coalesce(spell.left_ms, FOR_EVER_MS))
    ordered = query.where(spell.guild_id == guild_id).order_by(spell.member_no, spell.joined_ms)
    return Spells(*await columns(conn, ordered))


async def load_joins(conn: AsyncConnection, guild_id: int, since_ms: int) -> DaySets:
    """By local day, who joined for the first time ever: every day of which any part is since that moment."""
    return await _first_joins(conn, guild_id, since_ms // DAY_MS - 1, LAST_DAY)


async def _first_joins(conn: AsyncConnection, guild_id: int, first_day: int, last_day: int) -> DaySets:
    sets = await day_sets.load(conn, guild_id, (day_sets.FIRST_JOIN,), first_day, last_day)
    return sets[day_sets.FIRST_JOIN]


async def _here_before(conn: AsyncConnection, guild_id: int, since_ms: int) -> BitMap:
    """Whoever first joined before a moment, or nobody knows when.

    By days, but for those days that the moment lies in, somewhere in the world: of them by moments.
    """
    day, member = since_ms // DAY_MS, members.c
    before = await _first_joins(conn, guild_id, FIRST_DAY, day + 1)
    people = [people for of, people in before.items() if of < day - 1]
    unsure = list(union(people for of, people in before.items() if of >= day - 1))
    for place in range(0, len(unsure), PEOPLE_AT_ONCE):
        some = unsure[place : place + PEOPLE_AT_ONCE]
        people.append(
            await _members(conn, guild_id, and_(member.member_no.in_(some), member.first_join_ms < since_ms))
        )
    people.append(await _members(conn, guild_id, tables.NEVER_JOINED))
    return union(people)


async def load_days(conn: AsyncConnection, guild_id: int, period: Period) -> tuple[DayRow, ...]:
    """What everybody did on each day of a period; of text as it was recorded, whether it counts or not."""
    day, text = daily_activity.c, text_days.c
    totals = select(day.local_day, day.activity, day.member_no, day["count"], day.duration_ms).where(
        day.guild_id == guild_id, day.local_day.between(period.first_day, period.last_day)
    )
    written = select(
        text.local_day, literal(TEXT), text.member_no, text.messages, literal(0, BigInteger)
    ).where(text.guild_id == guild_id, text.local_day.between(period.first_day, period.last_day))
    seen = totals.where(day.activity.in_((VOICE, COMMAND)))
    return tuple([DayRow(*row) for query in (seen, written) for row in await conn.execute(query)])


async def load_endings(conn: AsyncConnection, guild_id: int, from_ms: int, to_ms: int) -> Mapping[int, str]:
    """How the last spell of each member who went in this time ended: left, kicked, banned …, unknown."""
    spell = membership_spells.c
    rows = await conn.execute(
        select(spell.member_no, spell.ended_as)
        .where(spell.guild_id == guild_id, spell.left_ms >= from_ms, spell.left_ms < to_ms)
        .order_by(spell.member_no, spell.joined_ms)
    )
    return {row.member_no: row.ended_as or "unknown" for row in rows}


async def load_coverage(conn: AsyncConnection, guild_id: int) -> tuple[CoverageRow, ...]:
    column = coverage.c
    rows = await conn.execute(
        select(column.source, column.from_ms, column.to_ms, column.state, column.cause)
        .where(column.guild_id == guild_id)
        .order_by(column.source, column.from_ms)
    )
    return tuple(CoverageRow(*row) for row in rows)


async def _activities(conn: AsyncConnection, guild_id: int) -> list[str]:
    """The activities, and the populations, of which there is a set on any day."""
    sets = tables.day_sets.c
    rows = await conn.execute(select(sets.activity).where(sets.guild_id == guild_id).distinct())
    return sorted(set(rows.scalars()) - {day_sets.FIRST_JOIN})


async def _members(
    conn: AsyncConnection, guild_id: int, condition: ColumnElement[bool] | TextClause
) -> BitMap:
    query = select(members.c.member_no).where(members.c.guild_id == guild_id).where(condition)
    (found,) = await columns(conn, query)
    return bitmap(found)


def _had_brief_spell(guild_id: int) -> Select[tuple[int]]:
    spell = membership_spells.c
    return select(spell.member_no).where(spell.guild_id == guild_id, tables.IS_BRIEF_SPELL)


def _is_bot(guild_id: int) -> Select[tuple[int]]:
    member = members.c
    return select(member.member_no).where(member.guild_id == guild_id, tables.IS_APART, member.is_bot)


async def _spells(conn: AsyncConnection, guild_id: int, of_members: Select[tuple[int]]) -> tuple[Spell, ...]:
    spell = membership_spells.c
    rows = await conn.execute(
        select(spell.member_no, spell.joined_ms, spell.left_ms)
        .where(spell.guild_id == guild_id, spell.member_no.in_(of_members))
        .order_by(spell.member_no, spell.joined_ms)
    )
    return tuple(Spell(*row) for row in rows)


async def _brief_voice(conn: AsyncConnection, guild_id: int) -> tuple[tuple[int, int], ...]:
    session = activity_sessions.c
    rows = await conn.execute(
        select(session.member_no, session.start_ms)
        .where(session.guild_id == guild_id, session.member_no.in_(_had_brief_spell(guild_id)))
        .order_by(session.member_no, session.start_ms)
    )
    return tuple((row.member_no, row.start_ms) for row in rows)


async def _first(conn: AsyncConnection, query: Any) -> Any:
    return (await conn.execute(query)).first()
