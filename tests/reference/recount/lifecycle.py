"""Segments at a moment, and what became of those who joined."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from statistics import median
from typing import Any

from .club import QUALIFYING, Club
from .community import Number, count, rate
from .people import Person
from .seen import HOUR, days_between

FRESH, NEW, ALUMNI, MONTH = 14, 56, 60, 28
COHORT_WEEKS = 32
FUNNEL = 28
ENOUGH = 0.8
WEEKS = range(27)


def last_days(day: date, number: int) -> set[date]:
    return set(days_between(day - timedelta(days=number - 1), day))


def active_in(club: Club, user: int, days: set[date]) -> bool:
    return any(club.did[user][activity] & days for activity in QUALIFYING)


def segment(club: Club, person: Person, day: date) -> str | None:
    """Where somebody is as the day ends; None: not here."""
    stay = club.stay_at(person, club.end_of(day))
    if stay is None:
        return None
    user, tenure = person.user_id, (day - club.known.day(stay[0])).days + 1
    month, long = last_days(day, MONTH), last_days(day, ALUMNI)
    if tenure < FRESH:  # which needs no window
        return "fresh"
    if recorded(club, month) < ENOUGH:
        return "unclassified"
    blocks = sum(active_in(club, user, last_days(day - timedelta(days=7 * back), 7)) for back in range(4))
    events = [
        holding
        for holding in club.programme.holdings
        if holding.window and user in club.surely_attended(holding)
        if any(
            day in month for start, end in holding.presence[user] for day, _ in club.known.by_day(start, end)
        )
    ]
    hours = (
        sum(club.voice_ms[user, at] for at in month & club.did[user]["voice"]) / HOUR
    )  # on days that count
    if blocks >= 3 and (len(events) >= 2 or hours >= 4):
        return "core"
    if tenure >= ALUMNI and not active_in(club, user, long):
        return "alumni" if recorded(club, long) >= ENOUGH else "unclassified"
    if tenure >= MONTH and not active_in(club, user, month):
        return "dormant"
    promoted = club.known.promoted_roles
    is_promoted = not promoted or bool(promoted & person.roles_at(club.end_of(day) - 1))
    return "new" if tenure < NEW or not is_promoted else "regular"


def recorded(club: Club, days: set[date]) -> float:
    """The share of these days in which somebody listened."""
    from_ms, to_ms = club.known.midnight(min(days)), club.known.midnight(max(days) + timedelta(days=1))
    listened = sum(max(0, min(end, to_ms) - max(start, from_ms)) for start, end in club.known.listening)
    return listened / (to_ms - from_ms)


def segments(club: Club, day: date) -> dict[str, Number]:
    places = Counter(segment(club, person, day) for person in club.people.values())
    gone = places.pop(None, 0)
    here = sum(places.values())
    assert here + gone == len(club.people)
    names = ("core", "regular", "new", "fresh", "dormant", "alumni", "unclassified")
    found = {f"segment_{name}": count(places.get(name, 0)) for name in names}
    if recorded(club, last_days(day, MONTH)) < ENOUGH:  # then nobody is known to be in any of these
        for name in ("core", "regular", "new", "dormant", "alumni"):
            found[f"segment_{name}"] = (None, None, None)
    departed = club.ever_active_before(day + timedelta(days=1)) - club.here_at_end_of(day)
    known = here - places.get("unclassified", 0)
    return {
        **found,
        "departed_alumni": count(len(departed)),
        "classification_coverage": (known / here if here else None, known, here),
    }


def joiners(club: Club) -> dict[int, date]:
    """The cohort of everybody who joined while it was recorded; raids are in none."""
    return {
        user: club.known.day(person.first_joined_ms)
        for user, person in club.people.items()
        if person.first_joined_ms >= club.known.since_ms and club.stays(person)
    }


def own_week(joined: date, week: int) -> set[date]:
    first = joined + timedelta(days=7 * week)
    return set(days_between(first, first + timedelta(days=6)))


def retained(club: Club, cohort: dict[int, date], week: int, day: date) -> tuple[set[int], set[int]]:
    """Who was active in that week of their own clock, and for whom it is past and was recorded."""
    due = {
        user
        for user, joined in cohort.items()
        if max(own_week(joined, week)) <= day and recorded(club, own_week(joined, week)) >= ENOUGH
    }
    return {user for user in due if active_in(club, user, own_week(cohort[user], week))}, due


def retention(club: Club, day: date) -> dict[str, Any]:
    first = day - timedelta(days=7 * COHORT_WEEKS - 1)
    recent = {user: joined for user, joined in joiners(club).items() if first <= joined <= day}
    found: dict[str, Any] = {}
    for week in (4, 8, 12):
        kept, due = retained(club, recent, week, day)
        found[f"retention_week_{week}"] = rate(len(kept), len(due))
    past = {user for user, joined in recent.items() if max(own_week(joined, 8)) <= day}
    found["newcomers_still_here"] = rate(len(past & club.here_at_end_of(day)), len(past))
    return found


def cells(club: Club, joined_on: list[date], day: date) -> list[tuple[int, int, int]]:
    """Of a cohort, of weeks 0 to 26: who was active, of how many, and for how many it is not past."""
    days = set(joined_on)
    cohort = {user: joined for user, joined in joiners(club).items() if joined in days}
    row = []
    for week in WEEKS:
        kept, due = retained(club, cohort, week, day)
        pending = sum(max(own_week(joined, week)) > day for joined in cohort.values())
        row.append((len(kept), len(due), pending))
    return row


def funnel(club: Club, day: date) -> dict[str, Any]:
    """Of those who joined in the newest four weeks of which both steps' days are past."""
    last = day - timedelta(days=2 * FUNNEL - 1)
    joined = {user: at for user, at in joiners(club).items() if last - timedelta(days=27) <= at <= last}
    steps: dict[str, list[int]] = {name: [] for name in ("command", "event", "any_event", "either", "both")}
    for user, at in joined.items():
        commands, events = club.did[user]["command"], club.did[user]["event"]
        _takes(steps["any_event"], events, at, 2 * FUNNEL)
        _takes(steps["command"], commands, at)
        _takes(steps["either"], commands | events, at)
        if (asked := _first(commands, at)) is not None:
            _takes(steps["event"], events, asked)
        if (first := _first(commands | events, at)) is not None:
            done = [_first(commands, first), _first(events, first)]
            if None not in done:
                steps["both"].append(max((day - first).days for day in done if day))
    return {
        "funnel_joined": count(len(joined)),
        "funnel_first_command": rate(len(steps["command"]), len(joined)),
        "funnel_first_event": rate(len(steps["event"]), len(steps["command"])),
        "funnel_any_event": rate(len(steps["any_event"]), len(joined)),
        "funnel_either": rate(len(steps["either"]), len(joined)),
        "funnel_both": rate(len(steps["both"]), len(joined)),
        **{
            f"funnel_days_to_{name}": (median(days) if days else None, None, len(days))
            for name, days in steps.items()
        },
    }


def _first(did: set[date], begins: date, days: int = FUNNEL) -> date | None:
    return min(did & set(days_between(begins, begins + timedelta(days=days - 1))), default=None)


def _takes(step: list[int], did: set[date], begins: date, days: int = FUNNEL) -> None:
    first = _first(did, begins, days)
    if first is not None:
        step.append((first - begins).days)
