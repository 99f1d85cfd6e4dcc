"""Who of the newcomers is still active, on each one's own clock; as of the end of Sunday 16 November."""

from __future__ import annotations

from typing import Any

import pytest

from reports.figures import FunnelFigure, RetentionFigure
from reports.lines import line
from reports.periods import parse_period
from reports.report import Verdict
from reports.statistics import wilson

NOW = "2025-11-20 14:00"
NB = "\u00a0"


@pytest.fixture
def recorded(guild: Any) -> Any:
    guild.recorded("2025-03-01 00:00", NOW, sources=("voice", "members", "commands", "events"))
    return guild


@pytest.fixture
def told(recorded: Any, warehouse: Any) -> Any:
    async def report(**settings: Any) -> Any:
        await recorded.write(warehouse)
        period = parse_period("2025-W46", recorded.zone, "monday", recorded.ms(NOW))
        return await recorded.detail(warehouse, "retention", period, NOW, **settings)

    return report


def figure(report: Any, kind: type) -> Any:
    return next((one for one in report.figures if isinstance(one, kind)), None)


def join(guild: Any, people: Any, day: str) -> None:
    for number in people:
        guild.joins(number, day)
    guild.present(guild.days(day, "2025-11-20"), people)


def plain(report: Any, name: str) -> str:
    kpi = next(kpi for section in report.sections for kpi in section.kpis if kpi.name == name)
    return line(kpi).plain().replace(NB, " ")


@pytest.mark.parametrize(
    ("joined", "active", "retained"),
    [
        ("2025-09-15", "2025-10-13", 1),  # day 28, the first of week 4
        ("2025-09-15", "2025-10-19", 1),  # day 34, its last
        ("2025-09-15", "2025-10-12", 0),  # day 27
        ("2025-09-15", "2025-10-20", 0),  # day 35
        ("2025-10-13", "2025-11-16", 1),  # day 34 is today's yesterday: past
    ],
)
async def test_week_four_is_days_28_to_34_of_the_own_clock(
    recorded: Any, told: Any, joined: str, active: str, retained: int
) -> None:
    join(recorded, {1}, joined)
    recorded.did("voice", active, {1})
    cell = figure(await told(), RetentionFigure).pooled.cells[3]
    assert (cell.retained, cell.eligible, cell.pending) == (retained, 1, 0)


async def test_a_week_that_is_not_past_is_pending_and_never_nought(recorded: Any, told: Any) -> None:
    join(recorded, {1}, "2025-10-14")  # day 34 is 17 November
    recorded.did("voice", "2025-11-14", {1})
    report = await told()
    cell = figure(report, RetentionFigure).pooled.cells[3]
    assert (cell.retained, cell.eligible, cell.pending) == (0, 0, 1)
    assert plain(report, "retention_week_4") == "Active in week 4 –"


async def test_leavers_stay_in_the_denominator(recorded: Any, told: Any) -> None:
    join(recorded, range(1, 13), "2025-09-15")
    recorded.did("voice", "2025-10-13", range(1, 7))
    recorded.leaves_on("2025-10-01", range(9, 13))
    report = await told()
    assert plain(report, "retention_week_4") == "Active in week 4 50 % (6/12) · was 50 %"
    # 56 days on is 10 November: week 8 ends on 16 November, and was pending a week before
    assert plain(report, "retention_week_8") == "Active in week 8 0 % (0/12)"
    assert plain(report, "newcomers_still_here") == "Newcomers still here 67 % (8/12)"
    assert report.finding == "0 % of newcomers are active in week 8.".replace(" %", f"{NB}%")


async def test_week_twelve_is_days_84_to_90(recorded: Any, told: Any) -> None:
    join(recorded, range(1, 13), "2025-08-18")  # day 84 is 10 November, day 90 the 16th
    join(recorded, range(13, 17), "2025-08-19")  # theirs ends on the 17th: pending
    recorded.did("voice", "2025-11-09", {1, 2})  # day 83
    recorded.did("voice", "2025-11-10", {3, 13})
    recorded.did("voice", "2025-11-16", {4, 5})
    recorded.did("voice", "2025-11-17", {6})  # day 91
    assert plain(await told(), "retention_week_12") == "Active in week 12 25 % (3/12)"


