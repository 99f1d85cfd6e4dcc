"""When a list of those interested is due, and what of it still holds when it has come."""

from __future__ import annotations

import pytest

from bot.event_seen import ACTIVE, PLANNED, EventSeen, Moved
from bot.rsvp_lists import RsvpLists

COMPLETED, CANCELLED = 3, 4
EVENT, HOUR, WEEK = 7000, 3_600_000, 7 * 24 * 3_600_000
START = 100 * WEEK
NOW = START - HOUR


BOTH = [(EVENT, None), (EVENT, START)]  # a series, and the occurrence at which it stands


def event(status: int = PLANNED, start_ms: int = START, **more: object) -> EventSeen:
    return EventSeen(**({"event_id": EVENT, "recurs": False} | more), status=status, start_ms=start_ms)


def due(lists: RsvpLists, now_ms: int = NOW) -> list[tuple[int, int | None]]:
    """All that is due, taken as asked for and done."""
    places = []
    while (request := lists.next(now_ms)) is not None:
        lists.ended(request, {})
        places.append(request.place)
    return places


@pytest.fixture
def lists() -> RsvpLists:
    """A session that knows of one event, whose list has been fetched."""
    lists = RsvpLists()
    lists.listed([event()])
    assert due(lists) == [(EVENT, None)]
    return lists


@pytest.fixture
def weekly() -> RsvpLists:
    lists = RsvpLists()
    lists.listed([event(recurs=True)])
    assert due(lists) == BOTH
    return lists


# ------------------------------------------------------------------ when


def test_after_a_gap_every_event_is_asked_for_and_what_goes_on_first():
    lists = RsvpLists()
    assert not lists.knows_events
    lists.listed([event(event_id=1), event(event_id=2, status=ACTIVE), event(event_id=3)])
    assert lists.knows_events
    assert due(lists) == [(2, None), (1, None), (3, None)]


def test_no_two_lists_have_the_same_name_also_while_the_clock_stands_still():
    """As it does for the recorder after a clock was set back."""
    names = set()
    for _ in range(2):  # each time after a gap
        lists = RsvpLists()
        lists.listed([event(recurs=True)])
        while (request := lists.next(NOW)) is not None:
            names.add(request.snapshot)
    assert len(names) == 4


def test_an_event_that_begins_is_asked_for_once(lists):
    lists.saw(event(ACTIVE), NOW)
    assert due(lists) == [(EVENT, None)]
    lists.saw(event(ACTIVE), NOW)
    assert due(lists) == []


@pytest.mark.parametrize("status", [COMPLETED, CANCELLED])
def test_an_event_that_ends_is_asked_for_and_forgotten(lists, status):
    lists.saw(event(ACTIVE), NOW)
    due(lists)
    lists.saw(event(status), NOW)
    assert due(lists, START + HOUR) == [(EVENT, None)]
    assert due(lists, START + WEEK) == []


def test_a_deleted_event_is_asked_for_if_it_had_begun(lists):
    lists.saw(event(ACTIVE), NOW)
    due(lists)
    lists.gone(EVENT, NOW)
    assert due(lists) == [(EVENT, None)]
    lists.gone(EVENT, NOW)
    assert due(lists) == []


@pytest.mark.parametrize("way", ["cancelled", "deleted"])
def test_an_event_that_is_called_off_before_its_start_is_not_asked_for(lists, way):
    if way == "cancelled":
        lists.saw(event(CANCELLED), NOW)
    else:
        lists.gone(EVENT, NOW)
    assert due(lists) == []


def test_a_start_that_passes_without_a_sign_is_asked_for_once(lists):
    assert due(lists, START - 1) == []
    assert due(lists, START) == [(EVENT, None)]
    assert due(lists, START + HOUR) == []
    lists.saw(event(start_ms=START + 2 * HOUR), START + HOUR)
    assert due(lists, START + HOUR) == []
    assert due(lists, START + 2 * HOUR) == [(EVENT, None)]


def test_what_is_cancelled_by_the_clock_is_asked_for_at_its_end(lists):
    due(lists, START)
    lists.saw(event(CANCELLED), START + 3 * HOUR)
    assert due(lists, START + 3 * HOUR) == [(EVENT, None)]


def test_an_edit_is_no_reason(lists):
    lists.saw(event(start_ms=START + HOUR), NOW)
    lists.saw(event(event_id=8), NOW)
    assert due(lists) == []


