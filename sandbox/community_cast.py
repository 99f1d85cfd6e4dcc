"""Who belongs to the simulated community, and what they are like. Everybody is made up by a seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from random import Random
from typing import TypeVar

from sandbox.community_calendar import DAY_MS, HOUR_MS, INHOUSE_WEEKDAYS, MINUTE_MS, Year, moment_ms
from sandbox.community_names import names
from sandbox.community_place import (
    CAPTAIN,
    DISCORD_EPOCH_MS,
    EVENING_ROOM,
    HOST,
    MEMBER,
    MUSIC_LOUNGE,
    RANKED_ROOM,
    REGULAR,
    STAFF,
    snowflake,
)

T = TypeVar("T")

FOUNDERS = 236  # in the server before the story begins
NEWCOMERS_A_WEEK = 3.1
SHOWCASE_NEWCOMERS = 19
RAIDERS = 38
PRUNED_SHARE = 0.2  # of the lurkers whom staff find when they clear up

ORGANIZER, CAFE_HOST = 0, 1  # places in the cast: on staff,
TIRED_HOST, SUNDAY_HOST = 4, 5  # hosts,
STAND_IN, OTHER_CAPTAIN = 6, 7  # captains


class Kind(StrEnum):
    CORE = "core"
    REGULAR = "regular"
    INHOUSE = "inhouse"  # comes for the inhouses and little else
    CASUAL = "casual"
    LURKER = "lurker"
    RAIDER = "raider"


@dataclass(frozen=True, slots=True)
class Habits:
    """How someone of a kind behaves: chance of a voice evening, of an inhouse, and length of a stay."""

    evening: tuple[float, float]
    inhouse: tuple[float, float]
    minutes: tuple[float, float]


HABITS = {
    Kind.CORE: Habits((0.42, 0.72), (0.55, 0.9), (110, 200)),
    Kind.REGULAR: Habits((0.16, 0.38), (0.15, 0.6), (70, 150)),
    Kind.INHOUSE: Habits((0.004, 0.025), (0.45, 0.9), (50, 120)),
    Kind.CASUAL: Habits((0.07, 0.2), (0.0, 0.15), (40, 110)),
    Kind.LURKER: Habits((0.0, 0.03), (0.0, 0.0), (15, 50)),
    Kind.RAIDER: Habits((0.0, 0.0), (0.0, 0.0), (1, 1)),
}
FOUNDER_KINDS = ((Kind.CORE, 9), (Kind.REGULAR, 16), (Kind.INHOUSE, 19), (Kind.CASUAL, 22), (Kind.LURKER, 34))
NEWCOMER_KINDS = (
    (Kind.CORE, 5),
    (Kind.REGULAR, 19),
    (Kind.INHOUSE, 14),
    (Kind.CASUAL, 32),
    (Kind.LURKER, 30),
)
ROOMS = ((EVENING_ROOM, 50), (RANKED_ROOM, 34), (MUSIC_LOUNGE, 16))


@dataclass(frozen=True, slots=True)
class Person:
    user_id: int
    name: str
    kind: Kind
    spells: tuple[tuple[int, int | None], ...]  # joined, left (None: still here), in ms
    evening: float  # chance of an evening in voice on an ordinary day
    inhouse: float  # chance of coming to an inhouse on their night
    night: int  # the weekday of the inhouse that suits them
    fades_after_days: float | None  # newcomers who drift away: days until half of the interest is gone
    room: int
    starts_at_hour: float
    minutes: float
    toggles_an_hour: float  # mute on and off
    roles: tuple[int, ...]  # on joining; for founders: when the story begins

    def in_guild(self, at_ms: int) -> bool:
        return any(joined <= at_ms and (left is None or at_ms < left) for joined, left in self.spells)

    def joined_before(self, at_ms: int) -> int:
        """When the membership began during which something happened."""
        return max(joined for joined, _ in self.spells if joined <= at_ms)

    def stays(self, from_ms: int, to_ms: int) -> bool:
        """In the server from one moment to another, without leaving in between."""
        return any(joined <= from_ms and (left is None or to_ms < left) for joined, left in self.spells)

    @property
    def newcomer(self) -> bool:
        return self.roles == ()

    def interest(self, at_ms: int) -> float:
        if self.fades_after_days is None:
            return 1.0
        return float(0.5 ** ((at_ms - self.spells[0][0]) / DAY_MS / self.fades_after_days))


def cast(seed: int, year: Year) -> list[Person]:
    """Everybody who is ever in the server, the music bot aside."""
    rng = Random(f"{seed}/cast")
    name = iter(names(rng))
    people = [_founder(rng, next(name), number, year) for number in range(FOUNDERS)]
    for joined_ms in _arrivals(rng, year):
        people.append(_newcomer(rng, next(name), len(people), joined_ms))
    for _ in range(RAIDERS):
        people.append(_raider(rng, next(name), len(people), year))
    return _cleared(Random(f"{seed}/clearing"), people, year)


def _cleared(rng: Random, people: list[Person], year: Year) -> list[Person]:
    """Some of those who only ever watched are pruned, all at one moment."""
    gone_ms = year.clearing_ms
    if gone_ms is None:
        return people
    return [
        replace(person, spells=((person.spells[0][0], gone_ms),))
        if person.kind is Kind.LURKER and person.stays(year.begin_ms, gone_ms) and rng.random() < PRUNED_SHARE
        else person
        for person in people
    ]


def _founder(rng: Random, name: str, number: int, year: Year) -> Person:
    joined = year.begin_ms - int(rng.uniform(3, 900) * DAY_MS)
    kind = Kind.CORE if number < 8 else _pick(rng, FOUNDER_KINDS)
    left = None
    if number >= 8 and rng.random() < 0.17:
        left = _daytime(rng, year.first + timedelta(days=rng.randrange(6, 364)))
    return _person(rng, name, number, kind=kind, spells=((joined, left),), roles=_founder_roles(number, kind))


def _founder_roles(number: int, kind: Kind) -> tuple[int, ...]:
    if number < 4:
        return (MEMBER, REGULAR, STAFF)
    if number < 6:
        return (MEMBER, REGULAR, HOST)
    if number < 8:
        return (MEMBER, REGULAR, CAPTAIN)
    return (MEMBER, REGULAR) if kind in {Kind.CORE, Kind.REGULAR, Kind.INHOUSE} else (MEMBER,)


def _arrivals(rng: Random, year: Year) -> list[int]:
    """When newcomers join: a steady trickle, and a wave after the showcase."""
    days = [day for day in year.days[1:] for _ in range(poisson(rng, _arrival_rate(day)))]
    wave = [
        year.showcase + timedelta(days=min(int(rng.expovariate(0.8)), 5)) for _ in range(SHOWCASE_NEWCOMERS)
    ]
    return sorted(_daytime(rng, day) for day in days + wave)


def _arrival_rate(day: date) -> float:
    return NEWCOMERS_A_WEEK / 7 * (0.6 if day.month == 8 else 1.0)


def _newcomer(rng: Random, name: str, number: int, joined: int) -> Person:
    kind = _pick(rng, NEWCOMER_KINDS)
    stays = rng.random() < 0.38
    fades = None if stays else rng.uniform(6, 30)
    spells: tuple[tuple[int, int | None], ...] = ((joined, None),)
    if not stays and rng.random() < 0.5:
        left = joined + int(rng.uniform(3, 80) * DAY_MS)
        spells = ((joined, left),)
        if rng.random() < 0.12:  # changed their mind
            spells += ((left + int(rng.uniform(0.2, 9) * DAY_MS), None),)
    return _person(rng, name, number, kind=kind, spells=spells, fades_after_days=fades)


def _raider(rng: Random, name: str, number: int, year: Year) -> Person:
    joined = moment_ms(year.raid, 21) + int(rng.uniform(0, 22) * MINUTE_MS)
    removed = joined + int(rng.uniform(0.4, 3.5) * HOUR_MS)
    return _person(rng, name, number, kind=Kind.RAIDER, spells=((joined, removed),))


def _person(
    rng: Random,
    name: str,
    number: int,
    *,
    kind: Kind,
    spells: tuple[tuple[int, int | None], ...],
    fades_after_days: float | None = None,
    roles: tuple[int, ...] = (),
) -> Person:
    habits = HABITS[kind]
    age_days = rng.uniform(0.5, 20) if kind is Kind.RAIDER else rng.uniform(40, 2500)
    account_made = max(spells[0][0] - int(age_days * DAY_MS), DISCORD_EPOCH_MS + number)
    return Person(
        user_id=snowflake(account_made, number),
        name=name,
        kind=kind,
        spells=spells,
        evening=rng.uniform(*habits.evening),
        inhouse=rng.uniform(*habits.inhouse),
        night=rng.choice(list(INHOUSE_WEEKDAYS)),
        fades_after_days=fades_after_days,
        room=_pick(rng, ROOMS),
        starts_at_hour=min(max(rng.gauss(20.3, 1.3), 14.0), 23.3),
        minutes=rng.uniform(*habits.minutes),
        toggles_an_hour=rng.uniform(0.4, 4.2),
        roles=roles,
    )


def _daytime(rng: Random, day: date) -> int:
    """Some moment of a day at which people click things, to the second."""
    return moment_ms(day, rng.triangular(8, 23.5, 19)) // 1000 * 1000 + rng.randrange(1000)


def _pick(rng: Random, weighted: tuple[tuple[T, int], ...]) -> T:
    return rng.choices([thing for thing, _ in weighted], [weight for _, weight in weighted])[0]


def poisson(rng: Random, mean: float) -> int:
    count, passed = 0, rng.expovariate(1.0)
    while passed < mean:
        count, passed = count + 1, passed + rng.expovariate(1.0)
    return count
