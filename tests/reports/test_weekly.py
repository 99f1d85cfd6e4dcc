"""The digest's report: the week beside the one before, half a year as a trend, small parts withheld."""

from __future__ import annotations

from typing import Any

import pytest

from reports.figures import BridgeFigure, DigestFigure, PointState, TrendFigure
from reports.periods import Period, parse_period
from reports.report import Verdict
from reports.statistics import wilson
from reports.text import section_title, title, to_text

NOW = "2025-11-20 14:00"  # a Thursday


def figure(report: Any, kind: type) -> Any:
    return next(figure for figure in report.figures if isinstance(figure, kind))


def week(guild: Any, key: str) -> Period:
    return parse_period(key, guild.zone, "monday", guild.ms(NOW))


@pytest.fixture
def steady(guild: Any) -> Any:
    """A hundred people; 50 active in every week since 6 October, 40 of the same and 20 others in the last."""
    guild.recorded("2025-10-01 00:00", NOW)
    guild.present(guild.days("2025-10-01", "2025-11-20"), range(1, 101))
    for monday in ("2025-10-06", "2025-10-13", "2025-10-20", "2025-10-27", "2025-11-03"):
        guild.did("voice", guild.day(monday) + 2, range(1, 51))
    guild.did("voice", "2025-11-12", [*range(11, 51), *range(61, 81)])
    guild.did("voice", "2025-11-18", range(1, 13))
    return guild


async def test_the_trend_has_each_closed_week_and_the_open_one(steady: Any, warehouse: Any) -> None:
    await steady.write(warehouse)
    report = await steady.weekly(warehouse, week(steady, "2025-W46"), NOW)
    digest, trend, bridge = report.figures
    assert isinstance(digest, DigestFigure)
    assert isinstance(trend, TrendFigure)
    assert isinstance(bridge, BridgeFigure)
    assert [point.value for point in trend.points] == [50, 50, 50, 50, 50, 60, 12]
    assert [point.state for point in trend.points] == [PointState.RECORDED] * 6 + [PointState.OPEN]
    low, high = wilson(60, 100)
    assert (trend.points[5].low, trend.points[5].high) == pytest.approx((low * 100, high * 100))
    assert (trend.points[-1].low, trend.points[-1].high) == (None, None)
    assert trend.headline == "60 active last week, 10 more: within noise"
    assert trend.subtitle == "Weekly active members, 6 closed weeks and the open one"
    assert trend.footer == "6 Oct – 20 Nov 2025 · recorded 100\u00a0% · hatched: week not over"
    assert (trend.latest_label, trend.open_label) == ("10–16 Nov", "Mon–Thu")
    assert trend.alt_text == (
        "Line chart, weekly active members, 6 October to 16 November 2025: from 50 to 60, "
        "lowest 50 in October, highest 60 in November; the current one open at 12."
    )


async def test_the_bridge_figure_says_the_same_as_the_bridge(steady: Any, warehouse: Any) -> None:
    await steady.write(warehouse)
    report = await steady.weekly(warehouse, week(steady, "2025-W46"), NOW)
    bridge = figure(report, BridgeFigure)
    # 1–10 went quiet; 61–80 were here before recording and were never seen active before
    assert bridge.changes == (
        ("went quiet", -10),
        ("left", 0),
        ("came back", 0),
        ("first time", 0),
        ("first seen", 20),
    )
    assert bridge.previous + sum(change for _, change in bridge.changes) == bridge.current == 60
    assert bridge.headline == "20 people came in, 10 dropped out"
    assert bridge.subtitle == "Weekly active members, 3–9 Nov to 10–16 Nov 2025"
    assert bridge.footer == "40 stayed active · gains / losses = 2.00 · recorded 100\u00a0%"


async def test_a_gap_breaks_the_trend_and_a_partly_recorded_week_is_marked(
    guild: Any, warehouse: Any
) -> None:
    guild.recorded("2025-10-01 00:00", "2025-10-20 00:00")
    guild.recorded("2025-10-22 15:50", "2025-11-03 00:00")  # 62 % of the week from 20 October
    guild.recorded("2025-11-03 20:00", NOW)  # 88 % of the week from 3 November
    guild.present(guild.days("2025-10-01", "2025-11-20"), range(1, 101))
    for monday in ("2025-10-06", "2025-10-13", "2025-10-20", "2025-10-27", "2025-11-03", "2025-11-10"):
        guild.did("voice", guild.day(monday) + 4, range(1, 51))
    await guild.write(warehouse)
    trend = figure(await guild.weekly(warehouse, week(guild, "2025-W46"), NOW), TrendFigure)
    states = [point.state for point in trend.points]
    assert states[2] is PointState.GAP
    assert states[4] is PointState.PARTLY
    assert trend.points[2].value is None
    assert trend.points[2].recorded == pytest.approx(0.62, abs=0.005)
    assert "grey: gap" in trend.footer
    assert "1 week left out because of gaps" in trend.alt_text


