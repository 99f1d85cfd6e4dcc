"""Intervals and tests. Definitions: docs/kpis.md, "Intervals"."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import TypeVar

import numpy as np

Z_95 = 1.959963984540054  # two-sided 95 % of the normal distribution


def wilson(successes: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a rate (Wilson 1927), within [0, 1]. Of nothing it is everything: (0, 1)."""
    if not 0 <= successes <= total:
        raise ValueError(f"{successes} of {total} is not a rate")
    if total == 0:
        return 0.0, 1.0
    rate, spread = successes / total, Z_95**2 / total
    centre = (rate + spread / 2) / (1 + spread)
    half = Z_95 / (1 + spread) * math.sqrt(rate * (1 - rate) / total + spread / (4 * total))
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == total else min(1.0, centre + half)
    return low, high


def mcnemar_exact(gained: int, lost: int) -> float:
    """Two-sided p-value of McNemar's exact test: how likely a split at least as uneven is by a fair coin."""
    pairs, fewer = gained + lost, min(gained, lost)
    if gained == lost:
        return 1.0
    return min(1.0, 2 * _fair_coin_tail(pairs, fewer))


def _fair_coin_tail(tosses: int, heads: int) -> float:
    """P(at most `heads` heads in `tosses`): summed from the largest term down, until terms add nothing."""
    log_term = (
        math.lgamma(tosses + 1)
        - math.lgamma(heads + 1)
        - math.lgamma(tosses - heads + 1)
        - tosses * math.log(2)
    )
    term, total = 1.0, 0.0
    for head in range(heads, -1, -1):
        total += term
        term *= head / (tosses - head + 1)
        if term < total * 1e-17:
            break
    return total * math.exp(log_term)


