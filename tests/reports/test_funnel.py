"""The funnel, small enough to be walked through on paper.

Of week 46 of 2025, which ends on 16 November, the newest closed cohort joined 26 August – 22 September
(tests/reports/test_retention.py says why), the one before 29 July – 25 August. Steps have 28 days: 0 to 27.
"""

from __future__ import annotations

from typing import Any

import pytest

from reports.figures import FunnelFigure
from reports.lines import line
from reports.periods import parse_period
from reports.report import Verdict
from reports.small_groups import WITHHELD
from reports.statistics import wilson

NOW = "2025-11-20 14:00"
NB = "\u00a0"
JOINED = "2025-09-01"


@pytest.fixture
def club(guild: Any) -> Any:
    guild.recorded("2025-03-01 00:00", NOW)
    guild.did("command", "2025-06-01", {99})  # commands are recorded
    return guild


@pytest.fixture
def told(club: Any, warehouse: Any) -> Any:
    async def report(**settings: Any) -> Any:
        await club.write(warehouse)
        period = parse_period("2025-W46", club.zone, "monday", club.ms(NOW))
        return await club.detail(warehouse, "funnel", period, NOW, **settings)

    return report


def join(guild: Any, people: Any, day: str) -> None:
    for number in people:
        guild.joins(number, day)
    guild.present(guild.days(day, "2025-11-20"), people)


def plain(report: Any, name: str) -> str:
    kpis = [kpi for section in report.sections for kpi in section.kpis]
    return line(next(kpi for kpi in kpis if kpi.name == name)).plain().replace(NB, " ")


@pytest.fixture
def walked(club: Any) -> Any:
    """Twelve joined on 1 September, and eleven in the cohort before.

    1, 2, 3: a command after 1, 2 and 5 days, an event 2, 4 and 9 days later: in order.
    4: both on day 3. 5: an event on day 2, the first command on day 10: in any order only.
    6: a command on day 27, an event on day 54: just in time for both. 7: a command on day 28: too late; with
    an event on day 5 it is the other step 23 days later: in any order. 8: an event on day 28: in the 56 days
    only. 9–12: nothing.
    """
    join(club, range(1, 13), JOINED)
    join(club, range(21, 32), "2025-08-10")
    for number, command, event in (
        *((1, 1, 3), (2, 2, 6), (3, 5, 14), (4, 3, 3), (5, 10, 2), (6, 27, 54), (7, 28, 5), (8, None, 28)),
    ):
        first = club.day(JOINED)
        if command is not None:
            club.did("command", first + command, {number})
        club.did("event", first + event, {number})
    for number in range(21, 25):
        club.did("command", "2025-08-11", {number})
    club.did("event", "2025-08-13", {21, 22})
    return club


async def test_each_step_and_the_days_before_it(walked: Any, told: Any) -> None:
    """First commands: 1–6, after 1, 2, 5, 3, 10, 27 days: the median is (3 + 5) / 2. Of them an event from
    then on: 1, 2, 3, 4 and 6, after 2, 4, 9, 0, 27 days: 4. 5's event came before, so it is no second step.
    """
    report = await told()
    assert plain(report, "funnel_joined") == "Joined 12 · was 11"
    assert plain(report, "funnel_first_command") == (
        "Newcomers at a command 50 % (6/12) · was 36 % · △ within noise"
    )
    assert plain(report, "funnel_days_to_command") == "Command after, median 4 days · was 1 day"
    assert plain(report, "funnel_first_event") == "… and then at an event 5/6 · was 2/4 · too few"
    assert plain(report, "funnel_days_to_event") == "Event after, median 4 days · was 2 days"


async def test_in_any_order(walked: Any, told: Any, kpi: Any) -> None:
    """Either within 28 days: 1–7, after 1, 2, 5, 3, 2, 27, 5 days: 3. Then the other: all seven, after
    2, 4, 9, 0, 8, 27, 23 days: 8. In the cohort before: four, and two of them.
    """
    report = await told()
    assert plain(report, "funnel_either") == "At a command or an event 58 % (7/12) · was 36 %"
    assert plain(report, "funnel_days_to_either") == "Either after, median 3 days · was 1 day"
    both = kpi(report, "funnel_both")
    assert plain(report, "funnel_both") == "At both 58 % (7/12) · was 18 %"
    assert both.current.interval == wilson(7, 12)
    assert plain(report, "funnel_days_to_both") == "Other after, median 8 days · was 2 days"


async def test_an_event_with_or_without_a_command(walked: Any, told: Any) -> None:
    """Within 56 days: 1–8, after 3, 6, 14, 3, 2, 54, 5, 28 days: (5 + 6) / 2."""
    report = await told()
    assert plain(report, "funnel_any_event") == (
        "Newcomers at an event 67 % (8/12) · was 18 % · △ within noise"
    )
    assert plain(report, "funnel_days_to_any_event") == "Any event after, median 5.5 days · was 3 days"


async def test_whoever_goes_the_way_in_order_goes_it_in_any_order(walked: Any, told: Any, kpi: Any) -> None:
    report = await told()
    in_order = kpi(report, "funnel_first_event").current.numerator
    assert in_order <= kpi(report, "funnel_both").current.numerator
    assert kpi(report, "funnel_both").current.numerator <= kpi(report, "funnel_either").current.numerator


