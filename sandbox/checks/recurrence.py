"""A recurrence rule as it is sent.

Source: Guild Scheduled Event resource, "Recurrence Rule Structure", "System limitations".
"""

from __future__ import annotations

import calendar
from typing import Any

from sandbox.checks.form import Form, Path
from sandbox.recurrence import Frequency, RecurrenceRule

LEAP_YEAR = 2000
NOT_SETTABLE = ("end", "count", "by_year_day")
DAILY_SETS = ({0, 1, 2, 3, 4}, {1, 2, 3, 4, 5}, {6, 0, 1, 2, 3}, {4, 5}, {5, 6}, {6, 0})
WRONG = "GUILD_SCHEDULED_EVENT_INVALID_RECURRENCE_RULE"


def checked_rule(form: Form, path: Path, value: object) -> RecurrenceRule | None:
    """The rule, or None where there is none or it is wrong."""
    if value is None:
        return None
    rule = form.mapping(path, value)
    start = form.moment((*path, "start"), rule.get("start"))
    form.required((*path, "start"), rule.get("start"))
    if form.required((*path, "frequency"), rule.get("frequency")):
        form.choice((*path, "frequency"), rule["frequency"], [int(frequency) for frequency in Frequency])
    form.number((*path, "interval"), rule.get("interval"), least=1, most=2)
    weekdays = _numbers(form, (*path, "by_weekday"), rule.get("by_weekday"), least=0, most=6)
    months = _numbers(form, (*path, "by_month"), rule.get("by_month"), least=1, most=12)
    days = _numbers(form, (*path, "by_month_day"), rule.get("by_month_day"), least=1, most=31)
    nth = _nth_weekdays(form, (*path, "by_n_weekday"), rule.get("by_n_weekday"))
    if start is None or form.is_wrong:
        return None
    checked = RecurrenceRule(
        Frequency(rule["frequency"]), start, rule.get("interval") or 1, weekdays, nth, months, days
    )
    for reason in _beyond_the_limits(checked, rule):
        form.wrong(path, WRONG, reason)
    return None if form.is_wrong else checked


def _numbers(form: Form, path: Path, value: object, *, least: int, most: int) -> tuple[int, ...]:
    numbers = form.items(path, value, most=most - least + 1)
    for index, number in enumerate(numbers):
        form.number((*path, index), number, least=least, most=most)
    return tuple(numbers)


def _nth_weekdays(form: Form, path: Path, value: object) -> tuple[tuple[int, int], ...]:
    found = []
    for index, entry in enumerate(form.items(path, value, most=7)):
        here = (*path, index)
        nth = form.mapping(here, entry)
        for key, least, most in (("n", 1, 5), ("day", 0, 6)):
            form.required((*here, key), nth.get(key))
            form.number((*here, key), nth.get(key), least=least, most=most)
        found.append((nth.get("n", 0), nth.get("day", 0)))
    return tuple(found)


def _beyond_the_limits(rule: RecurrenceRule, sent: dict[str, Any]) -> list[str]:
    """What the documentation's "System limitations" do not allow."""
    daily, weekly = rule.frequency is Frequency.DAILY, rule.frequency is Frequency.WEEKLY
    by_date = bool(rule.by_month or rule.by_month_day)
    only_one_date = len(rule.by_month) == len(rule.by_month_day) == 1
    limits = {
        f"{', '.join(NOT_SETTABLE)} cannot be set": any(sent.get(key) is not None for key in NOT_SETTABLE),
        "by_weekday, by_n_weekday and by_month with by_month_day exclude each other": sum(
            (bool(rule.by_weekday), bool(rule.by_n_weekday), by_date)
        )
        > 1,
        "by_weekday is for daily and weekly events": bool(rule.by_weekday) and not (daily or weekly),
        "by_weekday of a daily event has to be a known set": daily
        and bool(rule.by_weekday)
        and set(rule.by_weekday) not in DAILY_SETS,
        "by_weekday of a weekly event names one day": weekly and len(rule.by_weekday) > 1,
        "by_n_weekday is for monthly events and names one day": bool(rule.by_n_weekday)
        and (rule.frequency is not Frequency.MONTHLY or len(rule.by_n_weekday) > 1),
        "by_month and by_month_day are for yearly events and name one date": by_date
        and (rule.frequency is not Frequency.YEARLY or not only_one_date),
        "There is no such date": only_one_date
        and rule.by_month_day[0] > calendar.monthrange(LEAP_YEAR, rule.by_month[0])[1],
        "An interval other than 1 is for weekly events": rule.interval != 1 and not weekly,
    }
    return [reason for reason, is_broken in limits.items() if is_broken]
