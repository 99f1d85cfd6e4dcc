"""Spans of time: what they are joined, clipped and counted to."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.attendance import Span, Step, clipped, headcount, merged, outside, times_with, total_ms

spans = st.lists(st.builds(lambda a, n: Span(a, a + n), st.integers(0, 40), st.integers(0, 15)), max_size=8)


def moments(some: list[Span]) -> set[int]:
    return {moment for span in some for moment in range(span.start_ms, span.end_ms)}


@pytest.mark.parametrize(("second", "expected"), [(15, 1), (16, 2)])
def test_a_break_of_just_that_length_is_none(second: int, expected: int) -> None:
    assert len(merged([Span(0, 10), Span(second, 20)], break_ms=5)) == expected


@given(some=spans)
def test_merged_spans_are_the_same_moments_apart_from_each_other(some: list[Span]) -> None:
    joined = merged(some)
    assert moments(joined) == moments(some)
    assert all(one.end_ms < other.start_ms for one, other in itertools.pairwise(joined))
    assert total_ms(joined) == len(moments(some))


@given(some=spans, window=st.builds(lambda a, n: Span(a, a + n), st.integers(0, 40), st.integers(0, 30)))
def test_clipped_spans_are_the_moments_of_the_window(some: list[Span], window: Span) -> None:
    assert moments(clipped(some, window)) == moments(some) & moments([window])


@given(some=spans, taken=spans)
def test_outside_are_the_moments_that_are_not_taken(some: list[Span], taken: list[Span]) -> None:
    left = outside(some, taken)
    assert moments(left) == moments(some) - moments(taken)
    assert merged(left) == left


@given(people=st.lists(spans, max_size=5), wanted=st.integers(1, 3))
def test_heads_are_counted_at_every_moment(people: list[list[Span]], wanted: int) -> None:
    steps = headcount(people)
    there = [sum(moment in moments(presence) for presence in people) for moment in range(60)]
    counted = [
        next((step.people for step in reversed(steps) if step.at_ms <= moment), 0) for moment in range(60)
    ]
    assert counted == there
    assert all(one.people != other.people for one, other in itertools.pairwise(steps))
    assert moments(times_with(steps, wanted)) == {m for m, count in enumerate(there) if count >= wanted}


def test_changing_the_channel_counts_nobody_twice() -> None:
    assert headcount([[Span(0, 10), Span(10, 20)], [Span(5, 10)]]) == [
        Step(0, 1),
        Step(5, 2),
        Step(10, 1),
        Step(20, 0),
    ]
