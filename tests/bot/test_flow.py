"""How fast events come into the tables."""

from __future__ import annotations

from collections.abc import Iterable

from bot.flow import Flow
from storage.event import Event, Source
from storage.loader import LoadResult


def heard(moments: Iterable[int], source: str = Source.GATEWAY, late_ms: int = 0) -> list[Event]:
    return [
        Event(
            key=at_ms.to_bytes(16),
            guild_id=1,
            source=source,
            type="VOICE_STATE_UPDATE",
            occurred_from_ms=at_ms - late_ms,
            occurred_to_ms=at_ms,
            recorded_at_ms=at_ms,
            person=None,
            body=b"{}",
        )
        for at_ms in moments
    ]


def test_nothing_is_said_before_the_first_event():
    assert Flow().lag_ms() is None


def test_the_median_and_what_nearly_all_stay_within():
    flow = Flow()
    flow.loading(heard(range(900, 1000)))
    flow.took(LoadResult(read=100, loaded=99, duplicates=1), 1000)
    assert (flow.loaded, flow.duplicates) == (99, 1)
    assert flow.lag_ms() == (50, 95)


def test_an_event_counts_once_and_one_from_ahead_of_the_clock_has_no_lag():
    flow = Flow()
    flow.loading(heard([2000]))
    flow.took(LoadResult(read=1), 1000)
    flow.took(LoadResult(), 500_000)
    assert flow.lag_ms() == (0, 0)


def test_what_is_late_or_no_dispatch_says_nothing_of_the_way():
    flow = Flow()
    flow.loading([*heard([1], late_ms=5), *heard([2], source=Source.RECORDER)])
    flow.took(LoadResult(read=2, loaded=2), 1000)
    assert flow.lag_ms() is None
