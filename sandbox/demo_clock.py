"""The demo's time: it stands where it is put, so that the same story plays the same; then it may run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic


class DemoClock:
    def __init__(self, at_ms: int, ticks: Callable[[], float] = monotonic) -> None:
        self._at_ms = float(at_ms)
        self._ticks = ticks
        self._running_since: float | None = None
        self._speed = 0.0

    def now(self) -> datetime:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=self.now_ms)

    @property
    def now_ms(self) -> int:
        if self._running_since is None:
            return int(self._at_ms)
        return int(self._at_ms + (self._ticks() - self._running_since) * 1000 * self._speed)

    @property
    def speed(self) -> float:
        """Of the clock while it runs."""
        return self._speed

    def put(self, at_ms: int) -> None:
        """Stand at a moment."""
        self._at_ms, self._running_since = float(at_ms), None

    def run(self, speed: float) -> None:
        """Go on from here, `speed` times as fast as the world outside."""
        self._at_ms, self._running_since, self._speed = float(self.now_ms), self._ticks(), speed

    def seconds_until(self, at_ms: int) -> float:
        """Of the world outside, while the clock runs."""
        return max(0.0, (at_ms - self.now_ms) / 1000 / self._speed)
