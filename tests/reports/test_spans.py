from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from reports.spans import holes, length, merged, overlaps, within

spans = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8)


def points(of: list[tuple[int, int]]) -> set[int]:
    return {point for start, end in of for point in range(start, end)}


@given(spans)
def test_merging_keeps_every_moment_and_leaves_no_neighbours_apart(of: list[tuple[int, int]]) -> None:
    result = merged(of)
    assert points(result) == points(of)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(result))
    assert length(result) == len(points(of))


@given(spans, st.integers(0, 40), st.integers(0, 40))
def test_holes_are_what_the_spans_leave_of_the_window(
    of: list[tuple[int, int]], start: int, end: int
) -> None:
    window = (start, max(start, end))
    assert points(holes(of, window)) == points([window]) - points(of)
    assert points(within(of, window)) == points([window]) & points(of)


def test_spans_that_only_touch_do_not_overlap() -> None:
    assert overlaps((0, 5), (4, 6))
    assert not overlaps((0, 5), (5, 6))
