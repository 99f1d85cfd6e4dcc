"""Intervals and tests. Definitions: docs/kpis.md, "Intervals"."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

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

    def log_likelihood(number: int) -> float:
        return _log_choose(whole, number) + _log_choose(other_whole, hits - number)

    everything, seen = _log_choose(total, hits), log_likelihood(part)
    possible = range(max(0, hits - other_whole), min(hits, whole) + 1)
    logs = map(log_likelihood, possible)
    # a table as likely as the one that was seen may come out a little likelier by rounding
    return min(1.0, math.fsum(math.exp(log - everything) for log in logs if log <= seen + 1e-9))


def _log_choose(whole: int, part: int) -> float:
    return math.lgamma(whole + 1) - math.lgamma(part + 1) - math.lgamma(whole - part + 1)


EXACT_SUM = 4000  # up to this sum of differences every assignment of signs is counted


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
SEED = 20251116  # any: the same data gives the same interval on every machine


@dataclass(frozen=True, slots=True)
class RatioDraws:
    """Ratios of sums over people, drawn anew with replacement: the bootstrap over members."""

    draws: tuple[float, ...]  # ascending

    def interval(self) -> tuple[float, float]:
        """The middle 95 %."""
        last = len(self.draws) - 1
        return self.draws[round(last * 0.025)], self.draws[round(last * 0.975)]

    def p_value(self) -> float:
        """Two-sided, of the ratio (a difference of ratios) being 0."""
        below = sum(draw <= 0 for draw in self.draws)
        above = sum(draw >= 0 for draw in self.draws)
        return min(1.0, 2 * (1 + min(below, above)) / (1 + len(self.draws)))


def bootstrap_rate(people: Sequence[tuple[int, int]]) -> RatioDraws:
    """Of a rate that is pooled over people: (part, whole) of each."""
    return _bootstrap([(part, whole, 0, 0) for part, whole in people])


def bootstrap_change(people: Sequence[tuple[int, int, int, int]]) -> RatioDraws:
    """Of the difference of two such rates: (part, whole) now and (part, whole) then of each person."""
    return _bootstrap(people)


def _bootstrap(people: Sequence[tuple[int, int, int, int]]) -> RatioDraws:
    kinds = sorted(Counter(people).items())  # people with equal numbers are drawn as one kind
    random, size = Random(SEED), len(people)  # noqa: S311  not for secrets
    weights = list(accumulate(count for _, count in kinds))
    places = range(len(kinds))
    draws = []
    for _ in range(DRAWS):
        drawn = Counter(random.choices(places, cum_weights=weights, k=size))
        sums = [sum(kinds[place][0][column] * count for place, count in drawn.items()) for column in range(4)]
        draws.append(_rate(sums[0], sums[1]) - _rate(sums[2], sums[3]))
    return RatioDraws(tuple(sorted(draws)))


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
