"""From what Discord said to what the reports say: the odd evenings of a guild, each checked by hand.

Everything is in UTC. Half an event of two hours would be an hour, so that ten minutes are attendance.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from reports.event import event
from reports.event_report import EventReport, OccurrenceKey
from reports.lines import line
from reports.settings import ReportSettings
from storage.database import Warehouse
from storage.fold import Folder
from storage.rules import Rules

MONDAY, TUESDAY = "2026-03-02", "2026-03-03"
BEGINNING, NOW = "2026-03-01 12:00", "2026-03-20 12:00"
RULES = Rules()
NB = "\u00a0"


class Story:
    """A history, told in any order, and what the report on one of its events says."""

    def __init__(self, warehouse: Warehouse, history: Any, at: Any) -> None:
        self.warehouse = warehouse
        self.history = history
        self.at = at
        self.gaps: list[tuple[str, str]] = []

    def visits(self, channel: int, day: str, **stays: tuple[str, str]) -> None:
        """`p1=("20:00", "21:00")`: person 1 was there so long."""
        for person, (start, end) in stays.items():
            self.history.voice(int(person[1:]), channel, f"{day} {start}")
            self.history.voice(int(person[1:]), None, f"{day} {end}")

    async def report(self, event_id: int, original_start: str) -> EventReport:
        border = BEGINNING
        for start, end in self.gaps:
            self.history.covered(border, start)
            self.history.covered(start, end, "gap")
            border = end
        self.history.covered(border, NOW)
        rows = sorted(self.history.rows, key=lambda row: row.occurred_to_ms)
        self.history.rows[:] = [
            msgspec.structs.replace(row, position=number) for number, row in enumerate(rows, 1)
        ]
        await self.history.logged(self.warehouse)
        folder = Folder(self.warehouse, RULES)
        while not (await folder.advance(1, 5000)).caught_up:
            pass
        key = OccurrenceKey(event_id, self.at(original_start))
        async with self.warehouse.reading() as conn:
            return await event(conn, 1, ReportSettings(), RULES, key, self.at(NOW))


@pytest.fixture
async def story(warehouse: Warehouse, history: Any, at: Any) -> Story:
    """Four people; an event of eight to ten in channel 50."""
    history.lists_members(BEGINNING, dict.fromkeys(range(1, 13), 0))
    history.schedules(901, BEGINNING, f"{MONDAY} 20:00", f"{MONDAY} 22:00")
    return Story(warehouse, history, at)


def said(report: EventReport, *names: str) -> list[str]:
    kpis = [kpi for section in report.sections for kpi in section.kpis if kpi.name in names]
    return [line(kpi).plain().replace(NB, " ") for kpi in kpis]


def came(report: EventReport) -> dict[int, tuple[str, float]]:
    return {person.member_no: (person.status, person.minutes) for person in report.people}


async def test_one_that_starts_early_is_measured_from_there(story: Story) -> None:
    story.history.starts(901, f"{MONDAY} 19:40")
    story.history.ends(901, f"{MONDAY} 22:00")
    story.visits(50, MONDAY, p1=("19:30", "22:00"), p2=("19:50", "21:00"), p3=("20:00", "22:00"))
    report = await story.report(901, f"{MONDAY} 20:00")
    assert report.when == "Mon 2 Mar 2026, 19:40–22:00"
    # from 19:40: 1 for 140 minutes and not for the 10 before, 2 from 19:50 on for 70, 3 for 120
    assert came(report) == {1: ("attended", 140), 2: ("attended", 70), 3: ("attended", 120)}
    # 120 is in the middle; 330 minutes in all, a third of which is 110
    assert said(report, "attendee_minutes_median", "attendee_minutes_mean", "early_attendees") == [
        "Stayed, median 2 h",
        "Stayed, mean 110 min",
        "There at the start 1 of 3",
    ]


async def test_one_to_which_more_came_than_fit_in_says_so(story: Story) -> None:
    story.history.has_places(50, 2, f"{MONDAY} 12:00")
    story.history.starts(901, f"{MONDAY} 20:00")
    story.history.ends(901, f"{MONDAY} 22:00")
    # they take turns: two at a time, three in all
    story.visits(50, MONDAY, p1=("20:00", "22:00"), p2=("20:00", "21:00"), p3=("21:00", "22:00"))
    report = await story.report(901, f"{MONDAY} 20:00")
    assert said(report, "overflow") == ["More than fit in 1 (2 places, 3 came)"]


async def test_one_that_was_moved_is_held_when_it_was_moved_to(story: Story) -> None:
    story.history.edits(
        901,
        f"{MONDAY} 12:00",
        scheduled_start_ms=f"{TUESDAY} 18:00",
        scheduled_end_ms=f"{TUESDAY} 20:00",
    )
    story.history.starts(901, f"{TUESDAY} 18:05")
    story.history.ends(901, f"{TUESDAY} 19:45")
    story.visits(50, MONDAY, p1=("20:00", "22:00"), p2=("20:00", "22:00"))  # who had not heard of it
    story.visits(50, TUESDAY, p2=("18:00", "19:45"), p3=("18:05", "19:00"))
    report = await story.report(901, f"{MONDAY} 20:00")  # its first start stays its name
    # until 19:00, the last moment with two people: 18:05–19:00
    assert report.when == "Tue 3 Mar 2026, 18:05–19:00"
    assert came(report) == {2: ("attended", 55), 3: ("attended", 55)}


async def test_one_that_was_cancelled_says_who_was_interested(story: Story) -> None:
    for person in (1, 2, 3):
        story.history.answers(person, 901, f"{MONDAY} 10:00")
    story.history.calls_off(901, f"{MONDAY} 18:00")
    story.visits(50, MONDAY, p1=("20:00", "22:00"), p2=("20:00", "22:00"), p3=("20:00", "22:00"))
    report = await story.report(901, f"{MONDAY} 20:00")
    assert (report.outcome, report.sections) == ("cancelled", ())
    assert report.finding == "It was cancelled. 3 people were interested."
    assert {status for status, _ in came(report).values()} == {"none"}


async def test_one_that_nobody_started_was_held_with_three_for_half_of_it(story: Story) -> None:
    # all three from 20:30 to 21:30: half of the planned time
    story.visits(50, MONDAY, p1=("20:00", "22:00"), p2=("20:30", "22:00"), p3=("20:30", "21:30"))
    report = await story.report(901, f"{MONDAY} 20:00")
    assert report.outcome == "held_unstarted"
    assert came(report) == {1: ("attended", 120), 2: ("attended", 90), 3: ("attended", 60)}
    assert (
        "Nobody pressed start: that it was held is concluded from who was in its channels." in report.caveats
    )


async def test_with_a_minute_less_it_was_not_held(story: Story) -> None:
    story.visits(50, MONDAY, p1=("20:00", "22:00"), p2=("20:30", "22:00"), p3=("20:31", "21:30"))
    report = await story.report(901, f"{MONDAY} 20:00")
    assert (report.outcome, report.finding) == ("not_held", "It was not held.")


async def test_one_that_recurs_is_another_each_week(story: Story) -> None:
    story.history.schedules(902, BEGINNING, f"{TUESDAY} 20:00", f"{TUESDAY} 22:00", recurs=True)
    weeks = (TUESDAY, "2026-03-10", "2026-03-17", "2026-03-24")
    for day, following, people in zip(weeks, weeks[1:], ((1, 2, 3), (2, 3), (3, 4)), strict=False):
        story.history.starts(902, f"{day} 20:00")
        story.visits(50, day, **{f"p{person}": ("20:00", "22:00") for person in people})
        story.history.moves_on(902, f"{day} 22:00", f"{following} 20:00")
    report = await story.report(902, "2026-03-10 20:00")
    assert came(report) == {2: ("attended", 120), 3: ("attended", 120)}
    # both were at the first, neither is new; 3 came to the third, and the fourth is still to come
    assert said(report, "attendees", "first_timers", "came_to_the_one_before", "returned_next") == [
        "Came 2 (2 walked in) · last time 3 · too few",
        "First time here 0/2",
        "At the one before 2/2",
        "At the next one 1/2",
    ]
    assert said(report, "returned_next_two") == []


async def test_a_gap_in_the_middle_decides_for_nobody_it_can_hide(story: Story) -> None:
    for person in range(1, 12):
        story.history.answers(person, 901, f"{MONDAY} 10:00")
    story.history.starts(901, f"{MONDAY} 20:00")
    story.history.lists_answers(901, f"{MONDAY} 20:00", dict.fromkeys(range(1, 12), 1))
    story.history.ends(901, f"{MONDAY} 22:00")
    story.gaps = [(f"{MONDAY} 20:30", f"{MONDAY} 21:00")]
    story.visits(50, MONDAY, p1=("20:00", "20:30"), p2=("20:05", "20:20"), p3=("21:01", "22:00"))
    story.visits(50, MONDAY, p4=("21:05", "22:00"))
    report = await story.report(901, f"{MONDAY} 20:00")
    # 1 was there until the gap and 3 soon after it, each for over 10 minutes: nothing is left to decide;
    # of the others a gap of 30 minutes could hide the 10 that make an attendee
    assert {number: status for number, (status, _) in came(report).items()} == {
        **dict.fromkeys((1, 2, 3, 4), "attended"),
        **dict.fromkeys(range(5, 12), "unknown"),
    }
    assert said(report, "unknown_shows", "no_show_rate", "show_rate") == [
        "No-shows 0/4",
        "Interested who came 4/4",
        "Not known 7",
    ]
    # 90 of 120 minutes were recorded: below 80 % nothing is compared
    attendees = next(kpi for section in report.sections for kpi in section.kpis if kpi.name == "attendees")
    assert attendees.current.coverage == 0.75
    assert any("not recorded Mon 2 Mar, 20:30–21:00" in caveat for caveat in report.caveats)
    # whether anybody was there in the first half is not wholly known
    assert said(report, "drop_off") == ["Gone before 75 % –"]
    assert said(report, "presence_at") == ["There at 25 % –", "There at 50 % 0", "There at 75 % 2"]


async def test_one_that_ends_after_the_last_two_left_is_trimmed(story: Story) -> None:
    story.history.starts(901, f"{MONDAY} 20:00")
    story.history.ends(901, f"{TUESDAY} 01:00")  # forgotten
    story.visits(50, MONDAY, p1=("20:00", "21:00"), p2=("20:00", "22:00"), p3=("20:00", "23:30"))
    report = await story.report(901, f"{MONDAY} 20:00")
    # 3 stayed alone from 22:00 on: that is no event any more
    assert report.when == "Mon 2 Mar 2026, 20:00–22:00"
    assert came(report) == {1: ("attended", 60), 2: ("attended", 120), 3: ("attended", 120)}
    # at 75 %, 21:30, two were there; of the three of the first half 1 was gone by then
    assert said(report, "presence_at", "drop_off") == [
        "There at 25 % 3",
        "There at 50 % 2",
        "There at 75 % 2",
        "Gone before 75 % 1/3",
    ]
