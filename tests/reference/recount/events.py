"""Events of a period, one event, one series."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from statistics import fmean, median
from typing import Any

from .club import Club
from .community import MIN_N, Days, Number, count, rate
from .gatherings import Holding
from .seen import days_between


class Answers:
    """Who of those who count said what to one holding, as it began."""

    def __init__(self, club: Club, holding: Holding) -> None:
        assert holding.window
        begins, said = holding.window[0], club.programme
        members = {
            user
            for user, person in club.people.items()
            if any(joined <= begins and (left is None or begins <= left) for joined, left in person.bridged())
        }
        inside = set(club.people)
        self.attended = holding.attended() & inside
        self.partly = holding.partly() & inside
        came = self.attended | self.partly
        self.interested = said.interested(holding, begins) & inside & (members | came)
        self.standing = said.wants_series(holding, begins) & inside & (members | came)
        self.late = said.late_cancels(holding, begins) & inside
        self.no_shows = self.interested - came
        self.walk_ins = self.attended - self.interested - self.standing
        self.members = club.here_at(begins)


def one_event(club: Club, holding: Holding) -> dict[str, Any]:
    people = Answers(club, holding)
    minutes = [holding.minutes(user) for user in people.attended]
    start, end = holding.window or (0, 0)
    length = end - start
    found: dict[str, Any] = {
        "attendees": count(len(people.attended)),
        "no_show_rate": rate(len(people.no_shows), len(people.interested)),
        "show_rate": rate(len(people.attended & people.interested), len(people.interested)),
        "partial_shows": count(len(people.partly & people.interested)),
        "walk_ins": count(len(people.walk_ins)),
        "standing_shows": rate(len(people.attended & people.standing), len(people.standing)),
        "late_cancels": count(len(people.late)),
        "attendance_per_interest": (
            len(people.attended) / len(people.interested) if len(people.interested) >= MIN_N else None
        ),
        "attendance_of_members": rate(len(people.attended & people.members), len(people.members)),
        "attendee_minutes_median": (median(minutes) if minutes else None, None, len(minutes)),
        "attendee_minutes_mean": (
            *(fmean(minutes) if minutes else None, round(sum(minutes) * 60)),
            len(minutes),
        ),
        "early_attendees": count(
            len([user for user in people.attended if there_at(holding, user, start)]), len(people.attended)
        ),
    }
    for share in (25, 50, 75):
        moment = start + length * share / 100
        inside = set(club.people)
        found[f"presence_at at {share}\u00a0%"] = len(
            [user for user in holding.presence if user in inside and there_at(holding, user, moment)]
        )
    half, last_quarter = start + length / 2, start + length * 0.75
    first_half = {user for user in people.attended if any(a < half for a, _ in holding.presence[user])}
    stayed = {user for user in first_half if any(b > last_quarter for _, b in holding.presence[user])}
    found["drop_off"] = rate(len(first_half - stayed), len(first_half))
    return found


def there_at(holding: Holding, user: int, moment: float) -> bool:
    return any(start <= moment < end for start, end in holding.presence[user])


def series_of(club: Club, holding: Holding) -> list[Holding]:
    """All that were held of the same series, by their beginning."""
    same = [one for one in club.programme.holdings if one.tells_who_came and one.series == holding.series]
    return sorted(same, key=lambda one: (one.window or (0, 0))[0])


def beside_its_series(club: Club, holding: Holding) -> dict[str, Any]:
    held = series_of(club, holding)
    place = held.index(holding)
    people = set(club.people)
    attended = [one.attended() & people for one in held]
    here, found = attended[place], {}
    if place:
        found["first_timers"] = rate(len(here - set().union(*attended[:place])), len(here))
        found["came_to_the_one_before"] = rate(len(here & attended[place - 1]), len(here))
    if place >= 4:
        last_four = attended[place - 4 : place]
        regulars = {user for user in here if sum(user in one for one in last_four) >= 3}
        found["regular_attendees"] = rate(len(regulars), len(here))
    for number, name in ((1, "returned_next"), (2, "returned_next_two")):
        if place + number < len(held):
            later = set().union(*attended[place + 1 : place + 1 + number])
            found[name] = rate(len(here & later), len(here))
    return found


def came_to_each(club: Club, holding: Holding, until_ms: int) -> list[set[int]]:
    """Who was at each that was held of the same series, up to a moment."""
    held = [one for one in series_of(club, holding) if one.window and one.window[0] < until_ms]
    return [one.attended() & set(club.people) for one in held]


def popularity(club: Club, holding: Holding, until_ms: int) -> dict[str, Any]:
    """Of the series up to a moment: ranked from 3 held on."""
    attended = came_to_each(club, holding, until_ms)
    sizes = [len(one) for one in attended]
    if len(sizes) < 3:
        return {}
    newest = sizes[-4:] if len(sizes) >= 8 else sizes[-8:]
    return {
        "series_mean": fmean(newest),
        "series_mean_of_8": fmean(sizes[-8:]),
        "series_median": (median(sizes[-8:]), None, len(sizes[-8:])),
        "series_peak": count(max(sizes[-8:])),
        "series_reach": len(set().union(*attended[-8:])),
        "series_returned_next": again(attended, 1),
        "series_returned_next_two": again(attended, 2),
        "series_regulars_stopped": regulars_stopped(attended),
        "series_never_again": never_again(attended),
        "series_first_timers_back": first_timers_back(attended),
    }


def popularity_before(club: Club, holding: Holding, until_ms: int) -> dict[str, Any]:
    """What the newest held are compared with: those just before them."""
    attended = came_to_each(club, holding, until_ms)
    sizes = [len(one) for one in attended]
    return {
        "series_mean": (fmean(sizes[-8:-4]), sum(sizes[-8:-4]), 4) if len(sizes) >= 8 else None,
        "series_regulars_stopped": regulars_stopped(attended[:-3]),
    }


def regulars_stopped(attended: list[set[int]]) -> Number | None:
    """Of those at 3 of the 4 held before the last 3: who was at none of these."""
    if len(attended) < 7:
        return None
    before, last = attended[-7:-3], set().union(*attended[-3:])
    regulars = {user for user in set().union(*before) if sum(user in one for one in before) >= 3}
    return rate(len(regulars - last), len(regulars))


def never_again(attended: list[set[int]]) -> Number:
    """Whose third attendance was at one of the last 8 that 3 more followed: who was at none of these 3."""
    gone = reached = 0
    for place in range(max(0, len(attended) - 3 - 8), len(attended) - 3):
        third = {user for user in attended[place] if sum(user in one for one in attended[: place + 1]) == 3}
        reached += len(third)
        gone += len(third - set().union(*attended[place + 1 : place + 4]))
    return rate(gone, reached)


def first_timers_back(attended: list[set[int]]) -> Number:
    """Of the first-timers at the last 8 that two more followed, the very first one left out."""
    back = first = 0
    for place in range(max(0, len(attended) - 2 - 8), len(attended) - 2):
        if place:
            new = attended[place] - set().union(*attended[:place])
            first += len(new)
            back += len(new & set().union(*attended[place + 1 : place + 3]))
    return rate(back, first)


def again(attended: list[set[int]], number: int) -> Number:
    """Of the attendances at the last 8 that so many more followed, those followed by one at any of these."""
    came = due = 0
    for place in range(max(0, len(attended) - number - 8), len(attended) - number):
        came += len(attended[place] & set().union(*attended[place + 1 : place + 1 + number]))
        due += len(attended[place])
    return rate(came, due)


def hosts(club: Club, holding: Holding) -> set[int]:
    """Whoever has opted out since led it all the same, and nobody else gets what was theirs."""
    if holding.declared_host is not None:
        return {holding.declared_host}
    if holding.kind and holding.kind.host_roles and holding.window:
        with_role = {
            user
            for user in holding.attended()
            if user in club.everybody
            and club.everybody[user].roles_at(holding.window[0]) & holding.kind.host_roles
        }
        if with_role:
            return with_role
    return {holding.creator}


def hosted_hours(club: Club, last_day: date) -> dict[str, Any]:
    """The four weeks that end with a day."""
    days = days_between(last_day - timedelta(days=27), last_day)
    hours: dict[int, float] = defaultdict(float)
    for holding in club.held(days):
        own = hosts(club, holding) & set(club.people)
        presence = sum(holding.minutes(user) for user in holding.attended() if user in club.people) / 60
        for host in own:
            hours[host] += presence / len(own)
    whole = sum(hours.values())
    most = sorted(hours.values(), reverse=True)
    return {
        "attendee_hours": (whole, round(whole * 3600), None),
        "top_two_hosts_share": (
            *(sum(most[:2]) / whole if whole else None, round(sum(most[:2]) * 3600)),
            round(whole * 3600),
        ),
        "effective_hosts": 1 / sum((own / whole) ** 2 for own in most) if whole else None,
    }


def events(club: Club, this: Days) -> dict[str, Any]:
    held = club.held(this)
    seen = [one for one in held if one.tells_who_came]
    attended, attendances, absent, interested = set[int](), 0, 0, 0
    for holding in seen:
        people = Answers(club, holding)
        attended |= people.attended
        attendances += len(people.attended)
        absent += len(people.no_shows)
        interested += len(people.interested)
    return {
        "events_held": count(len(held)),
        "event_people": count(len(attended)) if seen or not held else (None, None, None),
        "events_per_attendee": attendances / len(attended) if attended else None,
        "no_show_rate": rate(absent, interested),
    }
