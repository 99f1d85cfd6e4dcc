"""What the bot has recorded, for people to see recording follow what they do: types and times only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import func, select

from storage.database import Warehouse
from storage.event_log import last_position
from storage.tables import event_log

SHOWN_ROWS = 200  # the page shows those of one type in a row as one line


class RecordedRow(NamedTuple):
    """One row of the log, without whom it is about."""

    position: int
    type: str
    occurred_at_ms: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """`counts` by type are those since somebody began to look; `total` is the whole log."""

    total: int
    counts: Mapping[str, int]
    latest: Sequence[RecordedRow]  # newest first

    def shown(self) -> dict[str, Any]:
        rows = [{"position": r.position, "type": r.type, "at_ms": r.occurred_at_ms} for r in self.latest]
        return {"total": self.total, "counts": dict(self.counts), "latest": rows}


Recording = Callable[[], Awaitable[Recorded]]


class LogTail:
    """A `Recording` of a warehouse's log; its counters start at 0 where the log ends at the first look."""

    def __init__(self, warehouse: Warehouse, guild_id: int) -> None:
        self._warehouse = warehouse
        self._guild_id = guild_id
        self._begin: int | None = None

    async def __call__(self) -> Recorded:
        log, ours = event_log.c, event_log.c.guild_id == self._guild_id
        newest = select(log.position, log.type, log.occurred_to_ms).where(ours)
        total = select(func.count()).select_from(event_log).where(ours)
        by_type = select(log.type, func.count().label("number")).where(ours).group_by(log.type)
        async with self._warehouse.reading() as conn:
            if self._begin is None:
                self._begin = await last_position(conn, self._guild_id)
            latest = await conn.execute(newest.order_by(log.position.desc()).limit(SHOWN_ROWS))
            counts = await conn.execute(by_type.where(log.position > self._begin))
            return Recorded(
                total=(await conn.execute(total)).scalar_one(),
                counts={row.type: row.number for row in counts},
                latest=[RecordedRow(*row) for row in latest],
            )
