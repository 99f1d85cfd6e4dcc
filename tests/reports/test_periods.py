from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.periods import (
    WEEKDAYS,
    Period,
    day_at,
    day_number,
    day_start_ms,
    describe,
    last_closed_week,
    local_day,
    local_days,
    month_of,
    parse_period,
    previous,
    trailing_week,
    week_at,
    week_of,
)
from storage.rules import Rules

BERLIN = "Europe/Berlin"
HOUR = 3_600_000
ZONES = ("UTC", BERLIN, "America/New_York", "America/Havana", "America/Sao_Paulo", "Asia/Kathmandu")


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def week(text: str, zone: str = BERLIN, week_start: str = "monday") -> Period:
    return parse_period(text, zone, week_start, at("2025-11-20T12:00"))


def hours(period: Period) -> float:
    return (period.end_ms - period.start_ms) / HOUR


@pytest.mark.parametrize(
    ("key", "length"),
    [("2025-W12", 168), ("2025-W13", 167), ("2025-W43", 169), ("2025-W44", 168)],
)
def test_a_week_with_a_clock_change_has_one_hour_less_or_more(key: str, length: int) -> None:
    # clocks in Berlin: forward on Sunday 30 March 2025 (W13), back on Sunday 26 October 2025 (W43)
    assert hours(week(key)) == length


def test_a_week_is_half_open_and_starts_at_local_midnight() -> None:
    period = week("2025-W46")
    # Berlin is one hour ahead of UTC in November
    assert period.start_ms == at("2025-11-09T23:00")
    assert period.end_ms == at("2025-11-16T23:00")
    assert (period.first_date, period.last_date) == (date(2025, 11, 10), date(2025, 11, 16))
    assert period.is_open(period.end_ms - 1)
    assert not period.is_open(period.end_ms)


def test_a_day_starts_at_the_first_moment_where_midnight_is_skipped_or_repeated() -> None:
    # Havana goes from 00:00 to 01:00 on 9 March 2025, and from 01:00 back to 00:00 on 2 November 2025
    skipped = day_start_ms(day_number(date(2025, 3, 9)), "America/Havana")
    repeated = day_start_ms(day_number(date(2025, 11, 2)), "America/Havana")
    assert skipped == at("2025-03-09T05:00")
    assert repeated == at("2025-11-02T04:00")


@given(st.integers(0, 30_000), st.sampled_from(ZONES))
def test_days_meet_without_a_seam_and_agree_with_the_rules_of_the_fold(day: int, zone: str) -> None:
    start, end = day_start_ms(day, zone), day_start_ms(day + 1, zone)
    assert start == Rules(zone=zone).day_start_ms(day)
    assert local_day(start, zone) == local_day(end - 1, zone) == day
    assert local_day(start - 1, zone) == day - 1
    assert local_day(end - 1, zone) == Rules(zone=zone).local_day(end - 1)


@given(st.integers(10, 40_000), st.sampled_from(WEEKDAYS), st.sampled_from(ZONES))
def test_a_weeks_key_leads_back_to_it_whatever_day_it_starts_on(day: int, start: str, zone: str) -> None:
    period = week_of(day, zone, start)
    assert day in period.days
    assert WEEKDAYS[period.first_date.weekday()] == start
    assert parse_period(period.key, zone, start, 0) == period
    assert previous(period).end_ms == period.start_ms
    assert previous(period) == week_of(day - 7, zone, start)


def test_a_week_from_sunday_has_the_number_of_the_iso_week_it_mostly_lies_in() -> None:
    period = week("2025-W46", week_start="sunday")
    assert (period.first_date, period.last_date) == (date(2025, 11, 9), date(2025, 11, 15))


def test_the_last_closed_week_is_the_one_before_today() -> None:
    monday = at("2025-11-16T23:00")  # 00:00 in Berlin
    assert last_closed_week(monday, BERLIN).key == "2025-W46"
    assert last_closed_week(monday - 1, BERLIN).key == "2025-W45"
    assert week_at(monday, BERLIN).key == "2025-W47"


