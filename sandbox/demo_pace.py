"""How fast the demo's time runs: while nothing is on, a night takes seconds; what happens is not rushed."""

from __future__ import annotations

CALMLY = 60.0  # a minute a second: an evening in voice takes five minutes
QUICKLY = 1440.0  # a night of eight hours takes twenty seconds
BEFORE_MS = 5 * 60_000  # so long before the next thing happens, time runs calmly again


def speed_at(now_ms: int, next_ms: int, *, is_quiet: bool) -> float:
    """Times as fast as the world outside, where the next thing that is worth seeing comes at `next_ms`."""
    return QUICKLY if is_quiet and now_ms < next_ms - BEFORE_MS else CALMLY
