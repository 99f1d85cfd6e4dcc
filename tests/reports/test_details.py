"""One side of a period: what each of them brings."""

from __future__ import annotations

from typing import Any

import pytest

from reports.details import DETAILS
from reports.figures import BridgeFigure, CoverageFigure, TrendFigure
from reports.periods import date_of, parse_period
from reports.report import NothingRecorded, Verdict

NOW = "2025-11-20 14:00"


@pytest.fixture
def steady(guild: Any) -> Any:
    guild.recorded("2025-10-01 00:00", NOW)
    guild.present(guild.days("2025-10-01", "2025-11-20"), range(1, 101))
    for week in range(7):
        guild.did("voice", guild.day("2025-10-08") + 7 * week, range(1, 51))
    return guild


def kinds(report: Any) -> list[type]:
    return [type(figure) for figure in report.figures]


@pytest.mark.parametrize("key", ["2025-W46", "trailing-7d"])
async def test_growth_has_the_trend_of_the_weeks_and_the_periods_bridge(
    steady: Any, warehouse: Any, key: str
) -> None:
    await steady.write(warehouse)
    period = parse_period(key, steady.zone, "monday", steady.ms(NOW))
    report = await steady.detail(warehouse, "growth", period, NOW)
    assert kinds(report) == [TrendFigure, BridgeFigure]
    assert report.figures[0].headline == "50 active last week, as many: within noise"
    assert report.figures[0].points[-1].value == 50  # the open week
    assert report.finding == "50 people were active, as many as the {} before: within noise.".format(
        "week" if key == "2025-W46" else "7 days"
    )
    assert [kpi.name for kpi in report.sections[0].kpis][:2] == ["weekly_active_members", "came_in"]


@pytest.mark.parametrize("name", DETAILS)
async def test_each_is_named_after_its_side_and_speaks_of_the_period(
    steady: Any, warehouse: Any, name: str
) -> None:
    await steady.write(warehouse)
    period = parse_period("2025-W46", steady.zone, "monday", steady.ms(NOW))
    report = await steady.detail(warehouse, name, period, NOW)
    assert (report.name, report.period.key, report.guild_id) == (name, "2025-W46", steady.guild_id)
    assert report.finding.endswith(".")


@pytest.mark.parametrize("name", DETAILS)
async def test_an_open_week_is_told_so_far(steady: Any, warehouse: Any, name: str) -> None:
    await steady.write(warehouse)
    period = parse_period("2025-W47", steady.zone, "monday", steady.ms(NOW))
    report = await steady.detail(warehouse, name, period, NOW)
    assert report.is_open
    assert report.caveats[0] == "17–23 Nov is not over: the numbers are so far, and not compared."


@pytest.mark.parametrize("name", DETAILS)
async def test_an_empty_warehouse_is_one_sentence(guild: Any, warehouse: Any, name: str) -> None:
    period = parse_period("2025-W46", guild.zone, "monday", guild.ms(NOW))
    with pytest.raises(NothingRecorded):
        await guild.detail(warehouse, name, period, NOW)


async def test_coverage_brings_its_picture_and_the_sources(steady: Any, warehouse: Any) -> None:
    await steady.write(warehouse)
    period = parse_period("2025-W46", steady.zone, "monday", steady.ms(NOW))
    report = await steady.detail(warehouse, "coverage", period, NOW)
    assert kinds(report) == [CoverageFigure]
    cuts = [kpi.cut for kpi in report.sections[0].kpis if kpi.name == "recording_coverage"]
    assert cuts == ["", "commands", "members", "voice"]  # events are not known to this log


@pytest.mark.parametrize("removals_since", [None, "2025-08-01 00:00"])
async def test_before_recording_began_nothing_was_recorded(
    steady: Any, warehouse: Any, removals_since: str | None
) -> None:
    if removals_since:  # the audit log is read back to before the bot came
        steady.recorded(removals_since, NOW, "late", "read back", sources=("removals",))
    await steady.write(warehouse)
    period = parse_period("2025-W33", steady.zone, "monday", steady.ms(NOW))
    report = await steady.detail(warehouse, "coverage", period, NOW)
    recorded = [kpi.current for kpi in report.sections[0].kpis if kpi.name == "recording_coverage"]
    assert [(measure.value, measure.coverage) for measure in recorded] == [(0, 0)]
    assert report.finding == "Nothing of 11–17 Aug was recorded."
    assert report.figures[0].footer == "Recording had not begun"


async def test_a_source_is_told_of_once_it_is_known(steady: Any, warehouse: Any) -> None:
    steady.recorded("2025-11-01 00:00", NOW, "gap", "no permission", sources=("events",))
    await steady.write(warehouse)
    period = parse_period("2025-W46", steady.zone, "monday", steady.ms(NOW))
    report = await steady.detail(warehouse, "coverage", period, NOW)
    recorded = {kpi.cut: kpi.current.value for kpi in report.sections[0].kpis if kpi.cut}
    assert recorded == {"commands": 1, "events": 0, "members": 1, "voice": 1}


@pytest.mark.parametrize("min_group", [0, 5])
@pytest.mark.parametrize("key", ["2025-W46", "trailing-7d"])
async def test_a_number_has_one_verdict_wherever_it_stands(
    guild: Any, warehouse: Any, key: str, min_group: int
) -> None:
    """Of active members alone the change would be clear; among all that is tested it is not."""
    guild.recorded("2025-08-01 00:00", NOW, sources=("voice", "members", "commands", "events"))
    guild.present(guild.days("2025-09-01", "2025-11-20"), range(1, 101))
    for number in range(1, 101):
        guild.spell(number, 0)
    for week in range(10):
        day = guild.day("2025-09-12") + 7 * week
        guild.did("voice", day, range(1, 51 if week < 9 else 58))
    for week in range(10):
        day = date_of(guild.day("2025-09-12") + 7 * week)
        event = guild.event(week + 1, f"{day} 20:00", f"{day} 22:00")
        guild.came(event, range(1, 31), "interested")
        guild.came(event, range(31, 36), "interested", "absent")
    for day in range(guild.day("2025-11-14") - 1, guild.day("2025-11-14") + 1):
        guild.did("voice", day, range(1, 58))
    await guild.write(warehouse)
    period = parse_period(key, guild.zone, "monday", guild.ms(NOW))
    reports = [await guild.detail(warehouse, name, period, NOW, min_group=min_group) for name in DETAILS]
    if key == "trailing-7d":
        reports.append(await guild.health(warehouse, NOW))
    else:
        reports.append(await guild.weekly(warehouse, period, NOW, min_group=5))
    verdicts: dict[tuple[str, str], set[Any]] = {}
    for report in reports:
        for number in (kpi for section in report.sections for kpi in section.kpis if kpi.change):
            verdicts.setdefault((number.name, number.cut), set()).add(number.change.verdict)
    assert verdicts["weekly_active_members", ""] == {Verdict.WITHIN_NOISE}
    assert {name for name, found in verdicts.items() if len(found) > 1} == set()
    (growth,) = [report for report in reports if report.name == "growth"]
    assert growth.figures[0].headline.endswith("within noise")
