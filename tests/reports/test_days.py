"""Each day's raw counts, by hand, on both databases."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import insert

from reports.asked import Asked
from reports.csv import to_csv, why_empty
from reports.days import days
from reports.periods import parse_period
from reports.publishing import computed
from reports.report import Kpi, Measure, Report
from reports.small_groups import WITHHELD
from reports.text import to_text
from storage.database import Warehouse
from storage.tables import text_days

NOW = "2025-11-12 12:00"  # a Wednesday


@pytest.fixture
def club(guild: Any) -> Any:
    """On Monday 1 to 6 are in voice for an hour each, and 7 for three minutes."""
    guild.recorded("2025-11-01 00:00", NOW, sources=("voice", "members", "commands", "text"))
    guild.present(guild.days("2025-11-01", "2025-11-12"), range(1, 21))
    for number in range(1, 7):
        guild.voice(number, "2025-11-10 20:00", "2025-11-10 21:00", {"2025-11-10": 60})
    guild.voice(7, "2025-11-10 20:00", "2025-11-10 20:03", {"2025-11-10": 3})
    for number in (1, 2):
        guild.daily.append(
            {
                **{"local_day": guild.day("2025-11-11"), "activity": "command", "member_no": number},
                **{"count": 3, "duration_ms": 0},
            }
        )
    guild.spell(8, "2025-11-11 10:00")
    guild.spell(9, "2025-10-11 10:00", "2025-11-11 10:00", "left")
    guild.spell(10, "2025-11-11 10:00", "2025-11-11 11:00", "banned")  # a raid
    return guild


async def asked(club: Any, warehouse: Warehouse, min_group: int = 0, key: str = "2025-W46") -> Report:
    club.member(99, is_bot=True)
    await club.write(warehouse)
    async with warehouse.writing() as conn:
        await conn.execute(
            insert(text_days),
            [
                {
                    "guild_id": club.guild_id,
                    "local_day": club.day("2025-11-10"),
                    "member_no": number,
                    **{"first_ms": 0, "last_ms": 0, "messages": 10},
                }
                for number in (1, 2, 99)
            ],
        )
    period = parse_period(key, club.zone, "monday", club.ms(NOW))
    async with warehouse.reading() as conn:
        settings = club.settings(min_group=min_group)
        return await days(conn, club.guild_id, settings, club.rules, Asked(period, club.ms(NOW)))


def value(report: Report, name: str, day: str) -> float | None:
    return next(kpi.current.value for kpi in report.sections[0].kpis if (kpi.name, kpi.cut) == (name, day))


async def test_each_day_has_its_counts(club: Any, warehouse: Warehouse) -> None:
    report = await asked(club, warehouse)
    monday = {
        "daily_active_members": 6,
        "daily_joins": 0,
        "daily_leaves": 0,
        "daily_messages": 20,
        "daily_commands": 0,
        "daily_voice_hours": 6,
    }
    assert {name: value(report, name, "2025-11-10") for name in monday} == monday
    assert value(report, "daily_joins", "2025-11-11") == 1
    assert value(report, "daily_leaves", "2025-11-11") == 1
    assert value(report, "daily_commands", "2025-11-11") == 6


async def test_a_gap_before_the_days_is_no_note_of_theirs(club: Any, warehouse: Warehouse) -> None:
    """It reaches into segments, which the finding could speak of and the table has none of."""
    sources = ("voice", "members", "commands", "text")
    club.covered.clear()
    club.recorded("2025-09-01 00:00", "2025-10-28 00:00", sources=sources)
    club.recorded("2025-10-29 00:00", "2025-11-11 03:00", sources=sources)
    club.recorded("2025-11-11 06:00", NOW, sources=sources)
    told = [note for note in (await asked(club, warehouse)).caveats if "not recorded" in note]
    assert [note.partition("not recorded ")[2][:10] for note in told] == ["Tue 11 Nov"]


async def test_only_days_that_have_begun_are_there(club: Any, warehouse: Warehouse) -> None:
    report = await asked(club, warehouse)
    assert [kpi.cut for kpi in report.sections[0].kpis][::6] == ["2025-11-10", "2025-11-11", "2025-11-12"]


async def test_text_is_a_row_a_day_and_csv_a_line_a_number(club: Any, warehouse: Warehouse) -> None:
    report = await asked(club, warehouse)
    lines = to_text(report).splitlines()
    head = next(place for place, line in enumerate(lines) if line.split()[:2] == ["active", "in"])
    assert lines[head + 1].split()[:7] == ["Mon", "10", "6", "0", "0", "20", "0"]
    assert all(len(line) <= 48 for line in lines[head : head + 4])  # a phone's width
    assert len(to_csv(report).splitlines()) == 1 + 3 * 6


async def test_an_export_withholds_days_of_few_people(club: Any, warehouse: Warehouse) -> None:
    report = await asked(club, warehouse, min_group=5)
    assert value(report, "daily_active_members", "2025-11-10") == 6
    assert value(report, "daily_voice_hours", "2025-11-10") == 6
    assert value(report, "daily_messages", "2025-11-10") is None  # two people wrote them
    assert value(report, "daily_joins", "2025-11-10") == 0  # nobody is no group
    assert value(report, "daily_joins", "2025-11-11") is None
    here = [kpi.current.denominator for kpi in report.sections[0].kpis if kpi.name == "daily_active_members"]
    assert set(here) == {None}, "from day to day it would tell who joined and who left"


async def test_a_day_of_which_not_all_was_recorded_is_marked(club: Any, warehouse: Warehouse) -> None:
    club.covered.clear()
    club.recorded("2025-11-01 00:00", "2025-11-11 02:00", sources=("voice", "members", "commands", "text"))
    club.recorded("2025-11-11 09:00", NOW, sources=("voice", "members", "commands", "text"))
    lines = [line.strip() for line in to_text(await asked(club, warehouse)).splitlines()]
    days = [line.split("  ")[0] for line in lines if line[:3] in ("Mon", "Tue", "Wed")]
    assert days == ["Mon 10", "Tue 11*", "Wed 12"]
    assert "* recorded only in part" in lines


async def test_a_table_says_why_a_day_has_no_number(club: Any, warehouse: Warehouse) -> None:
    club.covered = [row for row in club.covered if row["source"] != "commands"]
    table = to_csv(await asked(club, warehouse, min_group=5))
    said = {
        (row["kpi"], row["cut"]): (row["value"], row["why_empty"]) for row in csv.DictReader(StringIO(table))
    }
    assert said["daily_messages", "2025-11-10"] == ("", "withheld")  # two people wrote them
    assert said["daily_commands", "2025-11-10"] == ("", "not recorded")
    assert said["daily_joins", "2025-11-10"] == ("0", "")


@pytest.mark.parametrize(
    ("kpi", "word"),
    [
        (Kpi("no_show_rate", Measure(0.5, 6, 12)), ""),
        (Kpi("no_show_rate", Measure(None, 3, 8)), "too few"),
        (Kpi("no_show_rate", Measure(None, 0, 0)), "not defined"),
        (Kpi("no_show_rate", Measure(None, coverage=0.0)), "not recorded"),
        (Kpi("no_show_rate", Measure(None, coverage=0.0), caveats=(WITHHELD,)), "withheld"),
        (Kpi("came_in", Measure(7, 7), caveats=(WITHHELD,)), ""),  # its parts are, not the sum
    ],
)
def test_why_a_number_is_missing_is_one_word(kpi: Kpi, word: str) -> None:
    assert why_empty(kpi) == word


async def test_what_was_not_recorded_is_unknown_and_no_zero(club: Any, warehouse: Warehouse) -> None:
    club.covered = [row for row in club.covered if row["source"] != "text"]
    assert value(await asked(club, warehouse), "daily_messages", "2025-11-10") is None


async def test_of_what_is_published_a_day_does_not_follow_from_its_week(
    club: Any, warehouse: Warehouse
) -> None:
    """Of 10 joins 7 are on Monday and 2 on Tuesday, of 2 leaves one on Monday and one on Tuesday."""
    for number in range(31, 38):
        club.spell(number, "2025-11-10 10:00")
    club.spell(38, "2025-11-11 10:00")
    club.spell(39, "2025-11-12 10:00")
    club.spell(40, "2025-10-11 10:00", "2025-11-10 10:00", "left")
    standing = {"folded_to_ms": club.ms(NOW), "position": 1, "state": b""}
    club.progress = {**standing, "rules": club.rules.fingerprint()}
    await asked(club, warehouse)
    period = parse_period("2025-W46", club.zone, "monday", club.ms(NOW))
    told = {}
    for min_group in (0, 2, 5):
        async with warehouse.reading() as conn:
            settings = club.settings(min_group=min_group)
            made = await computed(conn, club.guild_id, settings, club.rules, period, club.ms(NOW))
        told[min_group] = {(one.kpi, one.cut[-2:]): one for one in made.values if one.cut_by == "day"}
        exact = {day: told[min_group]["daily_joins", day].value for day in ("10", "11", "12")}
        assert exact == {"10": 7, "11": 2, "12": 1}

    def hidden(min_group: int) -> set[tuple[str, str]]:
        return {of for of, one in told[min_group].items() if one.is_withheld}

    assert hidden(0) == set()
    assert hidden(2) == {("daily_joins", "11"), ("daily_joins", "12")} | {
        ("daily_leaves", "10"),
        ("daily_leaves", "11"),
    }
    of_few = {("daily_active_members", "11")}  # two, by their commands
    assert hidden(5) == hidden(2) | of_few | {("daily_joins", "10")}
    assert {one.denominator for one in told[0].values()} == {None}, "it would tell who joined and who left"
