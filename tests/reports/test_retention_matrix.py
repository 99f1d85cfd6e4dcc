"""The matrix of retention against a count of each member's own days, one by one."""

from __future__ import annotations

from itertools import accumulate
from random import Random

import pytest
from pyroaring import BitMap

from reports.cohorts import Cohorts
from reports.day_coverage import DayCoverage
from reports.figures import RetentionCell
from reports.populations import Populations
from reports.records import NotRead
from reports.retention import ActiveWeeks, Retention, Window

FIRST, LAST = 100, 178  # days
DAYS = range(FIRST, LAST + 1)
DAY_MS = 86_400_000
OUTSIDER, NEWCOMER = 200, 70_000  # whose numbers lie in three blocks of a bitmap, but not in the first


class Made:
    """People who join, do things and are missed at random."""

    def __init__(self, seed: int) -> None:
        random = Random(seed)
        self.joined = {NEWCOMER + 3_000 * place: random.choice(DAYS) for place in range(60)}
        self.did = {
            name: {day: {number for number in self.joined if random.random() < share} for day in DAYS}
            for name, share in (("voice", 0.12), ("event", 0.03), ("text", 0.5))
        }
        self.did["event"] = {day: who for day, who in self.did["event"].items() if day % 3}
        self.missed_ms = {day: random.choice([0] * 5 + [DAY_MS // 2, DAY_MS]) for day in DAYS}

    def retention(self) -> Retention:
        cohorts = Cohorts(
            {
                day: BitMap([number for number, joined in self.joined.items() if joined == day])
                for day in sorted(set(self.joined.values()))
            }
        )
        missed = [0, *accumulate(self.missed_ms.values())]
        coverage = DayCoverage(FIRST, [DAY_MS * place for place in range(len(DAYS) + 1)], missed)
        return Retention(cohorts, ActiveWeeks(self._populations(), coverage, DAYS))

    def _populations(self) -> Populations:
        activities = {
            name: {day: BitMap(who | {OUTSIDER}) for day, who in days.items()}
            for name, days in self.did.items()
        }
        return Populations(
            qualifying=("voice", "event"),
            activities=activities,
            present=NotRead(),
            ended=NotRead(),
            joins={},
            newcomers=BitMap(self.joined),
            raids={},
            raiders=BitMap(),
            withdrawn=BitMap(),
            outside=BitMap([OUTSIDER]),
            latest_day=LAST,
            zone="UTC",
        )

    def cell(self, joined: Window, week: int) -> RetentionCell:
        retained = eligible = pending = missed = 0
        for number, day in self.joined.items():
            if not joined.first_day <= day <= joined.last_day:
                continue
            own = range(day + 7 * week, day + 7 * week + 7)
            if own[-1] > LAST:
                pending += 1
            elif 1 - sum(self.missed_ms[day] for day in own) / (7 * DAY_MS) < 0.8:
                missed += 1
            else:
                eligible += 1
                retained += any(
                    number in self.did[name].get(day, ()) for name in ("voice", "event") for day in own
                )
        past = eligible + missed
        return RetentionCell(retained, eligible, pending, eligible / past if past else 1.0)


@pytest.mark.parametrize("seed", range(5))
def test_every_cell_is_what_each_members_own_days_say(seed: int) -> None:
    made = Made(seed)
    windows = [
        *(Window(day, day + 6) for day in range(FIRST, LAST + 1, 7)),  # the last one ends after the days
        *(Window(FIRST, LAST), Window(FIRST + 30, FIRST + 30), Window(LAST + 1, LAST + 7)),
    ]
    weeks = range(14)  # nobody's week 11 is past
    found = made.retention().matrix(windows, weeks)
    assert found == [[made.cell(window, week) for week in weeks] for window in windows]
    assert any(cell.recorded < 1 for row in found for cell in row)
    assert any(cell.retained for cell in found[-3])


def test_weeks_that_are_kept_say_the_same_to_everybody_who_walks_through_them() -> None:
    found, whole = Made(1).retention(), Window(FIRST, LAST)
    kept = found.active.kept()
    assert list(kept) == list(kept) == list(found.active)
    assert Retention(found.cohorts, kept).cell(whole, 2) == found.cell(whole, 2)


def test_weeks_need_not_begin_with_the_first() -> None:
    made = Made(1)
    retention, whole = made.retention(), Window(FIRST, LAST)
    assert retention.matrix([whole], range(3, 6)) == [[made.cell(whole, week) for week in (3, 4, 5)]]
    assert retention.cell(whole, 4) == made.cell(whole, 4)


@pytest.mark.parametrize("days", [0, 3, 6])
def test_before_a_week_is_over_all_are_pending(days: int) -> None:
    retention = Made(2).retention()
    short = Retention(
        retention.cohorts,
        ActiveWeeks(retention.active.populations, retention.active.coverage, range(FIRST, FIRST + days)),
    )
    joined = len(retention.cohorts.joined(FIRST, FIRST + 6))
    assert joined
    assert short.matrix([Window(FIRST, FIRST + 6)], range(2)) == [[RetentionCell(0, 0, joined)] * 2]


def test_where_nobody_joined_nobody_is_retained() -> None:
    retention = Made(3).retention()
    nobody = Retention(Cohorts({}), retention.active)
    assert nobody.cell(Window(FIRST, LAST), 0) == RetentionCell(0, 0, 0)


def test_a_group_in_which_nobody_joined_has_no_rows() -> None:
    assert Made(3).retention().matrix([], range(27)) == []


def test_who_joined_before_the_days_that_are_known_is_not_counted_in_part() -> None:
    with pytest.raises(ValueError, match="known from day 100 on"):
        Made(4).retention().cell(Window(FIRST - 1, LAST), 0)
