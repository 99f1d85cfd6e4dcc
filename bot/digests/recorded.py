"""What the tables speak of, from when to when."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.digests.due import Recorded

_RECORDED = text("""
    SELECT
        (SELECT MIN(from_ms) FROM coverage WHERE guild_id = :guild_id AND state <> 'gap') AS from_ms,
        (SELECT folded_to_ms FROM fold_progress WHERE guild_id = :guild_id) AS to_ms
""")


async def recorded(conn: AsyncConnection, guild_id: int) -> Recorded | None:
    """None while nothing was recorded."""
    row = (await conn.execute(_RECORDED, {"guild_id": guild_id})).one()
    if row.from_ms is None or row.to_ms is None:
        return None
    return Recorded(row.from_ms, row.to_ms)