async def test_the_trend_goes_back_half_a_year_at_most(guild: Any, warehouse: Any) -> None:
    guild.recorded("2024-11-01 00:00", NOW)
    guild.present(guild.days("2024-11-01", "2025-11-20"), range(1, 31))
    guild.did("voice", "2025-11-12", range(1, 16))
    await guild.write(warehouse)
    trend = figure(await guild.weekly(warehouse, week(guild, "2025-W46"), NOW), TrendFigure)
    assert len(trend.points) == 27
    assert trend.points[0].start.isoformat() == "2025-05-19"


async def test_a_week_long_past_stands_without_the_open_one(steady: Any, warehouse: Any) -> None:
    await steady.write(warehouse)
    report = await steady.weekly(warehouse, week(steady, "2025-W44"), NOW)
    trend = figure(report, TrendFigure)
    assert trend.points[-1].state is PointState.RECORDED
    assert (trend.latest_label, trend.open_label) == ("27 Oct – 2 Nov", None)
    assert trend.headline == "50 active, as many: within noise"
    assert report.finding == "50 people were active, as many as the week before: within noise."


async def test_an_open_week_is_labelled_and_not_compared(steady: Any, warehouse: Any, kpi: Any) -> None:
    await steady.write(warehouse)
    report = await steady.weekly(warehouse, week(steady, "2025-W47"), NOW)
    active = kpi(report, "weekly_active_members")
    assert report.is_open
    assert active.change.verdict is Verdict.NOT_COMPARED
    assert active.current.interval is None
    assert report.bridge is None
    assert report.figures == ()
    assert report.finding == "12 people were active so far; 17–23 Nov is not over."
    assert report.caveats[0] == "17–23 Nov is not over: the numbers are so far, and not compared."
    assert "Week 47 · 17–23 Nov 2025 · not over" in to_text(report)


async def test_parts_too_small_for_a_channel_are_withheld_with_what_gives_them_away(
    steady: Any, warehouse: Any, kpi: Any
) -> None:
    steady.leaves_on("2025-11-14", {1, 2, 3})
    for member_no in (1, 2, 3):
        steady.spell(member_no, 0, "2025-11-14 12:00", "left")
    steady.member(99, withdrawn_at_ms=steady.ms("2025-11-14 12:00"))
    await steady.write(warehouse)
    channel = await steady.weekly(warehouse, week(steady, "2025-W46"), NOW)
    # 3 left, so neither they nor the 7 who went quiet are told apart; 20 first seen are
    assert (channel.bridge.lost, channel.bridge.dormant, channel.bridge.left) == (10, None, None)
    assert (channel.bridge.gained, channel.bridge.first_seen) == (20, 20)
    assert figure(channel, BridgeFigure).changes[0] == ("dropped out", -10)
    assert kpi(channel, "dropped_out").parts == ()
    for name in ("soft_attrition", "hard_attrition"):
        assert kpi(channel, name).current.value is None
        assert kpi(channel, name).current.numerator is None
        assert any("too few people to be shown" in caveat for caveat in kpi(channel, name).caveats)
    assert "withdrawn" not in channel.excluded
    exact = await steady.weekly(warehouse, week(steady, "2025-W46"), NOW, min_group=0)
    assert (exact.bridge.dormant, exact.bridge.left) == (7, 3)
    assert exact.excluded["withdrawn"] == 1


async def test_a_month_is_reported_without_a_weekly_trend(steady: Any, warehouse: Any) -> None:
    await steady.write(warehouse)
    report = await steady.weekly(warehouse, week(steady, "2025-10"), NOW)
    assert not any(isinstance(one, TrendFigure) for one in report.figures)
    assert report.finding == (
        "50 people were active; the month before was not recorded well enough to compare."
    )


async def test_a_section_says_once_that_nothing_is_clear(steady: Any, warehouse: Any) -> None:
    await steady.write(warehouse)
    report = await steady.weekly(warehouse, week(steady, "2025-W46"), NOW)
    assert section_title(report.sections[0]) == "Community · changes within noise"
    assert section_title(report.sections[1]) == "Data"
    assert title(report.period) == "Week 46 · 10–16 Nov 2025"


