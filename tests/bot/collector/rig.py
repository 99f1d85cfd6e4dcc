"""A warehouse that events of several processes come into, each in a batch of its own."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Row, Select

from bot.collector.messages import journal_item, read_message
from bot.intake import Intake
from storage.database import Warehouse
from storage.event import Event
from storage.fold import Folder
from storage.loader import load_events
from storage.rules import Rules
from storage.withdrawals import Withdrawals

GUILD = 2000
RULES = Rules(tracked_commands=("show_profile",))


class Rig(NamedTuple):
    warehouse: Warehouse
    withdrawals: Withdrawals
    intake: Intake

    async def load(self, *events: Event) -> None:
        """Folded by a process that knows only what the database holds."""
        async with self.warehouse.writing() as conn:
            await load_events(self.warehouse, conn, events, self.withdrawals)
        while not (await Folder(self.warehouse, RULES).advance(GUILD, limit=1)).caught_up:
            pass

    def collected(self, line: bytes) -> list[Event]:
        item = journal_item(read_message(line), self.intake, GUILD)
        return [] if item is None else list(self.intake.encode(item))

    async def rows(self, query: Select[Any]) -> list[Row[Any]]:
        async with self.warehouse.reading() as conn:
            return list((await conn.execute(query)).all())
