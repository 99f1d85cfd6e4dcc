"""Who is behind a member number. Bookkeeping, and the only place in the warehouse that holds user ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import msgspec
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import identities

CHUNK = 1000  # ids bound to one statement

TAKE_NUMBERS = text(
    """
    INSERT INTO member_numbers (guild_id, next_member_no) VALUES (:guild_id, 1 + :wanted)
    ON CONFLICT (guild_id) DO UPDATE SET next_member_no = member_numbers.next_member_no + :wanted
    RETURNING next_member_no
    """
)

# One statement however many people: a list of parameters would be written out anew for each length.
KNOWN_SQLITE = (
    "SELECT user_id, member_no FROM identities"
    " WHERE guild_id = ? AND user_id IN (SELECT value FROM json_each(?))"
)
KNOWN_POSTGRESQL = (
    "SELECT user_id, member_no FROM identities WHERE guild_id = $1 AND user_id = ANY($2::bigint[])"
)


async def member_numbers(conn: AsyncConnection, guild_id: int, user_ids: Iterable[int]) -> dict[int, int]:
    """user id → member_no, with new numbers for people seen for the first time, in the order given.

    A number is never given out twice, not even after its person was erased. Keep no copy beyond the
    transaction: another process may erase the person in the meantime.
    """
    wanted = list(dict.fromkeys(user_ids))
    numbers = await _known(conn, guild_id, wanted)
    missing = [user_id for user_id in wanted if user_id not in numbers]
    if missing:
        await _give_numbers(conn, guild_id, missing)
        numbers |= await _known(conn, guild_id, missing)
    return numbers


async def member_number(conn: AsyncConnection, guild_id: int, user_id: int) -> int | None:
    """The number of a person, or None for somebody who has none."""
    return (await _known(conn, guild_id, [user_id])).get(user_id)


async def user_ids(conn: AsyncConnection, guild_id: int, member_nos: Iterable[int]) -> dict[int, int]:
    """member_no → user id, without those who were erased."""
    found: dict[int, int] = {}
    for chunk in _chunks(sorted(set(member_nos))):
        query = select(identities.c.member_no, identities.c.user_id).where(
            identities.c.guild_id == guild_id, identities.c.member_no.in_(chunk)
        )
        found.update((number, user_id) for number, user_id in await conn.execute(query))
    return found


async def _known(conn: AsyncConnection, guild_id: int, user_ids: Sequence[int]) -> dict[int, int]:
    if not user_ids:
        return {}
    if conn.dialect.name == "sqlite":
        ids = msgspec.json.encode(user_ids).decode()
        found = await conn.exec_driver_sql(KNOWN_SQLITE, (guild_id, ids))
    else:
        found = await conn.exec_driver_sql(KNOWN_POSTGRESQL, (guild_id, list(user_ids)))
    return {row.user_id: row.member_no for row in found}


async def _give_numbers(conn: AsyncConnection, guild_id: int, user_ids: Sequence[int]) -> None:
    taken = {"guild_id": guild_id, "wanted": len(user_ids)}
    following: int = (await conn.execute(TAKE_NUMBERS, taken)).scalar_one()
    rows = [
        {"guild_id": guild_id, "member_no": number, "user_id": user_id}
        for number, user_id in enumerate(user_ids, following - len(user_ids))
    ]
    # another process may have seen the same people first: then their numbers hold
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    await conn.execute(insert(identities).on_conflict_do_nothing(), rows)


def _chunks(ids: Sequence[int]) -> Iterator[list[int]]:
    rest = iter(ids)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
