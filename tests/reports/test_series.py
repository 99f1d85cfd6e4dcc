"""How series fare and who carries the events: as of the end of week 46."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from reports.figures import EventsFigure, HoldingState, HostsFigure
from reports.lines import line
from reports.periods import parse_period

NOW = "2025-11-20 14:00"
SUNDAYS = [str(date(2025, 11, 16) - timedelta(weeks=back)) for back in range(11, -1, -1)]
NB = "\u00a0"


@pytest.fixture
def club(guild: Any) -> Any:
    guild.recorded("2025-06-01 00:00", NOW, sources=("voice", "members", "commands", "events"))
    return guild


@pytest.fixture
def told(club: Any, warehouse: Any) -> Any:
    async def report(**settings: Any) -> Any:
        await club.write(warehouse)
        period = parse_period("2025-W46", club.zone, "monday", club.ms(NOW))
        return await club.detail(warehouse, "events", period, NOW, **settings)

    return report


def hold(guild: Any, people: list[Any], title: str = "Inhouse", **columns: Any) -> None:
    """A series held on the Sundays up to 16 November, with these people."""
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


def figure(report: Any, kind: type) -> Any:
    return next((one for one in report.figures if isinstance(one, kind)), None)


def lines(report: Any, name: str) -> list[str]:
    kpis = [kpi for section in report.sections for kpi in section.kpis if kpi.name == name]
    return [line(kpi).plain().replace(NB, " ") for kpi in kpis]


async def test_the_last_four_stand_beside_the_four_before(club: Any, told: Any) -> None:
    sizes = [30, 20, 20, 20, 20, 10, 10, 10, 10]
    hold(club, [range(1, size + 1) for size in sizes])
    report = await told()
    # 11–20 came to none of the last four and to all four before: ten people with −4 each, p = 2/2^10
    assert lines(report, "series_mean") == ["Inhouse, average 10 · was 20 · ▼ clearly worse"]
    # of the last 8: four times 20, four times 10
    assert lines(report, "series_median") == ["Inhouse, median 15"]
    assert lines(report, "series_peak") == ["Inhouse, peak 20"]
    shown = figure(report, EventsFigure)
    assert shown.headline == "Inhouse is fading: 10, was 20"
    (row,) = shown.rows
    assert [holding.people for holding in row.holdings] == [20, 20, 20, 20, 10, 10, 10, 10]
    assert (row.average, row.note, row.is_worse) == (10, "was 20 · clear", True)
    assert report.finding == "Inhouse is fading: 10, was 20."


async def test_few_held_are_not_compared_and_fewer_not_ranked(club: Any, told: Any) -> None:
    hold(club, [range(1, 13)] * 7, "Seven")
    hold(club, [range(1, 21)] * 3, "Three")
    hold(club, [range(1, 31)] * 2, "Two")
    report = await told()
    assert lines(report, "series_mean") == ["Seven, average 12", "Three, average 20"]
    rows = {row.name: row for row in figure(report, EventsFigure).rows}
    assert list(rows) == ["Three", "Seven", "Two"]
    assert (rows["Seven"].average, rows["Seven"].note) == (12, "7 held")
    assert (rows["Two"].average, rows["Two"].note) == (None, "2 held: no rank")
    assert [holding.state for holding in rows["Two"].holdings] == [HoldingState.NONE] * 6 + [
        HoldingState.HELD
    ] * 2
    assert figure(report, EventsFigure).headline == "Three leads: 20 a time"


async def test_what_was_not_held_is_a_cross_and_what_was_not_recorded_grey(club: Any, told: Any) -> None:
    hold(club, [range(1, 13)] * 5)
    club.occurrences[1] |= {"outcome": "not_held", "window_start_ms": None, "window_end_ms": None}
    club.occurrences[2] |= {"outcome": "unknown", "window_start_ms": None, "window_end_ms": None}
    club.occurrences[3] |= {"voice_gap_ms": 25 * 60_000}  # of 120 minutes: 79 % recorded
    report = await told()
    states = [holding.state for holding in figure(report, EventsFigure).rows[0].holdings[-5:]]
    assert [str(state) for state in states] == ["held", "not held", "gap", "gap", "held"]
    footer = figure(report, EventsFigure).footer
    assert footer == "× not held · 19 Oct – 16 Nov 2025 · 3 held, 2 fully recorded · grey: gap"
    assert lines(report, "series_mean") == []  # two of them count


async def test_who_came_again(club: Any, told: Any) -> None:
    # at each the people of the one before, but for five who are new
    hold(club, [range(1, 11), range(6, 16), range(11, 21), range(16, 26)])
    report = await told()
    # followed by a next one: 3 × 10 attendances, each time 5 again
    assert lines(report, "series_returned_next") == ["Inhouse, came again, next 50 % (15/30)"]
    # followed by two: 2 × 10; at the next or the one after that again only those five
    assert lines(report, "series_returned_next_two") == ["Inhouse, came again, next two 50 % (10/20)"]


async def test_whom_a_gap_hid_is_neither_back_nor_gone(club: Any, told: Any) -> None:
    hold(club, [range(1, 13), range(1, 9), range(1, 13)], voice_gap_ms=20 * 60_000)
    club.came(club.key(2), range(9, 12), None, "unknown")
    # at the second nobody knows of 9–11, and 12 did not come; at the third all eight did
    assert lines(await told(), "series_returned_next") == ["Inhouse, came again, next 94 % (16/17)"]


async def test_bots_and_withdrawn_people_came_to_nothing(club: Any, told: Any) -> None:
    hold(club, [range(1, 13)] * 4)
    club.member(1, is_bot=True)
    club.member(2, withdrawn_at_ms=club.ms(NOW))
    assert lines(await told(), "series_mean") == ["Inhouse, average 10"]


async def test_titles_are_cut_to_one_visible_line(club: Any, told: Any) -> None:
    hold(club, [range(1, 13)] * 3, "In\u202ehouse\n\x07 of the very long name that goes on")
    assert lines(await told(), "series_mean") == ["Inhouse of the very lon…, average 12"]


async def test_a_series_with_few_people_is_not_shown_in_a_channel(club: Any, told: Any) -> None:
    hold(club, [range(1, 4)] * 3)
    report = await told(min_group=5)
    assert lines(report, "series_mean") == ["Inhouse, average –"]
    assert report.figures == ()
    assert report.finding == "No event was held that can be shown."


async def test_one_of_few_people_hides_what_it_could_be_worked_out_from(club: Any, told: Any) -> None:
    hold(club, [range(1, 13)] * 7 + [range(1, 4)])
    report = await told(min_group=5)
    for name in ("series_mean", "series_median", "series_peak", "series_returned_next"):
        (line,) = lines(report, name)
        assert line.endswith(" –")
    assert report.figures == ()
    club.guild_id += 1_000_000
    assert lines(await told(), "series_peak") == ["Inhouse, peak 12"]


async def test_the_same_few_who_come_again_and_again_stay_few(club: Any, told: Any) -> None:
    # of 34 attendances that a next one followed 6 were not again: twice the same three people
    hold(club, [range(1, 11), range(1, 8)] * 2 + [range(1, 11)])
    hold(club, [[1, 2]] * 6, "Duo")
    report = await told(min_group=5)
    assert lines(report, "series_returned_next") == ["Duo, came again, next –", "Inhouse, came again, next –"]
    assert lines(report, "series_peak") == ["Duo, peak –", "Inhouse, peak 10"]
    club.guild_id += 1_000_000
    assert lines(await told(), "series_returned_next") == [
        "Duo, came again, next 100 % (10/10)",
        "Inhouse, came again, next 82 % (28/34)",
    ]


@pytest.fixture
def hosted(club: Any) -> Any:
    """Four events of one hour with 10 people each: two by 1, one by 2 and 3 together, one by 4."""
    for number, hosts in enumerate(((1,), (1,), (2, 3), (4,))):
        day = SUNDAYS[-4 + number]
        key = club.event(number + 1, f"{day} 20:00", f"{day} 22:00", hosts=hosts)
        club.came(key, range(11, 21), minutes=60)
        club.came(key, range(21, 31), "interested", "partial", minutes=5)
    return club


async def test_co_hosts_share_the_hours_and_each_carry_the_event(hosted: Any, told: Any) -> None:
    report = await told()
    shown = figure(report, HostsFigure)
    # 40 attendee-hours: 20 by 1, 10 by 4, 5 each by 2 and 3
    assert [(bar.member_no, bar.share, bar.events, bar.leads) for bar in shown.bars] == [
        (1, 0.5, 2, True),
        (4, 0.25, 1, True),
        (2, 0.125, 1, False),
        (3, 0.125, 1, False),
    ]
    assert all(bar.name == "" for bar in shown.bars)
    # 1 alone has half, not more than half
    assert shown.headline == f"Two hosts carry 75{NB}% of the event hours"
    # 1 / (1/4 + 1/16 + 2/64) = 2.909
    assert shown.footer == f"Like 2.9 equal hosts · co-hosts share hours · recorded 100{NB}%"
    assert shown.subtitle == "Attendee-hours per host, 20 Oct – 16 Nov 2025"
    assert lines(report, "top_two_hosts_share") == ["Two hosts carry 75 % (30/40 h) in 4 weeks"]
    assert lines(report, "effective_hosts") == ["Hosts, as if equal 2.9 in 4 weeks"]
    assert lines(report, "attendee_hours") == ["Hours at events 40 h in 4 weeks"]


async def test_the_four_weeks_before_stand_beside(hosted: Any, told: Any) -> None:
    key = hosted.event(9, f"{SUNDAYS[-5]} 20:00", f"{SUNDAYS[-5]} 22:00", hosts=(4,))
    hosted.came(key, range(11, 21), minutes=60)
    report = await told()
    assert lines(report, "top_two_hosts_share") == ["Two hosts carry 75 % (30/40 h) in 4 weeks · was 100 %"]
    assert "was 1.0" in figure(report, HostsFigure).footer


async def test_bots_and_withdrawn_people_host_nothing(hosted: Any, told: Any) -> None:
    hosted.member(1, is_bot=True)
    hosted.member(2, withdrawn_at_ms=hosted.ms(NOW))
    shown = figure(await told(), HostsFigure)
    # what 1 hosted is nobody's; 3 has the hours that 2 shared
    assert [(bar.member_no, bar.share) for bar in shown.bars] == [(3, 0.5), (4, 0.5)]


async def test_who_held_an_event_where_nobody_is_seen_is_no_host_without_hours(
    hosted: Any, told: Any
) -> None:
    hosted.event(9, f"{SUNDAYS[-1]} 14:00", f"{SUNDAYS[-1]} 18:00", hosts=(5,), channels=(), title="LAN")
    shown = figure(await told(), HostsFigure)
    assert [bar.member_no for bar in shown.bars] == [1, 4, 2, 3]


async def test_many_hosts_are_put_together(club: Any, told: Any) -> None:
    for number in range(1, 9):
        key = club.event(
            number, f"2025-11-{number + 2:02} 20:00", f"2025-11-{number + 2:02} 22:00", hosts=(number,)
        )
        club.came(key, range(11, 11 + number + 10), minutes=60)
    bars = figure(await told(), HostsFigure).bars
    assert [bar.member_no for bar in bars] == [8, 7, 6, 5, 4, None]
    assert (bars[-1].name, bars[-1].events) == ("3 others", 3)
    assert sum(bar.share for bar in bars) == pytest.approx(1)


async def test_hosts_are_never_shown_in_a_channel(hosted: Any, told: Any) -> None:
    assert figure(await told(min_group=5), HostsFigure) is None


async def test_a_host_of_events_elsewhere_is_not_said_to_carry_nothing(hosted: Any, told: Any) -> None:
    key = hosted.event(9, "2025-11-15 20:00", "2025-11-15 22:00", channels=(), hosts=(5,))
    hosted.came(key, range(11, 21), "interested", "unknown")
    hosted.event(10, "2025-11-14 20:00", "2025-11-14 22:00", hosts=(6,))  # nobody came to it
    shown = figure(await told(), HostsFigure)
    assert [bar.member_no for bar in shown.bars] == [1, 4, 2, 3]
    assert f"4 hosts, largest shares 50{NB}%, 25{NB}%, 12{NB}%, 12{NB}%." in shown.alt_text.replace(
        "13", "12"
    )


async def test_hardly_recorded_weeks_stand_beside_neither_the_number_nor_in_the_picture(
    hosted: Any, told: Any
) -> None:
    key = hosted.event(9, f"{SUNDAYS[-5]} 20:00", f"{SUNDAYS[-5]} 22:00", hosts=(4,))
    hosted.came(key, range(11, 21), minutes=60)
    hosted.covered.clear()
    hosted.recorded("2025-10-12 00:00", NOW, sources=("voice", "members", "commands", "events"))
    report = await told()
    assert lines(report, "effective_hosts") == ["Hosts, as if equal 2.9 in 4 weeks"]
    assert "was" not in figure(report, HostsFigure).footer
