"""What was recorded and what was missed, as a figure."""

from __future__ import annotations

from typing import Any

import pytest

from reports.figures import CoverageState
from reports.periods import parse_period

NOW = "2025-11-20 14:00"
SOURCES = ("voice", "members", "commands", "events")
NB = "\u00a0"


@pytest.fixture
def told(guild: Any, warehouse: Any) -> Any:
    async def figure(**settings: Any) -> Any:
        await guild.write(warehouse)
        period = parse_period("2025-W46", guild.zone, settings.get("week_start", "monday"), guild.ms(NOW))
        (figure,) = (await guild.detail(warehouse, "coverage", period, NOW, **settings)).figures
        return figure

    return figure


def parts(week: Any) -> list[tuple[str, float, float, str]]:
    return [
        (str(span.state), pytest.approx(span.start), pytest.approx(span.end), span.label.replace(NB, " "))
        for span in week.spans
    ]


async def test_holes_have_their_place_in_the_week_and_long_ones_their_length(guild: Any, told: Any) -> None:
    guild.recorded("2025-10-01 00:00", "2025-11-04 18:00", sources=SOURCES)
    guild.recorded("2025-11-04 18:00", "2025-11-04 22:00", "gap", "not connected", sources=SOURCES)
    guild.recorded("2025-11-04 22:00", "2025-11-07 00:00", sources=SOURCES)
    guild.recorded("2025-11-07 00:00", "2025-11-07 06:00", "late", "resumed", sources=SOURCES)
    guild.recorded("2025-11-07 06:00", "2025-11-12 00:00", sources=SOURCES)
    guild.recorded("2025-11-12 00:30", NOW, sources=SOURCES)
    figure = await told()
    assert [week.label for week in figure.weeks] == ["20 Oct", "27 Oct", "3 Nov", "10 Nov"]
    assert figure.days == ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    hours = 168
    assert parts(figure.weeks[2]) == [
        ("recorded", 0, 42 / hours, ""),
        ("gap", 42 / hours, 46 / hours, "4 h lost"),
        ("recorded", 46 / hours, 96 / hours, ""),
        ("late", 96 / hours, 102 / hours, "6 h late, complete"),
        ("recorded", 102 / hours, 1, ""),
    ]
    # half an hour is drawn, but not named
    assert parts(figure.weeks[3])[1] == ("gap", 48 / hours, 48.5 / hours, "")
    # 4.5 of 673 hours: the clocks went back on 26 October
    assert figure.headline == f"99.3{NB}% recorded; one gap: Tue 4 Nov, evening"
    assert figure.subtitle == "What was recorded, 20 Oct – 16 Nov 2025"
    assert figure.footer == "Hatched: lost · pale: recorded late"
    assert "lost Tue 4 Nov, 18:00–22:00" in figure.alt_text


async def test_a_moment_is_lost_where_any_source_was(guild: Any, told: Any) -> None:
    guild.recorded("2025-10-01 00:00", NOW, sources=("members", "commands", "events"))
    guild.recorded("2025-10-01 00:00", "2025-11-10 00:00", sources=("voice",))
    guild.recorded("2025-11-10 00:00", "2025-11-11 00:00", "late", sources=("members",))
    guild.covered[-1]["from_ms"] += 1  # beside the other row of the source
    guild.recorded("2025-11-13 00:00", NOW, sources=("voice",))
    figure = await told()
    assert parts(figure.weeks[3]) == [("gap", 0, 3 / 7, "72 h lost"), ("recorded", 3 / 7, 1, "")]
    assert figure.headline == f"89{NB}% recorded; one gap hides 10–12 Nov"
    assert figure.footer == f"Hatched: lost · 10–16 Nov: 57{NB}%, not compared"


async def test_before_recording_and_after_the_tables_end_nothing_is_lost(guild: Any, told: Any) -> None:
    guild.recorded("2025-10-29 00:00", "2025-11-13 00:00", sources=SOURCES)
    figure = await told()
    assert [span.state for span in figure.weeks[0].spans] == [CoverageState.BEFORE]
    assert parts(figure.weeks[1]) == [("before", 0, 2 / 7, ""), ("recorded", 2 / 7, 1, "")]
    assert parts(figure.weeks[3]) == [("recorded", 0, 3 / 7, ""), ("before", 3 / 7, 1, "")]
    assert figure.headline == "Recorded until 13 Nov, 00:00; nothing since"