async def test_still_here_is_asked_of_those_whose_week_eight_is_past(recorded: Any, told: Any) -> None:
    join(recorded, range(1, 13), "2025-09-15")  # day 62 was 16 November
    join(recorded, range(13, 21), "2025-09-16")  # theirs is the 17th
    recorded.leaves_on("2025-10-01", [1])
    assert plain(await told(), "newcomers_still_here") == "Newcomers still here 92 % (11/12)"


async def test_rates_are_pooled_over_join_days_with_wilsons_interval(recorded: Any, told: Any) -> None:
    join(recorded, range(1, 21), "2025-09-15")
    join(recorded, range(21, 31), "2025-09-01")
    join(recorded, range(31, 41), "2025-11-01")  # pending
    recorded.did("voice", "2025-10-13", range(1, 11))  # week 4 of the first: 10 of 20
    recorded.did(
        "voice", "2025-10-01", range(21, 26)
    )  # and of the second, days 28–34 from 29 September: 5 of 10
    report = await told()
    kpi = next(k for s in report.sections for k in s.kpis if k.name == "retention_week_4")
    assert (kpi.current.numerator, kpi.current.denominator) == (15, 30)
    assert kpi.current.interval == pytest.approx(wilson(15, 30))
    cell = figure(report, RetentionFigure).pooled.cells[3]
    assert (cell.retained, cell.eligible, cell.pending) == (15, 30, 10)


async def test_who_was_here_before_recording_bots_and_raids_are_no_cohort(recorded: Any, told: Any) -> None:
    join(recorded, range(1, 5), "2025-09-15")
    recorded.member(1, joined="2025-02-20 12:00")
    recorded.member(2, is_bot=True)
    recorded.member(3, withdrawn_at_ms=recorded.ms(NOW))
    recorded.member(9, joined="2025-09-15 12:00")
    recorded.spell(9, "2025-09-15 12:00", "2025-09-15 13:00", "banned")
    recorded.present([recorded.day("2025-09-15")], {9})
    recorded.members[9]["first_join_ms"] = recorded.ms("2025-09-15 12:00")
    assert figure(await told(), RetentionFigure).pooled.joined == 1


async def test_a_raider_who_came_back_to_stay_is_of_the_first_joins_cohort(recorded: Any, told: Any) -> None:
    recorded.spell(9, "2025-09-15 12:00", "2025-09-15 13:00", "left")
    recorded.spell(9, "2025-10-01 12:00")
    recorded.present([recorded.day("2025-09-15")], {9})
    recorded.present(recorded.days("2025-10-01", "2025-11-20"), {9})
    recorded.member(9, joined="2025-09-15 12:00")
    recorded.did("voice", "2025-10-13", {9})
    cell = figure(await told(), RetentionFigure).pooled.cells[3]
    assert (cell.retained, cell.eligible) == (1, 1)


async def test_a_members_week_hardly_recorded_is_in_neither_number(recorded: Any, told: Any) -> None:
    recorded.covered.clear()
    recorded.recorded("2025-03-01 00:00", "2025-10-13 00:00")
    recorded.recorded("2025-10-15 00:00", NOW)
    join(recorded, {1}, "2025-09-15")  # week 4 is 13–19 October: 5 of 7 days recorded
    join(recorded, {2}, "2025-09-11")  # 9–15 October: 5 of 7
    join(recorded, {3}, "2025-09-09")  # 7–13 October: 6 of 7, 86 %
    report = await told()
    cell = figure(report, RetentionFigure).pooled.cells[3]
    assert (cell.retained, cell.eligible, cell.pending, cell.recorded) == (0, 1, 0, pytest.approx(1 / 3))
    assert "grey: gap" in figure(report, RetentionFigure).footer


