"""Every key that a report's JSON has is in docs/kpis.md: the page is made of what is tested here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from reports import catalogue_page
from reports.asked import Asked
from reports.data_quality import data_quality
from reports.data_quality_lines import to_json as quality_to_json
from reports.json import event_to_json, to_json
from reports.member import member
from reports.member_report import member_to_json
from reports.named import NAMED
from reports.periods import parse_period
from reports.quality_report import quality_asked

NOW = "2025-11-20 14:00"
SOURCES = ("voice", "members", "commands", "events")
BY_NAME = {"cut", "excluded", "parts"}  # their keys are values: dimensions, reasons, labels
TABLES = {
    "event": catalogue_page.EVENT_KEYS,
    "member": catalogue_page.MEMBER_KEYS,
    "quality": catalogue_page.QUALITY_KEYS,
}


def keys_of(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for one in part:
            yield from keys_of(one)
    if isinstance(part, dict):
        for key, value in part.items():
            yield key
            if key not in BY_NAME:
                yield from keys_of(value)


def named_in(table: tuple[tuple[str, str], ...]) -> set[str]:
    return {name for row in table for text in row for name in re.findall(r"`([a-z_]+)(?:\[\])?`", text)}


@pytest.fixture
async def printed(guild: Any, warehouse: Any) -> dict[str, dict[str, Any]]:
    """What each report prints of a club with something of everything that has keys of its own."""
    guild.recorded("2025-09-01 00:00", "2025-11-12 20:00", sources=SOURCES)
    guild.recorded("2025-11-12 20:00", "2025-11-12 23:00", "gap", "not connected", SOURCES)
    guild.recorded("2025-11-12 23:00", NOW, sources=SOURCES)
    for number in range(1, 31):
        guild.joins(number, "2025-09-03")
        guild.present(guild.days("2025-09-03", "2025-11-20"), {number})
    guild.did("voice", "2025-11-05", range(1, 26))
    guild.did("voice", "2025-11-13", range(1, 13))
    key = guild.event(1, "2025-11-13 20:00", "2025-11-13 22:00", hosts=(1,))
    guild.came(key, range(1, 13), "interested")
    guild.listed("2025-11-13 12:00", 30)
    await guild.write(warehouse)
    now_ms = guild.ms(NOW)
    asked = Asked(parse_period("2025-W46", guild.zone, "monday", now_ms), now_ms)
    about = guild.guild_id, guild.settings(min_group=0), guild.rules
    async with warehouse.reading() as conn:
        made = {one.name: to_json(await one.make(conn, *about, asked)) for one in NAMED}
        quality = await data_quality(conn, *about, now_ms, asked.period)
        made["quality"] = quality_to_json(quality, await quality_asked(conn, *about, asked))
        made["member"] = member_to_json(await member(conn, *about, 1, now_ms))
    made["event"] = event_to_json(await guild.occurrence(warehouse, key, NOW))
    return made


async def test_every_key_is_on_the_page(printed: dict[str, dict[str, Any]]) -> None:
    shared = named_in(catalogue_page.JSON_KEYS)
    for name, one in printed.items():
        unsaid = set(keys_of(one)) - shared - named_in(TABLES.get(name, ()))
        assert not unsaid, (name, unsaid)


async def test_what_the_page_promises_is_there(printed: dict[str, dict[str, Any]]) -> None:
    for name, table in TABLES.items():
        promised = {key for row in table for key in re.findall(r"`([a-z_]+)`", row[0])}
        assert promised <= printed[name].keys(), name
    always = {key for row in catalogue_page.JSON_KEYS for key in re.findall(r"`([a-z_]+)`", row[0])}
    of_a_kpi = {"current", "previous", "change"}
    for one in NAMED:
        assert always - of_a_kpi <= printed[one.name].keys(), one.name
        kpis = [kpi for section in printed[one.name]["sections"] for kpi in section["kpis"]]
        assert all(of_a_kpi <= kpi.keys() for kpi in kpis)
