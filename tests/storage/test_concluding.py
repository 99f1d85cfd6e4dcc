"""Whether an event was held, who attended, who hosted: stories, from the log to the rows (docs/kpis.md)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from sqlalchemy import Row, Table, select

from storage.database import Warehouse
from storage.day_sets import load
from storage.fold import Folder
from storage.rebuild import verify
from storage.rules import EventRules, EventTypeRule, Rules
from storage.tables import (
    activity_sessions,
    attendance,
    attendance_days,
    daily_activity,
    event_occurrences,
    event_series,
    event_stays,
    occurrence_hosts,
)

MINUTE, HOUR = 60_000, 3_600_000
BEGINNING, EIGHT, TEN, NIGHT = "2026-03-02 12:00", "2026-03-02 20:00", "2026-03-02 22:00", "2026-03-03 02:00"
NEXT_WEEK = "2026-03-09 20:00"
MONDAY = 20514
HOST = 7
TEAMS = EventTypeRule("Teams", titles=("inhouse*",), channels=(50, 51), host_roles=(HOST,), usual_minutes=90)
RULES = Rules(events=EventRules(types=(TEAMS,)))


def clock(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%H:%M")


class Evening:
    """A history, and what its tables say of the events."""

    def __init__(self, warehouse: Warehouse, history: Any) -> None:
        self.warehouse = warehouse
        self.history = history
        self.covered_to = BEGINNING
        self.told_rows = 0

    def visits(self, person: int, *stays: tuple[int, str, str]) -> None:
        for channel, start, end in stays:
            self.history.voice(person, channel, f"2026-03-02 {start}")
            self.history.voice(person, None, f"2026-03-02 {end}")

    def missed(self, start: str, end: str) -> None:
        self.history.covered(self.covered_to, start)
        self.history.covered(start, end, "gap")
        self.covered_to = end

    async def told(self, until: str = NIGHT, rules: Rules = RULES, limit: int = 5000) -> None:
        self.history.covered(self.covered_to, until)
        self.covered_to = until
        await self.told_so_far(rules, limit)

    async def told_so_far(self, rules: Rules = RULES, limit: int = 5000) -> None:
        """Stories are told person by person, and happen in the order of time."""
        rows = self.history.rows
        new = sorted(rows[self.told_rows :], key=lambda row: row.occurred_to_ms)
        rows[self.told_rows :] = [
            msgspec.structs.replace(row, position=number)
            for number, row in enumerate(new, self.told_rows + 1)
        ]
        self.told_rows = len(rows)
        await self.history.logged(self.warehouse)
        folder = Folder(self.warehouse, rules)
        while not (await folder.advance(1, limit)).caught_up:
            pass
        assert await verify(self.warehouse, 1, rules) == []

    async def rows(self, table: Table) -> list[Row[Any]]:
        async with self.warehouse.reading() as conn:
            return list((await conn.execute(select(table).order_by(*table.primary_key))).all())

    async def occurrence(self) -> Row[Any]:
        (row,) = await self.rows(event_occurrences)
        return row

    async def held(self) -> tuple[str, int | None, int | None]:
        row = await self.occurrence()
        return row.outcome, row.window_start_ms, row.window_end_ms

    async def people(self) -> dict[int, tuple[str | None, str, float]]:
        return {
            row.member_no: (row.rsvp, row.status, row.presence_ms / MINUTE)
            for row in await self.rows(attendance)
        }

    async def hosts(self) -> set[tuple[int, str]]:
        return {(row.member_no, row.reason) for row in await self.rows(occurrence_hosts)}


@pytest.fixture
def evening(sqlite_warehouse: Warehouse, history: Any) -> Evening:
    """An inhouse of eight to ten."""
    history.schedules(901, BEGINNING, EIGHT, TEN, creator=9)
    return Evening(sqlite_warehouse, history)


class TestTheWindow:
    async def test_it_lasts_until_the_last_moment_with_two(self, evening: Evening, at: Any) -> None:
        evening.history.starts(901, "2026-03-02 19:50")
        evening.visits(1, (50, "19:40", "22:20"))
        evening.visits(2, (50, "20:00", "22:10"))
        evening.history.ends(901, "2026-03-02 22:25")
        await evening.told()
        assert await evening.held() == ("held", at("2026-03-02 19:50"), at("2026-03-02 22:10"))
        assert (await evening.people())[1] == (None, "attended", 140)

    async def test_before_it_begins_it_is_coming(self, evening: Evening) -> None:
        evening.history.answers(1, 901, "2026-03-02 13:00")
        await evening.told("2026-03-02 21:00")
        assert await evening.held() == ("coming", None, None)
        assert await evening.people() == {}

    async def test_while_it_runs_it_reaches_as_far_as_is_known(self, evening: Evening, at: Any) -> None:
        evening.history.starts(901, EIGHT)
        evening.history.voice(1, 50, EIGHT)
        evening.history.voice(2, 50, "2026-03-02 20:05")
        await evening.told("2026-03-02 20:12")
        assert await evening.held() == ("running", at(EIGHT), at("2026-03-02 20:12"))
        assert await evening.people() == {1: (None, "attended", 12), 2: (None, "partial", 7)}

    async def test_nobody_but_one_came(self, evening: Evening) -> None:
        evening.history.starts(901, EIGHT)
        evening.visits(1, (50, "20:00", "21:00"))
        evening.visits(2, (52, "20:00", "21:00"))
        evening.history.ends(901, TEN)
        await evening.told()
        assert await evening.held() == ("not_held", None, None)
        assert (await evening.people(), await evening.hosts()) == ({}, set())

    async def test_nobody_pressed_start_and_they_played_all_the_same(self, evening: Evening, at: Any) -> None:
        evening.visits(1, (50, "20:10", "22:00"))
        evening.visits(2, (50, "20:10", "21:40"))
        evening.visits(3, (51, "20:20", "21:20"))
        await evening.told()
        assert await evening.held() == ("held_unstarted", at(EIGHT), at("2026-03-02 21:40"))

    async def test_three_for_less_than_half_of_it_do_not_hold_it(self, evening: Evening) -> None:
        evening.visits(1, (50, "20:10", "22:00"))
        evening.visits(2, (50, "20:10", "21:40"))
        evening.visits(3, (51, "20:20", "21:19"))
        await evening.told()
        assert (await evening.held())[0] == "not_held"

    async def test_without_an_end_it_lasts_as_long_as_is_usual(self, evening: Evening, at: Any) -> None:
        evening.history.edits(901, "2026-03-02 13:00", scheduled_end_ms=None)
        for person in (1, 2, 3):
            evening.visits(person, (50, "20:45", "23:00"))
        await evening.told()
        assert await evening.held() == ("held_unstarted", at(EIGHT), at("2026-03-02 21:30"))

    async def test_an_end_before_its_start_is_none(self, evening: Evening, at: Any) -> None:
        evening.history.edits(901, "2026-03-02 13:00", scheduled_end_ms="2026-03-02 19:00")
        for person in (1, 2, 3):
            evening.visits(person, (50, "20:00", "23:00"))
        await evening.told()
        assert await evening.held() == ("held_unstarted", at(EIGHT), at("2026-03-02 21:30"))
        assert (await evening.occurrence()).scheduled_end_ms is None

    async def test_called_off_before_its_start(self, evening: Evening) -> None:
        evening.history.calls_off(901, "2026-03-02 19:59")
        for person in (1, 2, 3):
            evening.visits(person, (50, "20:00", "22:00"))
        await evening.told()
        assert await evening.held() == ("cancelled", None, None)

    async def test_called_off_after_its_start_those_who_were_there_decide(self, evening: Evening) -> None:
        for person in (1, 2, 3):
            evening.visits(person, (50, "20:00", "22:00"))
        evening.history.calls_off(901, "2026-03-02 23:00")  # as Discord does it, after hours
        await evening.told()
        assert (await evening.held())[0] == "held_unstarted"

    async def test_moved_it_is_where_it_was_moved_to(self, evening: Evening, at: Any) -> None:
        evening.history.edits(
            901,
            "2026-03-02 19:00",
            scheduled_start_ms="2026-03-02 21:00",
            scheduled_end_ms="2026-03-02 23:00",
        )
        for person in (1, 2, 3):
            evening.visits(person, (50, "20:00", "22:30"))
        await evening.told()
        assert await evening.held() == ("held_unstarted", at("2026-03-02 21:00"), at("2026-03-02 22:30"))

    async def test_a_recurring_one_is_held_week_by_week(self, evening: Evening) -> None:
        history = evening.history
        history.rows.clear()
        history.schedules(900, BEGINNING, EIGHT, TEN, recurs=True)
        history.starts(900, EIGHT)
        for person in (1, 2):
            evening.visits(person, (50, "20:00", "21:00"))
        history.ends(900, TEN, following=NEXT_WEEK)
        history.answers(1, 900, "2026-03-03 12:00", original=NEXT_WEEK)
        await evening.told("2026-03-10 12:00")
        outcomes = [row.outcome for row in await evening.rows(event_occurrences)]
        assert outcomes == ["held", "not_held"]

    @pytest.mark.parametrize("is_started", [False, True])
    @pytest.mark.parametrize("is_vanished", [False, True])
    async def test_hidden_it_counts_nowhere(
        self, evening: Evening, is_started: bool, is_vanished: bool
    ) -> None:
        for person in (1, 2, 3):
            evening.visits(person, (50, "20:00", "22:00"))
        if is_started:
            evening.history.starts(901, EIGHT)
        if is_vanished:
            evening.history.lists_events("2026-03-02 20:59")
        await evening.told("2026-03-02 20:59")
        evening.history.hides(901, "2026-03-02 21:00")
        await evening.told()
        for table in (event_occurrences, event_series, attendance, daily_activity):
            assert not [
                row for row in await evening.rows(table) if getattr(row, "activity", "event") == "event"
            ]

    async def test_one_that_was_hidden_and_is_not_any_more_goes_on(self, evening: Evening) -> None:
        for person in (1, 2, 3):
            evening.visits(person, (50, "20:00", "22:00"))
        evening.history.hides(901, "2026-03-02 13:00")
        await evening.told("2026-03-02 14:00")
        evening.history.edits(901, "2026-03-02 15:00")
        await evening.told()
        assert (await evening.held())[0] == "held_unstarted"
        assert [row.title for row in await evening.rows(event_series)] == ["Inhouse"]

    async def test_what_was_held_of_a_series_before_it_was_hidden_stays(self, evening: Evening) -> None:
        history = evening.history
        history.rows.clear()
        history.schedules(900, BEGINNING, EIGHT, TEN, recurs=True)
        history.starts(900, EIGHT)
        for person in (1, 2):
            evening.visits(person, (50, "20:00", "22:00"))
        history.ends(900, TEN, following=NEXT_WEEK)
        history.hides(900, "2026-03-03 12:00")
        await evening.told("2026-03-10 12:00")
        assert (await evening.held())[0] == "held"

    async def test_vanished_it_was_as_long_as_planned(self, evening: Evening, at: Any) -> None:
        evening.history.starts(901, EIGHT)
        for person in (1, 2):
            evening.visits(person, (50, "20:00", "22:30"))
        evening.history.lists_events("2026-03-02 23:30")
        await evening.told()
        assert await evening.held() == ("held", at(EIGHT), at(TEN))

    async def test_vanished_before_its_time_nobody_knows(self, evening: Evening) -> None:
        evening.history.lists_events("2026-03-02 15:00")
        await evening.told("2026-03-02 16:00")
        assert (await evening.held())[0] == "unknown"


class TestWhereTwoOverlap:
    """Nobody started the one: presence that belongs to the other, which was started, does not hold it."""

    @pytest.fixture
    def two(self, evening: Evening) -> Evening:
        evening.history.schedules(902, BEGINNING, EIGHT, TEN, title="Duplicate")
        for person in (1, 2, 3, 4):
            evening.visits(person, (50, "20:00", "22:00"))
        return evening

    async def outcomes(self, evening: Evening) -> list[str]:
        return [row.outcome for row in await evening.rows(event_occurrences)]

    @pytest.mark.parametrize("limit", [1, 5000])
    async def test_a_duplicate_that_nobody_started_was_not_held(self, two: Evening, limit: int) -> None:
        two.history.starts(901, EIGHT)
        two.history.ends(901, TEN)
        await two.told(limit=limit)
        assert await self.outcomes(two) == ["held", "not_held"]
        assert {row.event_id for row in await two.rows(attendance)} == {901}
        assert {row.presence_ms for row in await two.rows(attendance_days)} == {2 * HOUR}

    async def test_the_next_one_that_was_moved_onto_tonight_was_not_held(self, evening: Evening) -> None:
        history = evening.history
        history.rows.clear()
        history.schedules(900, BEGINNING, EIGHT, TEN, recurs=True)
        history.excepts(900, NEXT_WEEK, "2026-03-02 13:00", EIGHT, TEN)
        history.starts(900, EIGHT)
        for person in (1, 2, 3):
            evening.visits(person, (50, "20:00", "22:00"))
        history.moves_on(900, TEN, NEXT_WEEK)
        await evening.told()
        assert await self.outcomes(evening) == ["held", "not_held"]

    async def test_both_were_held_where_somebody_started_both(self, two: Evening) -> None:
        for number in (901, 902):
            two.history.starts(number, EIGHT)
            two.history.ends(number, TEN)
        await two.told()
        assert await self.outcomes(two) == ["held", "held"]

    async def test_in_another_channel_its_presence_is_its_own(self, two: Evening) -> None:
        two.history.edits(902, "2026-03-02 13:00", channel_id="52")
        for person in (5, 6, 7):
            two.visits(person, (52, "20:00", "22:00"))
        two.history.starts(901, EIGHT)
        two.history.ends(901, TEN)
        await two.told()
        assert await self.outcomes(two) == ["held", "held_unstarted"]
        assert {row.member_no for row in await two.rows(attendance) if row.event_id == 902} == {5, 6, 7}

    async def test_what_the_other_leaves_is_enough_or_not(self, two: Evening, at: Any) -> None:
        two.history.starts(901, EIGHT)
        two.history.ends(901, "2026-03-02 20:45")
        await two.told()
        assert await self.outcomes(two) == ["held", "held_unstarted"]
        assert {row.presence_ms // MINUTE for row in await two.rows(attendance) if row.event_id == 902} == {
            75
        }

    async def test_staff_telling_of_the_other_takes_it_away_afterwards(self, two: Evening) -> None:
        two.history.calls_off(901, "2026-03-02 19:00")
        await two.told()
        assert await self.outcomes(two) == ["cancelled", "held_unstarted"]
        two.history.declares(77, "2026-03-03 03:00", EIGHT, TEN)
        await two.told("2026-03-03 04:00")
        assert await self.outcomes(two) == ["held", "cancelled", "not_held"]

    @pytest.mark.parametrize(
        ("channel", "outcomes"), [("50", ["held", "not_held"]), ("52", ["held", "unknown"])]
    )
    async def test_a_gap_leaves_it_open_only_where_presence_could_be_its_own(
        self, two: Evening, channel: str, outcomes: list[str]
    ) -> None:
        two.history.edits(902, "2026-03-02 13:00", channel_id=channel)
        two.history.starts(901, EIGHT)
        two.history.ends(901, TEN)
        two.missed("2026-03-02 20:30", "2026-03-02 21:45")
        await two.told()
        assert await self.outcomes(two) == outcomes

    async def test_hidden_the_other_takes_nothing_away(self, two: Evening) -> None:
        two.history.starts(901, EIGHT)
        two.history.hides(901, "2026-03-02 20:30")
        await two.told()
        assert await self.outcomes(two) == ["held_unstarted"]


class TestAttended:
    @pytest.mark.parametrize(
        ("minutes", "status"), [(9, "partial"), (10, "attended")], ids=["nine minutes", "ten"]
    )
    async def test_ten_minutes_are_enough(self, evening: Evening, minutes: int, status: str) -> None:
        evening.history.starts(901, EIGHT)
        for person in (1, 2):
            evening.visits(person, (50, "20:00", "22:00"))
        evening.visits(3, (50, "21:00", f"21:{minutes:02}"))
        evening.history.ends(901, TEN)
        await evening.told()
        assert (await evening.people())[3] == (None, status, minutes)

    @pytest.mark.parametrize(("minutes", "status"), [(5, "partial"), (6, "attended")])
    async def test_half_of_a_short_event_is_enough(self, evening: Evening, minutes: int, status: str) -> None:
        evening.history.starts(901, EIGHT)
        for person in (1, 2):
            evening.visits(person, (50, "20:00", "20:12"))
        evening.visits(3, (50, "20:03", f"20:{3 + minutes:02}"))
        evening.history.ends(901, "2026-03-02 20:30")
        await evening.told()
        assert (await evening.people())[3] == (None, status, minutes)

    @pytest.mark.parametrize(("back", "minutes"), [("20:10", 13), ("20:11", 8)])
    async def test_a_break_of_five_minutes_is_none(self, evening: Evening, back: str, minutes: int) -> None:
        evening.history.starts(901, EIGHT)
        for person in (1, 2):
            evening.visits(person, (50, "20:00", "22:00"))
        until = f"20:{int(back[-2:]) + 3}"
        evening.visits(3, (50, "20:00", "20:05"), (50, back, until))
        evening.history.ends(901, TEN)
        await evening.told()
        assert (await evening.people())[3][2] == minutes

    async def test_a_lobby_that_splits_into_teams_stays_one_attendance(self, evening: Evening) -> None:
        evening.history.starts(901, EIGHT)
        for person, team in ((1, 50), (2, 51), (3, 51)):
            evening.history.voice(person, 50, EIGHT)
            evening.history.voice(person, team, "2026-03-02 20:06")
            evening.history.voice(person, None, "2026-03-02 20:14")
        evening.history.ends(901, TEN)
        await evening.told()
        assert await evening.people() == dict.fromkeys((1, 2, 3), (None, "attended", 14))

    async def test_coming_early_is_being_on_time_and_earns_nothing(self, evening: Evening) -> None:
        evening.history.starts(901, EIGHT)
        evening.visits(1, (50, "19:00", "20:05"))
        evening.visits(2, (50, "20:01", "22:00"))
        evening.visits(3, (50, "20:01", "22:00"))
        evening.history.ends(901, TEN)
        await evening.told()
        rows = {row.member_no: row for row in await evening.rows(attendance)}
        assert (rows[1].status, rows[1].presence_ms, rows[1].is_early) == ("partial", 5 * MINUTE, True)
        assert (rows[2].status, rows[2].is_early) == ("attended", False)

    async def test_what_lies_in_a_span_is_marked(self, evening: Evening) -> None:
        evening.history.starts(901, EIGHT)
        evening.visits(1, (50, "20:00", "22:00"))
        evening.history.voice(2, 50, "2026-03-02 20:10", until="2026-03-02 20:20")
        evening.history.voice(2, None, TEN)
        evening.history.ends(901, TEN)
        await evening.told()
        rows = {row.member_no: row for row in await evening.rows(attendance)}
        assert (rows[2].presence_ms, rows[2].is_estimated) == (100 * MINUTE, True)
        assert not rows[1].is_estimated

    async def test_elsewhere_nobody_can_be_seen(self, evening: Evening, at: Any) -> None:
        evening.history.rows.clear()
        evening.history.schedules(902, BEGINNING, EIGHT, TEN, channel=None, title="Pub", creator=9)
        evening.history.answers(1, 902, "2026-03-02 13:00")
        evening.history.starts(902, EIGHT)
        evening.visits(2, (50, "20:00", "22:00"))
        evening.history.ends(902, TEN)
        await evening.told()
        assert await evening.held() == ("held", at(EIGHT), at(TEN))
        assert await evening.people() == {1: ("interested", "unknown", 0)}
        assert await evening.rows(attendance_days) == []


class TestAnswersAtTheStart:
    async def test_what_each_had_said(self, evening: Evening) -> None:
        history = evening.history
        for person in (1, 2, 3, 4):
            history.answers(person, 901, "2026-03-02 13:00")
        history.takes_back(2, 901, "2026-03-02 19:00")  # an hour before
        history.takes_back(3, 901, "2026-03-02 18:59")
        history.answers(5, 901, "2026-03-02 20:01")
        history.starts(901, EIGHT)
        for person in (4, 6):
            evening.visits(person, (50, "20:00", "22:00"))
        history.ends(901, TEN)
        await evening.told()
        assert await evening.people() == {
            1: ("interested", "absent", 0),
            2: ("late_cancel", "absent", 0),
            4: ("interested", "attended", 120),
            6: (None, "attended", 120),
        }

    async def test_an_answer_to_the_occurrence_beats_the_standing_one(self, evening: Evening) -> None:
        history = evening.history
        history.rows.clear()
        history.schedules(900, BEGINNING, EIGHT, TEN, recurs=True)
        for person in (1, 2, 3):
            history.answers(person, 900, "2026-03-02 13:00")
        history.answers(2, 900, "2026-03-02 14:00", original=EIGHT, response=0)
        history.answers(3, 900, "2026-03-02 14:00", original=EIGHT)
        history.answers(4, 900, "2026-03-02 14:00", original=NEXT_WEEK)
        history.starts(900, EIGHT)
        for person in (8, 9):
            evening.visits(person, (50, "20:00", "22:00"))
        history.ends(900, TEN, following=NEXT_WEEK)
        await evening.told()
        said = {who: rsvp for who, (rsvp, _, _) in (await evening.people()).items()}
        assert said == {1: "standing", 2: "declined", 3: "interested", 8: None, 9: None}

    async def test_a_list_after_the_start_brings_those_who_answered_in_a_gap(self, evening: Evening) -> None:
        history = evening.history
        evening.missed("2026-03-02 18:00", "2026-03-02 19:00")
        history.starts(901, EIGHT)
        for person in (8, 9):
            evening.visits(person, (50, "20:00", "22:00"))
        history.lists_answers(901, "2026-03-02 20:01", {1: 1, 8: 1})
        history.ends(901, TEN)
        await evening.told(limit=3)
        assert await evening.people() == {
            1: ("interested", "absent", 0),
            8: ("interested", "attended", 120),
            9: (None, "attended", 120),
        }
        assert (await evening.occurrence()).rsvps_listed

    async def test_an_answer_that_is_known_late_counts_when_it_was_given(self, evening: Evening) -> None:
        evening.missed("2026-03-02 18:00", "2026-03-02 19:00")
        evening.history.starts(901, EIGHT)
        for person in (8, 9):
            evening.visits(person, (50, "20:00", "22:00"))
        evening.history.ends(901, TEN)
        await evening.told("2026-03-02 22:10")
        evening.history.lists_answers(901, "2026-03-02 22:10", {1: 1})
        await evening.told_so_far()
        assert (await evening.people())[1] == ("interested", "absent", 0)


class TestGaps:
    async def test_one_that_could_lift_somebody_leaves_it_open(self, evening: Evening) -> None:
        history = evening.history
        for person in (3, 4, 5):
            history.answers(person, 901, "2026-03-02 13:00")
        history.starts(901, EIGHT)
        evening.visits(1, (50, "20:00", "20:59"), (50, "21:08", "22:00"))
        evening.visits(2, (50, "20:00", "20:59"), (50, "21:08", "22:00"))
        evening.visits(3, (50, "20:00", "20:02"))
        evening.visits(4, (50, "20:00", "20:01"))
        evening.missed("2026-03-02 21:00", "2026-03-02 21:08")
        history.lists_voice("2026-03-02 21:08", {})
        history.ends(901, TEN)
        await evening.told()
        people = await evening.people()
        assert {who: status for who, (_, status, _) in people.items()} == {
            1: "attended",
            2: "attended",
            3: "unknown",  # 2 minutes and 8 could be 10
            4: "partial",
            5: "absent",
        }
        assert (await evening.occurrence()).voice_gap_ms == 8 * MINUTE

    async def test_who_stayed_into_it_may_have_stayed_through_it(self, evening: Evening, at: Any) -> None:
        evening.history.starts(901, EIGHT)
        evening.history.voice(1, 50, EIGHT)
        evening.history.voice(2, 50, EIGHT)
        evening.missed("2026-03-02 21:00", "2026-03-02 21:30")
        evening.history.lists_voice("2026-03-02 21:30", {})
        evening.history.ends(901, TEN)
        await evening.told()
        assert await evening.held() == ("held", at(EIGHT), at("2026-03-02 21:30"))

    async def test_one_without_company_may_have_had_it_then(self, evening: Evening) -> None:
        evening.history.answers(1, 901, "2026-03-02 13:00")
        evening.history.starts(901, EIGHT)
        evening.missed("2026-03-02 21:00", "2026-03-02 21:30")
        evening.history.ends(901, TEN)
        await evening.told()
        assert (await evening.held())[0] == "unknown"
        assert await evening.people() == {1: ("interested", "unknown", 0)}
        assert await evening.hosts() == set()

    async def test_one_that_is_found_out_later_changes_what_was_concluded(self, evening: Evening) -> None:
        evening.history.starts(901, EIGHT)
        evening.history.ends(901, TEN)
        await evening.told()
        assert (await evening.held())[0] == "not_held"
        evening.history.covered("2026-03-02 20:30", "2026-03-02 21:00", "gap", sources=["voice"])
        await evening.told_so_far()
        assert (await evening.held())[0] == "unknown"
        evening.history.covered("2026-03-02 20:30", "2026-03-02 21:00", "late", sources=["voice"])
        await evening.told_so_far()
        assert (await evening.held())[0] == "not_held"

    async def test_one_that_turns_out_longer_changes_it_too(self, evening: Evening) -> None:
        evening.missed("2026-03-02 18:00", "2026-03-02 19:00")
        evening.history.starts(901, EIGHT)
        evening.history.ends(901, TEN)
        evening.visits(1, (52, "23:00", "23:10"))
        await evening.told_so_far()
        assert (await evening.held())[0] == "not_held"
        evening.missed("2026-03-02 19:00", "2026-03-02 21:00")
        await evening.told_so_far()
        assert (await evening.held())[0] == "unknown"

    async def test_the_first_record_may_become_known_last(self, evening: Evening) -> None:
        evening.history.starts(901, EIGHT)
        evening.history.ends(901, TEN)
        evening.visits(1, (52, "23:00", "23:10"))
        await evening.told_so_far()
        assert (await evening.held())[0] == "unknown"
        await evening.told()
        assert (await evening.held())[0] == "not_held"

    async def test_before_the_first_record_nobody_was_seen(self, evening: Evening) -> None:
        evening.history.starts(901, EIGHT)
        evening.history.ends(901, TEN)
        evening.covered_to = TEN
        await evening.told()
        assert (await evening.held())[0] == "unknown"


class TestHosts:
    async def meet(self, evening: Evening, hosts: tuple[int, ...] = ()) -> set[tuple[int, str]]:
        for host in hosts:
            evening.history.changes(host, "2026-03-02 13:00", roles=[HOST])
        evening.history.starts(901, EIGHT)
        for person in (1, 2):
            evening.visits(person, (50, "20:00", "22:00"))
        evening.history.ends(901, TEN)
        await evening.told()
        return await evening.hosts()

    async def test_attendees_with_the_role_host(self, evening: Evening) -> None:
        assert await self.meet(evening, hosts=(1, 2, 3)) == {(1, "role"), (2, "role")}

    async def test_else_whoever_made_it(self, evening: Evening) -> None:
        assert await self.meet(evening, hosts=(3,)) == {(9, "creator")}

    async def test_a_role_that_came_later_is_none(self, evening: Evening) -> None:
        evening.history.changes(1, "2026-03-02 20:01", roles=[HOST])
        assert await self.meet(evening) == {(9, "creator")}

    async def test_a_role_known_late_changes_who_hosted(self, evening: Evening) -> None:
        assert await self.meet(evening) == {(9, "creator")}
        evening.history.changes(2, "2026-03-02 19:00", roles=[HOST])
        await evening.told_so_far()
        assert await evening.hosts() == {(2, "role")}


class TestDays:
    async def test_presence_is_dated_and_makes_people_active(self, evening: Evening) -> None:
        history = evening.history
        history.edits(
            901,
            "2026-03-02 13:00",
            scheduled_start_ms="2026-03-02 23:00",
            scheduled_end_ms="2026-03-03 01:00",
        )
        history.starts(901, "2026-03-02 23:00")
        for person, end in ((1, "2026-03-03 00:30"), (2, "2026-03-03 00:40"), (3, "2026-03-02 23:05")):
            history.voice(person, 50, "2026-03-02 23:00")
            history.voice(person, None, end)
        history.ends(901, "2026-03-03 01:00")
        history.declares(990, NIGHT, "2026-03-03 00:00", "2026-03-03 00:20", hosts=(1,))
        await evening.told("2026-03-03 03:00")
        rows = [row for row in await evening.rows(daily_activity) if row.activity == "event"]
        found = {(row.local_day, row.member_no): (row.count, row.duration_ms // MINUTE) for row in rows}
        tuesday = MONDAY + 1
        assert found == {
            (MONDAY, 1): (1, 60),
            (MONDAY, 2): (1, 60),
            (tuesday, 1): (2, 30 + 20),
            (tuesday, 2): (2, 30 + 20),
        }
        async with evening.warehouse.reading() as conn:
            sets = (await load(conn, 1, ("event",), MONDAY, tuesday))["event"]
        assert {day: set(people) for day, people in sets.items()} == {MONDAY: {1, 2}, tuesday: {1, 2}}

    async def test_a_night_in_which_the_clocks_change(
        self, sqlite_warehouse: Warehouse, history: Any
    ) -> None:
        evening = Evening(sqlite_warehouse, history)
        history.schedules(901, BEGINNING, "2026-10-24 21:00", "2026-10-25 03:00")
        history.starts(901, "2026-10-24 21:00")
        for person in (1, 2):
            history.voice(person, 50, "2026-10-24 21:00")
            history.voice(person, None, "2026-10-25 03:00")
        history.ends(901, "2026-10-25 03:00")
        await evening.told("2026-10-25 04:00", Rules(zone="Europe/Berlin"))
        hours = [row.presence_ms / HOUR for row in await evening.rows(attendance_days) if row.member_no == 1]
        assert hours == [1, 5], "midnight in Berlin is 22:00 in UTC"

    async def test_what_is_no_more_so_leaves_no_row(self, evening: Evening) -> None:
        evening.history.starts(901, EIGHT)
        evening.history.voice(1, 50, EIGHT)
        await evening.told("2026-03-02 21:00")
        assert await evening.people() == {1: (None, "attended", 60)}
        assert len(await evening.rows(attendance_days)) == len(await evening.hosts()) == 1
        evening.history.ends(901, TEN)
        await evening.told()
        assert (await evening.held())[0] == "not_held", "nobody else came"
        assert await evening.rows(attendance) == await evening.rows(attendance_days) == []
        assert [row for row in await evening.rows(daily_activity) if row.activity == "event"] == []
        async with evening.warehouse.reading() as conn:
            assert (await load(conn, 1, ("event",), MONDAY, MONDAY))["event"] == {}


class TestLinkedStays:
    """Which sessions fell into which occurrence that was held. They stay whole."""

    async def links(self, evening: Evening, event: int = 901) -> list[tuple[int, int, str]]:
        """Of an event: member, channel and start of the sessions, which are there as they were."""
        rows = await evening.rows(event_stays)
        keys = {(s.member_no, s.start_ms, s.channel_id) for s in await evening.rows(activity_sessions)}
        assert {(row.member_no, row.start_ms, row.channel_id) for row in rows} <= keys
        own = [row for row in rows if row.event_id == event]
        return [(row.member_no, row.channel_id, clock(row.start_ms)) for row in own]

    async def test_each_session_that_reaches_into_it_is_linked_whole(self, evening: Evening) -> None:
        evening.history.starts(901, EIGHT)
        evening.visits(1, (50, "19:00", "20:30"), (51, "20:40", "23:00"))
        evening.visits(2, (51, "20:00", "21:30"), (52, "21:35", "21:50"))
        evening.visits(3, (50, "19:00", "19:55"), (50, "22:00", "22:10"))
        evening.history.ends(901, TEN)
        await evening.told()
        assert await self.links(evening) == [(1, 50, "19:00"), (1, 51, "20:40"), (2, 51, "20:00")]
        (whole,) = [row for row in await evening.rows(activity_sessions) if clock(row.start_ms) == "20:40"]
        assert clock(whole.end_ms) == "23:00"

    @pytest.mark.parametrize("limit", [1, 5000])
    async def test_they_are_renewed_with_what_is_concluded(self, evening: Evening, limit: int) -> None:
        evening.history.starts(901, EIGHT)
        evening.history.voice(1, 50, EIGHT)
        await evening.told("2026-03-02 21:00", limit=limit)
        assert await self.links(evening) == [(1, 50, "20:00")], "it runs, and may yet be held"
        evening.history.ends(901, TEN)
        await evening.told(limit=limit)
        assert await self.links(evening) == [], "nobody else came: it was not held"
        evening.history.declares(990, NIGHT, EIGHT, "2026-03-02 21:00")
        await evening.told("2026-03-03 03:00", limit=limit)
        assert await self.links(evening, 990) == [(1, 50, "20:00")]

    async def test_one_session_may_fall_into_two(self, evening: Evening) -> None:
        evening.history.schedules(902, BEGINNING, TEN, NIGHT)
        for person in (1, 2, 3):
            evening.history.voice(person, 50, EIGHT)
        for number, start, end in ((901, EIGHT, TEN), (902, TEN, NIGHT)):
            evening.history.starts(number, start)
            evening.history.ends(number, end)
        await evening.told()
        assert len(await self.links(evening, 901)) == len(await self.links(evening, 902)) == 3

    async def test_what_belongs_to_one_that_was_started_is_not_linked_to_its_duplicate(
        self, evening: Evening
    ) -> None:
        evening.history.schedules(902, BEGINNING, EIGHT, TEN, title="Duplicate")
        for person in (1, 2, 3):
            evening.visits(person, (50, "20:00", "20:15"), (50, "20:20", "22:00"))
        evening.history.starts(901, EIGHT)
        evening.history.ends(901, "2026-03-02 20:30")
        await evening.told()
        assert len(await self.links(evening, 901)) == 6
        assert await self.links(evening, 902) == [(1, 50, "20:20"), (2, 50, "20:20"), (3, 50, "20:20")]


class TestDeclared:
    async def test_it_counts_over_a_past_that_was_recorded(self, evening: Evening, at: Any) -> None:
        evening.history.rows.clear()
        evening.visits(1, (60, "20:00", "21:30"))
        evening.visits(2, (61, "21:00", "21:05"))
        evening.history.declares(
            990, "2026-03-02 23:30", EIGHT, TEN, channels=(60, 61), hosts=(1, 5), title="Raid 7"
        )
        await evening.told()
        assert await evening.held() == ("held", at(EIGHT), at(TEN))
        assert await evening.people() == {1: (None, "attended", 90), 2: (None, "partial", 5)}
        assert await evening.hosts() == {(1, "told"), (5, "told")}

    async def test_over_a_past_that_was_not_nobody_knows(self, evening: Evening) -> None:
        evening.history.rows.clear()
        evening.history.declares(990, TEN, "2026-02-02 20:00", "2026-02-02 22:00")
        await evening.told()
        assert (await evening.occurrence()).voice_gap_ms == 2 * HOUR
        assert await evening.people() == {}

    async def test_it_may_reach_until_now(self, evening: Evening) -> None:
        evening.history.rows.clear()
        evening.history.voice(1, 50, EIGHT)
        evening.history.declares(990, "2026-03-02 20:30", EIGHT, "2026-03-02 21:00")
        evening.history.voice(1, None, "2026-03-02 20:50")
        await evening.told(limit=1)
        assert await evening.people() == {1: (None, "attended", 50)}


class TestSeries:
    async def test_one_that_nothing_belongs_to_any_more_is_forgotten(self, evening: Evening) -> None:
        evening.history.schedules(902, BEGINNING, NEXT_WEEK, title="Raid 1")
        evening.history.schedules(903, BEGINNING, NEXT_WEEK, title="Raid 2")
        evening.history.edits(902, "2026-03-02 13:00", title="Quiz")
        evening.history.edits(901, "2026-03-02 13:00", title="Quiz 2")
        await evening.told()
        found = {row.series: row.title for row in await evening.rows(event_series)}
        assert found == {"title:quiz": "Quiz", "title:raid": "Raid 2"}

    async def test_it_is_called_as_its_last_one_planned(self, evening: Evening) -> None:
        """Whatever was told of first: a declaration that is taken back leaves no trace in its name."""
        evening.history.schedules(902, BEGINNING, NEXT_WEEK, title="INHOUSE 2!")
        evening.history.edits(901, "2026-03-02 13:00", title="Inhouse (1)")
        await evening.told()
        assert [(row.title, row.event_type) for row in await evening.rows(event_series)] == [
            ("INHOUSE 2!", "Teams")
        ]


async def test_both_databases_say_the_same(warehouse: Warehouse, history: Any, at: Any) -> None:
    history.schedules(901, BEGINNING, EIGHT, TEN, creator=9)
    evening = Evening(warehouse, history)
    history.answers(3, 901, "2026-03-02 13:00")
    history.changes(1, "2026-03-02 13:00", roles=[HOST])
    history.starts(901, EIGHT)
    evening.visits(1, (50, "20:00", "21:00"))
    evening.visits(2, (51, "20:30", "20:35"), (50, "20:40", "20:45"))
    history.ends(901, TEN)
    await evening.told(limit=2)
    assert await evening.held() == ("held", at(EIGHT), at("2026-03-02 20:45"))
    assert await evening.people() == {
        1: (None, "attended", 45),
        2: (None, "attended", 15),
        3: ("interested", "absent", 0),
    }
    assert await evening.hosts() == {(1, "role")}


class TestCapacity:
    """How many fit into the channels of an event at once: here the lobby (50) and a team's channel (51)."""

    async def test_all_of_its_channels_have_a_limit(self, evening: Any) -> None:
        evening.history.has_places(50, 6, BEGINNING)
        evening.history.has_places(51, 4, BEGINNING)
        await evening.told()
        row = await evening.occurrence()
        assert (row.capacity, row.limits) == (10, "[[50,6],[51,4]]")

    async def test_one_without_a_limit_takes_everybody(self, evening: Any) -> None:
        evening.history.has_places(50, 0, BEGINNING)
        evening.history.has_places(51, 4, BEGINNING)
        await evening.told()
        row = await evening.occurrence()
        assert (row.capacity, row.limits) == (None, "[[51,4]]")

    async def test_what_is_over_keeps_the_places_that_it_had(self, evening: Any) -> None:
        history = evening.history
        history.edits(901, BEGINNING, title="Chess")
        history.has_places(50, 6, "2026-03-02 13:00")
        history.starts(901, EIGHT)
        history.has_places(50, 8, "2026-03-02 20:30")
        history.ends(901, TEN)
        history.has_places(50, 99, "2026-03-02 22:01")
        await evening.told()
        assert (await evening.occurrence()).capacity == 8

    async def test_it_is_the_same_whatever_the_batches_were(self, evening: Any) -> None:
        history = evening.history
        history.edits(901, BEGINNING, title="Chess")
        history.has_places(50, 6, "2026-03-02 13:00")
        await evening.told(limit=1)  # and verified against a rebuild in one go
        assert (await evening.occurrence()).capacity == 6

    async def test_of_channels_that_staff_corrected_nothing_is_known(self, evening: Any) -> None:
        history = evening.history
        history.edits(901, BEGINNING, title="Chess")
        history.has_places(50, 6, BEGINNING)
        history.starts(901, EIGHT)
        history.ends(901, TEN)
        await evening.told("2026-03-02 23:00")
        assert (await evening.occurrence()).capacity == 6
        history.corrects(800, "2026-03-02 23:30", 901, EIGHT, "channels", value=["51"])
        await evening.told()
        row = await evening.occurrence()
        assert (row.channels, row.capacity, row.limits) == ("[51]", None, "[[50,6]]")
