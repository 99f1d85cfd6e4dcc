from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.stats import binomtest

from reports.statistics import (
    bootstrap_change,
    bootstrap_rate,
    fisher_exact,
    holm,
    mcnemar_exact,
    sign_flip,
    wilson,
)


@given(st.data(), st.integers(1, 100_000))
def test_wilson_agrees_with_scipy(data: st.DataObject, total: int) -> None:
    successes = data.draw(st.integers(0, total))
    theirs = binomtest(successes, total).proportion_ci(method="wilson")
    assert wilson(successes, total) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_wilson_by_hand() -> None:
    # 187 of 331: p = 0.56495, z²/n = 3.84146/331 = 0.0116056
    # centre = (0.56495 + 0.0058028) / 1.0116056 = 0.564205
    # half = 1.95996/1.0116056 · √(0.56495·0.43505/331 + 0.0116056/(4·331)) = 1.937478 · 0.0274100 = 0.053106
    low, high = wilson(187, 331)
    assert low == pytest.approx(0.511099, abs=2e-5)
    assert high == pytest.approx(0.617311, abs=2e-5)


def test_an_interval_never_leaves_the_rates_range() -> None:
    assert wilson(0, 10)[0] == 0
    assert wilson(10, 10)[1] == 1
    assert wilson(0, 0) == (0, 1)


@pytest.mark.parametrize(("successes", "total"), [(5, 3), (-1, 3)])
def test_a_part_larger_than_its_whole_is_refused(successes: int, total: int) -> None:
    with pytest.raises(ValueError, match="is not a rate"):
        wilson(successes, total)


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_mcnemar_agrees_with_scipys_binomial_test(gained: int, lost: int) -> None:
    expected = binomtest(gained, gained + lost).pvalue if gained + lost else 1.0
    below = 1e-250  # scipy rounds to 0
    assert mcnemar_exact(gained, lost) == pytest.approx(expected, rel=1e-9, abs=below)


def test_mcnemar_by_hand() -> None:
    # 1 gained, 5 lost: 2 · (C(6,0) + C(6,1)) / 2⁶ = 2 · 7/64 = 0.21875
    assert mcnemar_exact(1, 5) == pytest.approx(0.21875)
    assert mcnemar_exact(5, 1) == mcnemar_exact(1, 5)
    assert mcnemar_exact(0, 0) == 1
    assert mcnemar_exact(4, 4) == 1


def test_mcnemar_takes_a_hundred_thousand_people() -> None:
    expected = binomtest(49_000, 100_000).pvalue
    assert mcnemar_exact(49_000, 51_000) == pytest.approx(expected, rel=1e-6)


def test_holm_by_hand() -> None:
    # ascending 0.01, 0.03, 0.04 → 3·0.01 = 0.03; max(0.03, 2·0.03) = 0.06; max(0.06, 1·0.04) = 0.06
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([]) == []
    assert holm([0.9, 0.8]) == [1.0, 1.0]


@given(st.lists(st.floats(0, 1), max_size=12), st.floats(0.001, 0.5))
def test_holm_rejects_what_its_step_down_procedure_rejects(p_values: list[float], level: float) -> None:
    rejected = set()
    ordered = sorted(range(len(p_values)), key=lambda i: p_values[i])
    for rank, index in enumerate(ordered):
        if (len(p_values) - rank) * p_values[index] > level:
            break
        rejected.add(index)
    adjusted = holm(p_values)
    assert {i for i, p in enumerate(adjusted) if p <= level} == rejected
    assert all(a >= p or math.isclose(a, p) for a, p in zip(adjusted, p_values, strict=True))


@given(st.data(), st.integers(1, 300), st.integers(1, 300))
def test_fisher_agrees_with_scipy(data: st.DataObject, whole: int, other_whole: int) -> None:
    part, other_part = data.draw(st.integers(0, whole)), data.draw(st.integers(0, other_whole))
    table = [[part, whole - part], [other_part, other_whole - other_part]]
    theirs = float(stats.fisher_exact(table).pvalue)
    assert fisher_exact(part, whole, other_part, other_whole) == pytest.approx(theirs, rel=1e-6, abs=1e-12)