def test_an_occurrence_ends_when_the_event_goes_back_to_planned(weekly):
    weekly.saw(event(ACTIVE, recurs=True), START)
    assert due(weekly, START) == BOTH
    weekly.saw(event(start_ms=START + WEEK, recurs=True), START + 2 * HOUR)
    assert due(weekly, START + 2 * HOUR) == BOTH, "of the one that ended"


def test_an_occurrence_that_nobody_started_is_over_when_the_event_moves_on(weekly):
    due(weekly, START)
    weekly.saw(event(start_ms=START + WEEK, recurs=True), START + 5 * HOUR)
    assert due(weekly, START + 5 * HOUR) == BOTH


def test_a_series_that_is_moved_before_its_start_is_not_over(weekly):
    weekly.saw(event(start_ms=START + WEEK, recurs=True), NOW)
    assert due(weekly) == []


# ------------------------------------------------------------------ single occurrences


@pytest.mark.parametrize("original_start_ms", [START, None])
def test_an_occurrence_that_is_as_planned_again_begins_as_planned(weekly, original_start_ms):
    weekly.excepted(EVENT, Moved(START + WEEK, START + HOUR))
    weekly.excepted(EVENT, Moved(START, START + HOUR))
    weekly.as_planned(EVENT, original_start_ms)
    assert due(weekly, START) == BOTH


def test_a_moved_occurrence_begins_where_it_was_moved_to(weekly):
    weekly.excepted(EVENT, Moved(START, START + HOUR))
    assert due(weekly, START) == []
    assert due(weekly, START + HOUR) == BOTH


def test_a_cancelled_occurrence_does_not_begin(weekly):
    weekly.excepted(EVENT, Moved(START, is_cancelled=True))
    assert due(weekly, START + HOUR) == []


# ------------------------------------------------------------------ what it is worth


def test_who_answers_while_the_list_is_on_its_way_counts_as_the_answer_says(lists):
    lists.saw(event(ACTIVE), NOW)
    request = lists.next(NOW)
    lists.answered((EVENT, None), 1, 1)  # on a page that was already sent
    lists.answered((EVENT, None), 2, None)
    lists.answered((EVENT, None), 3, 1)
    lists.answered((EVENT, None), 3, None)
    lists.answered((EVENT, START), 4, 0)  # another list's
    assert lists.ended(request, {2: 1, 3: 1, 4: 1, 5: 1}) == {1: 1, 4: 1, 5: 1}


def test_a_list_counts_once(lists):
    lists.saw(event(ACTIVE), NOW)
    request = lists.next(NOW)
    assert lists.ended(request, {1: 1}) == {1: 1}
    assert lists.ended(request, {1: 1}) is None


def test_what_a_lost_connection_interrupts_is_asked_for_again(lists):
    lists.saw(event(ACTIVE), NOW)
    request = lists.next(NOW)
    lists.interrupted()
    assert lists.ended(request, {1: 1}) is None
    assert due(lists, NOW + 1) == [(EVENT, None)]


def test_of_a_new_session_nothing_from_before_is_left(lists):
    lists.saw(event(ACTIVE), NOW)
    request = lists.next(NOW)
    lists.saw(event(COMPLETED), NOW)
    lists.forget()
    assert lists.ended(request, {1: 1}) is None
    assert due(lists) == []
    assert not lists.knows_events


def test_a_list_that_begins_before_the_event_does_not_stand_for_the_one_at_its_start():
    lists = RsvpLists()
    lists.listed([event()])
    early = lists.next(NOW)
    lists.saw(event(ACTIVE), NOW + 1)
    assert lists.next(NOW + 1).place == early.place


# ------------------------------------------------------------------ in a new process


def test_what_was_seen_since_is_newer_than_the_list_of_events():
    lists = RsvpLists()
    lists.saw(event(ACTIVE), START)
    assert due(lists, START) == [(EVENT, None)]
    lists.listed([event()])
    due(lists, START)
    lists.saw(event(COMPLETED), START + HOUR)
    assert due(lists, START + HOUR) == [(EVENT, None)]


def test_an_event_of_which_nothing_was_known_may_have_been_running():
    lists = RsvpLists()
    lists.saw(event(COMPLETED), START + HOUR)
    lists.saw(event(CANCELLED, event_id=8, start_ms=START + WEEK), START + HOUR)
    assert due(lists, START + HOUR) == [(EVENT, None)]


def test_an_event_that_is_dropped_is_asked_for_no_more(lists):
    lists.saw(event(ACTIVE), NOW)
    request = lists.next(NOW)
    lists.saw(event(), NOW)
    lists.drop(EVENT)
    assert lists.ended(request, {1: 1}) is None
    assert due(lists, START) == []
