"""How fast events come into the tables."""

from __future__ import annotations

from bot.flow import Flow
from storage.loader import LoadResult


def test_nothing_is_said_before_the_first_event():
    assert Flow().lag_ms() is None


def test_the_median_and_what_nearly_all_stay_within():
    flow = Flow()
    flow.took(LoadResult(read=100, loaded=99, duplicates=1, heard_ms=tuple(range(900, 1000))), 1000)
    assert (flow.loaded, flow.duplicates) == (99, 1)
    assert flow.lag_ms() == (50, 95)


def test_an_event_from_ahead_of_the_clock_has_no_lag():
    flow = Flow()
    flow.took(LoadResult(read=1, heard_ms=(2000,)), 1000)
    assert flow.lag_ms() == (0, 0)
