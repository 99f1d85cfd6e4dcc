"""The reports on events, series and hosts: as of the end of week 46, with the working beside each number."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest

from reports.asked import Asked
from reports.attendance_csv import COLUMNS, attendance_to_csv
from reports.csv import to_csv, why_empty
from reports.events_report import events_asked
from reports.hosts_report import hosts_asked
from reports.json import to_json
from reports.lines import line
from reports.member_events import attendance_across, member_attendance
from reports.membership import Membership
from reports.occurrence_records import load_attendance_since, load_occurrences
from reports.periods import parse_period
from reports.records import load_spells
from reports.report import Verdict
from reports.series import all_series
from reports.series_report import series_asked
from reports.text import to_text
from reports.turnout import People
from reports.type_section import by_rank
from storage.rules import Rules, TierRule

NOW = "2025-11-20 14:00"
SOURCES = ("voice", "members", "commands", "events")
SUNDAYS = [str(date(2025, 11, 16) - timedelta(weeks=back)) for back in range(11, -1, -1)]
NB = "\u00a0"
CAPTAIN = 900


@pytest.fixture
def club(guild: Any) -> Any:
    guild.recorded("2025-06-01 00:00", NOW, sources=SOURCES)
    guild.present(guild.days("2025-11-01", "2025-11-20"), range(1, 41))
    return guild


@pytest.fixture
def told(club: Any, warehouse: Any) -> Any:
    async def report(make: Any, **settings: Any) -> Any:
        await club.write(warehouse)
        asked = Asked(parse_period("2025-W46", club.zone, "monday", club.ms(NOW)), club.ms(NOW))
        chosen = club.settings(**{"min_group": 0, **settings})
        async with warehouse.reading() as conn:
            tiers = (TierRule("captain", (CAPTAIN,)),)
            rules = Rules(zone=club.zone, tracked_commands=club.tracked, tiers=tiers)
            return await make(conn, club.guild_id, chosen, rules, asked)

    return report


def hold(guild: Any, people: list[Any], title: str = "Inhouse", **columns: Any) -> list[Any]:
    """A series held on the Sundays up to 16 November, with these people."""
    keys = []
    for day, there in zip(SUNDAYS[-len(people) :], people, strict=True):
        key = guild.event(
            len(guild.occurrences) + 1,
            f"{day} 20:00",
            f"{day} 22:00",
            series=f"title:{title.lower()}",
            title=title,
            **columns,
        )
        guild.came(key, there)
        keys.append(key)
    return keys


def lines(report: Any, *names: str) -> list[str]:
    kpis = [kpi for section in report.sections for kpi in section.kpis if kpi.name in names]
    return [line(kpi).plain().replace(NB, " ") for kpi in kpis]


def kpis(report: Any, name: str) -> list[Any]:
    return [kpi for section in report.sections for kpi in section.kpis if kpi.name == name]


# --------------------------------------------------------------------- series


async def test_popularity_is_of_the_last_eight(club: Any, told: Any) -> None:
    hold(club, [range(1, 31), *[range(1, 21)] * 4, *[range(11, 21)] * 3, range(20, 31)])
    report = await told(series_asked)
    # of the last 8: 20 four times, 10 three times, 11 once: 121 / 8; the middle two are 11 and 20; 1 to 30
    assert lines(report, "series_mean_of_8", "series_median", "series_peak", "series_reach") == [
        "Inhouse, mean 15",
        "Inhouse, median 16",
        "Inhouse, peak 20",
        "Inhouse, different people 30",
    ]
    (mean,) = kpis(report, "series_mean_of_8")
    assert (mean.current.value, mean.current.numerator, mean.current.denominator) == (15.125, 121, 8)
    assert mean.subject == "title:inhouse"


async def test_regulars_who_stopped_stand_beside_as_many_held_before(club: Any, told: Any) -> None:
    # ten, then at the 5th to 7th nine of them, at the 8th to 10th seven
    hold(club, [*[range(1, 11)] * 4, *[range(1, 10)] * 3, *[range(1, 8)] * 3])
    report = await told(series_asked)
    # as of the 7th regulars are 1 to 9 (10 was at one of the last 4); 8 and 9 missed the next three;
    # as of the 4th they were 1 to 10, of whom 10 missed the next three
    assert lines(report, "series_regulars_stopped")[0] == "Inhouse, regulars who stopped 2/9 · was 10 %"
    assert report.finding == "Inhouse leads: 8 a time."  # nine are too few to say it of
    over_time = lines(report, "series_regulars_stopped")[1:]
    assert over_time == [
        "Inhouse after 5 Oct, regulars who stopped 10 % (1/10)",
        "Inhouse after 12 Oct, regulars who stopped 10 % (1/10)",
        # as of the 6th 10 was at two of the last four; 8 and 9 came to the 7th
        "Inhouse after 19 Oct, regulars who stopped 0/9",
        "Inhouse after 26 Oct, regulars who stopped 2/9",
    ]


async def test_how_many_in_a_row_can_be_set(club: Any, told: Any) -> None:
    hold(club, [*[range(1, 13)] * 4, range(1, 10), range(1, 10)])
    report = await told(series_asked, missed_in_a_row=2)
    assert lines(report, "series_regulars_stopped")[0] == "Inhouse, regulars who stopped 25 % (3/12)"
    assert report.finding == "3 of 12 regulars of Inhouse missed its last 2."


async def test_first_timers_who_come_again_and_who_never_does(club: Any, told: Any) -> None:
    hold(club, [range(1, 11), range(1, 21), range(11, 16), range(16, 18), [40], [40]])
    report = await told(series_asked)
    # new at the 2nd: 11 to 20; 11–15 came to the 3rd, 16 and 17 to the 4th; then nobody new but 40, pending
    assert lines(report, "series_first_timers_back") == ["Inhouse, first-timers back 70 % (7/10)"]
    # nobody attended three of them
    assert lines(report, "series_never_again") == []


async def test_a_gap_lowers_every_number_of_a_series_and_is_named(club: Any, told: Any) -> None:
    hold(club, [*[range(1, 13)] * 6, range(1, 25), *[range(1, 13)] * 3], capacity=40)
    club.occurrences[-2] |= {"voice_gap_ms": 60 * 60_000}  # half of two hours
    club.occurrences[-3] |= {"outcome": "unknown", "window_start_ms": None, "window_end_ms": None}
    report = await told(series_asked)
    of_series = [kpi for section in report.sections for kpi in section.kpis]
    assert {kpi.name for kpi in of_series} >= {
        *("series_mean", "series_mean_of_8", "series_median", "series_peak", "series_reach"),
        *("series_overflow", "series_returned_next", "series_returned_next_two"),
        *("series_regulars_stopped", "series_never_again"),
    }
    # 8 count; since the first of them 8 whole ones, one half and one not: 8.5 of 10
    for kpi in of_series:
        assert kpi.current.coverage == pytest.approx(8.5 / 10), kpi.name
        assert kpi.caveats == ("Inhouse: 2 of its last 10 left out, hardly recorded.",), kpi.name
    assert "Inhouse: 2 of its last 10 left out, hardly recorded." in to_text(report)


async def test_first_timers_and_the_best_time_name_a_gap(club: Any, told: Any) -> None:
    hold(club, [range(1, 13), range(1, 25), *[range(1, 13)] * 3])
    for day in SUNDAYS:
        for number in range(1, 13):
            club.voice(number, f"{day} 20:00", f"{day} 22:00", {day: 120})
    club.occurrences[-1] |= {"voice_gap_ms": 120 * 60_000}
    club.covered.clear()
    club.recorded("2025-06-01 00:00", "2025-11-08 00:00", sources=SOURCES)
    club.recorded("2025-11-10 00:00", NOW, sources=SOURCES)
    report = await told(series_asked)
    (back,) = kpis(report, "series_first_timers_back")
    assert back.current.coverage == pytest.approx(4 / 5)
    gap = f"Events and voice: not recorded Sat 8 Nov, 00:00 – Mon 10 Nov, 00:00 (48{NB}h)."
    assert back.caveats == ("Inhouse: 1 of its last 5 left out, hardly recorded.", gap)
    (best,) = kpis(report, "series_best_time")
    assert best.current.coverage == pytest.approx(82 / 84, abs=1e-3)
    assert any("not recorded Sat 8 Nov" in caveat for caveat in best.caveats)


async def test_a_hardly_recorded_series_is_not_compared(club: Any, told: Any) -> None:
    hold(club, [range(1, 31)] * 8 + [range(1, 13)] * 3)
    for place in range(3, 11):
        club.occurrences[place] |= {"voice_gap_ms": 24 * 60_000}  # each to 80 %: all count
    club.occurrences[-2] |= {"voice_gap_ms": 120 * 60_000}
    report = await told(series_asked)
    (mean,) = kpis(report, "series_mean")
    # since the first of the last 8 held: 1 + 7 × 0.8 + 0 of 9
    assert mean.current.coverage == pytest.approx(6.6 / 9)
    assert mean.previous.coverage == pytest.approx((1 + 3 * 0.8) / 4)  # of the 4 held before the last 4
    assert mean.change.verdict is Verdict.NOT_COMPARED
    assert "was" not in line(mean).plain()


async def test_what_a_series_is_compared_with_has_the_coverage_of_its_own_holdings(
    club: Any, told: Any
) -> None:
    hold(club, [range(1, 31)] * 4 + [range(1, 13)] * 4)
    club.covered.clear()
    first = SUNDAYS[-8]
    club.recorded("2025-06-01 00:00", f"{first} 21:00", sources=SOURCES)
    club.recorded(f"{first} 22:00", NOW, sources=SOURCES)
    (mean,) = kpis(await told(series_asked), "series_mean")
    # of the first of the 4 before a half is missing: 3.5 of 4 were recorded, and 7.5 of all 8
    assert (mean.previous.value, mean.current.value) == (30, 12)
    assert (mean.previous.coverage, mean.current.coverage) == pytest.approx((3.5 / 4, 7.5 / 8))


async def test_how_often_more_came_than_fit_in(club: Any, told: Any) -> None:
    keys = hold(club, [range(1, 13), range(1, 11), range(1, 12)], capacity=10)
    club.occurrences[-3] |= {"capacity": None}
    report = await told(series_asked)
    # 12 came where nobody knows the places, 10 where 10 fit in, 11 where 10 do
    assert lines(report, "series_overflow") == ["Inhouse, more came than fit in 1/2"]
    assert keys


async def test_the_report_on_an_event_says_how_many_more_came(club: Any, warehouse: Any) -> None:
    keys = hold(club, [range(1, 13)] * 2, capacity=10)
    club.occurrences[0] |= {"capacity": None}
    await club.write(warehouse)
    assert "More than fit in 2 (10 places, 12 came)" in [
        line(kpi).plain()
        for section in (await club.occurrence(warehouse, keys[1], NOW)).sections
        for kpi in section.kpis
    ]
    sections = (await club.occurrence(warehouse, keys[0], NOW)).sections
    assert "overflow" not in [kpi.name for section in sections for kpi in section.kpis]


async def test_the_report_on_an_event_says_which_share_of_the_regulars_stopped(
    club: Any, warehouse: Any
) -> None:
    keys = hold(club, [*[range(1, 13)] * 4, *[range(1, 10)] * 3])
    await club.write(warehouse)

    async def said(place: int) -> list[str]:
        return lines(await club.occurrence(warehouse, keys[place], NOW), "series_regulars_stopped")

    # of the 12 regulars at the 4th three missed this one and the two before it; at the 6th only two were held
    assert await said(6) == ["Regulars who stopped 25 % (3/12)"]
    assert await said(5) == []


async def test_a_file_withholds_series_of_few_people(club: Any, told: Any) -> None:
    hold(club, [range(1, 13)] * 7 + [range(1, 4)])
    report = await told(series_asked, min_group=5)
    values = {kpi.name: kpi.current.value for section in report.sections for kpi in section.kpis}
    assert set(values.values()) == {None}
    assert {"series_mean_of_8", "series_reach", "series_regulars_stopped"} <= values.keys()


async def test_json_and_tables_name_the_series(club: Any, told: Any) -> None:
    hold(club, [range(1, 13)] * 4)
    report = await told(series_asked)
    made = to_json(report)["sections"][0]["kpis"][0]
    assert (made["name"], made["cut"], made["subject"]) == ("series_mean", "Inhouse", "title:inhouse")
    row = next(csv.DictReader(StringIO(to_csv(report))))
    assert (row["kpi"], row["subject"], row["numerator"], row["denominator"]) == (
        "series_mean",
        "title:inhouse",
        "48",
        "4",
    )


async def test_without_any_series_it_says_so(club: Any, told: Any) -> None:
    report = await told(series_asked)
    assert (report.finding, report.sections) == ("No event was held yet.", ())
    assert to_text(report).startswith("No event was held yet.\n")


# --------------------------------------------------------------------- events


async def test_every_event_of_the_period_is_listed_by_its_key(club: Any, told: Any) -> None:
    for number in range(1, 11):
        day = 10 + number % 7
        key = club.event(
            number, f"2025-11-{day} {10 + number}:00", f"2025-11-{day} 21:00", series=f"s{number}"
        )
        club.came(key, range(1, 10 + number))
    report = await told(events_asked)
    assert len(kpis(report, "attendees")) == 10
    assert {kpi.subject for kpi in kpis(report, "attendees")} == {
        f"{row['event_id']}@{row['original_start_ms']}" for row in club.occurrences
    }


async def test_one_held_elsewhere_is_in_every_list_that_it_is_counted_in(typed: Any, told: Any) -> None:
    key = typed.event(
        7, "2025-11-13 14:00", "2025-11-13 22:00", channels=(), series="lan", title="Moonlit LAN"
    )
    typed.event(8, "2025-11-14 14:00", "2025-11-14 22:00", channels=(), series="talk", event_type="Talk")
    report = await told(events_asked)
    assert lines(report, "events_held") == ["Events held 5 (2 without a record of who came) · was 1"]
    of_each = kpis(report, "attendees")
    assert len(of_each) == 5
    (lan,) = (kpi for kpi in of_each if kpi.cut == "Moonlit LAN")
    assert line(lan).plain() == "Moonlit LAN –"
    assert lan.subject == f"{key.event_id}@{key.original_start_ms}"
    assert lan.caveats == ("It was held elsewhere: who came is not recorded.",)
    assert why_empty(lan) == "not recorded"
    assert lines(report, "type_held") == [
        "Raid 2 · was 1",
        "Without a type 2 (1 without a record of who came) · was 0",
        "Talk 1 (1 without a record of who came) · was 0",
    ]
    assert sum(kpi.current.value for kpi in kpis(report, "type_held")) == 5
    assert lines(report, "type_people") == [
        "Raid 18 · was 10",
        "Without a type 6 · was 0",
        "Talk – · was 0",
    ]
    assert [why_empty(kpi) for kpi in kpis(report, "type_people")] == ["", "", "not recorded"]
    assert report.finding == (
        "5 events held; 24 people came to the 3 with a record, the week before 10: clearly better."
    )
    note = (
        "Who came is known of 3 of the 5 events held: elsewhere than in a channel, without check-in, nobody "
        "saw it."
    )
    assert note in report.caveats
    for name in ("event_people", "no_show_rate"):
        assert note in kpis(report, name)[0].caveats, name


async def test_who_came_is_not_known_where_all_were_held_elsewhere(club: Any, told: Any) -> None:
    club.event(7, "2025-11-13 14:00", "2025-11-13 22:00", channels=(), title="Moonlit LAN")
    report = await told(events_asked)
    assert lines(report, "attendees", "type_held", "event_people", "type_people") == [
        "At an event – · was 0",
        "Moonlit LAN –",
        "Without a type 1 (1 without a record of who came) · was 0",
        "Without a type – · was 0",
    ]
    assert report.finding == "1 event held."


@pytest.fixture
def typed(club: Any) -> Any:
    """In week 46 two of one type and one without; in the week before one of the type."""
    for number, (day, kind, people) in enumerate(
        (
            ("2025-11-05", "Raid", range(1, 11)),
            ("2025-11-12", "Raid", range(1, 13)),
            ("2025-11-14", "Raid", range(7, 19)),
            ("2025-11-15", None, range(31, 37)),
        ),
        1,
    ):
        key = club.event(number, f"{day} 20:00", f"{day} 22:00", series=f"s{number}", event_type=kind)
        club.came(key, people)
    return club


async def test_types_stand_beside_the_period_before(typed: Any, told: Any) -> None:
    report = await told(events_asked)
    assert lines(report, "type_held") == ["Raid 2 · was 1", "Without a type 1 · was 0"]
    # 1–12 and 7–18 are 18 people; 31–36 are 6
    assert lines(report, "type_people") == ["Raid 18 · was 10", "Without a type 6 · was 0"]
    # of three held: 10, 12 and 12
    assert lines(report, "type_mean", "type_median", "type_peak", "type_reach") == [
        "Raid, mean 11",
        "Raid, median 12",
        "Raid, peak 12",
        "Raid, different people 18",
    ]
    # 12 + 12 + 6 attendances of 24 people; before 10 of 10
    assert lines(report, "events_per_attendee") == ["Events per attendee 1.2 · was 1.0"]
    # 24 people, 10 before: from 1–10 to 1–18 and 31–36 none was lost and 14 were gained
    assert report.finding == "3 events held; 24 people came to any, the week before 10: clearly better."


async def test_a_gap_lowers_what_is_known_of_types(typed: Any, told: Any) -> None:
    typed.covered.clear()
    typed.recorded("2025-06-01 00:00", "2025-11-10 00:00", sources=SOURCES)
    typed.recorded("2025-11-10 00:00", "2025-11-12 12:00", "gap", "not connected", sources=SOURCES)
    typed.recorded("2025-11-12 12:00", NOW, sources=SOURCES)
    report = await told(events_asked)
    for name in ("type_held", "type_people", "events_per_attendee", "events_held"):
        kpi = kpis(report, name)[0]
        assert kpi.current.coverage == pytest.approx(4.5 / 7), name  # 60 of 168 hours are missing
        assert kpi.change.verdict is Verdict.NOT_COMPARED, name
        assert any("not recorded Mon 10 Nov" in caveat for caveat in kpi.caveats), name
    assert report.finding == "3 events held; 24 people came to any."


async def test_a_type_of_which_one_was_hardly_recorded_says_so(typed: Any, told: Any) -> None:
    key = typed.event(7, "2025-11-13 20:00", "2025-11-13 22:00", event_type="Raid", voice_gap_ms=120 * 60_000)
    typed.came(key, range(1, 40))
    report = await told(events_asked)
    for name in ("type_mean", "type_median", "type_peak", "type_reach"):
        (kpi,) = kpis(report, name)
        assert kpi.current.coverage == pytest.approx(3 / 4), name
        assert kpi.caveats == ("Raid: 1 of its last 4 left out, hardly recorded.",), name
    assert lines(report, "type_reach") == ["Raid, different people 18"]
    assert "Raid: 1 of its last 4 left out, hardly recorded." in report.caveats


async def test_a_type_of_few_people_is_withheld_in_a_file(typed: Any, told: Any) -> None:
    key = typed.event(9, "2025-11-16 20:00", "2025-11-16 22:00", series="s9", event_type="Chess")
    typed.came(key, [38, 39, 40])
    report = await told(events_asked, min_group=5)
    assert lines(report, "type_people") == ["Raid 18 · was 10", "Without a type 6 · was 0", "Chess –"]
    # all but three people are at events whose numbers are shown
    assert lines(report, "events_per_attendee") == ["Events per attendee –"]


def test_types_stand_in_the_order_of_their_means_and_those_without_a_rank_last() -> None:
    means = {"Scrim": 11.0, "Talk": None, "Beginner night": 15.0, "Chess": 11.0, "Café": None}
    types: list[Any] = [
        SimpleNamespace(name=name, popularity=mean and SimpleNamespace(mean=mean))
        for name, mean in means.items()
    ]
    assert [one.name for one in by_rank(types)] == ["Beginner night", "Chess", "Scrim", "Café", "Talk"]


async def test_nothing_planned_is_said(club: Any, told: Any) -> None:
    report = await told(events_asked)
    assert report.finding == "No event planned in this period or the one before."


async def test_of_a_week_before_recording_it_is_not_said_that_nothing_was_planned(
    club: Any, told: Any
) -> None:
    club.covered.clear()
    club.recorded("2025-11-17 00:00", NOW, sources=SOURCES)
    for make in (events_asked, series_asked, hosts_asked):
        report = await told(make)
        assert report.finding == "Nothing of 10–16 Nov was recorded, so there is nothing to say about it."
        club.guild_id += 1_000_000


async def test_of_the_first_week_only_that_week_is_spoken_of(club: Any, told: Any) -> None:
    club.covered.clear()
    club.recorded("2025-11-10 00:00", NOW, sources=SOURCES)
    assert (await told(events_asked)).finding == "No event planned in this period."


# ---------------------------------------------------------------------- hosts


@pytest.fixture
def hosted(club: Any) -> Any:
    """Five Sundays of ten people for an hour: by 1; by 1; by 2 and 3; by 1; by 2. The last is in week 46."""
    club.role(1, CAPTAIN, "2025-06-01 00:00")
    club.role(3, CAPTAIN, "2025-06-01 00:00")
    for number, hosts in enumerate(((1,), (1,), (2, 3), (1,), (2, 3))):
        day = SUNDAYS[-5 + number]
        key = club.event(number + 1, f"{day} 20:00", f"{day} 22:00", hosts=hosts)
        club.came(key, range(11, 21) if number != 3 else range(16, 31), minutes=60)
    return club


async def test_each_host_and_tier_carries_what_it_led(hosted: Any, told: Any) -> None:
    key = hosted.event(8, "2025-11-15 18:00", "2025-11-15 20:00", hosts=(2,), channels=(), series="lan")
    assert key
    report = await told(hosts_asked)
    # in week 46: 10 attendee-hours, shared by 2 and 3; 2 led the LAN party elsewhere, too, without hours
    assert lines(report, "host_hours") == [
        "Member 2 carried 5 h · was 0 h",
        "Member 3 carried 5 h · was 0 h",
        "Member 1 carried 0 h · was 15 h",
        "Member carried 5 h · was 0 h",  # the tier, with more events
        "Captain carried 5 h · was 15 h",
    ]
    titles = [section.title for section in report.sections]
    assert titles[:3] == ["All hosts", "Each host in week 46, hours", "Each host in week 46, events led"]
    assert lines(report, "host_events") == [
        "Member 2 led 2 (1 elsewhere, hours not known) · was 0",
        "Member 3 led 1 · was 0",
        "Member 1 led 0 · was 1",
        "Member led 2 (1 elsewhere, hours not known) · was 0",
        "Captain led 1 · was 1",
    ]


async def test_the_hours_of_a_host_of_events_elsewhere_are_not_known(hosted: Any, told: Any) -> None:
    for number, host in ((8, 2), (9, 9)):
        key = hosted.event(
            number,
            "2025-11-15 18:00",
            "2025-11-15 20:00",
            hosts=(host,),
            channels=(),
            has_check_ins=host == 9,
        )
    hosted.came(key, range(11, 21), minutes=0)  # checked in: nobody knows for how long
    report = await told(hosts_asked)
    assert lines(report, "host_hours")[:4] == [
        "Member 2 carried 5 h · was 0 h",
        "Member 3 carried 5 h · was 0 h",
        "Member 9 carried – · was 0 h",
        "Member 1 carried 0 h · was 15 h",
    ]
    assert lines(report, "host_events")[:4] == [
        "Member 2 led 2 (1 elsewhere, hours not known) · was 0",
        "Member 3 led 1 · was 0",
        "Member 9 led 1 (1 elsewhere, hours not known) · was 0",
        "Member 1 led 0 · was 1",
    ]
    told_as = {
        kpi["subject"]: (kpi["current"]["value"], kpi["why_empty"], kpi["caveats"])
        for section in to_json(report)["sections"]
        for kpi in section["kpis"]
        if kpi["name"] == "host_hours"
    }
    reason = "1 event held elsewhere: how long people stayed is not known."
    assert told_as["member:9"] == (None, "not recorded", [reason])
    assert told_as["member:2"] == (5.0, "", [reason])
    assert told_as["member:1"] == (0.0, "", [])
    row = next(
        row
        for row in csv.DictReader(StringIO(to_csv(report)))
        if (row["kpi"], row["subject"]) == ("host_hours", "member:9")
    )
    assert (row["value"], row["why_empty"]) == ("", "not recorded")


async def test_the_hours_that_the_finding_is_made_of_stand_below_it(hosted: Any, told: Any) -> None:
    report = await told(hosts_asked)
    # in the four weeks to 16 November: 1 twice, 10 and 15 hours; 2 and 3 share 10 and 10; before: 1, 10 hours
    assert report.finding == (
        "One host carried 56 % of the event hours of 4 weeks; in the 4 before the busiest one carried 100 %."
    ).replace(" %", f"{NB}%")
    assert lines(report, "attendee_hours") == ["Hours at events 45 h in 4 weeks · was 10 h"]
    assert lines(report, "host_hours_of_4_weeks") == [
        "Member 1 carried 25 h in 4 weeks · was 10 h",
        "Member 2 carried 10 h in 4 weeks · was 0 h",
        "Member 3 carried 10 h in 4 weeks · was 0 h",
    ]
    rows = list(csv.DictReader(StringIO(to_csv(report))))
    of_each = [row for row in rows if row["kpi"] == "host_hours_of_4_weeks"]
    assert [(row["subject"], row["value"]) for row in of_each] == [
        ("member:1", "25.0"),
        ("member:2", "10.0"),
        ("member:3", "10.0"),
    ]
    told_in_json = [kpi for section in to_json(report)["sections"] for kpi in section["kpis"]]
    of_all, of_some = (
        {kpi["name"] for kpi in told_in_json if bool(kpi["cut"]) is cut} for cut in (False, True)
    )
    assert not of_all & of_some  # a name is either the whole's or a host's


async def test_a_file_withholds_whose_hours_of_four_weeks_are_of_few(hosted: Any, told: Any) -> None:
    report = await told(hosts_asked, min_group=11)
    # 1 held them for 20 people, 2 and 3 for ten
    assert [kpi.current.value for kpi in kpis(report, "host_hours_of_4_weeks")] == [25, None, None]


@pytest.mark.parametrize(
    ("since", "by_tier"),
    [
        ("2025-11-16 23:59", ["Captain carried 10 h · was 15 h"]),
        ("2025-11-17 00:00", ["Captain carried 5 h · was 15 h", "Member carried 5 h · was 0 h"]),
    ],
)
async def test_hosts_are_of_the_tier_that_they_had_when_the_period_ended(
    hosted: Any, told: Any, since: str, by_tier: list[str]
) -> None:
    hosted.role(2, CAPTAIN, since)
    report = await told(hosts_asked)
    assert [text for text in lines(report, "host_hours") if "Member 1" not in text][2:] == by_tier


async def test_attendance_and_return_are_of_twelve_weeks(hosted: Any, told: Any) -> None:
    report = await told(hosts_asked)
    # 1 led the 1st, 2nd and 4th: 10, 10 and 15 people; 2 and 3 the 3rd and the 5th: 10 and 10;
    # captains are 1 and 3: all five, (10 + 10 + 10 + 15 + 10) / 5
    assert lines(report, "host_attendance") == [
        "Member 1, each time 12",
        "Member 2, each time 10",
        "Member 3, each time 10",
        "Captain, each time 11",
        "Member, each time 10",
    ]
    # by 1: the 1st and 2nd are followed by two more: 10 of 10 came again to each; the 4th is pending;
    # by 2 and 3: the 3rd, of whose 10 all came to the 5th; the 5th is pending
    assert lines(report, "host_returned") == [
        "Member 1, came again 100 % (20/20)",
        "Member 2, came again 100 % (10/10)",
        "Member 3, came again 100 % (10/10)",
        "Captain, came again 100 % (30/30)",
        "Member, came again 100 % (10/10)",
    ]
    # hours of four weeks: 2nd 10 by 1, 3rd 5 each, 4th 15 by 1, 5th 5 each: 25, 10 and 10 of 45;
    # before them 1 alone led the 1st
    assert report.finding.replace(NB, " ") == (
        "One host carried 56 % of the event hours of 4 weeks; in the 4 before the busiest one carried 100 %."
    )


async def test_of_less_than_four_weeks_the_hosts_finding_says_since_when(hosted: Any, told: Any) -> None:
    hosted.covered.clear()
    hosted.recorded("2025-11-01 00:00", NOW, sources=("voice", "members", "commands", "events"))
    report = await told(hosts_asked)
    assert report.finding.replace(NB, " ").endswith("of the event hours since Sat 1 Nov.")


async def test_bots_and_who_withdrew_are_no_hosts(hosted: Any, told: Any) -> None:
    hosted.member(1, is_bot=True)
    hosted.member(2, withdrawn_at_ms=hosted.ms(NOW))
    report = await told(hosts_asked)
    assert {kpi.subject for kpi in kpis(report, "host_hours")} == {"member:3", "tier:captain"}
    # 3 has the hours that 2 shared
    assert lines(report, "host_hours")[0] == "Member 3 carried 10 h · was 0 h"


async def test_hours_of_few_people_are_withheld_in_a_file_with_what_would_tell_them(
    hosted: Any, told: Any
) -> None:
    for number, (host, people) in enumerate(((4, range(31, 34)), (5, range(11, 21))), 6):
        key = hosted.event(number, "2025-11-15 18:00", "2025-11-15 20:00", hosts=(host,), series=f"s{number}")
        hosted.came(key, people, minutes=60)
    report = await told(hosts_asked, min_group=5)
    hours = {kpi.cut: kpi.current.value for kpi in kpis(report, "host_hours") if "member:" in kpi.subject}
    assert hours["Member 4"] is None
    assert [cut for cut, value in hours.items() if value is None] == ["Member 2", "Member 4"]
    attended = {kpi.subject: kpi.current.value for kpi in kpis(report, "host_attendance")}
    assert (attended["member:4"], attended["member:5"]) == (None, 10)
    assert report.figures == ()


async def test_a_gap_lowers_what_is_known_of_hosts(hosted: Any, told: Any) -> None:
    hosted.covered.clear()
    hosted.recorded("2025-06-01 00:00", "2025-11-10 00:00", sources=SOURCES)
    hosted.recorded("2025-11-12 12:00", NOW, sources=SOURCES)
    report = await told(hosts_asked)
    for name, share in (("host_hours", 4.5 / 7), ("host_events", 4.5 / 7), ("host_attendance", 81.5 / 84)):
        kpi = kpis(report, name)[0]
        assert kpi.current.coverage == pytest.approx(share, abs=1e-3), name
        assert any("not recorded Mon 10 Nov" in caveat for caveat in kpi.caveats), name


# ----------------------------------------------------------------- one member


async def test_a_members_attendance_across_events(club: Any, warehouse: Any) -> None:
    hold(club, [[1, 2]] * 9 + [[2]] * 3)
    hold(club, [[1]] * 2, "Chess")
    hold(club, [[2]], "Raid")
    club.came(club.key(11), [1], None, "unknown")
    club.spell(1, f"{SUNDAYS[1]} 00:00")
    await club.write(warehouse)
    async with warehouse.reading() as conn:
        occurrences = await load_occurrences(conn, club.guild_id, 0, club.ms(NOW))
        keys = [one.key for one in occurrences]
        attendance = await load_attendance_since(conn, club.guild_id, keys)
        membership = Membership.of(await load_spells(conn, club.guild_id), 7)
    series = all_series(occurrences, attendance, People(), membership)
    inhouse, chess = attendance_across(1, series, membership)
    # of twelve: at the first, before they joined, they were seen all the same; 9 attended, 10 and 12 missed,
    # of the 11th nobody knows
    assert (len(inhouse.attended), len(inhouse.held), inhouse.unknown) == (9, 11, 1)
    assert inhouse.missed_in_a_row == 2
    assert member_attendance(inhouse).current.coverage == pytest.approx(11 / 12)
    assert (chess.series.title, len(chess.attended), chess.missed_in_a_row) == ("Chess", 2, 0)
    assert [line(kpi).plain().replace(NB, " ") for kpi in map(member_attendance, [inhouse, chess])] == [
        "Inhouse, attended 82 % (9/11)",
        "Chess, attended 2/2",
    ]


# ------------------------------------------------------------------ as a table


async def test_an_events_attendance_is_a_table_by_member_number(club: Any, warehouse: Any) -> None:
    key = club.event(1, "2025-11-09 20:00", "2025-11-09 22:00", title="=1+1\u202e", hosts=(3,))
    club.came(key, [3], "interested", early=True, minutes=90)
    club.came(key, [4], "interested", "absent")
    club.came(key, [5])
    club.member(5, withdrawn_at_ms=club.ms(NOW))
    await club.write(warehouse)
    rows = list(csv.reader(StringIO(attendance_to_csv(await club.occurrence(warehouse, key, NOW)))))
    began = "2025-11-09T20:00:00+01:00"
    about = [f"1@{key.original_start_ms}", "'=1+1", began, "held"]
    assert rows == [
        list(COLUMNS),
        [
            *about,
            "3",
            "attended",
            "interested",
            "90",
            began,
            "2025-11-09T21:30:00+01:00",
            "yes",
            "",
            "",
            "yes",
        ],
        [*about, "4", "absent", "interested", "0", "", "", "no", "", "", "no"],
    ]