def fisher_exact(part: int, whole: int, other_part: int, other_whole: int) -> float:
    """Two-sided p-value of Fisher's exact test of two rates of different people."""
    hits, total = part + other_part, whole + other_whole
    if not 0 <= part <= whole or not 0 <= other_part <= other_whole:
        raise ValueError(f"{part} of {whole} or {other_part} of {other_whole} is not a rate")
    fewest, most = max(0, hits - other_whole), min(hits, whole)
    likeliest = min(max((whole + 1) * (hits + 1) // (total + 2), fewest), most)
    numbers = np.arange(fewest, most)
    # how much more likely each table is than the one before it, and from that than the likeliest
    steps = np.log((whole - numbers) * (hits - numbers)) - np.log(
        (numbers + 1) * (other_whole - hits + numbers + 1)
    )
    logs = np.concatenate(([0.0], np.cumsum(steps)))
    logs -= logs[likeliest - fewest]
    log_most = _log_choose(whole, likeliest) + _log_choose(other_whole, hits - likeliest)
    # a table as likely as the one that was seen may come out a little likelier by rounding
    as_unlikely = logs[logs <= logs[part - fewest] + 1e-9]
    return min(1.0, float(np.exp(as_unlikely + log_most - _log_choose(total, hits)).sum()))


def _log_choose(whole: int, part: int) -> float:
    return math.lgamma(whole + 1) - math.lgamma(part + 1) - math.lgamma(whole - part + 1)


EXACT_SUM = 500  # up to this sum of differences every assignment of signs is counted


def sign_flip(differences: Sequence[int]) -> float:
    """Two-sided p-value of the permutation test of paired differences, one of each person.

    Under the null hypothesis a person's difference had the other sign as easily. All assignments of signs are
    counted, so that nothing is left to chance; of many people the normal distribution stands for them. Of
    differences of 1 it is McNemar's exact test.
    """
    sizes = sorted(abs(difference) for difference in differences if difference)
    observed = abs(sum(differences))
    if observed == 0:
        return 1.0
    if sum(sizes) > EXACT_SUM:
        half_a_step = math.gcd(*sizes)
        return math.erfc((observed - half_a_step) / math.sqrt(2 * sum(size * size for size in sizes)))
    ways = {0: 1.0}  # sum of the signed differences → its probability
    for size in sizes:
        flipped: dict[int, float] = {}
        for total, probability in ways.items():
            for moved in (total - size, total + size):
                flipped[moved] = flipped.get(moved, 0.0) + probability / 2
        ways = flipped
    return min(1.0, math.fsum(probability for total, probability in ways.items() if abs(total) >= observed))


DRAWS = 1000
MOST_DRAWN = 500  # of more people the normal distribution stands for the draws
SEED = 20251116  # any: the same data gives the same interval on every machine

Counts = tuple[int, int, int, int]  # of one person: part and whole now, part and whole then


@dataclass(frozen=True, slots=True)
class Resampled:
    """What the bootstrap over members says of a rate that is pooled over people, or of its change."""

    interval: tuple[float, float]  # the middle 95 %
    p_value: float  # two-sided, of it being 0


def bootstrap_rate(people: Sequence[tuple[int, int]]) -> Resampled:
    """Of a rate that is pooled over people: (part, whole) of each, at least one whole above 0."""
    return bootstrap_change([(part, whole, 0, 0) for part, whole in people])


def bootstrap_change(people: Sequence[Counts]) -> Resampled:
    """Of the difference of two such rates."""
    return _linearised(people) if len(people) > MOST_DRAWN else _drawn(people)


def _drawn(people: Sequence[Counts]) -> Resampled:
    """People drawn anew with replacement, as many as there are."""
    kinds = sorted(Counter(people).items())  # people with equal numbers are drawn as one kind
    random, size = Random(SEED), len(people)  # noqa: S311  not for secrets
    weights = list(accumulate(count for _, count in kinds))
    places = range(len(kinds))
    draws = []
    for _ in range(DRAWS):
        drawn = Counter(random.choices(places, cum_weights=weights, k=size))
        draws.append(_difference([(kinds[place][0], count) for place, count in drawn.items()]))
    draws.sort()
    low, high = draws[round((DRAWS - 1) * 0.025)], draws[round((DRAWS - 1) * 0.975)]
    below, above = sum(draw <= 0 for draw in draws), sum(draw >= 0 for draw in draws)
    return Resampled((low, high), min(1.0, 2 * (1 + min(below, above)) / (1 + DRAWS)))


def _linearised(people: Sequence[Counts]) -> Resampled:
    """What the draws would come to: normal, with the variance of each person's influence on the rates."""
    kinds = list(Counter(people).items())
    now, then = _sums(kinds, 0), _sums(kinds, 2)
    value = _rate(*now) - _rate(*then)

    def influence(of: Counts) -> float:
        now_part = (of[0] - _rate(*now) * of[1]) / now[1] if now[1] else 0.0
        then_part = (of[2] - _rate(*then) * of[3]) / then[1] if then[1] else 0.0
        return now_part - then_part

    error = math.sqrt(math.fsum(influence(of) ** 2 * count for of, count in kinds))
    p_value = math.erfc(abs(value) / error / math.sqrt(2)) if error else float(value == 0)
    return Resampled((value - Z_95 * error, value + Z_95 * error), p_value)


def _difference(kinds: Sequence[tuple[Counts, int]]) -> float:
    return _rate(*_sums(kinds, 0)) - _rate(*_sums(kinds, 2))


def _sums(kinds: Sequence[tuple[Counts, int]], column: int) -> tuple[int, int]:
    part = sum(of[column] * count for of, count in kinds)
    return part, sum(of[column + 1] * count for of, count in kinds)


def _rate(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down correction (Holm 1979): adjusted p-values in the order given."""
    adjusted = [0.0] * len(p_values)
    running = 0.0
    ascending = sorted(range(len(p_values)), key=lambda index: p_values[index])
    for rank, index in enumerate(ascending):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = running
    return adjusted


Number = TypeVar("Number", int, float)


def percentile(ascending: Sequence[Number], per_cent: int) -> Number:
    """The smallest value that so many per cent of all do not exceed (nearest rank); of at least one value."""
    return ascending[-(-len(ascending) * per_cent // 100) - 1]
