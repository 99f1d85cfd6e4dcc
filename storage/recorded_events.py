"""As which occurrences events are recorded: in the tables, and in what of the log no table shows yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.fact_bodies import Planned
from storage.occurrence import OccurrenceKey
from storage.tables import event_log, event_occurrences, fold_progress

IDS_AT_ONCE = 500
SCHEDULED = "GUILD_SCHEDULED_EVENT_CREATE", "GUILD_SCHEDULED_EVENT_UPDATE", "SNAPSHOT_SCHEDULED_EVENT"

Names = dict[OccurrenceKey, OccurrenceKey]  # planned or begun at that moment → the occurrence's key


class _Scheduled(msgspec.Struct):
    event_id: int
    scheduled_start_ms: Planned


_decoder = msgspec.json.Decoder(_Scheduled, strict=False)


class _Unfolded(NamedTuple):
    first_start_ms: int
    starts_ms: set[int]


class RecordedEvents:
    """Reads each row of the log once: an import that goes on for hours writes many."""

    def __init__(self, guild_id: int) -> None:
        self._guild_id = guild_id
        self._read_to: int | None = None  # position; None: nothing was read yet
        self._unfolded: dict[int, _Unfolded] = {}

    async def names(self, conn: AsyncConnection, keys: Collection[OccurrenceKey]) -> Names:
        """Those of these keys that are recorded."""
        if not keys:
            return {}
        await self._read_on(conn)
        found: Names = {}
        for key in keys:
            unfolded = self._unfolded.get(key.event_id)
            if unfolded is not None and key.original_start_ms in unfolded.starts_ms:
                found[key] = OccurrenceKey(key.event_id, unfolded.first_start_ms)
        return found | await self._in_tables(conn, keys)  # they know better which occurrence it is

    async def _read_on(self, conn: AsyncConnection) -> None:
        if self._read_to is None:
            folded = select(fold_progress.c.position).where(fold_progress.c.guild_id == self._guild_id)
            self._read_to = (await conn.execute(folded)).scalar() or 0
        row = event_log.c
        newer = row.guild_id == self._guild_id, row.position > self._read_to
        query = select(row.position, row.body).where(*newer, row.type.in_(SCHEDULED))
        last = select(row.position).where(*newer).order_by(row.position.desc()).limit(1)
        read_to = (await conn.execute(last)).scalar()
        if read_to is None:
            return
        rows = await conn.execute(query.where(row.position <= read_to).order_by(row.position))
        self._note(body for _, body in rows)
        self._read_to = read_to

    def _note(self, bodies: Iterable[str]) -> None:
        for body in bodies:
            try:
                event_id, start_ms = msgspec.structs.astuple(_decoder.decode(body))
            except msgspec.ValidationError:
                continue  # the fold will set it aside
            self._unfolded.setdefault(event_id, _Unfolded(start_ms, set())).starts_ms.add(start_ms)

    async def _in_tables(self, conn: AsyncConnection, keys: Collection[OccurrenceKey]) -> Names:
        o = event_occurrences.c
        found: Names = {}
        ids = sorted({key.event_id for key in keys})
        for first in range(0, len(ids), IDS_AT_ONCE):
            some = ids[first : first + IDS_AT_ONCE]
            query = select(o.event_id, o.original_start_ms, o.scheduled_start_ms, o.actual_start_ms).where(
                o.guild_id == self._guild_id, o.event_id.in_(some)
            )
            for event_id, *starts in await conn.execute(query):
                names = {OccurrenceKey(event_id, start_ms) for start_ms in starts if start_ms is not None}
                found |= dict.fromkeys(names & set(keys), OccurrenceKey(event_id, starts[0]))
        return found
