"""Events by their type, by who led them, and by whoever comes to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from statistics import fmean, median
from typing import Any

from .club import Club
from .community import Number, count, rate
from .events import hosts, series_of
from .gatherings import Holding
from .seen import days_between

LEADS_DAYS = 84
RANKED_FROM, LAST = 3, 8
NO_TIER = "member"


def types_of_a_period(club: Club, this: list[date]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind in club.known.event_types:
        held = [one for one in club.held(this) if one.kind is kind]
        seen = [one for one in held if one.tells_who_came]
        people = set().union(*(one.attended() for one in seen)) & set(club.people)
        found[f"type_held of type:{kind.name}"] = count(len(held))
        found[f"type_people of type:{kind.name}"] = (
            count(len(people)) if seen or not held else (None, None, None)
        )
    return found


def type_popularity(club: Club, name: str, until_ms: int) -> dict[str, Any]:
    """Of the last 8 held of a type up to a moment, whichever series they were of; from 3 on."""
    held = sorted(
        (one.window[0], number)
        for number, one in enumerate(club.programme.holdings)
        if one.kind and one.kind.name == name and one.window and one.tells_who_came
        if one.window[0] < until_ms
    )
    people = set(club.people)
    attended = [club.programme.holdings[number].attended() & people for _, number in held][-LAST:]
    if len(attended) < RANKED_FROM:
        return {}
    sizes = [len(one) for one in attended]
    reach = len(set().union(*attended))
    return {
        f"type_mean of type:{name}": (fmean(sizes), sum(sizes), len(sizes)),
        f"type_median of type:{name}": (median(sizes), None, None),
        f"type_peak of type:{name}": count(max(sizes)),
        f"type_reach of type:{name}": count(reach),
    }


def tier(club: Club, user_id: int, at_ms: int) -> str:
    """Of the first tier of whose roles they hold one; who left keeps the one that they had."""
    roles = club.people[user_id].last_roles(at_ms)
    return next((name for name, those in club.known.tiers if those & roles), NO_TIER)


def hosting(club: Club, this: list[date], last: list[date]) -> dict[str, Any]:
    """Of each host by user id and of each tier: of the period, and of the 12 weeks to its end.

    Whoever led something in the period before has none in this one.
    """
    end = club.end_of(this[-1])
    leads = days_between(this[-1] - timedelta(days=LEADS_DAYS - 1), this[-1])
    found: dict[str, Any] = {}
    for subject in _led(club, last, end):
        found |= {f"host_hours of {subject}": 0, f"host_events of {subject}": 0}
    for subject, held in _led(club, this, end).items():
        in_channels = [(one, share) for one, share in held if one.channels]
        hours = sum(_hours(club, one) * share for one, share in in_channels)
        found[f"host_hours of {subject}"] = hours if in_channels else None
        found[f"host_events of {subject}"] = len({id(one) for one, _ in held})
    found |= _of_four_weeks(club, this[-1])
    for subject, held in _led(club, leads, end).items():
        ones = {id(one): one for one, _ in held if one.tells_who_came}.values()
        sizes = [len(one.attended() & set(club.people)) for one in ones]
        if sizes:
            found[f"host_attendance of {subject}"] = (fmean(sizes), sum(sizes), len(sizes))
            returned = _returned(club, ones, end)
            if returned[2]:
                found[f"host_returned of {subject}"] = returned
    return found


def _of_four_weeks(club: Club, last_day: date) -> dict[str, float | None]:
    """Of each host; of one who led something in the four before alone there are none."""
    end = club.end_of(last_day)
    now, then = (
        _led(club, days_between(newest - timedelta(days=27), newest), end)
        for newest in (last_day, last_day - timedelta(days=28))
    )
    found: dict[str, float | None] = {}
    for subject in {**then, **now}:
        held = now.get(subject, [])
        hours = [_hours(club, one) * share for one, share in held if one.channels]
        if subject.startswith("member:"):
            found[f"host_hours_of_4_weeks of {subject}"] = sum(hours) if hours or not held else None
    return found


def _led(club: Club, days: list[date], end: int) -> dict[str, list[tuple[Holding, float]]]:
    """What each led, with their share of it."""
    led: dict[str, list[tuple[Holding, float]]] = defaultdict(list)
    for holding in club.held(days):
        own = hosts(club, holding) & set(club.people)
        for host in own:
            led[f"member:{host}"].append((holding, 1 / len(own)))
            led[f"tier:{tier(club, host, end - 1)}"].append((holding, 1 / len(own)))
    return led


def _hours(club: Club, holding: Holding) -> float:
    return sum(holding.minutes(user) for user in holding.attended() & set(club.people)) / 60


def _returned(club: Club, led: Iterable[Holding], end: int) -> Number:
    people, came, due = set(club.people), 0, 0
    for holding in led:
        series = [one for one in series_of(club, holding) if one.window and one.window[0] < end]
        later = series[series.index(holding) + 1 :][:2]
        if len(later) == 2:
            here = holding.attended() & people
            due += len(here)
            came += len(here & set().union(*(one.attended() for one in later)))
    return rate(came, due)


def overflow(club: Club, holding: Holding) -> int | None:
    """How many more came than fit in at once; None: somewhere everybody fits in."""
    assert holding.window
    limits = [club.programme.places(channel, holding.window[1]) for channel in holding.channels]
    if not all(limits):
        return None
    return max(0, len(holding.attended() & set(club.people)) - sum(limits))


def series_overflow(club: Club, holding: Holding, until_ms: int) -> Number | None:
    held = [one for one in series_of(club, holding) if one.window and one.window[0] < until_ms][-LAST:]
    over = [number for one in held if (number := overflow(club, one)) is not None]
    return (None, sum(number > 0 for number in over), len(over)) if over else None


def attendance_of(club: Club, user_id: int) -> dict[str, tuple[int, int]]:
    """By series that no gap touched: at how many a member was, of how many held while they were here."""
    touched = {one.subject for one in club.programme.holdings if one.is_touched(club.known.gaps)}
    found: dict[str, tuple[int, int]] = {}
    for holding in club.programme.holdings:
        if not holding.tells_who_came or holding.subject in touched:
            continue
        came = user_id in holding.attended()
        if came or (holding.window and user_id in club.here_at(holding.window[0])):
            attended, held = found.get(holding.subject, (0, 0))
            found[holding.subject] = attended + came, held + 1
    return found