async def test_cohorts_are_of_four_weeks_where_few_join(recorded: Any, told: Any) -> None:
    join(recorded, range(1, 12), "2025-10-19")  # the last day of the second newest block of 28 days
    join(recorded, range(12, 23), "2025-10-20")
    shown = figure(await told(), RetentionFigure)
    assert [(row.label, row.joined) for row in shown.rows] == [
        ("22 Sep – 19 Oct", 11),
        ("20 Oct – 16 Nov", 11),
    ]
    assert (shown.pooled.label, shown.pooled.joined) == ("All together", 22)
    assert shown.headline == f"0{NB}% of newcomers are active in week 1"
    assert shown.footer == (f"Week 1: 0 of 22, interval 0–15{NB}% · hatched: not yet")


async def test_the_footer_says_what_hatched_and_dashed_cells_are(recorded: Any, told: Any) -> None:
    join(recorded, range(1, 41), "2025-07-21")
    join(recorded, range(41, 61), "2025-09-15")
    shown = figure(await told(), RetentionFigure)
    assert shown.footer.replace(NB, " ") == (
        "Week 8: 0 of 60, interval 0–6 % · hatched: not yet, dashed: in part"
    )


async def test_cohorts_are_of_one_week_where_many_join(recorded: Any, told: Any) -> None:
    number = 0
    for week in range(32):  # 20 a week over 32 weeks
        day = recorded.day("2025-04-08") + 7 * week
        people = range(number + 1, number + 21)
        number += 20
        for one in people:
            recorded.member(one, first_join_ms=recorded.rules.day_start_ms(day) + 1)
            recorded.spell(one, recorded.rules.day_start_ms(day) + 1)
        recorded.present(range(day, recorded.day("2025-11-20") + 1), people)
    shown = figure(await told(), RetentionFigure)
    assert [row.joined for row in shown.rows] == [20] * 8
    assert shown.rows[-1].label == "10–16 Nov"
    assert (shown.pooled.label, shown.pooled.joined) == ("All, 32 weeks", 640)


async def test_cells_too_small_for_a_channel_leave_only_the_pooled_row(recorded: Any, told: Any) -> None:
    join(recorded, range(1, 31), "2025-09-15")
    recorded.did("voice", "2025-10-13", range(1, 4))
    assert figure(await told(min_group=5), RetentionFigure).rows == ()


async def test_nobody_joined(recorded: Any, told: Any) -> None:
    report = await told()
    assert report.finding == "Nobody has joined since recording began."
    assert report.figures == ()


# The newest cohort whose two steps of 28 days are past when 16 November ends joined 26 August – 22 September:
# who joined on 22 September may have run a first command up to 19 October, and then had until 15 November.


@pytest.mark.parametrize(
    ("command", "event", "reached"),
    [
        ("2025-09-22", "2025-09-22", (1, 1, 1)),
        ("2025-10-19", "2025-11-15", (1, 1, 1)),  # day 27, and day 27 after it
        ("2025-10-20", "2025-10-21", (0, 0, 1)),  # the command came on day 28
        ("2025-10-19", "2025-11-16", (1, 0, 1)),  # the event came on day 28 after the command; day 55 of all
        ("2025-10-01", "2025-09-30", (1, 0, 1)),  # the wrong order
        (None, "2025-11-16", (0, 0, 1)),
        (None, "2025-11-17", (0, 0, 0)),  # day 56
    ],
)
async def test_each_step_has_28_days(
    recorded: Any, told: Any, command: str | None, event: str, reached: tuple[int, int, int]
) -> None:
    join(recorded, {1}, "2025-09-22")
    recorded.did("command", "2025-06-01", {99})  # commands are recorded
    if command:
        recorded.did("command", command, {1})
    recorded.did("event", event, {1})
    report = await told()
    shown = figure(report, FunnelFigure)
    any_order = next(k for s in report.sections for k in s.kpis if k.name == "funnel_any_event")
    assert (*(step.people for step in shown.steps[1:]), any_order.current.numerator) == reached


