"""Coverage: one chain of intervals per source, without holes or overlaps."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

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
