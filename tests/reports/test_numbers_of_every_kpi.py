"""Every KPI has the two numbers that the catalogue names, in JSON and in a table, and no others.

Of the club that the tests of gaps speak of. A KPI that is new is found by itself; one that no report shows of
this club fails here until it has a case.
"""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from io import StringIO
from typing import Any

import pytest

from reports import statistics
from reports.catalogue import CATALOGUE, Count, Unit
from reports.cohort_kpis import cohort_kpis
from reports.csv import to_csv
from reports.event_finding import NOT_A_PROMISE
from reports.event_history import EventHistory, load_event_rows
from reports.json import event_to_json, to_json
from reports.lines import counts_of, line
from reports.member_events import attendance_across, member_attendance
from reports.membership import Membership
from reports.populations import Populations
from reports.records import load, load_spells
from reports.report import Kpi, Measure, Report
from reports.text import event_to_text, to_text
from storage import event_log
from storage.event_log import NewRow

from .test_gap_of_every_kpi import NOW, QUALIFYING, club, reports

WHOLES = (Unit.SHARE, Unit.RATIO)
LOST = ("2025-10-20 00:00", "2025-11-20 00:00")  # so much of the 28 days that nobody has a segment


@pytest.fixture(scope="module")
def made() -> dict[str, tuple[list[Any], list[Kpi]]]:
    """The reports on the club, and what is told of one member, that this module has read: by database."""
    return {}


