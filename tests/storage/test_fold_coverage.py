"""Coverage: one chain of intervals per source, without holes or overlaps."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.fact_bodies import NOT_DELIVERED, NOT_READ
from storage.fold.changes import Changes

MINUTE = 60_000


def chain(changes: Changes, source: str = "voice") -> list[tuple[int, int, str, str | None]]:
    return sorted(
        (interval.from_ms, interval.to_ms, interval.state, interval.cause)
        for (of, _), interval in changes.coverage.items()
        if of == source and interval is not None
    )


def test_neighbours_of_the_same_state_are_one_interval(history: Any, at: Any) -> None:
    history.covered("2026-03-02 10:00", "2026-03-02 10:05")
    history.covered("2026-03-02 10:05", "2026-03-02 10:10")
    assert chain(history.folded()) == [
        (at("2026-03-02 10:00"), at("2026-03-02 10:10"), "recorded", None),
    ]


def test_states_and_causes_stay_apart(history: Any) -> None:
    history.covered(0, 10)
    history.covered(10, 20, "gap", "the network")
    history.covered(20, 30, "gap", "the machine")
    history.covered(30, 40, "late")
    assert chain(history.folded()) == [
        (0, 10, "recorded", None),
        (10, 20, "gap", "the network"),
        (20, 30, "gap", "the machine"),
        (30, 40, "late", None),
    ]


def test_sources_are_told_apart(history: Any) -> None:
    history.covered(0, 10)
    history.covered(10, 20, "gap", "no permission", sources=["events"])
    history.covered(10, 20, sources=["voice"])
    changes = history.folded()
    assert chain(changes, "voice") == [(0, 20, "recorded", None)]
    assert chain(changes, "events") == [(0, 10, "recorded", None), (10, 20, "gap", "no permission")]
    assert chain(changes, "members") == [(0, 10, "recorded", None)]


def test_what_nobody_spoke_of_was_not_recorded(history: Any) -> None:
    history.covered(10, 20)
    history.covered(30, 40)
    history.covered(0, 5)
    assert chain(history.folded()) == [
        (0, 5, "recorded", None),
        (5, 10, "gap", "not recorded"),
        (10, 20, "recorded", None),
        (20, 30, "gap", "not recorded"),
        (30, 40, "recorded", None),
    ]


def test_the_later_note_knows_better(history: Any) -> None:
    history.covered(0, 100)
    history.covered(20, 80, "gap", "lost")
    history.covered(40, 60, "late")
    assert chain(history.folded()) == [
        (0, 20, "recorded", None),
        (20, 40, "gap", "lost"),
        (40, 60, "late", None),
        (60, 80, "gap", "lost"),
        (80, 100, "recorded", None),
    ]


def test_no_time_at_all_is_no_interval(history: Any) -> None:
    history.covered(10, 10)
    assert chain(history.folded()) == []


notes = st.tuples(
    st.integers(0, 40),
    st.integers(0, 12),
    st.sampled_from([("recorded", None), ("late", None), ("gap", "a"), ("gap", "b")]),
)


@settings(max_examples=150)
@given(plan=st.lists(notes, max_size=12))
def test_every_minute_is_what_the_last_note_about_it_says(new_history: Any, plan: Any) -> None:
    history = new_history()
    minutes: dict[int, tuple[str, str | None]] = {}
    for start, length, (state, cause) in plan:
        history.covered(start * MINUTE, (start + length) * MINUTE, state, cause)
        minutes.update(dict.fromkeys(range(start, start + length), (state, cause)))
    found = chain(history.folded())
    painted = {
        minute: (state, cause)
        for from_ms, to_ms, state, cause in found
        for minute in range(from_ms // MINUTE, to_ms // MINUTE)
    }
    known = range(min(minutes), max(minutes) + 1) if minutes else range(0)
    assert painted == {minute: minutes.get(minute, ("gap", "not recorded")) for minute in known}
    for (_, end, *state), (start, _, *next_state) in pairwise(found):
        assert end == start
        assert state != next_state


# ------------------------------------------------------------------ gaps of another recorder


@pytest.mark.parametrize("cause", [NOT_DELIVERED, NOT_READ])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_another_recorder_missed_stays_a_gap_whoever_tells_first(
    history: Any, cause: str, place: int
) -> None:
    rows = [(0, 50, "recorded", None), (50, 100, "recorded", None)]
    rows.insert(place, (40, 60, "gap", cause))
    for row in rows:
        history.covered(*row, sources=["commands"])
    assert chain(history.folded(), "commands") == [
        (0, 40, "recorded", None),
        (40, 60, "gap", cause),
        (60, 100, "recorded", None),
    ]


def test_what_another_recorder_missed_is_told_apart_from_what_the_bot_missed(history: Any) -> None:
    history.covered(40, 60, "gap", NOT_DELIVERED, sources=["commands"])
    history.covered(0, 100, "gap", "the network")
    history.covered(0, 100, "late")
    changes = history.folded()
    assert chain(changes, "voice") == [(0, 100, "late", None)]
    assert chain(changes, "commands") == [
        (0, 40, "late", None),
        (40, 60, "gap", NOT_DELIVERED),
        (60, 100, "late", None),
    ]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_file_knows_what_another_recorder_missed(history: Any, place: int) -> None:
    tell = [
        lambda: history.covered(0, 100, sources=["commands"]),
        lambda: history.covered(40, 60, "gap", NOT_DELIVERED, sources=["commands"]),
    ]
    tell.insert(place, lambda: history.told_of_coverage(50, 100, ["commands"]))
    for row in tell:
        row()
    assert chain(history.folded(), "commands") == [
        (0, 40, "recorded", None),
        (40, 50, "gap", NOT_DELIVERED),
        (50, 60, "late", "imported"),
        (60, 100, "recorded", None),
    ]


@settings(max_examples=150)
@given(
    plan=st.lists(notes, max_size=8),
    missed=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 40), st.integers(1, 12)), max_size=4),
)
def test_a_gap_of_another_recorder_is_one_wherever_it_comes_and_however_often(
    new_history: Any, plan: Any, missed: Any
) -> None:
    chains = []
    for places in ([place for place, _, _ in missed], [0 for _ in missed], [8 for _ in missed]):
        history = new_history()
        for number in range(9):
            for place, (_, start, length) in zip(places, missed, strict=True):
                if place == number:
                    span = start * MINUTE, (start + length) * MINUTE
                    history.covered(*span, "gap", NOT_DELIVERED, sources=["commands"])
            for start, length, (state, cause) in plan[number : number + 1]:
                history.covered(start * MINUTE, (start + length) * MINUTE, state, cause, ["commands"])
        chains.append(chain(history.folded(), "commands"))
        history.rows = [*history.rows, *(row for row in history.rows if NOT_DELIVERED in row.body)]
        chains.append(chain(history.folded(), "commands"))
    assert all(each == chains[0] for each in chains)
    gaps = {
        minute
        for from_ms, to_ms, _, cause in chains[0]
        if cause == NOT_DELIVERED
        for minute in range(from_ms // MINUTE, to_ms // MINUTE)
    }
    assert gaps == {start + minute for _, start, length in missed for minute in range(length)}
