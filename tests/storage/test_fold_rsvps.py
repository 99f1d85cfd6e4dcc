"""Answers to events: one row per unbroken answer, and what whole lists show of what was missed."""

from __future__ import annotations

from typing import Any

import pytest

from storage.fold.batch import take_in
from storage.fold.changes import Answer, Changes
from storage.fold.loading import encoded
from storage.fold.state import GuildState
from storage.rules import Rules

MONDAY, EIGHT, TEN = "2026-03-02 12:00", "2026-03-02 20:00", "2026-03-02 22:00"
NEXT_WEEK = "2026-03-09 20:00"
ONE, TWO, THREE = "2026-03-02 13:00", "2026-03-02 14:00", "2026-03-02 15:00"


def of(changes: Changes, person: int) -> list[Answer]:
    return [changes.answers[key] for key in sorted(changes.answers) if key[2] == person]


@pytest.fixture
def single(history: Any) -> Any:
    history.schedules(901, MONDAY, EIGHT, TEN)
    return history


@pytest.fixture
def weekly(history: Any) -> Any:
    history.schedules(900, MONDAY, EIGHT, TEN, recurs=True)
    return history


class TestLive:
    def test_an_answer_stands_until_it_is_taken_back(self, single: Any, at: Any) -> None:
        single.answers(1, 901, ONE)
        single.takes_back(1, 901, TWO)
        single.answers(1, 901, THREE)
        first, second = of(single.folded(), 1)
        assert first == Answer(901, 0, 1, at(ONE), at(TWO), True, False)
        assert second == Answer(901, 0, 1, at(THREE), None, True, False)

    def test_a_decline_ends_what_was_said_before(self, weekly: Any, at: Any) -> None:
        weekly.answers(1, 900, ONE)
        weekly.answers(1, 900, ONE, original=EIGHT)
        weekly.answers(1, 900, TWO, original=EIGHT, response=0)
        standing, interested, declined = of(weekly.folded(), 1)
        assert (standing.occurrence, standing.to_ms) == (0, None)
        assert (interested.occurrence, interested.to_ms) == (at(EIGHT), at(TWO))
        assert (declined.from_ms, declined.to_ms, declined.interested) == (at(TWO), None, False)

    def test_what_lies_in_a_span_is_counted_as_little_as_is_sure(self, single: Any, at: Any) -> None:
        single.answers(1, 901, ONE, until=TWO)
        single.takes_back(1, 901, THREE, until="2026-03-02 16:00")
        (answer,) = of(single.folded(), 1)
        assert (answer.from_ms, answer.to_ms) == (at(TWO), at(THREE))
        assert (answer.from_estimated, answer.to_estimated) == (True, True)

    def test_taking_back_what_was_never_said_is_nothing(self, single: Any) -> None:
        single.takes_back(1, 901, ONE)
        assert single.folded().answers == {}

    def test_of_an_event_that_nobody_knows_nothing_is_kept(self, single: Any) -> None:
        single.answers(1, 999, ONE)
        single.lists_answers(999, TWO, {1: 1})
        assert single.folded().answers == {}

    def test_an_occurrence_answers_to_its_name_by_the_rule(self, weekly: Any, at: Any) -> None:
        nine = "2026-03-03 21:00"
        weekly.edits(900, ONE, scheduled_start_ms=nine, recurrence_start_ms=nine)
        weekly.answers(1, 900, TWO, original=nine)
        assert [answer.occurrence for answer in of(weekly.folded(), 1)] == [at(EIGHT)]

    @pytest.mark.parametrize("how", ["leaves", "withdraws"])
    def test_whoever_goes_loses_their_answers(self, single: Any, at: Any, how: str) -> None:
        single.joins(1, MONDAY)
        single.answers(1, 901, ONE)
        getattr(single, how)(1, TWO)
        single.lists_answers(901, THREE, {} if how == "leaves" else {1: 1})
        (answer,) = of(single.folded(), 1)
        assert (answer.to_ms, answer.to_estimated) == (at(TWO), how == "withdraws")


