"""The recorded share of a run of days, some of which the tables may not reach."""

from __future__ import annotations

import pytest

from reports.day_coverage import DayCoverage
from reports.records import DAY_MS


@pytest.mark.parametrize(
    ("first_day", "last_day", "share"),
    [
        (100, 101, 1),
        (101, 102, 0.75),
        (98, 101, 0.5),  # before them
        (102, 103, 0.25),  # after them: the bot has not run since
        (99, 104, 2.5 / 6),
        (90, 99, 0),
        (103, 120, 0),
    ],
)
def test_a_day_that_the_tables_do_not_reach_was_not_recorded(
    first_day: int, last_day: int, share: float
) -> None:
    """Three days are known, of the last one a half was missed."""
    coverage = DayCoverage(100, (0, DAY_MS, 2 * DAY_MS, 3 * DAY_MS), (0, 0, 0, DAY_MS // 2))
    assert coverage.share(first_day, last_day) == pytest.approx(share)
