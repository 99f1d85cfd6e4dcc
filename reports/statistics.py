"""Intervals and tests. Definitions: docs/kpis.md, "Intervals"."""

from __future__ import annotations

import math
from collections.abc import Sequence

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


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down correction (Holm 1979): adjusted p-values in the order given."""
    adjusted = [0.0] * len(p_values)
    running = 0.0
    ascending = sorted(range(len(p_values)), key=lambda index: p_values[index])
    for rank, index in enumerate(ascending):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = running
    return adjusted
