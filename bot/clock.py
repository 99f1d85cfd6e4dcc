"""The only place that asks what time it is. Everything else is given `now`."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The current moment, aware, in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


# Linux stops its monotonic clock while the machine sleeps, others do not.
_WITH_SLEEP: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def with_sleep_s() -> float:
    """Seconds that go on while the machine sleeps, and that nobody can set."""
    return time.clock_gettime(_WITH_SLEEP)


def in_milliseconds(clock: Clock) -> Callable[[], int]:
    """What a clock says, as every time is stored. The system's is asked directly, which costs a fifth."""
    if isinstance(clock, SystemClock):
        return lambda: time.time_ns() // 1_000_000
    return lambda: milliseconds(clock.now())


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970 UTC: how every time is stored."""
    return int(moment.timestamp() * 1000)