async def test_several_gaps_are_counted_and_the_two_longest_of_a_week_named(guild: Any, told: Any) -> None:
    guild.recorded("2025-10-01 00:00", "2025-11-10 00:00", sources=SOURCES)
    for day, hours in ((10, 2), (11, 4), (12, 3)):
        guild.recorded(f"2025-11-{day} 0{hours}:00", f"2025-11-{day + 1} 00:00", sources=SOURCES)
    guild.recorded("2025-11-13 00:00", NOW, sources=SOURCES)
    figure = await told()
    named = [span.label.replace(NB, " ") for span in figure.weeks[3].spans if span.state is CoverageState.GAP]
    assert named == ["", "4 h lost", "3 h lost"]
    assert figure.headline.replace(NB, " ") == "99 % recorded; 3 gaps, up to 4 h"
    assert figure.footer == f"Hatched: lost · 10–16 Nov: 95{NB}%, compare with care"


async def test_weeks_may_begin_on_another_day(guild: Any, told: Any) -> None:
    guild.recorded("2025-10-01 00:00", NOW, sources=SOURCES)
    figure = await told(week_start="sunday")
    assert figure.days[0] == "Sun"
    assert figure.weeks[-1].label == "9 Nov"


async def test_what_lies_after_the_newest_note_is_not_lost(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-10-01 00:00", "2025-11-20 13:35", sources=SOURCES)
    guild.progress = {"folded_to_ms": guild.ms(NOW), "position": 1, "rules": "x", "state": b""}
    await guild.write(warehouse)
    period = parse_period("2025-W47", guild.zone, "monday", guild.ms(NOW))
    report = await guild.detail(warehouse, "coverage", period, NOW)
    (figure,) = report.figures
    known = (3 * 24 + 13 + 35 / 60) / 168
    assert parts(figure.weeks[3]) == [("recorded", 0, known, ""), ("before", known, 1, "")]
    assert figure.headline == "Everything was recorded"
    assert report.gaps == ()
    assert {kpi.current.value for kpi in report.sections[0].kpis if kpi.name == "recording_coverage"} == {1}


@pytest.mark.parametrize(
    ("recorded", "key", "finding", "share"),
    [
        ([("2025-10-01 00:00", NOW)], "2025-W46", "Everything was recorded in week 46.", 1),
        ([("2025-10-01 00:00", NOW)], "2025-11", "Everything was recorded in November so far.", 1),
        (
            [("2025-10-01 00:00", "2025-10-27 00:00"), ("2025-10-29 00:00", NOW)],
            "2025-W44",
            "71 % recorded in week 44; one gap hides 27–28 Oct.",
            5 / 7,
        ),
        (
            [("2025-11-13 00:00", NOW)],
            "2025-W46",
            "57 % recorded in week 46; recording began on Thu 13 Nov, 00:00.",
            4 / 7,
        ),
        (
            [("2025-11-19 14:00", NOW)],
            "2025-W47",
            "28 % recorded in week 47 so far; recording began on Wed 19 Nov, 14:00.",
            24 / 86,
        ),
        (
            [("2025-10-01 00:00", "2025-11-13 00:00")],
            "2025-W46",
            "43 % recorded in week 46; nothing since Thu 13 Nov, 00:00.",
            3 / 7,
        ),
        (
            [("2025-10-01 00:00", "2025-11-19 00:00")],
            "2025-W47",
            "Everything was recorded until Wed 19 Nov, 00:00; nothing since.",
            1,
        ),
        (
            [("2025-10-01 00:00", "2025-11-09 00:00")],
            "2025-W46",
            "Nothing was recorded since Sun 9 Nov, 00:00.",
            0,
        ),
        ([("2025-11-18 00:00", NOW)], "2025-W46", "Nothing of 10–16 Nov was recorded.", 0),
    ],
)
async def test_the_finding_says_what_the_lines_say(
    guild: Any, warehouse: Any, recorded: Any, key: str, finding: str, share: float
) -> None:
    for start, end in recorded:
        guild.recorded(start, end, sources=SOURCES)
    await guild.write(warehouse)
    period = parse_period(key, guild.zone, "monday", guild.ms(NOW))
    report = await guild.detail(warehouse, "coverage", period, NOW)
    assert report.finding.replace(NB, " ") == finding
    assert report.sections[0].kpis[0].name == "recording_coverage"
    assert report.sections[0].kpis[0].current.value == pytest.approx(share)
