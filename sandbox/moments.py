"""The given clock, Discord's timestamps and snowflakes."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Protocol

DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
INCREMENT_BITS = 22


class Clock(Protocol):
    def now(self) -> datetime:
        """The current moment, aware."""
        ...


def timestamp(moment: datetime) -> str:
    """ISO 8601 with microseconds and an offset, as Discord writes it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def snowflake_at(moment: datetime, increment: int = 0) -> int:
    """The id that carries this moment's milliseconds; `increment` fills the lower 22 bits."""
    return (((moment - DISCORD_EPOCH) // timedelta(milliseconds=1)) << INCREMENT_BITS) | increment


def moment_of(snowflake: int) -> datetime:
    """The moment that an id carries."""
    return DISCORD_EPOCH + timedelta(milliseconds=snowflake >> INCREMENT_BITS)


class Snowflakes:
    """Ids that carry the given clock's milliseconds and never repeat, even while the clock stands still.

    Source: Reference, "Snowflakes". The lower 22 bits are one counter: no workers or processes.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._increment = itertools.count(1)

    def next(self, at: datetime | None = None) -> int:
        return snowflake_at(at or self._clock.now(), next(self._increment) % (1 << INCREMENT_BITS))