def test_fisher_by_hand() -> None:
    # 3 of 4 against 1 of 4: C(4,3)·C(4,1)/C(8,4) = 16/70, as likely as 1 and 3; 0 and 4 are 1/70 each: 34/70
    assert fisher_exact(3, 4, 1, 4) == pytest.approx(34 / 70)
    with pytest.raises(ValueError, match="is not a rate"):
        fisher_exact(5, 4, 1, 4)


@given(st.lists(st.integers(-4, 4), max_size=9))
def test_flipping_signs_counts_every_assignment(differences: list[int]) -> None:
    sums = [0]
    for difference in differences:
        sums = [total + sign * difference for total in sums for sign in (1, -1)]
    as_far = sum(abs(total) >= abs(sum(differences)) for total in sums)
    assert sign_flip(differences) == pytest.approx(as_far / len(sums))


@given(st.integers(0, 60), st.integers(0, 60))
def test_flipping_signs_of_ones_is_mcnemars_test(gained: int, lost: int) -> None:
    assert sign_flip([1] * gained + [-1] * lost) == pytest.approx(mcnemar_exact(gained, lost))


def test_of_many_people_the_normal_distribution_stands_for_all_signs() -> None:
    differences = [1] * 310 + [-1] * 260  # 570: more than are counted one by one
    assert sign_flip(differences) == pytest.approx(mcnemar_exact(310, 260), rel=0.02)
    assert sign_flip([2] * 300 + [-2] * 300) == 1


def test_the_bootstrap_gives_the_same_interval_every_time() -> None:
    people = [(1, 1)] * 20 + [(0, 1)] * 44
    low, high = bootstrap_rate(people).interval
    assert bootstrap_rate(list(reversed(people))).interval == (low, high)
    # each interest of another person: like a binomial rate of 31 %, of which Wilson says 21–43 %
    assert (low, high) == pytest.approx(wilson(20, 64), abs=0.03)


def test_the_same_people_over_and_over_make_a_rate_less_sure() -> None:
    apart = bootstrap_rate([(1, 1)] * 20 + [(0, 1)] * 40).interval
    together = bootstrap_rate([(4, 4)] * 5 + [(0, 4)] * 10).interval
    assert together[1] - together[0] > 1.5 * (apart[1] - apart[0])


def test_a_change_of_a_pooled_rate_is_tested_on_people() -> None:
    # forty people, each interested twice: 15 % stayed away before, 60 % now
    clearly = [(2, 2, 0, 2)] * 20 + [(1, 2, 1, 2)] * 8 + [(0, 2, 1, 2)] * 4 + [(0, 2, 0, 2)] * 8
    assert bootstrap_change(clearly).p_value < 0.01
    steady = [(1, 2, 1, 2)] * 20 + [(0, 2, 0, 2)] * 20
    assert bootstrap_change(steady).p_value == 1


def test_of_many_people_the_normal_distribution_stands_for_the_draws() -> None:
    few = [(2, 2, 0, 2)] * 60 + [(1, 2, 1, 2)] * 100 + [(0, 2, 1, 2)] * 80 + [(0, 1, 0, 0)] * 60
    drawn, many = bootstrap_change(few), bootstrap_change(few * 2)
    middle = sum(drawn.interval) / 2
    width = (drawn.interval[1] - drawn.interval[0]) / math.sqrt(2)
    assert sum(many.interval) / 2 == pytest.approx(middle, abs=0.01)
    assert many.interval[1] - many.interval[0] == pytest.approx(width, rel=0.1)
    steady = bootstrap_change([(1, 2, 1, 2)] * 300 + [(0, 2, 0, 2)] * 300)
    assert (steady.interval, steady.p_value) == ((0, 0), 1)
    # 60 of 800 against 100 of 800 different interests, each of another person: z = 3.3, p ≈ 0.001
    apart = bootstrap_change(
        [(1, 1, 0, 0)] * 60 + [(0, 1, 0, 0)] * 740 + [(0, 0, 1, 1)] * 100 + [(0, 0, 0, 1)] * 700
    )
    assert apart.p_value == pytest.approx(0.001, rel=0.2)