def test_the_trailing_week_ends_yesterday() -> None:
    period = trailing_week(at("2025-11-20T12:00"), BERLIN)
    assert (period.first_date, period.last_date) == (date(2025, 11, 13), date(2025, 11, 19))
    assert previous(period).last_date == date(2025, 11, 12)
    assert previous(previous(period)).last_date == date(2025, 11, 5)


def test_on_a_monday_the_trailing_week_is_the_closed_week() -> None:
    now = at("2025-11-17T08:00")
    trailing, closed = trailing_week(now, BERLIN), last_closed_week(now, BERLIN)
    assert (trailing.start_ms, trailing.end_ms) == (closed.start_ms, closed.end_ms)


def test_before_a_month_comes_a_month() -> None:
    march = month_of(day_number(date(2024, 3, 31)), BERLIN)
    assert (march.key, len(march.days)) == ("2024-03", 31)
    assert (previous(march).key, len(previous(march).days)) == ("2024-02", 29)
    assert previous(previous(previous(march))).key == "2023-12"


def test_today_is_a_period_of_one_day() -> None:
    today = day_at(at("2025-11-20T23:30"), BERLIN)
    assert (today.key, len(today.days)) == ("2025-11-21", 1)
    assert previous(today).key == "2025-11-20"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("yesterday", "is not a period: use a week such as 2026-W46"),
        ("2025-13", "is not a period"),
        ("2025-W53", "the weeks of 2025 go from 2025-W01 to 2025-W52"),
        ("2025-W00", "does not exist"),
        ("0001-W01", "too long ago"),
        ("1969-12", "is not a period"),
        ("2025-W46 ", "is not a period"),
        ("9999-12", "is not a period"),
        ("9999-W52", "too far ahead"),
        ("2025-W4６", "is not a period"),
    ],
)
def test_what_is_no_period_is_refused_with_one_sentence(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as refused:
        week(text)
    assert str(refused.value).endswith(".")
    assert "\n" not in str(refused.value)


def test_a_year_with_53_weeks_has_its_last_one() -> None:
    assert week("2026-W53").last_date == date(2027, 1, 3)


@pytest.mark.parametrize(
    ("key", "short", "long"),
    [
        ("2025-W46", "10–16 Nov", "10–16 Nov 2025"),
        ("2025-W49", "1–7 Dec", "1–7 Dec 2025"),
        ("2025-W40", "29 Sep – 5 Oct", "29 Sep – 5 Oct 2025"),
        ("2026-W01", "29 Dec – 4 Jan", "29 Dec 2025 – 4 Jan 2026"),
        ("2025-11", "1–30 Nov", "1–30 Nov 2025"),
    ],
)
def test_a_period_is_described_as_people_write_it(key: str, short: str, long: str) -> None:
    assert describe(week(key)) == short
    assert describe(week(key), year=True) == long


def test_a_single_day_is_described_by_its_date() -> None:
    assert describe(day_at(at("2025-11-20T12:00"), BERLIN)) == "20 Nov"


@given(
    st.sampled_from((*ZONES, "Pacific/Apia", "Pacific/Kiritimati", "Australia/Lord_Howe", "Pacific/Midway")),
    st.lists(st.integers(at("1990-01-01T00:00"), at("2038-01-01T00:00")), max_size=20),
    st.sampled_from((at("2011-12-30T10:00"), at("2025-10-26T00:00"), at("2024-11-03T05:00"))),
)
def test_the_local_days_of_many_moments_are_those_of_each(zone: str, moments: list[int], border: int) -> None:
    """Samoa had no 30 December 2011."""
    moments += [border + hours * HOUR + beside for hours in range(-26, 27) for beside in (-1, 0)]
    found = local_days(np.array(moments, dtype=np.int64), zone)
    assert found.tolist() == [local_day(moment, zone) for moment in moments]


def test_of_no_moments_there_are_no_local_days() -> None:
    assert local_days(np.array([], dtype=np.int64), BERLIN).tolist() == []
