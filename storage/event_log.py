"""The append-only log of what happened: by guild, in the order of arrival, each event once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count, starmap
from typing import NamedTuple

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.event import LogRow
from storage.tables import event_log

KEYS_AT_ONCE = 500


class NewRow(NamedTuple):
    """An event on its way into the log. `others` is a JSON object: role → [member_no]."""

    key: bytes
    source: str
    type: str
    member_no: int | None
    others: str | None
    occurred_from_ms: int
    occurred_to_ms: int
    recorded_at_ms: int
    body: str


# Below SQLAlchemy's statements, which take half as many rows a second.
INSERT_SQLITE = (
    "INSERT INTO event_log (guild_id, position, key, source, type, member_no, others,"
    " occurred_from_ms, occurred_to_ms, recorded_at_ms, body)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (guild_id, key) DO NOTHING"
)
INSERT_POSTGRESQL = (
    "INSERT INTO event_log (guild_id, position, key, source, type, member_no, others,"
    " occurred_from_ms, occurred_to_ms, recorded_at_ms, body)"
    " SELECT $1::bigint, * FROM unnest($2::bigint[], $3::bytea[], $4::text[], $5::text[],"
    " $6::int[], $7::text[], $8::bigint[], $9::bigint[], $10::bigint[], $11::text[])"
    " ON CONFLICT (guild_id, key) DO NOTHING"
)

READ_AFTER = (
    select(
        event_log.c.position,
        event_log.c.guild_id,
        event_log.c.source,
        event_log.c.type,
        event_log.c.member_no,
        event_log.c.others,
        event_log.c.occurred_from_ms,
        event_log.c.occurred_to_ms,
        event_log.c.recorded_at_ms,
        event_log.c.body,
    )
    .where(event_log.c.guild_id == bindparam("guild_id"), event_log.c.position > bindparam("after"))
    .order_by(event_log.c.position)
    .limit(bindparam("up_to"))
)

# hops from guild to guild through the primary key instead of walking the whole log
GUILDS = text(
    """
    WITH RECURSIVE guilds (guild_id) AS (
        SELECT min(guild_id) FROM event_log
        UNION ALL
        SELECT (SELECT min(event_log.guild_id) FROM event_log WHERE event_log.guild_id > guilds.guild_id)
        FROM guilds WHERE guilds.guild_id IS NOT NULL
    )
    SELECT guild_id FROM guilds WHERE guild_id IS NOT NULL
    """
)


async def append(conn: AsyncConnection, guild_id: int, rows: Sequence[NewRow]) -> int:
    """Appends what the log does not have yet and returns how many rows that were.

    The caller holds the guild's lock (Warehouse.lock_guild), or two writers would take the same positions.
    """
    if not rows:
        return 0
    positions = count(await last_position(conn, guild_id) + 1)
    if conn.dialect.name == "sqlite":
        numbered = [(guild_id, position, *row) for position, row in zip(positions, rows, strict=False)]
        result = await conn.exec_driver_sql(INSERT_SQLITE, numbered)
    else:
        columns = [list(column) for column in zip(*rows, strict=True)]
        taken = [next(positions) for _ in rows]
        result = await conn.exec_driver_sql(INSERT_POSTGRESQL, (guild_id, taken, *columns))
    return result.rowcount


async def last_position(conn: AsyncConnection, guild_id: int) -> int:
    """The newest row's position; 0 where the log has none of this guild."""
    newest = select(func.max(event_log.c.position)).where(event_log.c.guild_id == guild_id)
    return (await conn.execute(newest)).scalar() or 0


async def size(conn: AsyncConnection, guild_id: int) -> int:
    """How many events there are. Positions have gaps where an event came twice."""
    every = select(func.count()).select_from(event_log).where(event_log.c.guild_id == guild_id)
    return (await conn.execute(every)).scalar_one()


async def count_after(conn: AsyncConnection, guild_id: int, position: int) -> int:
    """How many events came after a position."""
    later = event_log.c.guild_id == guild_id, event_log.c.position > position
    return (await conn.execute(select(func.count()).select_from(event_log).where(*later))).scalar_one()


async def known_keys(conn: AsyncConnection, guild_id: int, keys: Sequence[bytes]) -> set[bytes]:
    """Those of these keys under which there is a row."""
    found: set[bytes] = set()
    for first in range(0, len(keys), KEYS_AT_ONCE):
        query = select(event_log.c.key).where(
            event_log.c.guild_id == guild_id, event_log.c.key.in_(keys[first : first + KEYS_AT_ONCE])
        )
        found.update((await conn.execute(query)).scalars())
    return found


async def read_after(conn: AsyncConnection, guild_id: int, position: int, limit: int) -> list[LogRow]:
    """The next rows after a position, in order."""
    rows = await conn.execute(READ_AFTER, {"guild_id": guild_id, "after": position, "up_to": limit})
    return list(starmap(LogRow, rows))


async def guild_ids(conn: AsyncConnection) -> list[int]:
    """Every guild that the log speaks of, in ascending order."""
    return list((await conn.execute(GUILDS)).scalars())
