from __future__ import annotations

from charts.placing import Box, first_free, rows, strip, thinned

AREA = Box(0, 0, 100, 100)
LEFT, RIGHT = Box(0, 0, 40, 20), Box(60, 0, 100, 20)


def test_the_first_candidate_that_covers_nothing_is_taken() -> None:
    assert first_free([LEFT, RIGHT], AREA, [[Box(10, 10, 20, 20)]], at_least=1) == RIGHT


def test_the_last_layer_is_given_up_first() -> None:
    texts, grid = [Box(0, 0, 10, 10)], [Box(0, 0, 100, 100)]
    assert first_free([LEFT, RIGHT], AREA, [texts, grid], at_least=1) == RIGHT


def test_what_must_not_be_covered_is_never_covered() -> None:
    assert first_free([LEFT, RIGHT], AREA, [[AREA], []], at_least=1) is None


def test_nothing_is_placed_outside_the_area() -> None:
    assert first_free([Box(90, 0, 110, 20)], AREA, [], at_least=0) is None


def test_a_slope_takes_its_neighbourhood_and_not_its_whole_span() -> None:
    line = [(0.0, 100.0), (100.0, 0.0)]
    taken = list(strip(line, line, margin=3))
    assert not any(box.overlaps(Box(0, 0, 30, 30)) for box in taken)
    assert any(box.overlaps(Box(48, 48, 52, 52)) for box in taken)


def test_rows_fill_their_area_unless_they_would_be_too_tall() -> None:
    assert [row.top for row in rows(AREA, 4, tallest=50)] == [0, 25, 50, 75]
    assert [row.bottom for row in rows(AREA, 2, tallest=30)] == [30, 60]
    assert rows(AREA, 0, tallest=30) == []


def test_crowded_labels_are_thinned_evenly_and_keep_the_last() -> None:
    labels = [Box(n * 10, 0, n * 10 + 12, 10) for n in range(10)]
    assert thinned(labels, between=5) == [1, 3, 5, 7, 9]
    assert thinned(labels, between=1000) == [9]
    assert thinned([], between=5) == []
