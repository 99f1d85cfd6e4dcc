"""Scheduled events, occurrence by occurrence: what Discord says, and what is known after a gap."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from storage.fold.changes import Changes
from storage.occurrence import Occurrence, Status
from storage.rules import EventRules, EventTypeRule, Rules

EIGHT, TEN = "2026-03-02 20:00", "2026-03-02 22:00"
NEXT_WEEK, IN_TWO_WEEKS = "2026-03-09 20:00", "2026-03-16 20:00"
MONDAY, AFTERWARDS = "2026-03-02 12:00", "2026-03-02 22:10"


def the_only(changes: Changes) -> Occurrence:
    (occurrence,) = changes.occurrences.values()
    return occurrence


def by_start(changes: Changes) -> list[Occurrence]:
    return [changes.occurrences[key] for key in sorted(changes.occurrences)]


@pytest.fixture
def weekly(history: Any) -> Any:
    """A weekly event that was made on Monday at noon, for Mondays at eight."""
    history.schedules(900, MONDAY, EIGHT, TEN, recurs=True)
    return history


@pytest.fixture
def single(history: Any) -> Any:
    history.schedules(901, MONDAY, EIGHT, TEN, creator=7)
    return history


class TestOneThatDoesNotRecur:
    def test_it_is_planned_where_and_when_it_was_first_seen(self, single: Any, at: Any) -> None:
        occurrence = the_only(single.folded())
        assert occurrence == Occurrence(
            event_id=901,
            original_start_ms=at(EIGHT),
            series="title:inhouse",
            title="Inhouse",
            event_type=None,
            channel_id=50,
            channels=(50,),
            own_channels=(50,),
            scheduled_start_ms=at(EIGHT),
            scheduled_end_ms=at(TEN),
            creator_no=7,
        )

    def test_an_edit_moves_it_and_keeps_its_key(self, single: Any, at: Any) -> None:
        single.edits(901, "2026-03-02 13:00", scheduled_start_ms=NEXT_WEEK, scheduled_end_ms=None)
        occurrence = the_only(single.folded())
        assert occurrence.original_start_ms == at(EIGHT)
        assert (occurrence.scheduled_start_ms, occurrence.scheduled_end_ms) == (at(NEXT_WEEK), None)

    def test_it_starts_and_ends_when_discord_says_so(self, single: Any, at: Any) -> None:
        single.starts(901, "2026-03-02 19:50")  # early
        active = the_only(single.folded())
        assert (active.status, active.actual_end_ms) == (Status.ACTIVE, None)
        single.ends(901, AFTERWARDS)
        occurrence = the_only(single.folded())
        assert (occurrence.actual_start_ms, occurrence.actual_end_ms) == (
            at("2026-03-02 19:50"),
            at(AFTERWARDS),
        )
        assert (occurrence.start_estimated, occurrence.end_estimated) == (False, False)
        assert occurrence.status is Status.COMPLETED

    def test_called_off_it_is_known_when(self, single: Any, at: Any) -> None:
        single.calls_off(901, "2026-03-02 18:00")
        single.deletes(901, "2026-03-02 19:00")
        occurrence = the_only(single.folded())
        assert (occurrence.status, occurrence.cancelled_ms) == (Status.CANCELLED, at("2026-03-02 18:00"))

    def test_deleting_it_calls_it_off(self, single: Any, at: Any) -> None:
        single.deletes(901, "2026-03-02 18:00")
        occurrence = the_only(single.folded())
        assert (occurrence.status, occurrence.cancelled_ms) == (Status.CANCELLED, at("2026-03-02 18:00"))

    def test_deleting_it_while_it_runs_ends_it(self, single: Any, at: Any) -> None:
        single.starts(901, EIGHT)
        single.deletes(901, "2026-03-02 21:00")
        occurrence = the_only(single.folded())
        assert (occurrence.status, occurrence.actual_end_ms) == (Status.COMPLETED, at("2026-03-02 21:00"))
        assert occurrence.cancelled_ms is None

    def test_what_is_over_is_not_planned_again(self, single: Any) -> None:
        single.starts(901, EIGHT)
        single.ends(901, TEN)
        over = the_only(single.folded())
        single.edits(901, AFTERWARDS, status=1, scheduled_start_ms=NEXT_WEEK)
        single.edits(901, AFTERWARDS, status=4)
        assert the_only(single.folded()) == over

    def test_nothing_comes_of_what_was_over_before_anything_was_known_of_it(self, history: Any) -> None:
        history.schedules(901, MONDAY, EIGHT)
        history.rows.clear()
        history.ends(901, TEN)
        history.deletes(901, AFTERWARDS)
        history.excepts(901, EIGHT, AFTERWARDS, NEXT_WEEK)
        assert history.folded().occurrences == {}

    def test_where_its_start_was_missed_it_began_as_planned(self, single: Any, at: Any) -> None:
        single.ends(901, AFTERWARDS)
        occurrence = the_only(single.folded())
        assert (occurrence.actual_start_ms, occurrence.start_estimated) == (at(EIGHT), True)
        assert (occurrence.actual_end_ms, occurrence.end_estimated) == (at(AFTERWARDS), False)

    @pytest.mark.parametrize(
        ("since", "until", "expected"),
        [
            ("2026-03-02 19:00", "2026-03-02 21:00", EIGHT),
            ("2026-03-02 20:20", "2026-03-02 21:00", "2026-03-02 20:20"),
            ("2026-03-02 19:00", "2026-03-02 19:30", "2026-03-02 19:30"),
        ],
    )
    def test_replayed_late_it_began_as_planned_as_far_as_that_is_possible(
        self, single: Any, at: Any, since: str, until: str, expected: str
    ) -> None:
        single.starts(901, since, until)
        single.ends(901, "2026-03-02 22:00", "2026-03-02 22:30")
        occurrence = the_only(single.folded())
        assert (occurrence.actual_start_ms, occurrence.start_estimated) == (at(expected), True)
        assert (occurrence.actual_end_ms, occurrence.end_estimated) == (at("2026-03-02 22:30"), True)


class TestOneThatRecurs:
    def test_moving_on_ends_the_active_one_and_opens_the_next(self, weekly: Any, at: Any) -> None:
        weekly.starts(900, EIGHT)
        weekly.ends(900, AFTERWARDS, following=NEXT_WEEK)
        first, second = by_start(weekly.folded())
        assert (first.status, first.actual_end_ms) == (Status.COMPLETED, at(AFTERWARDS))
        assert (second.status, second.original_start_ms) == (Status.PLANNED, at(NEXT_WEEK))
        assert second.scheduled_end_ms == at(NEXT_WEEK) + 2 * 3_600_000
        assert {first.series, second.series} == {"event:900"}

    def test_scheduled_again_it_has_ended_even_before_it_moves_on(self, weekly: Any, at: Any) -> None:
        weekly.starts(900, EIGHT)
        weekly.edits(900, AFTERWARDS, status=1)
        assert the_only(weekly.folded()).actual_end_ms == at(AFTERWARDS)
        weekly.moves_on(900, "2026-03-02 22:20", NEXT_WEEK)
        first, second = by_start(weekly.folded())
        assert first.actual_end_ms == at(AFTERWARDS)
        assert second.status is Status.PLANNED

    def test_pointing_ahead_while_it_runs_does_not_end_it(self, weekly: Any) -> None:
        weekly.starts(900, EIGHT)
        weekly.edits(900, EIGHT, scheduled_start_ms=NEXT_WEEK, scheduled_end_ms=None)
        first, second = by_start(weekly.folded())
        assert (first.status, second.status) == (Status.ACTIVE, Status.PLANNED)
        weekly.edits(900, AFTERWARDS, status=1)
        assert by_start(weekly.folded())[0].status is Status.COMPLETED

    def test_nobody_started_it_and_its_time_is_past(self, weekly: Any) -> None:
        weekly.moves_on(900, "2026-03-02 23:00", NEXT_WEEK)
        first, second = by_start(weekly.folded())
        assert (first.status, second.status) == (Status.PLANNED, Status.PLANNED)
        weekly.deletes(900, "2026-03-03 10:00")
        first, second = by_start(weekly.folded())
        assert (first.status, second.status) == (Status.PLANNED, Status.CANCELLED)

    def test_an_occurrence_to_come_is_skipped(self, weekly: Any, at: Any) -> None:
        weekly.moves_on(900, "2026-03-02 18:00", NEXT_WEEK)
        first, second = by_start(weekly.folded())
        assert (first.status, first.cancelled_ms) == (Status.CANCELLED, at("2026-03-02 18:00"))
        weekly.moves_on(900, "2026-03-02 18:30", EIGHT)
        first, second = by_start(weekly.folded())
        assert (first.status, first.cancelled_ms, second.status) == (Status.PLANNED, None, Status.CANCELLED)

    def test_editing_the_series_moves_the_current_one(self, weekly: Any, at: Any) -> None:
        nine = "2026-03-03 21:00"
        weekly.edits(900, "2026-03-02 13:00", scheduled_start_ms=nine, recurrence_start_ms=nine)
        occurrence = the_only(weekly.folded())
        assert (occurrence.original_start_ms, occurrence.scheduled_start_ms) == (at(EIGHT), at(nine))
        weekly.excepts(900, nine, "2026-03-02 14:00", "2026-03-03 22:00")
        assert the_only(weekly.folded()).scheduled_start_ms == at("2026-03-03 22:00"), "Discord's new name"

    def test_editing_the_series_after_the_current_one_is_over_opens_the_next(self, weekly: Any) -> None:
        weekly.starts(900, EIGHT)
        weekly.edits(900, AFTERWARDS, status=1)
        weekly.edits(900, AFTERWARDS, scheduled_start_ms=NEXT_WEEK, recurrence_start_ms=NEXT_WEEK)
        first, second = by_start(weekly.folded())
        assert (first.status, second.status) == (Status.COMPLETED, Status.PLANNED)

    def test_the_series_ends(self, weekly: Any) -> None:
        weekly.starts(900, EIGHT)
        weekly.moves_on(900, AFTERWARDS, NEXT_WEEK)
        weekly.ends(900, "2026-03-03 10:00")
        assert [o.status for o in by_start(weekly.folded())] == [Status.COMPLETED, Status.CANCELLED]

    def test_a_single_one_begins_to_recur(self, single: Any) -> None:
        single.edits(901, "2026-03-02 13:00", recurrence_start_ms=EIGHT)
        assert the_only(single.folded()).series == "event:901"


class TestExceptions:
    def test_one_occurrence_is_moved(self, weekly: Any, at: Any) -> None:
        weekly.excepts(900, EIGHT, "2026-03-02 13:00", "2026-03-03 19:00")
        occurrence = the_only(weekly.folded())
        assert occurrence.original_start_ms == at(EIGHT)
        assert occurrence.scheduled_start_ms == at("2026-03-03 19:00")
        assert occurrence.scheduled_end_ms == at("2026-03-03 21:00"), "as long as the others"

    def test_an_occurrence_to_come_is_moved_and_found_again(self, weekly: Any, at: Any) -> None:
        weekly.excepts(900, NEXT_WEEK, "2026-03-02 13:00", "2026-03-10 19:00", "2026-03-10 20:00")
        weekly.starts(900, EIGHT)
        weekly.ends(900, AFTERWARDS, following=NEXT_WEEK)
        weekly.starts(900, "2026-03-10 19:01")
        first, second = by_start(weekly.folded())
        assert first.status is Status.COMPLETED
        assert (second.original_start_ms, second.actual_start_ms) == (at(NEXT_WEEK), at("2026-03-10 19:01"))
        assert second.scheduled_end_ms == at("2026-03-10 20:00")

    def test_one_that_was_moved_past_the_next_is_started_by_its_own_time(self, weekly: Any) -> None:
        weekly.excepts(900, EIGHT, "2026-03-02 13:00", "2026-03-04 20:00")
        weekly.moves_on(900, "2026-03-02 20:00", NEXT_WEEK)
        weekly.starts(900, "2026-03-04 20:03")
        assert [o.status for o in by_start(weekly.folded())] == [Status.ACTIVE, Status.PLANNED]

    def test_one_occurrence_is_cancelled(self, weekly: Any, at: Any) -> None:
        weekly.excepts(900, NEXT_WEEK, "2026-03-02 13:00", is_cancelled=True)
        first, second = by_start(weekly.folded())
        assert first.status is Status.PLANNED
        assert (second.status, second.cancelled_ms) == (Status.CANCELLED, at("2026-03-02 13:00"))

    def test_an_exception_taken_back_restores_it(self, weekly: Any, at: Any) -> None:
        weekly.excepts(900, NEXT_WEEK, "2026-03-02 13:00", is_cancelled=True)
        weekly.excepts(900, EIGHT, "2026-03-02 13:00", "2026-03-03 19:00")
        weekly.excepts(900, EIGHT, "2026-03-02 14:00", kind="DELETE")
        weekly.removes_exceptions(900, "2026-03-02 15:00")
        first, second = by_start(weekly.folded())
        assert (first.scheduled_start_ms, first.scheduled_end_ms) == (at(EIGHT), at(TEN))
        assert (second.status, second.cancelled_ms) == (Status.PLANNED, None)

    def test_cancelled_and_then_moved_instead(self, weekly: Any, at: Any) -> None:
        weekly.excepts(900, EIGHT, "2026-03-02 13:00", is_cancelled=True)
        weekly.excepts(900, EIGHT, "2026-03-02 14:00", "2026-03-03 19:00", kind="UPDATE")
        occurrence = the_only(weekly.folded())
        assert (occurrence.status, occurrence.scheduled_start_ms) == (Status.PLANNED, at("2026-03-03 19:00"))

    def test_the_event_brings_them_and_lacks_those_taken_back(self, weekly: Any, at: Any) -> None:
        weekly.excepts(900, EIGHT, "2026-03-02 13:00", "2026-03-03 19:00")
        del weekly.rows[-1]
        weekly.edits(900, "2026-03-02 14:00")
        assert the_only(weekly.folded()).scheduled_start_ms == at("2026-03-03 19:00")
        weekly.edits(900, "2026-03-02 15:00", exceptions=[])
        assert the_only(weekly.folded()).scheduled_start_ms == at(EIGHT)

    def test_an_event_that_does_not_say_has_lost_none(self, weekly: Any, at: Any) -> None:
        weekly.excepts(900, EIGHT, "2026-03-02 13:00", "2026-03-03 19:00")
        del weekly.events[900]["exceptions"]
        weekly.edits(900, "2026-03-02 14:00", title="Inhouse!")
        assert the_only(weekly.folded()).scheduled_start_ms == at("2026-03-03 19:00")

    def test_started_though_it_was_cancelled_it_is_as_the_event_says(self, weekly: Any, at: Any) -> None:
        weekly.excepts(900, EIGHT, "2026-03-02 13:00", "2026-03-02 19:00", is_cancelled=True)
        weekly.edits(900, "2026-03-02 20:30", status=2, exceptions=[])
        once = the_only(weekly.folded())
        assert (once.status, once.scheduled_start_ms) == (Status.ACTIVE, at(EIGHT))
        weekly.edits(900, "2026-03-02 20:30", exceptions=[])
        assert the_only(weekly.folded()) == once

    def test_of_a_time_that_is_past_nothing_is_opened(self, weekly: Any) -> None:
        weekly.excepts(900, "2026-02-23 20:00", "2026-03-02 13:00", "2026-02-24 20:00")
        assert len(weekly.folded().occurrences) == 1

    def test_what_has_been_held_stays_as_it_was(self, weekly: Any, at: Any) -> None:
        weekly.starts(900, EIGHT)
        weekly.ends(900, AFTERWARDS, following=NEXT_WEEK)
        weekly.excepts(900, EIGHT, "2026-03-03 13:00", "2026-03-04 19:00", is_cancelled=True)
        first, _ = by_start(weekly.folded())
        assert (first.status, first.scheduled_start_ms) == (Status.COMPLETED, at(EIGHT))

    def test_an_exception_that_goes_with_its_past_does_not_bring_it_back(self, weekly: Any, at: Any) -> None:
        weekly.excepts(900, EIGHT, "2026-03-02 13:00", "2026-03-02 19:00")
        weekly.moves_on(900, "2026-03-02 23:00", NEXT_WEEK)
        weekly.edits(900, "2026-03-02 23:10", exceptions=[])
        first, _ = by_start(weekly.folded())
        assert first.scheduled_start_ms == at("2026-03-02 19:00")


class TestAfterAGap:
    def test_found_running_it_began_as_planned(self, single: Any, at: Any) -> None:
        single.covered(MONDAY, "2026-03-02 19:00")
        single.covered("2026-03-02 19:00", "2026-03-02 21:00", "gap")
        single.events[901]["status"] = 2
        single.lists_events("2026-03-02 21:00", 901)
        occurrence = the_only(single.folded())
        assert (occurrence.actual_start_ms, occurrence.start_estimated) == (at(EIGHT), True)

    def test_found_running_before_its_time_it_began_when_nobody_looked(self, single: Any, at: Any) -> None:
        single.covered("2026-03-02 13:00", "2026-03-02 14:00", "gap")
        single.events[901]["status"] = 2
        single.lists_events("2026-03-02 14:00", 901)
        assert the_only(single.folded()).actual_start_ms == at("2026-03-02 14:00")

    def test_met_running_it_began_as_planned(self, history: Any, at: Any) -> None:
        history.schedules(901, MONDAY, EIGHT)
        history.rows.clear()
        history.events[901]["status"] = 2
        history.lists_events("2026-03-02 20:30", 901)
        occurrence = the_only(history.folded())
        assert (occurrence.actual_start_ms, occurrence.start_estimated) == (at(EIGHT), True)

    def test_an_end_that_was_missed_was_as_planned(self, weekly: Any, at: Any) -> None:
        weekly.starts(900, EIGHT)
        weekly.covered("2026-03-02 21:00", "2026-03-03 09:00", "gap")
        weekly.moves_on(900, "2026-03-03 09:00", NEXT_WEEK)
        del weekly.rows[-1]
        weekly.lists_events("2026-03-03 09:00", 900)
        first, _ = by_start(weekly.folded())
        assert (first.status, first.actual_end_ms) == (Status.COMPLETED, at(TEN))
        assert first.end_estimated

    def test_an_outage_within_what_came_late_was_before_the_list_as_well(self, weekly: Any, at: Any) -> None:
        """A RESUME brought the start, an outage and a list at once: each can be as old as the first."""
        weekly.starts(900, "2026-03-02 21:00")
        weekly.rows[-1] = msgspec.structs.replace(weekly.rows[-1], occurred_from_ms=at(EIGHT))
        weekly.covered(EIGHT, "2026-03-02 21:00", "gap")
        weekly.moves_on(900, "2026-03-02 21:00", NEXT_WEEK)
        del weekly.rows[-1]
        weekly.lists_events("2026-03-02 21:00", 900)
        first, _ = by_start(weekly.folded())
        assert (first.status, first.end_estimated) == (Status.COMPLETED, True)
        assert at(EIGHT) <= first.actual_end_ms <= at("2026-03-02 21:00")

    def test_what_is_not_in_the_list_has_vanished(self, single: Any) -> None:
        single.starts(901, EIGHT)
        single.schedules(902, MONDAY, NEXT_WEEK)
        single.covered("2026-03-02 21:00", "2026-03-03 09:00", "gap")
        single.lists_events("2026-03-03 09:00")
        running, planned = by_start(single.folded())
        assert (running.status, running.actual_end_ms, running.end_estimated) == (Status.VANISHED, None, True)
        assert (planned.status, planned.end_estimated) == (Status.VANISHED, False)

    def test_seen_again_it_goes_on(self, single: Any, at: Any) -> None:
        single.starts(901, EIGHT)
        single.schedules(902, MONDAY, NEXT_WEEK)
        single.lists_events("2026-03-02 21:00")
        single.lists_events("2026-03-02 21:30", 901, 902, snapshot="f")
        running, planned = by_start(single.folded())
        assert (running.status, running.actual_start_ms) == (Status.ACTIVE, at(EIGHT))
        assert (running.end_estimated, planned.status) == (False, Status.PLANNED)

    def test_two_holdings_missed_in_one_gap(self, weekly: Any, at: Any) -> None:
        weekly.starts(900, EIGHT)
        weekly.covered("2026-03-02 21:00", "2026-03-17 09:00", "gap")
        weekly.moves_on(900, "2026-03-17 09:00", "2026-03-23 20:00")
        del weekly.rows[-1]
        weekly.lists_events("2026-03-17 09:00", 900)
        first, last = by_start(weekly.folded())
        assert (first.actual_end_ms, last.original_start_ms) == (at(TEN), at("2026-03-23 20:00"))

    def test_what_has_passed_is_no_more_missed_in_a_list(self, weekly: Any) -> None:
        weekly.moves_on(900, "2026-03-02 23:00", NEXT_WEEK)
        weekly.lists_events("2026-03-03 09:00")
        assert [o.status for o in by_start(weekly.folded())] == [Status.PLANNED, Status.VANISHED]

    def test_hidden_for_more_than_a_month_it_is_met_anew(self, weekly: Any) -> None:
        weekly.lists_events("2026-03-03 09:00")
        weekly.schedules(902, "2026-05-01 10:00", "2026-05-02 10:00")
        weekly.events[900]["scheduled_start_ms"] = "2026-05-04 20:00"
        weekly.edits(900, "2026-05-01 12:00", scheduled_start_ms="2026-05-04 20:00")
        statuses = [o.status for o in by_start(weekly.folded()) if o.event_id == 900]
        assert statuses == [Status.VANISHED, Status.PLANNED]


RULES = Rules(
    events=EventRules(
        types=(
            EventTypeRule("Inhouse", titles=("*INHOUSE*", "custom ??"), channels=(60, 61)),
            EventTypeRule("Lesson", channels=(50, 70)),
        )
    )
)


class TestTypeAndSeries:
    @pytest.mark.parametrize(
        ("title", "channel", "kind", "channels"),
        [
            ("Sunday Inhouse", 50, "Inhouse", (50, 60, 61)),  # the first that fits
            ("custom 12", None, "Inhouse", (60, 61)),
            ("Coaching", 70, "Lesson", (50, 70)),
            ("Coaching", 80, None, (80,)),
            ("Pub night", None, None, ()),
        ],
    )
    def test_the_first_type_that_fits(
        self, history: Any, title: str, channel: int | None, kind: str | None, channels: tuple[int, ...]
    ) -> None:
        history.schedules(901, MONDAY, EIGHT, title=title, channel=channel)
        occurrence = the_only(history.folded(RULES))
        assert (occurrence.event_type, occurrence.channels) == (kind, channels)

    @pytest.mark.parametrize(
        ("pattern", "title", "fits"),
        [
            ("[EU] inhouse*", "[EU] Inhouse #3", True),
            ("[EU] inhouse*", "E inhouse", False),
            ("[!a]?", "[!a]7", True),
            ("raid ?", "RAID 7", True),
        ],
    )
    def test_only_two_characters_of_a_pattern_stand_for_others(
        self, history: Any, pattern: str, title: str, fits: bool
    ) -> None:
        history.schedules(901, MONDAY, EIGHT, title=title)
        rules = Rules(events=EventRules(types=(EventTypeRule("This", titles=(pattern,)),)))
        assert the_only(history.folded(rules)).event_type == ("This" if fits else None)

    def test_another_title_makes_another_type_until_it_is_over(self, single: Any) -> None:
        single.edits(901, "2026-03-02 13:00", title="Coaching")
        assert the_only(single.folded(RULES)).event_type == "Lesson"
        single.ends(901, TEN)
        single.edits(901, AFTERWARDS, title="Inhouse")
        assert the_only(single.folded(RULES)).title == "Coaching"

    def test_while_it_runs_it_keeps_every_channel_that_it_had(self, history: Any) -> None:
        history.schedules(901, MONDAY, EIGHT, TEN, channel=79, title="Movie")
        history.edits(901, "2026-03-02 13:00", channel_id="80")
        history.starts(901, EIGHT)
        history.edits(901, "2026-03-02 20:30", channel_id="81")
        history.edits(901, "2026-03-02 21:00", channel_id="70", title="Coaching")
        history.ends(901, TEN)
        occurrence = the_only(history.folded(RULES))
        assert (occurrence.channel_id, occurrence.channels) == (70, (50, 70, 80, 81))

    @pytest.mark.parametrize(
        ("title", "series"),
        [
            ("Raid night #12", "title:raid night"),
            ("  RAID   NIGHT 13!! ", "title:raid night"),
            ("Straße", "title:strasse"),
            ("ｒａｉｄ", "title:raid"),
            ("2026", "title:2026"),
            ("é" * 200, "title:" + "é" * 122),
        ],
    )
    def test_events_of_one_name_are_one_series(self, history: Any, title: str, series: str) -> None:
        history.schedules(901, MONDAY, EIGHT, title=title)
        assert the_only(history.folded()).series == series


class TestDeclared:
    def test_it_is_as_staff_told(self, history: Any, at: Any) -> None:
        """Presence in its type's channels counts beside that in those which were told."""
        history.declares(990, AFTERWARDS, EIGHT, TEN, channels=(61, 50, 61), hosts=(4, 3), title="Inhouse")
        occurrence = the_only(history.folded(RULES))
        assert (occurrence.status, occurrence.is_declared) == (Status.COMPLETED, True)
        assert (occurrence.actual_start_ms, occurrence.actual_end_ms) == (at(EIGHT), at(TEN))
        assert (occurrence.channels, occurrence.told_hosts) == ((50, 60, 61), (3, 4))
        assert (occurrence.event_type, occurrence.series) == ("Inhouse", "title:inhouse")