class TestLists:
    def test_what_is_listed_within_an_outage_was_missed_since_it_began(self, single: Any, at: Any) -> None:
        """Its gap is told of only when it is over."""
        single.row("GUILD_DELETE", None, {"unavailable": True}, TWO)
        single.lists_answers(901, THREE, {1: 1})
        single.covered(TWO, "2026-03-02 16:00", "gap")
        (answer,) = of(single.folded(), 1)
        assert (answer.from_ms, answer.from_estimated) == (at(TWO), True)

    def test_who_is_in_it_and_was_not_known_answered_when_something_was_missed(
        self, single: Any, at: Any
    ) -> None:
        single.covered(MONDAY, TWO)
        single.covered(TWO, THREE, "gap")
        single.lists_answers(901, THREE, {1: 1})
        (answer,) = of(single.folded(), 1)
        assert (answer.from_ms, answer.from_estimated) == (at(TWO), True)

    def test_where_nothing_was_missed_it_may_be_as_old_as_the_event(self, single: Any, at: Any) -> None:
        single.starts(901, EIGHT)
        single.lists_answers(901, "2026-03-02 20:01", {1: 1})
        (answer,) = of(single.folded(), 1)
        assert answer.from_ms == at(MONDAY)

    def test_or_as_the_last_complete_list(self, single: Any, at: Any) -> None:
        single.lists_answers(901, TWO, {}, snapshot="r")
        single.lists_answers(901, THREE, {1: 1}, snapshot="s")
        assert of(single.folded(), 1)[0].from_ms == at(TWO)

    def test_or_as_when_they_took_back_what_they_said_before(self, single: Any, at: Any) -> None:
        single.answers(1, 901, ONE)
        single.takes_back(1, 901, TWO)
        single.lists_answers(901, THREE, {1: 1})
        assert of(single.folded(), 1)[1].from_ms == at(TWO)

    def test_what_was_missed_before_they_took_it_back_says_nothing(self, single: Any, at: Any) -> None:
        single.covered(MONDAY, "2026-03-02 12:10")
        single.covered("2026-03-02 12:10", "2026-03-02 12:20", "gap")
        single.answers(1, 901, ONE)
        single.takes_back(1, 901, TWO)
        single.covered("2026-03-02 12:20", THREE)
        single.covered(THREE, "2026-03-02 16:00", "gap")
        single.lists_answers(901, "2026-03-02 16:00", {1: 1})
        assert of(single.folded(), 1)[1].from_ms == at(THREE)

    def test_who_is_not_in_it_withdrew_when_something_was_missed(self, single: Any, at: Any) -> None:
        single.answers(1, 901, ONE)
        single.answers(2, 901, ONE)
        single.covered(MONDAY, TWO)
        single.covered(TWO, THREE, "gap")
        single.lists_answers(901, THREE, {2: 1})
        changes = single.folded()
        assert [(a.to_ms, a.to_estimated) for a in of(changes, 1)] == [(at(TWO), True)]
        assert [a.to_ms for a in of(changes, 2)] == [None]

    def test_where_nothing_was_missed_they_were_sure_until_they_were_last_seen(
        self, single: Any, at: Any
    ) -> None:
        single.answers(1, 901, ONE)
        single.lists_answers(901, TWO, {1: 1})
        single.lists_answers(901, THREE, {}, snapshot="s")
        assert of(single.folded(), 1)[0].to_ms == at(TWO)

    def test_a_list_that_is_not_complete_lacks_nobody(self, single: Any) -> None:
        single.answers(1, 901, ONE)
        single.lists_answers(901, TWO, {2: 1}, complete=False)
        changes = single.folded()
        assert [a.to_ms for a in of(changes, 1)] == [None]
        assert len(of(changes, 2)) == 1

    def test_a_list_of_what_is_over_lacks_nobody(self, single: Any) -> None:
        single.answers(1, 901, ONE)
        single.starts(901, EIGHT)
        single.ends(901, TEN)
        single.lists_answers(901, TEN, {2: 1})
        changes = single.folded()
        assert [a.to_ms for a in of(changes, 1)] == [None]
        assert len(of(changes, 2)) == 1

    def test_another_answer_than_the_one_believed(self, weekly: Any, at: Any) -> None:
        weekly.answers(1, 900, ONE, original=EIGHT)
        weekly.covered(MONDAY, TWO)
        weekly.covered(TWO, THREE, "gap")
        weekly.lists_answers(900, THREE, {1: 0}, original=EIGHT)
        before, after = of(weekly.folded(), 1)
        assert (before.to_ms, after.from_ms, after.interested) == (at(TWO), at(TWO), False)

    def test_a_list_that_was_broken_off_says_nothing(self, single: Any) -> None:
        single.lists_answers(901, ONE, {1: 1}, snapshot="broken")
        del single.rows[-1]
        single.lists_answers(901, TWO, {2: 1}, snapshot="whole")
        changes = single.folded()
        assert of(changes, 1) == []
        assert len(of(changes, 2)) == 1
        del single.rows[-2]
        assert single.folded().answers == {}, "an empty one is none of the other's"

    def test_two_lists_may_run_at_once(self, weekly: Any) -> None:
        weekly.lists_answers(900, ONE, {1: 1}, snapshot="whole")
        weekly.lists_answers(900, ONE, {2: 0}, original=EIGHT, snapshot="first")
        whole, whole_end, first, first_end = weekly.rows[-4:]
        weekly.rows[-4:] = [first, whole, first_end, whole_end]
        changes = weekly.folded()
        assert [a.occurrence for a in of(changes, 1)] == [0]
        assert [a.interested for a in of(changes, 2)] == [False]


