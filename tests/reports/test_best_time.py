"""When those who come to a series are usually here: by hand, then through the report."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from reports.asked import Asked
from reports.best_time import (
    HOUR_MS,
    SLOTS,
    Hour,
    Time,
    UsuallyHere,
    best_time,
    hours_of,
    usual_hours,
    usual_slot,
    usually_here,
)
from reports.best_time_section import drawn_elsewhere
from reports.event_report import OccurrenceKey
from reports.lines import line
from reports.occurrence_records import Occurrence, Stay
from reports.periods import day_number, parse_period
from reports.series_report import series_asked
from reports.turnout import People

ZONE = "Europe/Berlin"
NOW = "2025-11-20 14:00"
SUNDAY = day_number(date(2025, 11, 16))
SUN_19, SUN_20, SUN_21 = 6 * 24 + 19, 6 * 24 + 20, 6 * 24 + 21
TEN = 10 * 60_000
NB = "\u00a0"


def hour(hours: list[Hour], week: int, slot: int) -> Hour:
    return next(one for one in hours if (one.week, one.slot) == (week, slot))


def test_twelve_weeks_have_every_hour_but_where_the_clocks_change() -> None:
    hours = hours_of(SUNDAY, ZONE)  # 25 August to 16 November; the clocks go back on 26 October
    assert len(hours) == 12 * SLOTS + 1
    assert hours[0].slot == 0
    assert [one.week for one in hours if one.slot == 6 * 24 + 2].count(8) == 2
    spring = hours_of(day_number(date(2026, 4, 5)), ZONE)  # forward on 29 March: no hour from two to three
    assert len(spring) == 12 * SLOTS - 1
    assert [one.week for one in spring if one.slot == 6 * 24 + 2] == [*range(10), 11]


def stays(hours: list[Hour], member_no: int, slot: int, weeks: range, minutes: int = 60) -> list[Stay]:
    starts = [hour(hours, week, slot).span[0] for week in weeks]
    return [Stay(member_no, start, start + minutes * 60_000) for start in starts]


def test_usually_is_in_at_least_half_of_the_weeks() -> None:
    hours = hours_of(SUNDAY, ZONE)
    here = usually_here(
        [
            *stays(hours, 1, SUN_20, range(6)),  # 6 of 12
            *stays(hours, 2, SUN_20, range(5)),  # 5 of 12
            *stays(hours, 3, SUN_20, range(12), minutes=9),  # never for 10 minutes
            *stays(hours, 4, SUN_20, range(12), minutes=70),  # and 10 minutes of the hour after
        ],
        hours,
        [],
        TEN,
    )
    assert here.by_slot[SUN_20] == People([1, 4])
    assert here.by_slot[SUN_21] == People([4])
    assert here.at(SUN_20, 2) == People([4])
    assert len(here.by_slot) == SLOTS


def test_two_channels_in_one_hour_are_one_presence() -> None:
    hours = hours_of(SUNDAY, ZONE)
    moved = [
        Stay(1, start + at, start + at + 6 * 60_000)
        for week in range(12)
        for start in [hour(hours, week, SUN_20).span[0]]
        for at in (0, 6 * 60_000)
    ]
    assert usually_here(moved, hours, [], TEN).by_slot[SUN_20] == People([1])


def test_weeks_in_which_the_hour_was_not_recorded_are_in_neither_number() -> None:
    hours = hours_of(SUNDAY, ZONE)
    came = stays(hours, 1, SUN_20, range(4))  # of 12; where 5 were missed of 7, and that is more than half
    missed = [hour(hours, week, SUN_20).span for week in range(5, 10)]
    assert usually_here(came, hours, [], TEN).by_slot[SUN_20] == People()
    assert usually_here(came, hours, missed, TEN).by_slot[SUN_20] == People([1])
    # a fifth of an hour may be missed, not more
    short = [(start, start + HOUR_MS // 5) for start, _ in missed]
    assert usually_here(came, hours, short, TEN).by_slot[SUN_20] == People()
    # an hour that was recorded in fewer than 6 weeks says nothing
    more = [hour(hours, week, SUN_20).span for week in range(4, 11)]
    assert SUN_20 not in usually_here(came, hours, more, TEN).by_slot


def occurrence(start_ms: int, minutes: int = 120) -> Occurrence:
    window = (start_ms, start_ms + minutes * 60_000)
    return Occurrence(
        key=OccurrenceKey(1, start_ms),
        series="s",
        title="s",
        event_type=None,
        channels=(7,),
        scheduled=window,
        outcome="held",
        began_ms=start_ms,
        window=window,
        voice_gap_ms=0,
        rsvps_listed=True,
        is_declared=False,
        is_from_file=False,
        is_estimated=False,
        is_seen_whole=True,
        told_held=None,
        has_check_ins=False,
        capacity=None,
    )


def at_slots(**people: set[int]) -> UsuallyHere:
    by_slot = {slot: People() for slot in range(SLOTS)}
    return UsuallyHere(by_slot | {int(slot.removeprefix("at")): People(who) for slot, who in people.items()})


def test_its_own_time_is_where_most_were_planned() -> None:
    hours = hours_of(SUNDAY, ZONE)
    sundays = [hour(hours, week, SUN_19).span[0] for week in range(12)]
    held = [occurrence(sundays[0] + 3 * HOUR_MS), *(occurrence(at + 17 * 60_000) for at in sundays[1:4])]
    assert usual_slot(held, ZONE) == SUN_19  # 19:17 is nearest to 19; in winter and in summer
    assert usual_slot([], ZONE) is None
    assert usual_hours([occurrence(0, 150), occurrence(0, 100), occurrence(0, 130)]) == 2
    assert usual_hours([occurrence(0, 20)]) == 1
    assert usual_hours([]) == 1


def test_the_best_time_has_most_people_in_every_hour_of_it() -> None:
    hours = hours_of(SUNDAY, ZONE)
    held = [occurrence(hour(hours, 3, SUN_19).span[0])]
    here = at_slots(at163={1, 2}, at164={1, 2, 3, 4}, at165={2, 3, 4, 9})
    found = best_time(People([1, 2, 3, 4]), here, held, ZONE)
    assert found is not None
    # 19–21: {1, 2} & {1, 2, 3, 4} = 2; 20–22: {2, 3, 4} of these people = 3, though 9 is there, too
    assert (found.best.text, found.best.here) == ("Sun 20–22", 3)
    assert found.own is not None
    assert (found.own.text, found.own.here) == ("Sun 19–21", 2)


def test_of_equal_times_its_own_is_best() -> None:
    hours = hours_of(SUNDAY, ZONE)
    held = [occurrence(hour(hours, 3, SUN_19).span[0], 60)]
    found = best_time(People([1]), at_slots(at5={1}, at163={1}), held, ZONE)
    assert found is not None
    assert found.best == found.own


def test_where_nobody_is_usually_here_there_is_no_best_time() -> None:
    assert best_time(People([1]), at_slots(at5={2}), [occurrence(0, 60)], ZONE) is None
    assert best_time(People([1]), UsuallyHere({}), [occurrence(0, 60)], ZONE) is None


def test_a_time_reaches_over_midnight_and_into_the_next_week() -> None:
    here = at_slots(at167={1, 2}, at0={1, 2})
    found = best_time(People([1, 2]), here, [occurrence(0, 120)], ZONE)
    assert found is not None
    assert (found.best.text, found.best.here) == ("Sun 23–01", 2)


# ------------------------------------------------------------------ the report


@pytest.fixture
def club(guild: Any) -> Any:
    """A Sunday inhouse at 19, to which 12 people come; all but 1 and 2 stay until 22, every week."""
    guild.recorded("2025-06-01 00:00", NOW, sources=("voice", "members", "commands", "events"))
    guild.present(guild.days("2025-08-01", "2025-11-20"), range(1, 13))
    for back in range(12):
        day = date(2025, 11, 16) - timedelta(weeks=back)
        key = guild.event(back + 1, f"{day} 19:00", f"{day} 21:00")
        guild.came(key, range(1, 13))
        for number in range(1, 13):
            start, end = ("19:00", "21:00") if number < 3 else ("19:55", "22:00")
            guild.voice(number, f"{day} {start}", f"{day} {end}", {str(day): 60})
    return guild


async def asked(club: Any, warehouse: Any, min_group: int = 0) -> Any:
    period = parse_period("2025-W46", club.zone, "monday", club.ms(NOW))
    async with warehouse.reading() as conn:
        return await series_asked(
            conn,
            club.guild_id,
            club.settings(min_group=min_group),
            club.rules,
            Asked(period, club.ms(NOW)),
        )


def said(report: Any) -> list[str]:
    names = ("series_best_time", "series_own_time")
    kpis = [kpi for section in report.sections for kpi in section.kpis if kpi.name in names]
    return [line(kpi).plain().replace(NB, " ") for kpi in kpis]


async def test_it_stands_beside_when_the_series_is_held(club: Any, warehouse: Any) -> None:
    await club.write(warehouse)
    report = await asked(club, warehouse)
    # 19–20: 1 and 2 for the whole hour, the others for 5 minutes; 20–21: all; 21–22: all but 1 and 2
    assert said(report) == [
        "Sunday Inhouse, best Sun 20–22: regulars usually here 10 of 12",
        "Sunday Inhouse, now Sun 19–21: regulars usually here 2 of 12",
    ]
    title = next(section.title for section in report.sections if section.title.startswith("When"))
    assert title.replace(NB, " ") == "When they are here · 25 Aug – 16 Nov, 100 % recorded"


async def test_who_left_bots_and_who_withdrew_are_not_asked_for(club: Any, warehouse: Any) -> None:
    club.leaves_on("2025-11-10", [12])
    club.member(11, withdrawn_at_ms=club.ms(NOW))
    await club.write(warehouse)
    assert said(await asked(club, warehouse))[0].endswith("usually here 8 of 10")


async def test_nine_people_are_too_few(club: Any, warehouse: Any) -> None:
    club.leaves_on("2025-11-10", [10, 11, 12])
    await club.write(warehouse)
    report = await asked(club, warehouse)
    assert said(report) == []
    assert "No best time of Sunday Inhouse: fewer than 10 people." in report.caveats


async def test_below_80_percent_of_recorded_voice_nothing_is_said(club: Any, warehouse: Any) -> None:
    club.covered.clear()
    club.recorded("2025-06-01 00:00", NOW, sources=("members", "commands", "events"))
    club.recorded("2025-09-12 00:00", NOW, sources=("voice",))  # 18 of 84 days are missing: 78.6 %
    await club.write(warehouse)
    report = await asked(club, warehouse)
    assert said(report) == []
    assert [caveat.replace(NB, " ") for caveat in report.caveats if "best time" in caveat] == [
        "No best time: 79 % of voice in 25 Aug – 16 Nov was recorded."
    ]


async def test_in_a_file_few_people_are_withheld(club: Any, warehouse: Any) -> None:
    await club.write(warehouse)
    # two of twelve are not there at the best time, two are at its own
    assert said(await asked(club, warehouse, min_group=5)) == [
        "Sunday Inhouse, best Sun 20–22: regulars usually here –",
        "Sunday Inhouse, now Sun 19–21: regulars usually here –",
    ]


NOTE = "Best times also count people who came for another series: Sunday Inhouse at the time of Late Draft."


@pytest.fixture
def two_series(club: Any) -> Any:
    """After it a late draft from 21 to 22, to which ten others come."""
    for back in range(12):
        day = date(2025, 11, 16) - timedelta(weeks=back)
        key = club.event(100 + back, f"{day} 21:00", f"{day} 22:00", title="Late Draft", series="event:late")
        club.came(key, range(3, 13))
    return club


async def test_it_says_where_another_series_may_be_why_they_are_here(two_series: Any, warehouse: Any) -> None:
    await two_series.write(warehouse)
    assert NOTE in (await asked(two_series, warehouse)).caveats


async def test_of_a_time_that_is_withheld_it_does_not(two_series: Any, warehouse: Any) -> None:
    await two_series.write(warehouse)
    assert NOTE not in (await asked(two_series, warehouse, min_group=5)).caveats


def test_who_is_drawn_by_another_series_is_told_of_times_that_overlap() -> None:
    taken = {"Inhouse": frozenset({SUN_19, SUN_20}), "Draft": frozenset({3}), "Café": frozenset()}
    assert drawn_elsewhere({"Draft": Time(SUN_20, 2, 9)}, taken) == (
        "Best times also count people who came for another series: Draft at the time of Inhouse.",
    )
    assert drawn_elsewhere({"Inhouse": Time(SUN_20, 2, 9)}, taken) == ()  # its own
    assert drawn_elsewhere({"Draft": Time(SUN_21, 2, 9), "Café": Time(4, 1, 9)}, taken) == ()
