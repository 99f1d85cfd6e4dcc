"""A guild's tables, folded anew from its whole log."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import dead_letters, event_log
from storage.fold.batch import fold_batch
from storage.fold.state import GuildState
from storage.rules import Rules
from storage.tables import derived, fold_progress
from storage.tables import event_log as log_table

ROWS_AT_ONCE = 5000
OnProgress = Callable[[int, int], None]  # rows folded, rows in all


class FoldedAnew(NamedTuple):
    state: GuildState
    position: int
    rows: int


async def fold_anew(
    conn: AsyncConnection,
    guild_id: int,
    rules: Rules,
    up_to: int | None = None,
    on_progress: OnProgress | None = None,
) -> FoldedAnew:
    """Empties a guild's tables and folds its log into them, in the caller's transaction."""
    await _clear(conn, guild_id)
    if up_to is None:
        up_to = await event_log.last_position(conn, guild_id)
    total = await _rows_up_to(conn, guild_id, up_to)
    state, position, folded = GuildState.empty(rules), 0, 0
    while folded < total:
        rows = await event_log.read_after(conn, guild_id, position, min(ROWS_AT_ONCE, total - folded))
        await fold_batch(conn, guild_id, state, rows, rules)
        position, folded = rows[-1].position, folded + len(rows)
        if on_progress:
            on_progress(folded, total)
    return FoldedAnew(state, position, folded)


async def _clear(conn: AsyncConnection, guild_id: int) -> None:
    for table in (*derived.sorted_tables, fold_progress):
        await conn.execute(delete(table).where(table.c.guild_id == guild_id))
    await dead_letters.forget_logged(conn, guild_id)


async def _rows_up_to(conn: AsyncConnection, guild_id: int, position: int) -> int:
    rows = select(func.count()).where(log_table.c.guild_id == guild_id, log_table.c.position <= position)
    return (await conn.execute(rows)).scalar_one()
