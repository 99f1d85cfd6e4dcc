"""Input that was set aside with its reason. It can be looked at, and tried again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Row, delete, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.event_log import NewRow
from storage.tables import dead_letters, event_log


class DeadLetter(NamedTuple):
    row: NewRow
    reason: str


async def set_aside(conn: AsyncConnection, guild_id: int, letters: Sequence[DeadLetter]) -> None:
    """Keeps letters with their reasons. One that is kept already stays as it was."""
    if letters:
        rows = [{"guild_id": guild_id, **letter.row._asdict(), "reason": letter.reason} for letter in letters]
        await conn.execute(_insert(conn).on_conflict_do_nothing(), rows)


async def set_aside_logged(conn: AsyncConnection, guild_id: int, position: int, reason: str) -> None:
    """Notes that a row of the log cannot be understood. It stays in the log too, for a fold that can."""
    names = [column.name for column in dead_letters.columns]
    copied = [literal(reason) if name == "reason" else event_log.c[name] for name in names]
    row = select(*copied).where(event_log.c.guild_id == guild_id, event_log.c.position == position)
    await conn.execute(_insert(conn).from_select(names, row).on_conflict_do_nothing())


async def count(conn: AsyncConnection, guild_id: int) -> int:
    letters = select(func.count()).where(dead_letters.c.guild_id == guild_id)
    return (await conn.execute(letters)).scalar_one()


async def newest(conn: AsyncConnection, guild_id: int, limit: int) -> list[DeadLetter]:
    query = (
        select(dead_letters)
        .where(dead_letters.c.guild_id == guild_id)
        .order_by(dead_letters.c.recorded_at_ms.desc(), dead_letters.c.key)
        .limit(limit)
    )
    return [_letter(row) for row in await conn.execute(query)]


async def by_reason(conn: AsyncConnection, guild_id: int) -> list[tuple[str, int]]:
    """Each reason and how many letters have it, the most frequent first."""
    letters = func.count()
    query = (
        select(dead_letters.c.reason, letters)
        .where(dead_letters.c.guild_id == guild_id)
        .group_by(dead_letters.c.reason)
        .order_by(letters.desc(), dead_letters.c.reason)
    )
    return [(reason, number) for reason, number in await conn.execute(query)]


async def keys(conn: AsyncConnection, guild_id: int) -> list[bytes]:
    query = select(dead_letters.c.key).where(dead_letters.c.guild_id == guild_id)
    return list((await conn.execute(query.order_by(dead_letters.c.key))).scalars())


async def with_keys(conn: AsyncConnection, guild_id: int, wanted: Iterable[bytes]) -> list[DeadLetter]:
    found = []
    for key in wanted:
        query = select(dead_letters).where(dead_letters.c.guild_id == guild_id, dead_letters.c.key == key)
        found += [_letter(row) for row in await conn.execute(query)]
    return found


async def forget(conn: AsyncConnection, guild_id: int, understood: Iterable[bytes]) -> None:
    for key in understood:
        await conn.execute(
            delete(dead_letters).where(dead_letters.c.guild_id == guild_id, dead_letters.c.key == key)
        )


async def forget_logged(conn: AsyncConnection, guild_id: int) -> None:
    """Forgets those that are rows of the log: all of it is about to be read again."""
    logged = select(event_log.c.key).where(
        event_log.c.guild_id == dead_letters.c.guild_id, event_log.c.key == dead_letters.c.key
    )
    await conn.execute(delete(dead_letters).where(dead_letters.c.guild_id == guild_id, logged.exists()))


async def forget_member(conn: AsyncConnection, guild_id: int, member_no: int) -> int:
    """Deletes every letter that names a member, alone or among others. Returns how many there were."""
    mine = dead_letters.c.guild_id == guild_id
    with_others = select(dead_letters.c.key, dead_letters.c.others).where(
        mine, dead_letters.c.others.is_not(None)
    )
    keys = [row.key for row in await conn.execute(with_others) if _names(row.others, member_no)]
    named = (dead_letters.c.member_no == member_no) | dead_letters.c.key.in_(keys)
    return (await conn.execute(delete(dead_letters).where(mine, named))).rowcount


def _insert(conn: AsyncConnection) -> sqlite.Insert | postgresql.Insert:
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    return insert(dead_letters)


def _names(others: str, member_no: int) -> bool:
    roles = msgspec.json.decode(others, type=dict[str, list[int]])
    return any(member_no in numbers for numbers in roles.values())


def _letter(row: Row[tuple[object, ...]]) -> DeadLetter:
    fields = row._mapping
    return DeadLetter(NewRow(*(fields[name] for name in NewRow._fields)), str(fields["reason"]))