async def test_the_funnel_stands_beside_the_cohort_before(recorded: Any, told: Any) -> None:
    join(recorded, range(1, 41), "2025-09-10")
    join(recorded, range(41, 71), "2025-08-10")
    recorded.did("command", "2025-09-11", range(1, 21))
    recorded.did("event", "2025-09-20", range(1, 16))
    recorded.did("event", "2025-09-21", range(30, 33))
    recorded.did("command", "2025-08-20", range(41, 69))
    report = await told()
    # 20 of 40, before 28 of 30: Fisher's exact p = 0.00013; 15 of 20, before 0 of 28: p < 0.0001
    assert plain(report, "funnel_first_command") == (
        "Newcomers at a command 50 % (20/40) · was 93 % · ▼ clearly worse"
    )
    assert plain(report, "funnel_first_event") == (
        "… and then at an event 75 % (15/20) · was 0 % · ▲ clearly better"
    )
    shown = figure(report, FunnelFigure)
    assert shown.headline == f"50{NB}% of newcomers run no command"
    assert shown.subtitle == "Joined 26 Aug – 22 Sep 2025: each step within 28 days"
    assert [(s.label, s.detail, s.people, s.share, s.previous) for s in shown.steps] == [
        ("Joined", "", 40, f"100{NB}%", "was 30 people"),
        ("First command", "median 1 day later", 20, f"50{NB}% of joined", f"was 93{NB}% · clear"),
        ("First event", "median 9 days later", 15, f"75{NB}% of those", f"was 0{NB}% · clear"),
    ]
    # 30 to 32 came without a command: in any order, too, both were done by 15. Wilson of 15 of 40
    assert shown.footer == (f"In any order: 15 of 40 did both (38{NB}%, interval 24–53)")


async def test_where_no_command_was_ever_recorded_the_funnel_has_no_such_step(
    recorded: Any, told: Any
) -> None:
    join(recorded, range(1, 21), "2025-09-10")
    recorded.did("event", "2025-10-20", range(1, 6))
    report = await told()
    shown = figure(report, FunnelFigure)
    assert [(step.label, step.detail, step.people, step.share) for step in shown.steps] == [
        ("Joined", "", 20, f"100{NB}%"),
        ("First event", "median 40 days later", 5, f"25{NB}% of joined"),
    ]
    assert shown.headline == f"25{NB}% of newcomers reach an event"
    assert shown.footer.endswith(" · all had that much time")
    assert shown.subtitle == "Joined 26 Aug – 22 Sep 2025: within 56 days"
    assert not any(k.name == "funnel_first_command" for s in report.sections for k in s.kpis)


async def test_a_funnel_with_a_gap_is_not_compared(recorded: Any, told: Any) -> None:
    recorded.covered.clear()
    recorded.recorded("2025-03-01 00:00", "2025-09-25 00:00")
    recorded.recorded("2025-10-15 00:00", NOW)  # 20 of the 83 days missed: 76 %
    join(recorded, range(1, 21), "2025-09-10")
    join(recorded, range(21, 41), "2025-08-10")
    recorded.did("command", "2025-09-11", range(1, 13))
    report = await told()
    kpi = next(k for s in report.sections for k in s.kpis if k.name == "funnel_first_command")
    assert kpi.change.verdict is Verdict.NOT_COMPARED
    assert figure(report, FunnelFigure).steps[1].previous == ""


async def test_few_newcomers_are_counts_only(recorded: Any, told: Any) -> None:
    join(recorded, range(1, 9), "2025-09-10")
    recorded.did("command", "2025-09-11", range(1, 4))
    report = await told()
    assert plain(report, "funnel_first_command") == "Newcomers at a command 3/8"
    assert figure(report, FunnelFigure).headline == "Only 8 people joined: too few to judge"
    assert figure(report, FunnelFigure).steps[1].share == "3/8 of joined"


async def test_steps_too_small_for_a_channel_are_not_drawn(recorded: Any, told: Any) -> None:
    join(recorded, range(1, 31), "2025-09-10")
    recorded.did("command", "2025-09-11", range(1, 4))
    assert figure(await told(min_group=5), FunnelFigure) is None


@pytest.mark.parametrize(
    ("joined", "titles"),
    [
        ("2025-04-07", ["Newcomers"]),  # long before the newest cohort whose first steps are over
        ("2025-09-08", ["Newcomers", "First steps"]),
    ],
)
async def test_first_steps_are_left_out_where_nobody_is_of_their_cohort(
    recorded: Any, told: Any, joined: str, titles: list[str]
) -> None:
    join(recorded, range(1, 31), joined)
    assert [section.title for section in (await told()).sections if section.title] == titles
