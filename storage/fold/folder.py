"""Follows the log: batch by batch, the tables and the position they stand at in one transaction."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import event_log
from storage.database import Warehouse
from storage.fold import loading
from storage.fold.anew import fold_anew
from storage.fold.batch import fold_batch
from storage.fold.loading import Bookmark
from storage.fold.state import GuildState
from storage.rules import Rules


class Progress(NamedTuple):
    position: int  # that the tables stand at now
    folded: int  # rows
    caught_up: bool


class _Standing(NamedTuple):
    position: int
    state: GuildState


class Folder:
    """Keeps each guild's state between batches, as long as nobody else has moved its tables on."""

    def __init__(self, warehouse: Warehouse, rules: Rules) -> None:
        self._warehouse = warehouse
        self._rules = rules
        self._standing: dict[int, _Standing] = {}

    async def advance(self, guild_id: int, limit: int = 5000) -> Progress:
        """Folds the next rows of a guild, at most `limit`.

        Tables that stand under other rules are made anew from the whole log first, in the same transaction.
        Raises WarehouseUnavailable; then nothing has changed.
        """
        standing = self._standing.pop(guild_id, None)  # put back only once it is committed
        async with self._warehouse.writing() as conn:
            await self._warehouse.lock_guild(conn, guild_id)
            standing, progress = await self._advance(conn, guild_id, standing, limit)
        self._standing[guild_id] = standing
        return progress

    async def _advance(
        self, conn: AsyncConnection, guild_id: int, standing: _Standing | None, limit: int
    ) -> tuple[_Standing, Progress]:
        mark = await loading.bookmark(conn, guild_id)
        if mark is not None and mark.rules != self._rules.fingerprint():
            state, position, folded = await fold_anew(conn, guild_id, self._rules)
            return _Standing(position, state), Progress(position, folded, caught_up=True)
        position, state = await self._resumed(conn, guild_id, standing, mark)
        rows = await event_log.read_after(conn, guild_id, position, limit)
        if rows:
            await fold_batch(conn, guild_id, state, rows, self._rules)
            position = rows[-1].position
        return _Standing(position, state), Progress(position, len(rows), caught_up=len(rows) < limit)

    async def _resumed(
        self, conn: AsyncConnection, guild_id: int, standing: _Standing | None, mark: Bookmark | None
    ) -> _Standing:
        if mark is None:
            return _Standing(0, GuildState.empty(self._rules))
        if standing is not None and standing.position == mark.position:
            return standing
        return _Standing(mark.position, await loading.load(conn, guild_id, self._rules, mark.state))
