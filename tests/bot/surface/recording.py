"""A bot that really records: what its commands tell goes through journal and fold into the tables."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.intake import Intake, IntakeOptions
from bot.pipeline import Pipeline
from bot.recorder import Recorder
from bot.services import Services
from storage.database import Warehouse
from storage.event import Event
from storage.event_key import KeyMaker
from storage.journal import Journal
from storage.withdrawals import Kind, Withdrawals

GUILD, SECRET = 2000, b"s" * 32
SOURCES = ["voice", "members", "events", "commands"]
HOUR_MS = 3_600_000


@dataclass
class Club:
    """What happened, told as the gateway would; user ids, and moments in milliseconds."""

    warehouse: Warehouse
    bench: Any
    folder: Path

    def __post_init__(self) -> None:
        self.withdrawals = Withdrawals.open(self.folder / "withdrawals.txt", SECRET)
        intake = Intake(KeyMaker(SECRET), self.withdrawals, IntakeOptions(GUILD))
        self.journal = Journal.open(self.folder / "told.db", intake.encode, intake.unencodable)
        self.recorder = Recorder(intake, self.journal, self.bench.clock)
        self.pipeline = Pipeline(
            self.journal, self.warehouse, self.withdrawals, self.bench.holder.current.rules(), guild_id=GUILD
        )
        self._numbers = count(1)

    def services(self) -> Services:
        bench = self.bench
        return Services(
            bench.holder, self.warehouse, self.recorder, self.pipeline, bench.pen, bench.clock, bench.ticks
        )

    def happens(
        self,
        kind: str,
        body: dict[str, Any],
        at_ms: int,
        person: int | None = None,
        others: dict[str, list[int]] | None = None,
        from_ms: int | None = None,
    ) -> None:
        key = next(self._numbers).to_bytes(16)
        span = at_ms if from_ms is None else from_ms, at_ms
        encoded = json.dumps(body).encode()
        self.journal.append(Event(key, GUILD, "gateway", kind, *span, at_ms, person, others, encoded))

    def covered(self, from_ms: int, to_ms: int) -> None:
        self.happens("COVERAGE", {"state": "recorded", "sources": SOURCES}, to_ms, from_ms=from_ms)

    def joins(self, people: Iterable[int], at_ms: int) -> None:
        for person in people:
            body = {"joined_at_ms": at_ms, "roles": [], "bot": False}
            self.happens("GUILD_MEMBER_ADD", body, at_ms, person)

    def event(
        self,
        event_id: int,
        start_ms: int,
        title: str,
        *,
        channel: int | None = 303,
        status: int = 1,
        at_ms: int | None = None,
        creator: int = 500,
    ) -> None:
        body = {
            "event_id": str(event_id),
            "title": title,
            "status": status,
            "entity_type": 3 if channel is None else 2,
            "scheduled_start_ms": start_ms,
            "scheduled_end_ms": start_ms + 2 * HOUR_MS,
            "channel_id": None if channel is None else str(channel),
        }
        moment = start_ms - 24 * HOUR_MS if at_ms is None else at_ms
        self.happens("GUILD_SCHEDULED_EVENT_UPDATE", body, moment, others={"creator": [creator]})

    def answers(self, person: int, event_id: int, at_ms: int) -> None:
        self.happens("GUILD_SCHEDULED_EVENT_USER_ADD", {"event_id": str(event_id)}, at_ms, person)

    def voice(self, person: int, channel: int | None, at_ms: int) -> None:
        body = {"channel_id": None if channel is None else str(channel), "bot": False}
        self.happens("VOICE_STATE_UPDATE", body, at_ms, person)

    def withdraws(self, person: int) -> None:
        self.withdrawals.withdraw(GUILD, person, Kind.OPTED_OUT, self.bench.clock.ms)

    async def rows(self, table: Any, *names: str) -> list[tuple[Any, ...]]:
        query = select(*(table.c[name] for name in names)).order_by(*table.primary_key)
        async with self.warehouse.reading() as conn:
            return [tuple(row) for row in await conn.execute(query)]

    @asynccontextmanager
    async def asked(self, connect: Callable[[Services], Awaitable[object]]) -> AsyncIterator[Club]:
        """All that happened so far is in the tables, commands are answered, and what happens next follows."""
        self.pipeline.start()
        try:
            assert await self.pipeline.caught_up(60)
            await connect(self.services())
            yield self
        finally:
            await self.pipeline.stop()
            self.journal.close()
