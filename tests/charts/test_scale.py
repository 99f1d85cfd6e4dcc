from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from charts.scale import HALF_WIDTHS, scale_for

people = st.floats(0, 1e7)


@given(st.lists(people, min_size=1, max_size=60), st.floats(0, 1e5))
def test_any_values_get_three_or_four_whole_lines_that_hold_them(values: list[float], half: float) -> None:
    scale = scale_for(values, half, top=160, bottom=540)
    assert 3 <= len(scale.lines) <= 4
    assert all(line % 1 == 0 and line >= 0 for line in scale.lines)
    assert scale.low <= min(values) and max(values) <= scale.high
    assert scale.high - scale.low >= HALF_WIDTHS * half
    assert all(160 - 1e-6 <= scale.y(value) <= 540 + 1e-6 for value in values)


@given(st.lists(people, min_size=2, max_size=60))
def test_the_values_take_a_good_part_of_the_height(values: list[float]) -> None:
    scale = scale_for(values, 0, top=160, bottom=540)
    assert max(values) - min(values) >= 0.5 * (scale.high - scale.low) or scale.high - scale.low <= 6


def test_it_chooses_as_a_person_would() -> None:
    assert scale_for([115, 204, 121], 17, 160, 540).lines == [100, 140, 180, 220]
    assert scale_for([10, 151], 14, 160, 540).lines == [0, 60, 120, 180]
    assert scale_for([0], 0, 160, 540).lines == [0, 1, 2]
