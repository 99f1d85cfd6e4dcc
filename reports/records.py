"""What the warehouse holds of one guild, read once for a report. Nothing else here asks the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from pyroaring import BitMap
from sqlalchemy import (
    BigInteger,
    BindParameter,
    Select,
    bindparam,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from reports import wording
from reports.columns import Numbers, columns, columns_of_many, numbers
from reports.periods import Period
from reports.report import NothingRecorded
from storage import day_sets, indexes
from storage.activities import COMMAND, TEXT, VOICE
from storage.day_sets import union
from storage.event_log import count_after
from storage.fetching import fetched
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
PRESENCE = (day_sets.PRESENT, day_sets.PRESENT_AT_END)
DAY_MS = 24 * 60 * 60 * 1000
PEOPLE_AT_ONCE = 500  # well below the number of values that a database takes in one statement

DaySets = Mapping[int, BitMap]  # local day → member numbers


class NotRead(Mapping[int, BitMap]):
    """In place of days that a report wanted to do without: looking at them is a mistake, not an empty day."""

    def __getitem__(self, local_day: int) -> BitMap:
        raise RuntimeError(f"day {local_day} was left out when the sets were read")

    def __iter__(self) -> Iterator[int]:
        raise RuntimeError("these days were left out when the sets were read")

    def __len__(self) -> int:
        raise RuntimeError("these days were left out when the sets were read")


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

    def ordered(self) -> Spells:
        """By member and time. They mostly are: then nothing is moved."""
        numbers, joined_ms = self.member_nos, self.joined_ms
        follows = (numbers[1:] > numbers[:-1]) | (
            (numbers[1:] == numbers[:-1]) & (joined_ms[1:] >= joined_ms[:-1])
        )
        if follows.all():
            return self
        order = np.lexsort((joined_ms, numbers))
        return Spells(*(column[order] for column in self))

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
    joins: DaySets  # the first ever ones since recording began, of everybody, bots too
    bots: BitMap
    withdrawn: BitMap
    spells_apart: Spells  # every one of bots, and of whoever had one of at most a day; by member and time
    brief_voice: Mapping[int, Sequence[int]]  # of the latter, by member_no: when their stays in voice began

    @property
    def bot_spells(self) -> list[Spell]:
        is_bots = np.isin(self.spells_apart.member_nos, numbers(self.bots))
        return Spells(*(column[is_bots] for column in self.spells_apart)).each()


async def load(conn: AsyncConnection, guild_id: int, *, with_presence: bool = True) -> Records:
    """Raises NothingRecorded where not a moment was recorded yet.

    `with_presence`: a report that asks on no day who was in the guild can leave these sets out.
    """
    seen = await load_coverage(conn, guild_id)
    # The audit log is read back to before the bot came, and tells nothing of that time but why people left.
    starts = [row.from_ms for row in seen if row.state != "gap" and row.source != "removals"]
    progress = await _progress(conn, guild_id)
    if not starts:
        waiting = await count_after(conn, guild_id, progress.position if progress else 0)
        raise NothingRecorded(_nothing_text(waiting))
    since_ms = min(starts)
    bots, withdrawn = await _apart(conn, guild_id)
    spells = Spells(*await columns(conn, _spells_apart(guild_id)))
    brief_voice = await _brief_voice(conn, guild_id)
    sets = await day_sets.load_all(
        conn,
        guild_id,
        besides=() if with_presence else PRESENCE,
        first_joins_from=since_ms // DAY_MS - 1,
    )
    joins = await _since(conn, guild_id, since_ms, sets.pop(day_sets.FIRST_JOIN, {}))
    present, present_at_end = (sets.pop(name, {}) if with_presence else NotRead() for name in PRESENCE)
    return Records(
        guild_id=guild_id,
        as_of_ms=progress.folded_to_ms if progress else max(row.to_ms for row in seen),
        rules=progress.rules if progress else None,
        recording_since_ms=since_ms,
        coverage=seen,
        activities=sets,
        present=present,
        present_at_end=present_at_end,
        joins=joins,
        bots=bots,
        withdrawn=withdrawn,
        spells_apart=spells,
        brief_voice=brief_voice,
    )


def _nothing_text(waiting: int) -> str:
    """`waiting`: events of the log that are in no table yet."""
    if not waiting:
        return "Nothing has been recorded yet: numbers appear once the bot has been connected for a while."
    events = wording.count(waiting, "event is", "events are")
    return f"{events} recorded but in no table yet: `insights run` works them in, or `insights rebuild`."


async def load_spells(conn: AsyncConnection, guild_id: int, settled_ms: int | None = None) -> Spells:
    """Every spell of everybody, by member and time.

    `settled_ms`: but for those that began before this moment and have not ended, mostly the greatest part.
    """
    query = _spells(guild_id)
    if settled_ms is not None:
        spell = membership_spells.c
        query = query.where(or_(spell.left_ms.is_not(None), spell.joined_ms >= settled_ms))
    return Spells(*await columns_of_many(conn, query)).ordered()


async def _since(conn: AsyncConnection, guild_id: int, since_ms: int, joins: DaySets) -> DaySets:
    """By local day, whose first join ever was since a moment, of those that may have been.

    By days, but for those days that the moment lies in, somewhere in the world: of them by moments.
    """
    unsure_days = since_ms // DAY_MS + 1
    unsure = union(people for day, people in joins.items() if day <= unsure_days)
    before = BitMap()
    for place in range(0, len(unsure), PEOPLE_AT_ONCE):
        some = {"some": [*unsure[place : place + PEOPLE_AT_ONCE]], "since_ms": since_ms}
        before |= BitMap([number for (number,) in await conn.execute(_joined_before(guild_id), some)])
    sure = {day: people - before if day <= unsure_days else people for day, people in joins.items()}
    return {day: people for day, people in sure.items() if people}


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
    return tuple(CoverageRow(*row) for row in await fetched(conn, _coverage(guild_id)))


async def _apart(conn: AsyncConnection, guild_id: int) -> tuple[BitMap, BitMap]:
    """The bots, and those who withdrew."""
    rows = await fetched(conn, _members_apart(guild_id))
    bots = BitMap([number for number, is_bot, _ in rows if is_bot])
    return bots, BitMap([number for number, _, withdrawn_ms in rows if withdrawn_ms is not None])


async def _brief_voice(conn: AsyncConnection, guild_id: int) -> dict[int, list[int]]:
    starts: dict[int, list[int]] = defaultdict(list)
    for member_no, start_ms in await fetched(conn, _voice_of_brief_spells(guild_id)):
        starts[member_no].append(start_ms)
    return starts


async def _progress(conn: AsyncConnection, guild_id: int) -> Any:
    return (await conn.execute(_progress_of(guild_id))).first()


# Every report asks these, of the same guild: to find out anew what a query says takes longer than some take.


@lru_cache
def _coverage(guild_id: int) -> Select[Any]:
    column = coverage.c
    return (
        select(column.source, column.from_ms, column.to_ms, column.state, column.cause)
        .where(column.guild_id == guild_id)
        .order_by(column.source, column.from_ms)
    )


@lru_cache
def _progress_of(guild_id: int) -> Select[Any]:
    of = fold_progress.c
    return select(of.position, of.folded_to_ms, of.rules).where(of.guild_id == guild_id)


@lru_cache
def _members_apart(guild_id: int) -> Select[Any]:
    member = members.c
    return select(member.member_no, member.is_bot, member.withdrawn_at_ms).where(
        member.guild_id == guild_id, indexes.IS_APART
    )


@lru_cache
def _joined_before(guild_id: int) -> Select[Any]:
    """Those of `some` that had joined before `since_ms`."""
    member = members.c
    # Bound one by one they take longer than the query.
    some: BindParameter[Any] = bindparam("some", expanding=True, literal_execute=True)
    return select(member.member_no).where(
        member.guild_id == guild_id,
        member.member_no.in_(some),
        member.first_join_ms < bindparam("since_ms"),
    )


@lru_cache
def _spells(guild_id: int) -> Select[Any]:
    """Columns of Spells, by member and time."""
    spell = membership_spells.c
    return (
        select(spell.member_no, spell.joined_ms, func.coalesce(spell.left_ms, FOR_EVER_MS).label("left_ms"))
        .where(spell.guild_id == guild_id)
        .order_by(spell.member_no, spell.joined_ms)
    )


@lru_cache
def _spells_apart(guild_id: int) -> Select[Any]:
    member = members.c
    bots = select(member.member_no).where(member.guild_id == guild_id, indexes.IS_APART, member.is_bot)
    apart = bots.union(_had_brief_spell(guild_id))
    return _spells(guild_id).where(membership_spells.c.member_no.in_(apart))


@lru_cache
def _voice_of_brief_spells(guild_id: int) -> Select[Any]:
    """Of whoever had one: when each of their stays in voice began."""
    session = activity_sessions.c
    return (
        select(session.member_no, session.start_ms)
        .where(session.guild_id == guild_id, session.member_no.in_(_had_brief_spell(guild_id)))
        .order_by(session.member_no, session.start_ms)
    )


def _had_brief_spell(guild_id: int) -> Select[tuple[int]]:
    spell = membership_spells.c
    return select(spell.member_no).where(spell.guild_id == guild_id, indexes.IS_BRIEF_SPELL)
