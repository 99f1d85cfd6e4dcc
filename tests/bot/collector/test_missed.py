"""What another bot's process missed, in the table of coverage beside what the bot itself notes."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import select

from bot.collector.messages import unread
from bot.coverage import coverage
from storage.event import Event
from storage.fact_bodies import NOT_DELIVERED, NOT_READ
from storage.rebuild import verify
from storage.tables import coverage as coverage_table

from .rig import GUILD, RULES, Rig

START_MS, MINUTE = 1_764_184_000_000, 60_000
SOURCES = ("voice", "members", "events", "commands", "text")


def recorded(rig: Rig, from_minute: int, to_minute: int) -> Event:
    """The bot's own note, every five minutes."""
    span = START_MS + from_minute * MINUTE, START_MS + to_minute * MINUTE
    return coverage(rig.intake.keys, GUILD, "recorded", SOURCES, *span, None)


def not_delivered(rig: Rig, from_minute: int, to_minute: int) -> Event:
    span = {"from_ms": START_MS + from_minute * MINUTE, "to_ms": START_MS + to_minute * MINUTE}
    line = msgspec.json.encode({"number": 1, "at_ms": span["to_ms"], "missed": span})
    (event,) = rig.collected(line)
    return event


async def commands_covered(rig: Rig) -> list[tuple[float, float, str, str | None]]:
    """In minutes."""
    c = coverage_table.c
    query = select(c.from_ms, c.to_ms, c.state, c.cause).where(c.source == "commands").order_by(c.from_ms)
    return [
        ((from_ms - START_MS) / MINUTE, (to_ms - START_MS) / MINUTE, state, cause)
        for from_ms, to_ms, state, cause in await rig.rows(query)
    ]


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_what_could_not_be_handed_over_stays_a_gap(rig: Rig, place: int) -> None:
    told = [recorded(rig, 0, 5), recorded(rig, 5, 10)]
    told.insert(place, not_delivered(rig, 4, 7))
    for event in told:
        await rig.load(event)
    await rig.load(not_delivered(rig, 4, 7))
    assert await commands_covered(rig) == [
        (0, 4, "recorded", None),
        (4, 7, "gap", NOT_DELIVERED),
        (7, 10, "recorded", None),
    ]
    assert await verify(rig.warehouse, GUILD, RULES) == []


@pytest.mark.parametrize("is_told_first", [True, False])
async def test_what_could_not_be_read_stays_a_gap(rig: Rig, is_told_first: bool) -> None:
    told = [unread(START_MS + 6 * MINUTE, rig.intake.keys, GUILD), recorded(rig, 0, 10)]
    for event in told if is_told_first else reversed(told):
        await rig.load(event)
    assert await commands_covered(rig) == [
        (0, 6, "recorded", None),
        (6, 6 + 1 / MINUTE, "gap", NOT_READ),
        (6 + 1 / MINUTE, 10, "recorded", None),
    ]
    assert await verify(rig.warehouse, GUILD, RULES) == []
