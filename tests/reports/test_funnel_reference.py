"""The funnel of any people, walked a second time: one person after the other, one day after the other."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from reports.cohorts import Cohorts
from reports.funnel import funnel
from reports.retention import Window

DAYS = st.integers(0, 20)
PEOPLE = st.lists(
    st.tuples(DAYS, st.sets(DAYS, max_size=4), st.sets(DAYS, max_size=4)), max_size=12
)  # when they joined, ran a command, were at an event
JOINED_IN = Window(2, 9)


def first_in(days: Iterable[int], start: int, length: int) -> int | None:
    return min((day for day in days if start <= day < start + length), default=None)


def sets_of(days: list[tuple[int, Iterable[int]]]) -> dict[int, BitMap]:
    made: dict[int, BitMap] = {}
    for number, of_person in days:
        for day in of_person:
            made.setdefault(day, BitMap()).add(number)
    return made


@settings(max_examples=300)
@given(PEOPLE, st.integers(1, 6))
def test_every_step_is_the_one_that_each_person_took(
    people: list[tuple[int, set[int], set[int]]], length: int
) -> None:
    steps: dict[str, dict[int, int]] = {
        name: {} for name in ("command", "event", "either", "both", "any event")
    }
    joined = set()
    for number, (join, commands, events) in enumerate(people):
        if not JOINED_IN.first_day <= join <= JOINED_IN.last_day:
            continue
        joined.add(number)
        command = first_in(commands, join, length)
        if command is not None:
            steps["command"][number] = command - join
            event = first_in(events, command, length)
            if event is not None:
                steps["event"][number] = event - command
        either = first_in(commands | events, join, length)
        if either is not None:
            steps["either"][number] = either - join
            others = [first_in(days, either, length) for days in (commands, events)]
            if None not in others:
                steps["both"][number] = max(day for day in others if day is not None) - either
        any_event = first_in(events, join, 2 * length)
        if any_event is not None:
            steps["any event"][number] = any_event - join

    cohorts = Cohorts(sets_of([(number, [join]) for number, (join, _, _) in enumerate(people)]))
    ran = sets_of([(number, commands) for number, (_, commands, _) in enumerate(people)])
    came = sets_of([(number, events) for number, (_, _, events) in enumerate(people)])
    made = funnel(cohorts, ran, came, JOINED_IN, length)

    assert set(made.joined) == joined
    for name, reached, days in (
        ("command", made.in_order.first, made.in_order.days_to_first),
        ("event", made.in_order.second, made.in_order.days_to_second),
        ("either", made.any_order.first, made.any_order.days_to_first),
        ("both", made.any_order.second, made.any_order.days_to_second),
        ("any event", made.attended_any, made.days_to_any_event),
    ):
        expected = steps[name]
        assert set(reached) == expected.keys(), name
        assert days == (median(expected.values()) if expected else None), name
    assert made.in_order.second <= made.any_order.second <= made.any_order.first <= made.joined
