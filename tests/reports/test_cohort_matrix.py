"""The matrix of cohorts as the report on retention has it; as of the end of Sunday 16 November."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from io import StringIO
from typing import Any

import pytest

from reports.cohort_text import cohort_lines
from reports.csv import to_csv
from reports.json import to_json
from reports.periods import parse_period
from reports.report import CohortMatrix, CohortWeek, JoinCohort
from reports.statistics import wilson
from reports.text import to_text

NOW = "2025-11-20 14:00"
SOURCES = ("voice", "members", "commands", "events")
SEPTEMBER, OCTOBER = range(1, 13), range(21, 41)  # joined 15 Sep, and 27 Oct


@pytest.fixture
def club(guild: Any) -> Any:
    """Twelve joined on 15 September, of whom week 8 is past and week 9 is not; twenty on 27 October."""
    guild.recorded("2025-09-01 00:00", NOW, sources=SOURCES)
    return joined(guild)


def joined(guild: Any) -> Any:
    for people, day in ((SEPTEMBER, "2025-09-15"), (OCTOBER, "2025-10-27")):
        for number in people:
            guild.joins(number, day)
        guild.present(guild.days(day, "2025-11-20"), people)
    guild.did("voice", "2025-09-15", range(1, 10))  # week 0: 9 of 12
    guild.did("voice", "2025-10-13", range(1, 7))  # its day 28: week 4, 6 of 12
    guild.did("voice", "2025-11-09", range(21, 33))  # day 13 of the others: week 1, 12 of 20
    return guild


@pytest.fixture
def told(warehouse: Any) -> Any:
    async def report(guild: Any, **settings: Any) -> Any:
        await guild.write(warehouse)
        period = parse_period("2025-W46", guild.zone, "monday", guild.ms(NOW))
        return await guild.detail(warehouse, "retention", period, NOW, **settings)

    return report


def weeks_of(report: Any, place: int) -> list[dict[str, Any]]:
    return list(to_json(report)["cohorts"]["cohorts"][place]["weeks"])


async def test_a_cohort_has_who_was_active_in_each_week_and_for_whom_it_is_pending(
    club: Any, told: Any
) -> None:
    report = await told(club)
    matrix = to_json(report)["cohorts"]
    assert (matrix["kpi"], matrix["version"]) == ("retention_of_cohort", 1)
    # fewer than 20 join in a week on average: cohorts of four weeks, the first of them with somebody in it
    days = [(one["first_day"], one["last_day"], one["joined"]) for one in matrix["cohorts"]]
    assert days == [
        ("2025-08-25", "2025-09-21", 12),
        ("2025-09-22", "2025-10-19", 0),
        ("2025-10-20", "2025-11-16", 20),
    ]
    of_september = weeks_of(report, 0)
    assert [week["week"] for week in of_september] == list(range(27))
    assert of_september[4] == {
        **{"week": 4, "value": 0.5, "retained": 6, "eligible": 12, "interval": list(wilson(6, 12))},
        **{"pending": 0, "not_recorded": 0, "coverage": 1.0},
    }
    assert [week["retained"] for week in of_september[:9]] == [9, 0, 0, 0, 6, 0, 0, 0, 0]
    pending = of_september[9]
    assert (pending["value"], pending["retained"], pending["eligible"], pending["pending"]) == (
        None,
        None,
        0,
        12,
    )


async def test_all_cohorts_together_are_the_pooled_rates(club: Any, told: Any, kpi: Any) -> None:
    report = await told(club)
    matrix = to_json(report)["cohorts"]
    for week in range(27):
        cells = [cohort["weeks"][week] for cohort in matrix["cohorts"]]
        pooled = matrix["pooled"]["weeks"][week]
        for number in ("eligible", "pending", "not_recorded"):
            assert sum(cell[number] for cell in cells) == pooled[number]
        assert sum(cell["retained"] or 0 for cell in cells) == (pooled["retained"] or 0)
    of_week_4 = kpi(report, "retention_week_4").current
    pooled = matrix["pooled"]["weeks"][4]
    assert (pooled["value"], pooled["retained"], pooled["eligible"]) == (0.5, 6, 12)
    assert (of_week_4.value, of_week_4.numerator, of_week_4.denominator) == (0.5, 6, 12)


async def test_of_whom_a_gap_hides_the_week_are_in_neither_number(guild: Any, told: Any) -> None:
    guild.recorded("2025-09-01 00:00", "2025-10-14 00:00", sources=SOURCES)
    guild.recorded("2025-10-14 00:00", "2025-10-17 00:00", "gap", "not connected", SOURCES)
    guild.recorded("2025-10-17 00:00", NOW, sources=SOURCES)
    report = await told(joined(guild))
    cell = weeks_of(report, 0)[4]  # of days 28 to 34 three are lost
    assert (cell["value"], cell["retained"], cell["eligible"]) == (None, None, 0)
    assert (cell["pending"], cell["not_recorded"], cell["coverage"]) == (0, 12, 0.0)
    assert any("not recorded Tue 14 Oct" in caveat for caveat in report.caveats)
    rows = list(csv.DictReader(StringIO(to_csv(report))))
    (row,) = [row for row in rows if row["subject"] == "joined:2025-08-25 week:4"]
    assert (row["why_empty"], row["parts"], row["coverage"]) == ("not recorded", "not recorded 12", "0.0")
    assert "25 Aug – 21 Sep" in to_text(report) and "gap" in to_text(report)


async def test_the_terminal_shows_the_weeks_that_matter(club: Any, told: Any) -> None:
    text = to_text(await told(club)).replace("\u00a0", " ")
    lines = text.partition("Active in the weeks after joining, by date of joining\n")[2].partition("\n\n")[0]
    assert max(map(len, lines.split("\n"))) <= 78
    assert lines.split("\n") == [
        "                       week 1    week 2      week 4     week 8  week 12",
        "  25 Aug – 21 Sep    0/12 0 %  0/12 0 %   6/12 50 %   0/12 0 %  pending",
        "  22 Sep – 19 Oct           –         –           –          –        –",
        "  20 Oct – 16 Nov  12/20 60 %  0/20 0 %     pending    pending  pending",
        "  All, 32 weeks    12/32 38 %  0/32 0 %  6/12 50 %+  0/12 0 %+  pending",
        "  + for some of them that week is pending",
    ]


def test_a_large_community_has_fewer_columns_and_never_too_wide_lines() -> None:
    week = CohortWeek(12_345, 54_321, 0, 1.0)
    cohort = JoinCohort(date(2025, 9, 29), date(2025, 10, 26), 54_321, (week,) * 27)
    lines = cohort_lines(CohortMatrix((cohort,) * 32, cohort))
    assert len(lines) == 1 + 8 + 1
    assert max(map(len, lines)) <= 76 and "week 4" in lines[0] and "week 1 " not in lines[0]


def test_what_is_pending_or_lost_in_part_is_marked() -> None:
    partly = CohortWeek(6, 12, 3, 1.0)
    hardly = CohortWeek(8, 9, 0, 0.9)
    weeks = (partly,) * 5 + (hardly,) * 22
    cohort = JoinCohort(date(2025, 9, 29), date(2025, 10, 26), 15, weeks)
    lost = replace(cohort, joined=10, weeks=(hardly,) * 27)
    lines = [line.replace("\u00a0", " ") for line in cohort_lines(CohortMatrix((lost,), cohort))]
    assert lines[1].split()[-2:] == ["8/9*", "8/9*"]
    assert "6/12 50 %+" in lines[2]
    assert lines[3:] == ["+ for some of them that week is pending", "* of some it was hardly recorded"]


async def test_a_table_has_a_line_for_each_week_and_says_what_is_pending(club: Any, told: Any) -> None:
    rows = [
        row
        for row in csv.DictReader(StringIO(to_csv(await told(club))))
        if row["kpi"] == "retention_of_cohort"
    ]
    assert len(rows) == 3 * 27
    by_subject = {row["subject"]: row for row in rows}
    retained = by_subject["joined:2025-08-25 week:4"]
    assert (retained["value"], retained["numerator"], retained["denominator"]) == ("0.5", "6", "12")
    assert retained["label"] == "Joined 25 Aug – 21 Sep 2025, week 4"
    pending = by_subject["joined:2025-08-25 week:9"]
    assert (pending["value"], pending["numerator"], pending["denominator"]) == ("", "", "0")
    assert (pending["parts"], pending["why_empty"]) == ("pending 12", "pending")
    assert by_subject["joined:2025-09-22 week:0"]["why_empty"] == "not defined"  # nobody joined


async def test_what_is_handed_on_tells_of_no_few(club: Any, told: Any) -> None:
    club.did("voice", "2025-10-06", {1, 2})  # week 3 of September: 2 of 12
    club.did("voice", "2025-11-12", range(21, 31))  # week 2 of October: 10 of 20
    club.did("voice", "2025-09-29", range(1, 7))  # week 2 of September: 6 of 12
    report = await told(club, min_group=5)
    cells = {
        (cohort.first_date.month, number): week
        for cohort in report.cohorts.cohorts
        for number, week in enumerate(cohort.weeks)
    }
    assert cells[8, 3].retained is None and cells[8, 3].eligible is None
    assert cells[8, 0].retained is None, "three were not active"
    assert cells[10, 0].retained is None, "else the three follow from all together"
    assert (cells[8, 2].retained, cells[10, 2].retained) == (6, 10)
    rows = {row["subject"]: row for row in csv.DictReader(StringIO(to_csv(report)))}
    assert rows["joined:2025-08-25 week:3"]["why_empty"] == "withheld"


async def test_without_newcomers_there_is_no_matrix(guild: Any, told: Any) -> None:
    guild.recorded("2025-09-01 00:00", NOW, sources=SOURCES)
    guild.present(guild.days("2025-09-01", "2025-11-20"), {1})
    guild.did("voice", "2025-11-12", {1})
    report = await told(guild)
    assert to_json(report)["cohorts"] is None
    assert "by date of joining" not in to_text(report)
