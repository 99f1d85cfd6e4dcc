"""How people come to a gathering and go: who is where from when, and when it is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from sandbox.community_calendar import MINUTE_MS
from sandbox.community_cast import Person
from sandbox.community_inhouse import inhouse_visits
from sandbox.community_place import CAFE, COACHING_ROOM, RANKED_ROOM
from sandbox.community_programme import Gathering
from sandbox.community_stays import Visit

Paths = dict[int, tuple[list[Visit], int]]  # user id → where they were, and when they left

LESSON_MINUTES = (78, 108)
GOES_EARLY = 0.24  # share of beginners who have heard enough
PRACTISES = 0.3  # share who go on to play afterwards
CAFE_MINUTES = (110, 165)
MARATHON_MINUTES = (150, 200)


@dataclass(frozen=True, slots=True)
class Evening:
    paths: Paths
    over_ms: int  # what people came for has ended; some stay a while


def evening(rng: Random, gathering: Gathering, guests: list[Person], start_ms: int, host: Person) -> Evening:
    """`host` is there first and until it is over, where they are among the guests."""
    if gathering in {Gathering.INHOUSE, Gathering.DRAFT}:
        played = inhouse_visits(rng, guests, start_ms, host)
        return Evening(played.paths, played.over_ms)
    return _PLAYED[gathering](rng, guests, start_ms, host)


def _lesson(rng: Random, guests: list[Person], start_ms: int, host: Person) -> Evening:
    over_ms = start_ms + int(rng.uniform(*LESSON_MINUTES) * MINUTE_MS)
    paths: Paths = {}
    for guest in guests:
        begin_ms = start_ms + int(rng.triangular(-14, 18, -2) * MINUTE_MS)
        visits = [(begin_ms, COACHING_ROOM)]
        end_ms = over_ms + rng.randrange(5, 380) * 1000
        if guest is host:
            visits = [(start_ms - int(rng.uniform(16, 24) * MINUTE_MS), COACHING_ROOM)]
        elif rng.random() < GOES_EARLY:
            end_ms = begin_ms + int((over_ms - begin_ms) * rng.uniform(0.25, 0.85))
        elif rng.random() < PRACTISES:
            visits.append((end_ms, RANKED_ROOM))
            end_ms += int(rng.triangular(25, 120, 50) * MINUTE_MS)
        paths[guest.user_id] = (visits, end_ms)
    return Evening(paths, over_ms)


def _cafe(rng: Random, guests: list[Person], start_ms: int, host: Person) -> Evening:
    return _drop_in(rng, guests, start_ms, CAFE, host=host, minutes=rng.uniform(*CAFE_MINUTES))


def _marathon(rng: Random, guests: list[Person], start_ms: int, host: Person) -> Evening:
    minutes = rng.uniform(*MARATHON_MINUTES)
    return _drop_in(rng, guests, start_ms, RANKED_ROOM, host=host, minutes=minutes)


def _drop_in(
    rng: Random, guests: list[Person], start_ms: int, channel_id: int, *, host: Person, minutes: float
) -> Evening:
    """People come and go as they like; it is over when the last but the host has gone."""
    paths: Paths = {}
    latest_ms = start_ms + int(minutes * MINUTE_MS)
    for guest in guests:
        begin_ms = start_ms + int(rng.triangular(-6, 55, 4) * MINUTE_MS)
        stays_ms = int(rng.lognormvariate(4.4, 0.4) * MINUTE_MS)
        paths[guest.user_id] = ([(begin_ms, channel_id)], min(begin_ms + stays_ms, latest_ms))
    others = [end_ms for user_id, (_, end_ms) in paths.items() if user_id != host.user_id]
    over_ms = max(others, default=start_ms + 30 * MINUTE_MS)
    if host.user_id in paths:
        begin_ms = start_ms - int(rng.uniform(16, 24) * MINUTE_MS)
        paths[host.user_id] = ([(begin_ms, channel_id)], over_ms + rng.randrange(40, 400) * 1000)
    return Evening(paths, over_ms)


def _elsewhere(_rng: Random, _guests: list[Person], start_ms: int, _host: Person) -> Evening:
    return Evening({}, start_ms)


_PLAYED: dict[Gathering, Callable[[Random, list[Person], int, Person], Evening]] = {
    Gathering.LESSON: _lesson,
    Gathering.CAFE: _cafe,
    Gathering.MARATHON: _marathon,
    Gathering.LAN: _elsewhere,
}