async def test_the_report_brings_its_figure_and_one_sentence(walked: Any, told: Any) -> None:
    report = await told()
    assert (report.name, report.finding) == (
        "funnel",
        "Of 12 people who joined 26 Aug – 22 Sep, 6 ran a command, and 5 of those came to an event.",
    )
    (shown,) = report.figures
    assert isinstance(shown, FunnelFigure)
    assert shown.footer == f"In any order: 7 of 12 did both (58{NB}%, interval 32–81)"
    assert [step.detail for step in shown.steps] == [
        *("", "median 4 days later", "median 4 days later"),
    ]


async def test_without_commands_there_is_only_the_way_to_an_event(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-03-01 00:00", NOW)
    join(guild, range(1, 13), JOINED)
    guild.did("event", "2025-09-02", range(1, 4))
    await guild.write(warehouse)
    period = parse_period("2025-W46", guild.zone, "monday", guild.ms(NOW))
    report = await guild.detail(warehouse, "funnel", period, NOW)
    assert report.finding == "Of 12 people who joined 26 Aug – 22 Sep, 3 came to an event."
    names = [kpi.name for section in report.sections for kpi in section.kpis]
    assert names == ["funnel_joined", "funnel_any_event", "funnel_days_to_any_event"]


async def test_what_would_follow_from_two_steps_is_in_no_table(club: Any, told: Any, kpi: Any) -> None:
    """Of twenty 6 came in order and 8 in any: the two whose event came first would follow. 14 came at all."""
    join(club, range(1, 21), JOINED)
    first = club.day(JOINED)
    for number in range(1, 9):
        club.did("command", first + 5, {number})
        club.did("event", first + (2 if number > 6 else 9), {number})
    for number in range(9, 15):
        club.did("event", first + 3, {number})
    for number in range(15, 17):
        club.did("command", first + 3, {number})
    table = await told(min_group=3)
    assert kpi(table, "funnel_first_event").current.numerator == 6
    assert kpi(table, "funnel_both").current.numerator is None
    assert WITHHELD in kpi(table, "funnel_both").caveats
    assert kpi(table, "funnel_any_event").current.numerator == 14


async def test_nobody_joined(club: Any, told: Any) -> None:
    report = await told()
    assert report.finding == (
        "Nobody joined 26 Aug – 22 Sep, the newest four weeks whose time for a first event is over."
    )
    assert report.figures == ()


GAP = ("2025-10-01 00:00", "2025-10-09 00:00")  # 8 of the cohort's 83 days, and of no day of the one before


async def test_a_gap_touches_the_steps_that_need_its_source(walked: Any, told: Any, kpi: Any) -> None:
    walked.covered = [row for row in walked.covered if row["source"] != "commands"]
    walked.recorded("2025-03-01 00:00", GAP[0], sources=("commands",))
    walked.recorded(*GAP, "gap", "not connected", sources=("commands",))
    walked.recorded(GAP[1], NOW, sources=("commands",))
    report = await told()
    for name in ("command", "event", "either", "both"):
        each = kpi(report, f"funnel_days_to_{name}")
        assert each.current.coverage == pytest.approx(75 / 83, abs=0.001), name  # one day has 25 hours
        assert any("Commands: not recorded Wed 1 Oct" in caveat for caveat in each.caveats), name
    for name in ("funnel_first_command", "funnel_first_event", "funnel_either", "funnel_both"):
        each = kpi(report, name)
        assert each.current.coverage == pytest.approx(75 / 83, abs=0.001), name
        assert any("Commands: not recorded Wed 1 Oct" in caveat for caveat in each.caveats), name
    for name in ("funnel_any_event", "funnel_days_to_any_event", "funnel_joined"):
        assert (kpi(report, name).current.coverage, kpi(report, name).caveats) == (1, ()), name
    assert any("Commands: not recorded Wed 1 Oct" in caveat for caveat in report.caveats)


async def test_too_little_recorded_is_left_out_of_the_comparison(walked: Any, told: Any, kpi: Any) -> None:
    walked.covered.clear()
    walked.recorded("2025-03-01 00:00", "2025-09-25 00:00")
    walked.recorded("2025-10-15 00:00", NOW)  # 20 of the 83 days missed: 76 %
    report = await told()
    names = [kpi.name for section in report.sections for kpi in section.kpis if kpi.previous]
    for name in names:
        if name not in ("funnel_joined",):
            assert kpi(report, name).change.verdict is Verdict.NOT_COMPARED, name
        left_out = f"76{NB}% of 26 Aug – 16 Nov was recorded, so it is left out of the comparison."
        assert left_out in kpi(report, name).caveats, name


async def test_steps_of_few_people_are_in_no_table(walked: Any, told: Any, kpi: Any) -> None:
    """Five of six came: one did not. Five of twelve took no step at all. Of 8 of 12 four did not come."""
    report = await told(min_group=5)
    for name in ("funnel_first_event", "funnel_any_event"):
        assert kpi(report, name).current.numerator is None, name
        assert WITHHELD in kpi(report, name).caveats
    assert kpi(report, "funnel_both").current.numerator == 7
    assert kpi(report, "funnel_first_command").previous is None  # 4 of 11
    assert report.figures == ()
    assert report.finding == (
        "Of those who joined 26 Aug – 22 Sep, too few took a step to be told of in a channel."
    )
