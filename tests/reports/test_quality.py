"""What a gap does to the numbers that it can have touched."""

from __future__ import annotations

from typing import Any

import pytest

from reports.catalogue import CATALOGUE, resolve
from reports.catalogue.community import COMMUNITY
from reports.catalogue.quality import QUALITY
from reports.report import Verdict

NOW = "2025-11-20 12:00"  # a Thursday; the last 7 days are 13–19 November
SOURCES = ("commands", "members", "voice")
NAMES = [definition.name for definition in (*COMMUNITY, *QUALITY)]


def needs(name: str) -> tuple[str, ...]:
    definition = CATALOGUE[name]
    return resolve((*definition.sources, *definition.base_sources), ("voice", "command"))


def with_gap(guild: Any, start: str, end: str, sources: tuple[str, ...] = SOURCES) -> Any:
    """Twenty people, ten of them active in each week; recorded but for the gap."""
    since = "2025-10-01 00:00"
    guild.recorded(since, NOW, sources=[source for source in SOURCES if source not in sources])
    guild.recorded(since, start, sources=sources)
    guild.recorded(start, end, "gap", "not connected", sources)
    guild.recorded(end, NOW, sources=sources)
    guild.present(guild.days("2025-10-01", "2025-11-20"), range(1, 21))
    for day in ("2025-11-01", "2025-11-10", "2025-11-15"):
        guild.did("voice", day, range(1, 11))
    return guild


@pytest.fixture(scope="module")
def told() -> dict[Any, Any]:
    """Reports already made in this module: each is asked about every KPI."""
    return {}


@pytest.fixture
def report_with_gap(new_guild: Any, warehouse: Any, told: dict[Any, Any]) -> Any:
    async def report(start: str, end: str, sources: tuple[str, ...] = SOURCES) -> Any:
        asked = (warehouse.dialect, start, end, sources)
        if asked not in told:
            guild = with_gap(new_guild(), start, end, sources)
            await guild.write(warehouse)
            told[asked] = await guild.health(warehouse, NOW)
        return told[asked]

    return report


def all_kpis(report: Any) -> list[Any]:
    return [kpi for section in report.sections for kpi in section.kpis]


async def test_the_health_report_shows_every_kpi_of_community_and_data(guild: Any, warehouse: Any) -> None:
    await with_gap(guild, "2025-11-15 13:00", "2025-11-15 15:30").write(warehouse)
    assert {kpi.name for kpi in all_kpis(await guild.health(warehouse, NOW))} >= set(NAMES)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("name", NAMES)
async def test_a_gap_puts_a_caveat_on_every_kpi_that_it_can_have_touched(
    report_with_gap: Any, kpi: Any, name: str, source: str
) -> None:
    day = "2025-11-20" if name == "daily_active_members" else "2025-11-15"
    found = kpi(await report_with_gap(f"{day} 08:00", f"{day} 10:30", (source,)), name)
    told = [caveat for caveat in found.caveats if "not recorded" in caveat and "08:00–10:30" in caveat]
    assert bool(told) == (source in needs(name))
    if told:
        assert told[0].startswith(source.capitalize())
        assert told[0].replace("\u00a0", " ").endswith("(2 h 30 min), not connected.")


@pytest.mark.parametrize("name", [name for name in NAMES if name != "daily_active_members"])
async def test_a_gap_in_the_previous_period_touches_the_comparison(
    report_with_gap: Any, kpi: Any, name: str
) -> None:
    found = kpi(await report_with_gap("2025-11-08 08:00", "2025-11-08 10:30"), name)
    assert any("Sat 8 Nov, 08:00–10:30" in caveat for caveat in found.caveats)


@pytest.mark.parametrize("name", [n for n in NAMES if CATALOGUE[n].looks_back])
async def test_a_gap_two_periods_ago_touches_what_is_counted_from_there(
    report_with_gap: Any, kpi: Any, name: str
) -> None:
    report = await report_with_gap("2025-11-01 08:00", "2025-11-01 10:30")
    assert any("Sat 1 Nov" in caveat for caveat in kpi(report, name).caveats)
    assert not any("Sat 1 Nov" in caveat for caveat in kpi(report, "weekly_active_members").caveats)


@pytest.mark.parametrize(("end", "is_told"), [("2025-11-15 14:00", False), ("2025-11-15 14:01", True)])
async def test_a_gap_of_an_hour_is_listed_but_no_caveat(
    guild: Any, warehouse: Any, kpi: Any, end: str, is_told: bool
) -> None:
    await with_gap(guild, "2025-11-15 13:00", end).write(warehouse)
    report = await guild.health(warehouse, NOW)
    assert [gap.source for gap in report.gaps] == list(SOURCES)
    assert report.gaps[0].cause == "not connected"
    assert any("Sat 15 Nov" in caveat for caveat in report.caveats) is is_told
    assert bool(kpi(report, "weekly_active_members").caveats) is is_told


