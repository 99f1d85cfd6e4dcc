"""What another bot's process missed, in the table of coverage beside what the bot itself notes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from sqlalchemy import select

from bot.collector.messages import journal_item, read_message, unread
from bot.coverage import coverage
from bot.intake import Intake, IntakeOptions
from storage.database import Warehouse
from storage.event import Event
from storage.event_key import KeyMaker
from storage.fact_bodies import NOT_DELIVERED, NOT_READ
from storage.fold import Folder
from storage.loader import load_events
from storage.rebuild import verify
from storage.rules import Rules
from storage.tables import coverage as coverage_table
from storage.withdrawals import Withdrawals

GUILD, START_MS, MINUTE = 2000, 1_764_184_000_000, 60_000
SOURCES = ("voice", "members", "events", "commands", "text")
KEYS = KeyMaker(b"k" * 32)


class Rig(NamedTuple):
    warehouse: Warehouse
    withdrawals: Withdrawals

    async def told(self, *events: Event) -> None:
        """In a batch of its own, by a process that knows only what the database holds."""
        async with self.warehouse.writing() as conn:
            await load_events(self.warehouse, conn, events, self.withdrawals)
        while not (await Folder(self.warehouse, Rules()).advance(GUILD, limit=1)).caught_up:
            pass

    async def commands(self) -> list[tuple[float, float, str, str | None]]:
        """In minutes."""
        c = coverage_table.c
        query = select(c.from_ms, c.to_ms, c.state, c.cause).where(c.source == "commands").order_by(c.from_ms)
        async with self.warehouse.reading() as conn:
            rows = (await conn.execute(query)).all()
        return [((a - START_MS) / MINUTE, (b - START_MS) / MINUTE, *state) for a, b, *state in rows]


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    warehouse = await Warehouse.open(f"sqlite+aiosqlite:///{tmp_path / 'warehouse.db'}")
    await warehouse.migrate()
    yield Rig(warehouse, Withdrawals.open(tmp_path / "withdrawals", b"s" * 32))
    await warehouse.close()


def recorded(from_minute: int, to_minute: int) -> Event:
    """The bot's own note, every five minutes."""
    span = START_MS + from_minute * MINUTE, START_MS + to_minute * MINUTE
    return coverage(KEYS, GUILD, "recorded", SOURCES, *span, None)


def not_delivered(rig: Rig, from_minute: int, to_minute: int) -> Event:
    span = {"from_ms": START_MS + from_minute * MINUTE, "to_ms": START_MS + to_minute * MINUTE}
    line = msgspec.json.encode({"number": 1, "at_ms": span["to_ms"], "missed": span})
    item = journal_item(read_message(line), Intake(KEYS, rig.withdrawals, IntakeOptions(GUILD)), GUILD)
    assert isinstance(item, Event)
    return item


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_what_could_not_be_handed_over_stays_a_gap(rig: Rig, place: int) -> None:
    told = [recorded(0, 5), recorded(5, 10)]
    told.insert(place, not_delivered(rig, 4, 7))
    for event in told:
        await rig.told(event)
    await rig.told(not_delivered(rig, 4, 7))
    assert await rig.commands() == [
        (0, 4, "recorded", None),
        (4, 7, "gap", NOT_DELIVERED),
        (7, 10, "recorded", None),
    ]
    assert await verify(rig.warehouse, GUILD, Rules()) == []


@pytest.mark.parametrize("is_told_first", [True, False])
async def test_what_could_not_be_read_stays_a_gap(rig: Rig, is_told_first: bool) -> None:
    odd = unread(START_MS + 6 * MINUTE, KEYS, GUILD)
    for event in [odd, recorded(0, 10)] if is_told_first else [recorded(0, 10), odd]:
        await rig.told(event)
    assert await rig.commands() == [
        (0, 6, "recorded", None),
        (6, 6 + 1 / MINUTE, "gap", NOT_READ),
        (6 + 1 / MINUTE, 10, "recorded", None),
    ]
    assert await verify(rig.warehouse, GUILD, Rules()) == []
