"""Who keeps coming to a series: each number with its working beside it."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from reports.event_report import OccurrenceKey
from reports.held import Held
from reports.loyalty import first_timers_back, never_again, regulars_at, regulars_stopped, stopped_over_time
from reports.occurrence_records import Occurrence
from reports.turnout import People

WEEK_MS = 7 * 86_400_000


def occurrence(number: int) -> Occurrence:
    start_ms = number * WEEK_MS
    return Occurrence(
        key=OccurrenceKey(number + 1, start_ms),
        series="title:inhouse",
        title="Inhouse",
        event_type=None,
        channels=(7,),
        scheduled=(start_ms, start_ms + 7_200_000),
        outcome="held",
        began_ms=start_ms,
        window=(start_ms, start_ms + 7_200_000),
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


def held(*attended: Iterable[int], unknown: dict[int, Iterable[int]] | None = None) -> list[Held]:
    """Who attended each, the oldest first; `unknown`: whom a gap may have hidden, by place."""
    hidden = unknown or {}
    return [
        Held(occurrence(place), People(people), People(hidden.get(place, ())))
        for place, people in enumerate(attended)
    ]


def share(again: object) -> tuple[int, int]:
    known, there = again.known, again.there  # type: ignore[attr-defined]
    return len(there), len(known)


def test_a_regular_was_at_three_of_the_last_four() -> None:
    series = held({1, 2, 3}, {1, 2}, {1, 3}, {1, 2, 3})
    assert regulars_at(series, 3) == People([1, 2, 3])  # 4, 3 and 3 times
    assert regulars_at(series, 2) == People()  # three held are too few to tell
    assert regulars_at(held({1}, {1}, {1}, {2}, {2}), 4) == People()  # twice each of the last four


def test_whom_a_gap_may_have_made_a_regular_is_none() -> None:
    assert regulars_at(held({1, 2}, {1, 2}, {1}, {1}, unknown={2: [2]}), 3) == People([1])


def test_a_regular_who_misses_three_in_a_row_has_stopped() -> None:
    everybody = range(1, 6)
    series = held(*[everybody] * 4, {1, 2}, {1, 3}, {1})
    # 1 to 5 are regulars; at the next three: 1 thrice, 2 and 3 once, 4 and 5 never
    stopped = regulars_stopped(series, 3)
    assert stopped is not None
    assert (stopped.known, stopped.stopped) == (People(everybody), People([4, 5]))
    assert stopped.after == series[3].occurrence
    two = regulars_stopped(series, 2)
    assert two is not None
    # as of the fifth: at 3 of its last 4 were all five; at the sixth and seventh were 1 and 3
    assert (len(two.known), two.stopped) == (5, People([2, 4, 5]))


def test_it_is_pending_until_so_many_more_were_held() -> None:
    assert regulars_stopped(held(*[{1}] * 6), 3) is None
    assert regulars_stopped(held(*[{1}] * 7), 3) is not None
    assert regulars_stopped(held(*[{1}] * 7), 3, back=1) is None


def test_whom_a_gap_may_have_hidden_has_neither_stopped_nor_come() -> None:
    series = held(*[{1, 2, 3}] * 4, set(), set(), set(), unknown={5: [2], 6: [3]})
    stopped = regulars_stopped(series, 3)
    assert stopped is not None
    assert (stopped.known, stopped.stopped) == (People([1]), People([1]))


def test_over_time_each_holding_has_a_point() -> None:
    series = held(*[{1, 2}] * 5, {1}, {1}, {1}, {2})
    # after the 4th: at the 5th to 7th both came; after the 5th: 2 missed the 6th to 8th;
    # after the 6th both are regulars (2 was at three of its last four): 2 came to the 9th
    assert [
        (one.after.key.event_id, len(one.stopped), len(one.known)) for one in stopped_over_time(series, 3, 8)
    ] == [(4, 0, 2), (5, 1, 2), (6, 0, 2)]
    assert len(stopped_over_time(series, 3, 2)) == 2


def test_first_timers_come_again_within_the_next_two() -> None:
    series = held({1, 2}, {1, 3, 4, 5}, {3}, {4, 6}, {7}, {1})
    # new at the 2nd: 3, 4, 5, of whom 3 came to the 3rd and 4 to the 4th; at the 3rd nobody;
    # at the 4th: 6, who came to neither of the next two; at the 5th 7: pending, only one more was held
    assert share(first_timers_back(series)) == (2, 4)


def test_who_was_at_the_first_on_record_may_have_come_for_years() -> None:
    assert share(first_timers_back(held({1, 2}, {1}, {1}))) == (0, 0)


def test_whom_a_gap_may_have_hidden_before_is_no_first_timer() -> None:
    series = held({9}, {9}, {1, 2}, {1, 2}, set(), unknown={1: [2]})
    assert share(first_timers_back(series)) == (1, 1)


def test_first_timers_are_those_of_the_last_eight_that_two_followed() -> None:
    # a new one at each of twelve, who comes again only if even: the last 8 with two more are the 3rd to 10th
    series = held(*[{number} | ({number - 1} if number % 2 else set()) for number in range(12)])
    # new at the places 2 to 9: 2, …, 9; the even ones came again to the next
    assert share(first_timers_back(series)) == (4, 8)


def test_after_three_times_some_never_come_again() -> None:
    series = held({1, 2, 3}, {1, 2}, {1, 2, 3}, {3}, {2}, set(), set())
    # 1 and 2 came for the third time to the 3rd: of the next three 2 came to one, 1 to none;
    # 3 came for the third time to the 4th, and to none of the next three
    again = never_again(series, 3)
    assert (again.known, again.known - again.there) == (People([1, 2, 3]), People([1, 3]))
    # with one more needed after the 4th than there is, 3 is pending
    assert never_again(series[:-1], 3).known == People([1, 2])
    # after two times, within two: 1 and 2 at the 2nd, back at the 3rd; 3 at the 3rd, back at the 4th
    assert share(never_again(series, 2)) == (3, 3)


def test_each_counts_once_however_often_they_come() -> None:
    assert share(never_again(held(*[{1}] * 9), 3)) == (1, 1)
    # the third time was at the 3rd of fifteen, before the last 8 that three more followed: the 5th to 12th
    assert share(never_again(held(*[{1}] * 15), 3)) == (0, 0)


# ------------------------------------------------------- by the words of the definition, person by person

people = st.sets(st.integers(1, 8), max_size=8)


@given(series=st.lists(people, max_size=16), missed=st.integers(1, 4))
def test_who_stays_is_what_counting_by_hand_says(series: list[set[int]], missed: int) -> None:
    everybody = range(1, 9)
    last = len(series) - 1

    def came(person: int, places: Iterable[int]) -> list[int]:
        return [place for place in places if place <= last and person in series[place]]

    found = regulars_stopped(held(*series), missed)
    if len(series) < 4 + missed:
        assert found is None
    else:
        assert found is not None
        place = last - missed
        regulars = [one for one in everybody if len(came(one, range(place - 3, place + 1))) >= 3]
        assert list(found.known) == regulars
        assert list(found.stopped) == [one for one in regulars if not came(one, range(place + 1, last + 1))]

    first = {one: came(one, range(last + 1))[0] for one in everybody if came(one, range(last + 1))}
    decided = range(max(0, last - 1 - 8), last - 1)  # the last 8 that two more followed
    new = [one for one, place in first.items() if place in decided and place > 0]
    back = [one for one in new if came(one, (first[one] + 1, first[one] + 2))]
    assert share(first_timers_back(held(*series))) == (len(back), len(new))

    decided = range(max(0, last - missed + 1 - 8), last - missed + 1)
    reached = {
        one: came(one, range(last + 1))[missed - 1]
        for one in everybody
        if len(came(one, range(last + 1))) >= missed
    }
    due = [one for one, place in reached.items() if place in decided]
    again = [one for one in due if came(one, range(reached[one] + 1, reached[one] + 1 + missed))]
    assert share(never_again(held(*series), missed)) == (len(again), len(due))