async def test_neighbouring_gaps_of_two_causes_are_one_gap(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-10-01 00:00", "2025-11-15 13:00")
    guild.recorded("2025-11-15 13:00", "2025-11-15 13:40", "gap", "not connected")
    guild.recorded("2025-11-15 13:40", "2025-11-15 14:20", "gap", "session lost")
    guild.recorded("2025-11-15 14:20", NOW)
    guild.present(guild.days("2025-10-01", "2025-11-20"), range(1, 21))
    await guild.write(warehouse)
    report = await guild.health(warehouse, NOW)
    assert {(gap.cause, gap.to_ms - gap.from_ms) for gap in report.gaps} == {
        ("not connected, session lost", 80 * 60_000)
    }
    assert (
        "Commands, members and voice: not recorded Sat 15 Nov, 13:00–14:20 (80\u00a0min), "
        "not connected, session lost."
    ) in report.caveats


async def test_what_came_late_counts_as_recorded(guild: Any, warehouse: Any, kpi: Any) -> None:
    guild.recorded("2025-10-01 00:00", "2025-11-15 13:00")
    guild.recorded("2025-11-15 13:00", "2025-11-17 13:00", "late", "resumed")
    guild.recorded("2025-11-17 13:00", NOW)
    await guild.write(warehouse)
    report = await guild.health(warehouse, NOW)
    assert kpi(report, "recording_coverage").current.value == 1
    assert report.gaps == ()


async def test_two_sources_that_miss_different_hours_miss_both_together(
    guild: Any, warehouse: Any, kpi: Any
) -> None:
    guild.recorded("2025-10-01 00:00", NOW, sources=("members",))
    guild.recorded("2025-10-01 00:00", "2025-11-15 00:00", sources=("voice", "commands"))
    guild.recorded("2025-11-15 12:00", NOW, sources=("voice",))
    guild.recorded("2025-11-15 00:00", "2025-11-15 12:00", sources=("commands",))
    guild.recorded("2025-11-16 00:00", NOW, sources=("commands",))
    await guild.write(warehouse)
    report = await guild.health(warehouse, NOW)
    # of 168 hours voice misses the first 12 of a day, commands its last 12
    assert kpi(report, "recording_coverage").current.value == pytest.approx(1 - 24 / 168)
    assert kpi(report, "recording_coverage", "voice").current.value == pytest.approx(1 - 12 / 168)
    assert kpi(report, "weekly_active_members").current.coverage == pytest.approx(1 - 24 / 168)


@pytest.mark.parametrize(
    "name", [n for n in NAMES if n not in ("daily_active_members", "recording_coverage")]
)
@pytest.mark.parametrize(
    ("start", "end"),  # 34 hours of 168: 79.8 % recorded
    [("2025-11-14 00:00", "2025-11-15 10:00"), ("2025-11-07 00:00", "2025-11-08 10:00")],
)
async def test_below_eighty_per_cent_nothing_is_compared(
    report_with_gap: Any, kpi: Any, name: str, start: str, end: str
) -> None:
    report = await report_with_gap(start, end)
    found = kpi(report, name)
    assert found.change is not None
    assert (found.change.verdict, found.change.p_value) == (Verdict.NOT_COMPARED, None)
    assert any("so it is left out of the comparison" in caveat for caveat in found.caveats)
    assert report.bridge is None
    assert not report.figures


async def test_at_eighty_per_cent_it_is_compared(report_with_gap: Any, kpi: Any) -> None:
    report = await report_with_gap("2025-11-14 00:00", "2025-11-15 09:00")
    assert kpi(report, "weekly_active_members").change.verdict is Verdict.WITHIN_NOISE
    assert report.bridge is not None


async def test_a_week_hardly_recorded_says_so_first(guild: Any, warehouse: Any) -> None:
    await with_gap(guild, "2025-11-14 00:00", "2025-11-16 15:50").write(warehouse)
    report = await guild.health(warehouse, NOW)
    assert report.finding.replace("\u00a0", " ") == (
        "10 people were active, but only 62 % of 13–19 Nov was recorded, so it is not compared."
    )
    assert report.caveats[0].replace("\u00a0", " ") == (
        "62 % of 13–19 Nov was recorded, so it is left out of the comparison."
    )


async def test_time_before_recording_is_no_gap(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-11-17 00:00", NOW)
    guild.present(guild.days("2025-11-17", "2025-11-20"), range(1, 21))
    await guild.write(warehouse)
    report = await guild.health(warehouse, NOW)
    assert report.gaps == ()
    assert "Recording began on Mon 17 Nov 2025, 00:00." in report.caveats