@pytest.fixture
async def told(
    new_guild: Any, warehouse: Any, made: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> tuple[list[Any], list[Kpi]]:
    monkeypatch.setattr(statistics, "DRAWS", 20)  # no interval is looked at here
    if warehouse.dialect not in made:
        found = [
            report
            for gaps in ((), (LOST,))
            async for report in reports_on(club(new_guild(), *gaps), warehouse)
        ]
        made[warehouse.dialect] = found, await of_a_member(club(new_guild()), warehouse)
    return made[warehouse.dialect]


async def reports_on(guild: Any, warehouse: Any) -> AsyncIterator[Any]:
    await guild.write(warehouse)
    heard_ms = guild.ms("2025-11-27 10:00")
    joined = NewRow(
        b"a join", "gateway", "GUILD_MEMBER_ADD", 1, None, heard_ms - 800, heard_ms - 800, heard_ms, "{}"
    )
    async with warehouse.writing() as conn:
        await event_log.append(conn, guild.guild_id, [joined])
    async for _, _, report in reports(guild, warehouse):
        yield report


async def of_a_member(guild: Any, warehouse: Any) -> list[Kpi]:
    await guild.write(warehouse)
    async with warehouse.reading() as conn:
        records = await load(conn, guild.guild_id)
        membership = Membership.of(await load_spells(conn, guild.guild_id), 7)
        people = Populations.of(records, QUALIFYING, 7, guild.zone)
        rows = await load_event_rows(conn, guild.guild_id, 0, guild.ms(NOW))
    series = EventHistory(*rows, people, membership).series(guild.ms(NOW))
    return [member_attendance(one) for one in attendance_across(1, series, membership)]


def kpis_of(report: Any) -> list[Kpi]:
    return [kpi for section in report.sections for kpi in section.kpis]


def kpis_in_a_table(report: Any) -> list[Kpi]:
    """Those of the sections, and a cohort's weeks, which stand apart."""
    matrix = report.cohorts if isinstance(report, Report) else None
    cells = [kpi for cohort in (matrix.cohorts if matrix else ()) for kpi in cohort_kpis(cohort)]
    return [*kpis_of(report), *cells]


def numbers_in_json(report: Any) -> list[dict[str, Any]]:
    whole = to_json(report) if isinstance(report, Report) else event_to_json(report)
    return [kpi for section in whole["sections"] for kpi in section["kpis"]]


@pytest.mark.parametrize("name", CATALOGUE)
async def test_it_has_the_two_numbers_that_the_catalogue_names(
    told: tuple[list[Any], list[Kpi]], name: str
) -> None:
    reports_made, of_member = told
    definition, is_seen = CATALOGUE[name], False
    for kpi in (*(kpi for report in reports_made for kpi in kpis_in_a_table(report)), *of_member):
        if kpi.name != name:
            continue
        for measure in filter(None, (kpi.current, kpi.previous)):
            has = measure.numerator is not None, measure.denominator is not None
            is_known = measure.value is not None or any(has)
            is_seen |= is_known
            is_of_anybody = name != "retention_of_cohort" or measure.denominator  # pending is never 0
            assert has[0] == bool(definition.has_numerator and is_known and is_of_anybody), (kpi, measure)
            if measure.coverage == 1:
                assert has[1] == (definition.has_denominator and is_known), (kpi, measure)
            else:  # of whom there were is known only where they were recorded
                assert has[1] <= definition.has_denominator
    assert is_seen, "no report shows it of this club: it needs a case here"


WITHOUT_A_COHORT_BEFORE = {f"funnel_days_to_{step}" for step in ("event", "both", "any_event")}


@pytest.mark.parametrize("name", CATALOGUE)
async def test_the_value_before_stands_beside_it_or_the_catalogue_says_why_not(
    told: tuple[list[Any], list[Kpi]], name: str
) -> None:
    """Of the cohort before that of the funnel nobody of this club took these steps."""
    reports_made, of_member = told
    kpis = (*(kpi for report in reports_made for kpi in kpis_in_a_table(report)), *of_member)
    before = [kpi.previous for kpi in kpis if kpi.name == name]
    definition = CATALOGUE[name]
    if not definition.is_compared:
        assert not any(before) and ": " in definition.compared_with
    elif name not in WITHOUT_A_COHORT_BEFORE:
        assert any(before), "it stands beside nothing: say in the catalogue why"


async def test_json_and_tables_have_the_same_numbers(told: tuple[list[Any], list[Kpi]]) -> None:
    for report in told[0]:
        kpis, in_json = kpis_of(report), numbers_in_json(report)
        for kpi, written in zip(kpis, in_json, strict=True):
            now = written["current"]
            assert (now["numerator"], now["denominator"]) == (kpi.current.numerator, kpi.current.denominator)
        if isinstance(report, Report):
            table = list(csv.DictReader(StringIO(to_csv(report))))
            for kpi, row in zip(kpis_in_a_table(report), table, strict=True):
                numbers = (row["numerator"], row["denominator"])
                assert numbers == tuple(
                    "" if number is None else str(number)
                    for number in (kpi.current.numerator, kpi.current.denominator)
                )


async def test_a_rate_stands_beside_what_it_is_made_of(told: tuple[list[Any], list[Kpi]]) -> None:
    for report in told[0]:
        for kpi in kpis_of(report):
            definition = CATALOGUE[kpi.name]
            if definition.unit in WHOLES and kpi.current.value is not None:
                counts = counts_of(definition, kpi.current)
                assert counts and counts in line(kpi).plain(), kpi


async def test_wherever_no_shows_are_told_of_interest_is_said_to_be_no_promise(
    told: tuple[list[Any], list[Kpi]],
) -> None:
    with_them = set()
    for report in told[0]:
        shown = {kpi.name for kpi in kpis_of(report) if kpi.current.denominator}
        is_told = bool(shown & {"no_show_rate", "show_rate"})
        assert (NOT_A_PROMISE in report.caveats) == is_told
        whole = to_json(report) if isinstance(report, Report) else event_to_json(report)
        text = to_text(report) if isinstance(report, Report) else event_to_text(report)
        assert (NOT_A_PROMISE in whole["caveats"]) == (NOT_A_PROMISE in text) == is_told
        if is_told:
            with_them.add(whole["report"])
    assert with_them == {"health", "events", "event"}


def test_a_share_of_time_says_its_times() -> None:
    hours = Measure(0.75, 3 * 3600, 4 * 3600)
    assert line(Kpi("top_two_hosts_share", hours)).plain().replace("\u00a0", " ") == (
        "Two hosts carry 75 % (3/4 h) in 4 weeks"
    )
    nearly = Measure(0.9998, 604_680, 604_800)
    assert line(Kpi("recording_coverage", nearly)).plain().replace("\u00a0", " ") == (
        "Recorded 99.9 % (167.97/168 h)"
    )
    assert Count.DENOMINATOR in CATALOGUE["recording_coverage"].in_seconds
