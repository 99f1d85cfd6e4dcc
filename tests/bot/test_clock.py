"""What time it is, in milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.clock import SystemClock, in_milliseconds, milliseconds


class Stopped:
    @staticmethod
    def now() -> datetime:
        return datetime(2026, 3, 29, 1, 30, 0, 250_999, tzinfo=UTC)


def test_a_clock_that_is_handed_in_is_the_one_that_is_asked():
    assert in_milliseconds(Stopped())() == milliseconds(Stopped.now()) == 1_774_747_800_250


def test_the_systems_clock_tells_the_same_in_milliseconds():
    clock = SystemClock()
    before, now_ms, after = clock.now(), in_milliseconds(clock)(), clock.now()
    assert milliseconds(before) <= now_ms <= milliseconds(after)