class TestTheListAtTheStart:
    def is_listed(self, history: Any) -> list[bool]:
        occurrences = history.folded().occurrences
        return [occurrences[key].rsvps_listed for key in sorted(occurrences)]

    def test_it_says_who_was_interested_then(self, single: Any) -> None:
        single.lists_answers(901, ONE, {}, snapshot="early")
        assert self.is_listed(single) == [False]
        single.starts(901, EIGHT)
        single.lists_answers(901, EIGHT, {}, snapshot="then")
        assert self.is_listed(single) == [True]

    def test_of_a_series_it_is_the_list_of_the_occurrence(self, weekly: Any) -> None:
        weekly.starts(900, EIGHT)
        weekly.lists_answers(900, EIGHT, {}, snapshot="whole")
        assert self.is_listed(weekly) == [False]
        weekly.lists_answers(900, EIGHT, {}, original=EIGHT, snapshot="first")
        weekly.ends(900, TEN, following=NEXT_WEEK)
        assert self.is_listed(weekly) == [True, False]

    def test_an_incomplete_one_says_nothing(self, single: Any) -> None:
        single.starts(901, EIGHT)
        single.lists_answers(901, EIGHT, {}, complete=False)
        assert self.is_listed(single) == [False]

    def test_nobody_pressed_start(self, single: Any) -> None:
        single.lists_answers(901, EIGHT, {})
        assert self.is_listed(single) == [True]
        single.edits(901, "2026-03-02 20:05", scheduled_start_ms=NEXT_WEEK, scheduled_end_ms=None)
        assert self.is_listed(single) == [False]


def test_nothing_piles_up_week_by_week(history: Any, at: Any) -> None:
    week = 7 * 86_400_000
    history.schedules(900, MONDAY, EIGHT, TEN, recurs=True)
    sizes = []
    for number in range(12):
        start = at(EIGHT) + number * week
        history.answers(1, 900, start - 60_000, original=start)
        history.starts(900, start)
        history.lists_answers(900, start, {1: 1}, original=start, snapshot=f"{number:02}")
        history.ends(900, start + 60_000, following=start + week)
        history.covered(at(MONDAY) if number == 0 else start - week + 120_000, start + 120_000)
        state = GuildState.empty(Rules())
        take_in(state, history.rows)
        state.settled()
        sizes.append(len(encoded(state)))
    assert max(sizes[6:]) <= max(sizes[:6])


def test_answers_end_a_day_after_what_they_were_to(history: Any, at: Any) -> None:
    history.schedules(900, MONDAY, EIGHT, TEN, recurs=True)
    history.schedules(901, MONDAY, EIGHT, TEN)
    history.answers(1, 900, ONE)
    history.answers(1, 900, ONE, original=EIGHT)
    history.answers(1, 901, ONE)
    history.starts(901, EIGHT)
    history.ends(901, TEN)
    history.moves_on(900, TEN, NEXT_WEEK)
    history.answers(2, 900, "2026-03-05 10:00")
    ends = {(a.event_id, a.occurrence): a.to_ms for a in of(history.folded(), 1)}
    later = at("2026-03-05 10:00")
    assert ends == {(900, 0): None, (900, at(EIGHT)): later, (901, 0): later}