async def test_texts_fit_their_places_with_a_hundred_thousand_people(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-10-01 00:00", NOW)
    everybody = range(1, 100_001)
    for day in guild.days("2025-11-01", "2025-11-20"):
        guild.sets[(day, "present")] = guild.sets[(day, "present_at_end")] = everybody
    guild.sets[(guild.day("2025-11-05"), "voice")] = range(1, 40_001)
    guild.sets[(guild.day("2025-11-12"), "voice")] = range(20_001, 100_001)
    await guild.write(warehouse)
    report = await guild.weekly(warehouse, week(guild, "2025-W46"), NOW)
    assert report.finding == ("80,000 people were active, 40,000 more than the week before: clearly better.")
    for one in report.figures:
        assert len(one.headline) <= 44
        assert len(one.subtitle) <= 68
        assert len(one.footer) <= 76
        assert len(one.alt_text) <= 1024


async def test_a_week_hardly_recorded_is_not_headlined_as_a_number(steady: Any, warehouse: Any) -> None:
    steady.covered.clear()
    steady.recorded("2025-10-01 00:00", "2025-11-10 00:00")
    steady.recorded("2025-11-14 00:00", NOW)
    await steady.write(warehouse)
    report = await steady.weekly(warehouse, week(steady, "2025-W46"), NOW)
    trend = figure(report, TrendFigure)
    assert trend.points[5].state is PointState.GAP
    assert trend.headline == "That week was not recorded well enough"
    assert report.finding.replace("\u00a0", " ") == (
        "60 people were active, but only 43 % of 10–16 Nov was recorded, so it is not compared."
    )


async def test_without_one_well_recorded_week_there_is_no_trend(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-11-15 00:00", NOW)
    guild.present(guild.days("2025-11-15", "2025-11-20"), range(1, 31))
    guild.did("voice", "2025-11-15", range(1, 16))
    await guild.write(warehouse)
    (digest,) = (await guild.weekly(warehouse, week(guild, "2025-W46"), NOW)).figures
    assert digest.headline == "That week was not recorded well enough"
    assert [(panel.value, panel.note, panel.drawing) for panel in digest.panels] == [
        ("15", "29\u00a0% recorded", None)
    ]


async def test_the_first_week_that_was_recorded_has_nothing_to_compare_with(
    guild: Any, warehouse: Any
) -> None:
    guild.recorded("2025-11-10 00:00", NOW)
    guild.present(guild.days("2025-11-10", "2025-11-20"), range(1, 31))
    guild.did("voice", "2025-11-15", range(1, 16))
    await guild.write(warehouse)
    trend = figure(await guild.weekly(warehouse, week(guild, "2025-W46"), NOW), TrendFigure)
    assert trend.headline == "15 active last week, nothing to compare with"
    assert trend.subtitle == "Weekly active members, 1 closed week and the open one"


async def test_the_first_comparison_has_no_attrition_to_stand_beside(
    guild: Any, warehouse: Any, kpi: Any
) -> None:
    guild.recorded("2025-11-03 00:00", NOW)
    guild.present(guild.days("2025-11-03", "2025-11-20"), range(1, 31))
    guild.did("voice", "2025-11-05", range(1, 16))
    guild.did("voice", "2025-11-12", range(1, 14))
    await guild.write(warehouse)
    report = await guild.weekly(warehouse, week(guild, "2025-W46"), NOW, min_group=0)
    dropped_out = kpi(report, "dropped_out")
    assert (dropped_out.current.value, dropped_out.previous) == (2, None)


async def test_what_tells_new_from_back_is_said_only_beside_such_numbers(steady: Any, warehouse: Any) -> None:
    steady.did("voice", "2025-11-12", range(51, 61))
    await steady.write(warehouse)
    period = week(steady, "2025-W46")

    def told(report: Any) -> bool:
        return any(caveat.startswith("New and back") for caveat in report.caveats)

    assert told(await steady.weekly(warehouse, period, NOW))
    assert told(await steady.detail(warehouse, "growth", period, NOW))
    assert not told(await steady.weekly(warehouse, week(steady, "2025-W45"), NOW))  # nobody came in
    for name in ("segments", "retention", "events", "coverage"):
        assert not told(await steady.detail(warehouse, name, period, NOW))


async def test_a_half_year_over_new_year_names_both_years(guild: Any, warehouse: Any) -> None:
    now = "2026-01-13 12:00"
    guild.recorded("2025-12-01 00:00", now)
    guild.present(guild.days("2025-12-01", "2026-01-13"), range(1, 31))
    guild.did("voice", "2025-12-03", range(1, 16))
    guild.did("voice", "2026-01-07", range(1, 14))
    await guild.write(warehouse)
    period = parse_period("2026-W02", guild.zone, "monday", guild.ms(now))
    trend = figure(await guild.weekly(warehouse, period, now), TrendFigure)
    assert "1 December 2025 to 11 January 2026: from 15 to 13, lowest 0 in December" in trend.alt_text
    assert trend.footer.startswith("1 Dec 2025 – 13 Jan 2026 · ")


async def test_newcomers_too_few_for_a_channel_are_not_told_apart(
    steady: Any, warehouse: Any, kpi: Any
) -> None:
    steady.did("voice", "2025-10-08", {62})  # one of the twenty was active long before
    await steady.write(warehouse)
    report = await steady.weekly(warehouse, week(steady, "2025-W46"), NOW)
    assert (report.bridge.gained, report.bridge.resurrected, report.bridge.first_seen) == (20, None, None)
    assert kpi(report, "came_in").parts == ()
    assert figure(report, BridgeFigure).changes[-1] == ("came in", 20)
