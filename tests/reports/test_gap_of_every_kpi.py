"""A gap lowers the coverage of every KPI that it can have touched, and is told of: the whole catalogue.

A KPI that is new is found by itself where a named report shows it of this club. One that none shows fails
here until it has a case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from reports import statistics
from reports.asked import Asked
from reports.catalogue import CATALOGUE
from reports.gap_notes import gap_notes
from reports.gather import Reach, gather
from reports.lines import line
from reports.member import member
from reports.member_events import attendance_across, member_attendance
from reports.membership import Membership
from reports.named import NAMED
from reports.occurrence_records import load_attendance_since, load_occurrences
from reports.periods import TRAILING_WEEK, Period, parse_period
from reports.publishing import kpis_of
from reports.quality import Recording
from reports.quality_report import quality_asked
from reports.records import CoverageRow, load_spells
from reports.report import Kpi, Measure, Verdict
from reports.series import all_series
from reports.settings import ReportSettings
from reports.turnout import People
from storage.database import Warehouse
from storage.rules import Rules

NOW = "2025-12-03 12:00"  # a Wednesday
WEEK, MONTH = "2025-W48", "2025-11"  # both end on Sunday 30 November
EARLIER_GAP = ("2025-11-09 21:40", "2025-11-09 23:00")  # three weeks before
BEFORE = "not recorded Sun 9 Nov, 21:40–23:00"
TODAYS_GAP = ("2025-12-03 08:00", "2025-12-03 10:30")
GAP = ("2025-11-30 21:40", "2025-11-30 23:00")  # within the week, the month, and an event
SINCE = "2025-03-01 00:00"
SOURCES = ("voice", "members", "events", "commands", "text", "removals")
PEOPLE = range(1, 61)
QUALIFYING = ("voice", "event", "command")


def club(guild: Any, *gaps: tuple[str, str]) -> Any:
    """Sixty people: some from before, some who joined in spring or in autumn, with an event every Sunday."""
    moments = [SINCE, *(moment for gap in gaps for moment in gap), NOW]
    for place, (start, end) in enumerate(pairwise(moments)):
        state, cause = ("gap", "not connected") if place % 2 else ("recorded", None)
        guild.recorded(start, end, state, cause, SOURCES)
    for number in PEOPLE:
        joined = "2025-02-01" if number <= 20 else "2025-08-20" if number <= 40 else "2025-09-15"
        guild.joins(number, joined)
        guild.present(guild.days(joined, "2025-12-03"), {number})
    for day in range(guild.day("2025-08-21"), guild.day("2025-12-03")):
        active = {number for number in PEOPLE if (number + day) % 3 == 0}
        guild.did("voice", day, active & guild.sets[(day, "present")])
        guild.did("command", day, {number for number in active if number % 2} & guild.sets[(day, "present")])
    guild.voice(1, "2025-11-26 20:00", "2025-11-26 21:00", {"2025-11-26": 60})
    guild.voice(2, "2025-11-26 20:00", "2025-11-26 21:00", {"2025-11-26": 60})
    guild.voice(2, "2025-11-19 20:00", "2025-11-19 21:00", {"2025-11-19": 60})
    guild.voice(2, "2025-10-20 20:00", "2025-10-20 21:00", {"2025-10-20": 60})
    for place, sunday in enumerate(range(guild.day("2025-09-28"), guild.day("2025-12-01"), 7)):
        an_event(guild, place, sunday, gaps)
    for friday in range(guild.day("2025-09-26"), guild.day("2025-12-01"), 7):
        for number in (*range(1, 16), *range(41, 55)):  # when more of them are here than on Sundays
            an_evening(guild, number, guild.ms(f"{date(1970, 1, 1) + timedelta(days=friday)} 20:00"))
    for number in range(1, 13):
        guild.ran(number, "2025-11-27 18:00")
    guild.ran(1, "2025-11-28 18:00", outcome="error")
    guild.ran(2, "2025-11-28 18:00", outcome=None)
    guild.listed("2025-11-26 12:00", 60, absent=1)
    guild.listed("2025-10-26 12:00", 60, absent=1)
    return guild


def an_event(guild: Any, place: int, day: int, gaps: tuple[tuple[str, str], ...]) -> None:
    start = guild.ms(f"{date(1970, 1, 1) + timedelta(days=day)} 20:00")
    is_cut = any(guild.ms(lost) < start + 7_200_000 and guild.ms(back) > start for lost, back in gaps)
    key = guild.event(
        place + 1, start, start + 7_200_000, hosts=(1, 2), voice_gap_ms=1_200_000 * is_cut, capacity=10
    )
    guild.came(key, range(1, 16), "interested")
    guild.came(key, range(16, 19), "interested", "absent")
    guild.came(key, range(19, 21), "interested", "partial", minutes=4)
    guild.came(key, range(21, 23), "interested", "unknown")
    guild.came(key, range(41, 53), "standing")
    guild.came(key, range(53, 55))
    guild.came(key, range(55, 57), "late_cancel", "absent")
    guild.came(key, [number for number in range(23, 35) if number % 4 == place % 4 and place >= 3])
    guild.at_event(day, {*range(1, 16), *range(41, 55)}, place + 1)
    for number in (*range(1, 15), *range(41, 55)):  # the 15th checked in
        an_evening(guild, number, start)


def an_evening(guild: Any, number: int, start: int) -> None:
    guild.sessions.append(
        {
            **{"member_no": number, "kind": "voice", "start_ms": start, "channel_id": 7},
            **{"end_ms": start + 7_200_000, "session_start_ms": start, "qualifying_ms": 7_200_000},
            **{"afk_ms": 0, "deafened_ms": 0, "alone_ms": 0},
            **{"start_estimated": False, "end_estimated": False, "is_imported": False},
        }
    )


Shown = dict[
    tuple[str, str, str, int], tuple[Any, Any]
]  # report, period, KPI, which → the KPI and its report


async def shown(guild: Any, warehouse: Warehouse) -> Shown:
    await guild.write(warehouse)
    found: Shown = {}
    async for name, key, report in reports(guild, warehouse):
        times: Counter[str] = Counter()
        for kpi in (kpi for section in report.sections for kpi in section.kpis):
            found[name, key, kpi.name, times[kpi.name]] = (kpi, report)
            times[kpi.name] += 1
    return found


async def reports(guild: Any, warehouse: Warehouse) -> AsyncIterator[tuple[str, str, Any]]:
    """Every named report and that on the record, of a week, a month and the trailing week; and two events."""
    rules = Rules(zone=guild.zone, tracked_commands=("show_profile",))
    settings = ReportSettings(zone=guild.zone, min_group=0, qualifying=QUALIFYING)
    now_ms = guild.ms(NOW)
    for key in (WEEK, MONTH, TRAILING_WEEK):
        period = parse_period(key, guild.zone, "monday", now_ms)
        for name, make in {**{one.name: one.make for one in NAMED}, "quality": quality_asked}.items():
            async with warehouse.reading() as conn:
                made = await make(conn, guild.guild_id, settings, rules, Asked(period, now_ms))
            yield name, key, made
    newest = max(row["event_id"] for row in guild.occurrences)
    for event_id in (newest, newest - 2):
        yield "event", str(event_id), await guild.occurrence(warehouse, guild.key(event_id), NOW)


WITHIN_AN_EVENT = (
    "2025-11-16 20:10",
    "2025-11-16 21:40",
)  # of the two that were held after it nothing is lost


@pytest.fixture(scope="module")
def made() -> dict[Any, Shown]:
    """The clubs that were written already in this module: each is asked about every KPI."""
    return {}


@pytest.fixture
def club_with(
    new_guild: Any, warehouse: Warehouse, made: dict[Any, Shown], monkeypatch: pytest.MonkeyPatch
) -> Any:
    monkeypatch.setattr(statistics, "DRAWS", 20)  # no interval is looked at here

    async def reported(*gaps: tuple[str, str]) -> Shown:
        if (warehouse.dialect, gaps) not in made:
            made[warehouse.dialect, gaps] = await shown(club(new_guild(), *gaps), warehouse)
        return made[warehouse.dialect, gaps]

    return reported


def tells_of_it(kpi: Any, report: Any) -> bool:
    return any("not recorded" in caveat for caveat in (*kpi.caveats, *report.caveats))


# These appear with a gap only, or in what is told of one member.
CASES_OF_THEIR_OWN = ("segment_unclassified", "member_attendance")


@pytest.mark.parametrize("name", [name for name in CATALOGUE if name not in CASES_OF_THEIR_OWN])
async def test_a_gap_lowers_its_coverage_and_is_told_of(club_with: Any, name: str) -> None:
    whole = await club_with()
    assert any(key[2] == name for key in whole), "no report shows it of this club: it needs a case here"
    holed, touched = await club_with(WITHIN_AN_EVENT, GAP, TODAYS_GAP), False
    for key in (key for key in whole if key[2] == name and key in holed):
        kpi, report = holed[key]
        before, _ = whole[key]
        assert kpi.current.coverage <= before.current.coverage
        assert not any("not recorded" in caveat for caveat in before.caveats)
        if kpi.current.coverage < before.current.coverage:
            assert tells_of_it(kpi, report), key
            touched = True
    assert touched, "its coverage is the same with a gap in what it is made of"


@pytest.mark.parametrize(("back", "unclassified"), [("2025-11-10 00:00", None), ("2025-11-11 00:00", 60)])
async def test_with_more_than_a_fifth_of_the_month_lost_nobody_has_a_segment(
    new_guild: Any, warehouse: Warehouse, back: str, unclassified: int | None
) -> None:
    # of the 28 days to 30 November 5 are lost, and 82 % are recorded; or 6, and 79 %
    guild = club(new_guild(), ("2025-11-05 00:00", back))
    await guild.write(warehouse)
    week = Asked(parse_period(WEEK, guild.zone, "monday", guild.ms(NOW)), guild.ms(NOW))
    settings = ReportSettings(zone=guild.zone, min_group=0, qualifying=QUALIFYING)
    make = next(one.make for one in NAMED if one.name == "segments")
    async with warehouse.reading() as conn:
        report = await make(conn, guild.guild_id, settings, Rules(zone=guild.zone), week)
    kpis = {kpi.name: kpi for section in report.sections for kpi in section.kpis}
    kpi = kpis["segment_unclassified"] if unclassified else kpis["segment_regular"]
    assert unclassified is None or kpi.current.numerator == unclassified
    assert kpi.current.coverage < 1 and tells_of_it(kpi, report)


async def test_an_event_of_which_nobody_knows_is_in_no_members_attendance(
    new_guild: Any, warehouse: Warehouse
) -> None:
    guild = club(new_guild(), GAP)
    await guild.write(warehouse)
    settings = ReportSettings(zone=guild.zone, min_group=0, qualifying=QUALIFYING)
    async with warehouse.reading() as conn:
        told = {
            number: await member(
                conn, guild.guild_id, settings, Rules(zone=guild.zone), number, guild.ms(NOW)
            )
            for number in (1, 21)
        }
        occurrences = await load_occurrences(conn, guild.guild_id, 0, guild.ms(NOW))
        attendance = await load_attendance_since(conn, guild.guild_id, [one.key for one in occurrences])
        membership = Membership.of(await load_spells(conn, guild.guild_id), 7)
    series = all_series(occurrences, attendance, People(), membership)
    # ten Sundays: of the first member all are known, of the 21st none
    assert [(one.attended, one.unknown, one.held) for one in told[1].series] == [(10, 0, 10)]
    assert [(one.attended, one.unknown, one.held) for one in told[21].series] == [(0, 10, 10)]
    assert any("not recorded Sun 30 Nov, 21:40–23:00" in caveat for caveat in told[21].caveats)
    coverage = {
        number: member_attendance(attendance_across(number, series, membership))[0].current.coverage
        for number in (1, 21)
    }
    assert coverage == {1: 1, 21: 0}


REACH_BACK = [
    *(f"segment_{name}" for name in ("core", "regular", "new", "fresh", "dormant", "alumni")),
    *("departed_alumni", "classification_coverage", "retention_week_4", "retention_week_8"),
    *("retention_week_12", "newcomers_still_here", "funnel_first_command", "funnel_first_event"),
    *("funnel_any_event", "attendee_hours", "host_hours_of_4_weeks", "top_two_hosts_share"),
    "effective_hosts",
    *("series_mean", "series_median", "series_peak", "series_returned_next", "series_returned_next_two"),
]


@pytest.mark.parametrize("name", REACH_BACK)
async def test_what_reaches_further_back_than_its_period_tells_of_a_gap_there(
    club_with: Any, name: str
) -> None:
    holed = await club_with(EARLIER_GAP)
    told = [kpi for key, (kpi, _) in holed.items() if key[1:3] == (WEEK, name)]
    assert told
    for kpi in told:
        assert [caveat for caveat in kpi.caveats if "not recorded Sun 9 Nov, 21:40–23:00" in caveat], kpi


async def test_a_gap_that_a_number_tells_of_is_told_once_under_its_report(club_with: Any) -> None:
    holed = await club_with(EARLIER_GAP)
    touched, into = set(), {}
    for (name, key, _, _), (kpi, report) in holed.items():
        if name != "event" and any(BEFORE in caveat for caveat in kpi.caveats):
            touched.add((name, key))
            (note,) = [caveat for caveat in report.caveats if BEFORE in caveat]
            if key == WEEK:
                into[name] = note.partition(" Reaches into: ")[2]
    reach_back = ("health", "segments", "retention", "funnel", "events", "series", "hosts")
    assert {(name, WEEK) for name in reach_back} <= touched
    # of a week that is recorded whole it is said which of its numbers are older
    assert [into[name] for name in ("segments", "retention", "funnel", "series")] == [
        "segments.",
        "retention, first steps.",
        "first steps.",
        "series, best times.",
    ]
    assert into["hosts"] == "hosts in 4 weeks, hosts in 12 weeks."
    assert into["health"] == "segments, retention, hosts in 4 weeks."


def test_of_many_earlier_gaps_the_newest_are_told_one_by_one(new_guild: Any) -> None:
    guild = new_guild()
    days = [guild.ms(f"2025-{month:02}-05 00:00") for month in range(3, 10)]
    rows, since_ms, until_ms = [], guild.ms("2025-03-01 00:00"), guild.ms("2025-12-01 00:00")
    for start, end in pairwise([since_ms, *days, until_ms]):
        rows.append(CoverageRow("voice", start + 7_200_000 * (start in days), end, "recorded", None))
    recording = Recording(tuple(rows), since_ms, until_ms, guild.zone)
    periods = [parse_period(key, guild.zone, "monday", until_ms) for key in ("2025-W48", "2025-W47")]
    since = Period("", guild.day("2025-03-01"), guild.day("2025-11-30"), since_ms, until_ms, guild.zone)
    kpi = Kpi("departed_alumni", Measure(1), caveats=recording.caveats(("voice",), (since,), until_ms))
    assert len(kpi.caveats) == 7
    assert gap_notes(recording, ("voice",), periods, [kpi], until_ms) == (
        *(f"{caveat} Reaches into: segments." for caveat in kpi.caveats[-3:]),
        "4 earlier gaps of more than an hour. Reaches into: segments.",
    )
    assert gap_notes(recording, ("voice",), periods, [], until_ms) == ()


async def test_what_is_of_one_week_tells_of_no_earlier_gap(club_with: Any) -> None:
    holed = await club_with(EARLIER_GAP)
    for name in ("weekly_active_members", "voice_activity_rate", "soft_attrition", "events_held"):
        kpi, _ = holed["health", WEEK, name, 0]
        assert kpi.caveats == () and kpi.current.coverage == 1


OF_THE_PERIOD_BEFORE = [
    *(f"segment_{name}" for name in ("core", "regular", "new", "fresh", "dormant", "alumni")),
    *("departed_alumni", "retention_week_4", "retention_week_8", "retention_week_12"),
]
OUTSIDE_EVENTS = ("2025-11-20 08:00", "2025-11-20 14:00")  # in week 47, and in the four weeks before its end


async def named(guild: Any, warehouse: Warehouse, name: str, key: str) -> dict[tuple[str, str], Any]:
    period = parse_period(key, guild.zone, "monday", guild.ms(NOW))
    settings = ReportSettings(zone=guild.zone, min_group=0, qualifying=QUALIFYING)
    rules = Rules(zone=guild.zone, tracked_commands=("show_profile",))
    make = next(one.make for one in NAMED if one.name == name)
    async with warehouse.reading() as conn:
        report = await make(conn, guild.guild_id, settings, rules, Asked(period, guild.ms(NOW)))
    return {(kpi.name, kpi.subject or kpi.cut): kpi for section in report.sections for kpi in section.kpis}


@pytest.fixture
async def with_a_gap(new_guild: Any, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(statistics, "DRAWS", 20)
    guild = club(new_guild(), OUTSIDE_EVENTS)
    await guild.write(warehouse)
    return guild


async def test_a_previous_value_is_as_recorded_as_its_own_report_says(
    with_a_gap: Any, warehouse: Warehouse
) -> None:
    then, now = [await named(with_a_gap, warehouse, "health", key) for key in ("2025-W47", WEEK)]
    for name in OF_THE_PERIOD_BEFORE:
        own, previous = then[name, ""].current, now[name, ""].previous
        assert own.coverage < 1
        assert previous.coverage == own.coverage, name
        assert previous.value == own.value


async def test_what_is_published_is_as_recorded_as_its_report_says(
    with_a_gap: Any, warehouse: Warehouse
) -> None:
    guild = with_a_gap
    period = parse_period("2025-W47", guild.zone, "monday", guild.ms(NOW))
    settings = ReportSettings(zone=guild.zone, min_group=0, qualifying=QUALIFYING)
    rules = Rules(zone=guild.zone, tracked_commands=("show_profile",))
    async with warehouse.reading() as conn:
        material = await gather(
            *(conn, guild.guild_id, settings, rules),
            **{"period": period, "now_ms": guild.ms(NOW), "reach": Reach.SHORT},
        )
    coverages = {(kpi.name, kpi.subject or kpi.cut): kpi.current.coverage for kpi in kpis_of(material)}
    compared = set()
    for name in ("health", "retention", "events", "series", "funnel"):
        for (kpi, cut), told in (await named(guild, warehouse, name, "2025-W47")).items():
            if (kpi, cut) in coverages:
                compared.add(kpi)
                assert coverages[kpi, cut] == told.current.coverage, (kpi, cut)
    assert {*OF_THE_PERIOD_BEFORE, "newcomers_still_here", "series_median"} <= compared


THIS_WEEK = "2025-W49"  # open: 3 December is a Wednesday


async def test_beside_an_open_week_stands_the_closed_one_before(
    new_guild: Any, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistics, "DRAWS", 20)
    guild = club(new_guild(), GAP)
    guild.joins(77, "2025-11-27")
    guild.present(guild.days("2025-11-27", "2025-12-03"), {77})  # after 25 November, seven days ago
    await guild.write(warehouse)
    closed, so_far = [await named(guild, warehouse, "health", key) for key in (WEEK, THIS_WEEK)]
    for name in OF_THE_PERIOD_BEFORE:
        assert so_far[name, ""].previous == closed[name, ""].current, name
    assert so_far["segment_fresh", ""].previous.value == 1


async def test_nothing_of_an_open_week_is_compared(with_a_gap: Any, warehouse: Warehouse) -> None:
    for name in ("health", "segments", "retention", "funnel", "events", "series", "hosts"):
        for which, kpi in (await named(with_a_gap, warehouse, name, THIS_WEEK)).items():
            assert kpi.change and kpi.change.verdict is Verdict.NOT_COMPARED, (name, which)
            assert "was" not in line(kpi).plain().split(), (name, which)
