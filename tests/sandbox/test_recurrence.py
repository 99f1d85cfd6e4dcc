"""When recurring events take place: held against dateutil, which Discord names as its model."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import islice

import pytest
from dateutil import rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.recurrence import Frequency, RecurrenceRule

WEDNESDAY = datetime(2025, 11, 19, 19, tzinfo=UTC)
NAMES = {
    Frequency.YEARLY: rrule.YEARLY,
    Frequency.MONTHLY: rrule.MONTHLY,
    Frequency.WEEKLY: rrule.WEEKLY,
    Frequency.DAILY: rrule.DAILY,
}


def rules() -> st.SearchStrategy[RecurrenceRule]:
    """Rules of every kind that Discord knows."""
    minutes = st.integers(0, 4 * 365 * 24 * 60)
    starts = minutes.map(lambda minute: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minute))
    weekday, interval = st.integers(0, 6), st.integers(1, 2)
    daily = st.sampled_from([(), (0, 1, 2, 3, 4), (6, 0, 1, 2, 3), (4, 5), (6, 0)])
    return starts.flatmap(
        lambda start: st.one_of(
            daily.map(lambda days: RecurrenceRule(Frequency.DAILY, start, by_weekday=days)),
            st.builds(
                lambda day, interval: RecurrenceRule(Frequency.WEEKLY, start, interval, by_weekday=(day,)),
                weekday,
                interval,
            ),
            st.builds(
                lambda kind, interval: RecurrenceRule(kind, start, interval),
                st.sampled_from([kind for kind in Frequency if kind is not Frequency.YEARLY]),
                interval,
            ),
            st.builds(
                lambda n, day: RecurrenceRule(Frequency.MONTHLY, start, by_n_weekday=((n, day),)),
                st.integers(1, 4),
                weekday,
            ),
            st.just(RecurrenceRule(Frequency.YEARLY, start)),
            st.builds(
                lambda month, day: RecurrenceRule(
                    Frequency.YEARLY, start, by_month=(month,), by_month_day=(day,)
                ),
                st.integers(1, 12),
                st.integers(1, 28),
            ),
        )
    )


def as_dateutil(rule: RecurrenceRule) -> rrule.rrule:
    nth = [rrule.weekdays[day](n) for n, day in rule.by_n_weekday]
    return rrule.rrule(
        NAMES[rule.frequency],
        dtstart=rule.start,
        interval=rule.interval,
        byweekday=nth or list(rule.by_weekday) or None,
        bymonth=list(rule.by_month) or None,
        bymonthday=list(rule.by_month_day) or None,
    )


@settings(max_examples=120)
@given(rules())
def test_the_starts_are_those_of_dateutil(rule):
    moment, found = rule.start - timedelta(seconds=1), []
    for _ in range(8):
        moment = rule.next_after(moment)
        found.append(moment)
    assert found == list(islice(as_dateutil(rule), 8))


def test_the_fifth_week_is_the_last_of_the_month():
    rule = RecurrenceRule(Frequency.MONTHLY, datetime(2026, 1, 1, 20, tzinfo=UTC), by_n_weekday=((5, 2),))
    assert rule.next_after(rule.start).date().isoformat() == "2026-01-28", "the fourth Wednesday is the last"
    assert rule.next_after(datetime(2026, 2, 1, tzinfo=UTC)).date().isoformat() == "2026-02-25"


def test_a_rule_keeps_its_utc_time_whatever_the_zone_it_was_written_in():
    summer = datetime(2026, 3, 25, 20, tzinfo=timezone(timedelta(hours=1)))
    assert RecurrenceRule.weekly(summer).next_after(summer) == datetime(2026, 4, 1, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (WEDNESDAY, True),
        (WEDNESDAY + timedelta(weeks=2), True),
        (WEDNESDAY + timedelta(weeks=1), False),
        (WEDNESDAY - timedelta(weeks=2), False),
        (WEDNESDAY + timedelta(weeks=2, minutes=1), False),
    ],
)
def test_which_moments_belong_to_every_other_wednesday(moment, expected):
    assert RecurrenceRule.weekly(WEDNESDAY, interval=2).includes(moment) is expected


def test_a_moved_weekly_rule_takes_the_new_weekday():
    friday = WEDNESDAY + timedelta(days=2)
    assert RecurrenceRule.weekly(WEDNESDAY).begun_at(friday) == RecurrenceRule.weekly(friday)
    daily = RecurrenceRule(Frequency.DAILY, WEDNESDAY, by_weekday=(0, 1, 2, 3, 4))
    assert daily.begun_at(friday).by_weekday == (0, 1, 2, 3, 4)
