"""The same guild on both databases gives the same report, to the last digit."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reports.asked import Asked, NamedReport
from reports.catalogue_page import EVENT_KEYS, JSON_KEYS
from reports.details import DETAILS
from reports.json import event_to_json, to_json
from reports.named import NAMED
from reports.periods import parse_period

NOW = "2025-11-20 12:00"


@pytest.fixture
def lively(guild: Any) -> Any:
    """Sixty people with voice, commands, joins, leaves, a withdrawal, a bot, a raid and gaps."""
    guild.recorded("2025-09-01 00:00", "2025-10-21 08:00")
    guild.recorded("2025-10-21 08:00", "2025-10-23 20:00", "gap", "not connected")
    guild.recorded("2025-10-23 20:00", "2025-11-15 02:00")
    guild.recorded("2025-11-15 02:00", "2025-11-15 03:30", "late", "resumed")
    guild.recorded("2025-11-15 05:30", NOW)
    guild.recorded("2025-09-01 00:00", NOW, sources=("events",))
    guild.present(guild.days("2025-09-01", "2025-11-20"), range(1, 61))
    for member_no in range(50, 61):
        guild.member(member_no, joined="2025-10-05 10:00")
    guild.leaves_on("2025-11-14", range(1, 7))
    for member_no, how in zip(range(1, 7), ("left", "left", "kicked", "banned", "pruned", None), strict=True):
        guild.spell(member_no, 0, "2025-11-14 12:00", how)
    guild.spell(70, "2025-11-13 12:00", "2025-11-13 13:00", "banned")
    guild.present([guild.day("2025-11-13")], {70})
    guild.member(59, withdrawn_at_ms=guild.ms("2025-11-18 09:00"))
    guild.member(80, is_bot=True)
    guild.spell(80, 0)
    for index, day in enumerate(guild.days("2025-09-01", "2025-11-20")):
        guild.did("command", day, {1 + index * 7 % 60, 1 + index * 11 % 60})
        for member_no in {1 + index * 13 % 60, 1 + (index * 17 + 5) % 60, 1 + index * index % 60}:
            start = guild.rules.day_start_ms(day) + 20 * 3_600_000
            minutes = 7 + index * member_no % 171
            guild.voice(member_no, start, start + minutes * 60_000, {day: minutes}, estimated=index % 5 == 0)
    weekly_events(guild)
    return guild


def weekly_events(guild: Any) -> None:
    """A series of eleven Wednesdays with answers, walk-ins, hosts, a gap and one that was not held."""
    for week in range(11):
        day = guild.day("2025-09-03") + 7 * week
        start = guild.rules.day_start_ms(day) + 20 * 3_600_000
        outcome = "not_held" if week == 4 else "held"
        key = guild.event(
            week + 1, start, start + 7_200_000, outcome, hosts=(1 + week % 3, 20), series="event:7"
        )
        if outcome == "held":
            came = {1 + number * (week + 3) % 60 for number in range(25)}
            guild.came(key, came, "interested" if week % 2 else "standing", minutes=30 + week, early=True)
            guild.came(key, set(range(1, 61, 3)) - came, "interested", "absent")
            guild.came(key, set(range(2, 61, 9)) - came, "interested", "unknown", estimated=True)
            guild.at_event(day, came, week + 1)
    guild.occurrences[8]["voice_gap_ms"] = 1_000_000


async def _named(guild: Any, warehouse: Any, report: NamedReport, week: Any) -> Any:
    async with warehouse.reading() as conn:
        asked = Asked(week, guild.ms(NOW))
        return await report.make(conn, guild.guild_id, guild.settings(min_group=0), guild.rules, asked)


@pytest.mark.postgres
async def test_both_databases_give_equal_json(lively: Any, both_warehouses: Any) -> None:
    week = parse_period("2025-W46", lively.zone, "monday", lively.ms(NOW))
    made = []
    for warehouse in both_warehouses:
        await lively.write(warehouse)
        reports = [await lively.health(warehouse, NOW), await lively.weekly(warehouse, week, NOW)]
        reports += [await lively.detail(warehouse, name, week, NOW) for name in DETAILS]
        reports += [await _named(lively, warehouse, report, week) for report in NAMED]
        event = await lively.occurrence(warehouse, lively.key(11), NOW)
        told = [json.dumps(to_json(report)) + repr(report.figures) for report in reports]
        made.append([*told, json.dumps(event_to_json(event)) + repr(event.figures)])
    assert made[0] == made[1]
    assert "no_show_rate" in made[0][0]


async def test_the_same_tables_give_the_same_report_again(lively: Any, sqlite_warehouse: Any) -> None:
    await lively.write(sqlite_warehouse)
    assert await lively.health(sqlite_warehouse, NOW) == await lively.health(sqlite_warehouse, NOW)


async def test_the_json_of_an_event_keeps_its_documented_keys(lively: Any, sqlite_warehouse: Any) -> None:
    await lively.write(sqlite_warehouse)
    report = event_to_json(await lively.occurrence(sqlite_warehouse, lively.key(11), NOW))
    documented = " ".join(f"{keys} {text}" for keys, text in (*JSON_KEYS, *EVENT_KEYS))
    for level in (report, report["people"][0]):
        assert not {key for key in level if f"`{key}`" not in documented}
    assert report["key"] == "11@" + str(lively.key(11).original_start_ms)
    assert (report["hosts"], report["outcome"]) == ([2, 20], "held")
    assert json.loads(json.dumps(report)) == report


async def test_json_keeps_its_documented_keys(lively: Any, sqlite_warehouse: Any) -> None:
    await lively.write(sqlite_warehouse)
    report = to_json(await lively.health(sqlite_warehouse, NOW))
    documented = " ".join(f"{keys} {text}" for keys, text in JSON_KEYS)
    kpi = report["sections"][0]["kpis"][0]
    for level in (report, kpi, kpi["current"], kpi["change"], report["period"], report["gaps"][0]):
        assert {key for key in level if f"`{key}`" not in documented} <= {"title", "kpis", "caveats"}
    assert report["shape"] == 1
    assert report["guild_id"] == str(lively.guild_id)
    assert report["period"]["start"] == "2025-11-12T23:00:00.000Z"
    assert json.loads(json.dumps(report)) == report
