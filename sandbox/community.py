"""A simulated gaming club: a seeded, plausible year of it, and some days more for those who keep watching.

The story is a pure function of the seed and of `now`. It holds what a year of a real club holds: evenings in
voice that run over midnight, two inhouses a week that split into team channels, newcomers who stay or drift
away, a raid, a wave after a showcase, a quiet August, a host who burns out and the one who takes over, and a
day and some hours in which nobody was recording.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from heapq import merge
from random import Random

from sandbox.community_calendar import MINUTE_MS, STORY_DAYS, Year, moment_ms
from sandbox.community_cast import Kind, Person, cast
from sandbox.community_inhouse import inhouse_visits
from sandbox.community_membership import TIRED_HOST, membership
from sandbox.community_moves import Move, Speaks
from sandbox.community_place import MUSIC_BOT_ID, MUSIC_LOUNGE
from sandbox.community_stays import Visit, evening_visits, stay

MUSIC_EVENINGS = 0.8


OTHER_NIGHT = 0.06  # how much the inhouse on the other night of the week draws someone


def _suits(person: Person, day: date) -> float:
    return 1.0 if person.night == day.weekday() else OTHER_NIGHT


@dataclass(frozen=True)
class Story:
    seed: int
    now_ms: int
    year: Year
    people: list[Person]
    moves: list[Move]  # in time's order, from the moment the bot was added; they go on after `now`

    @property
    def begin_ms(self) -> int:
        return self.year.begin_ms

    @property
    def outage(self) -> tuple[int, int] | None:
        return self.year.outage


def tell(seed: int, now: datetime, days: int = STORY_DAYS) -> Story:
    """A story of so many days, up to `now`. A short one leaves out what happened before it begins."""
    year = Year.ending(now, days)
    people = cast(seed, year)
    moves = merge(
        membership(Random(f"{seed}/membership"), year, people),
        sorted(_voice(seed, year, people), key=lambda move: move.at_ms),
        key=lambda move: move.at_ms,
    )
    now_ms = int(now.timestamp() * 1000)
    return Story(seed, now_ms, year, people, [move for move in moves if move.at_ms > year.begin_ms])


def _voice(seed: int, year: Year, people: list[Person]) -> Iterator[Speaks]:
    diary = _Diary(year, people)
    for day in year.days:
        yield from diary.day(Random(f"{seed}/{day.isoformat()}"), day)


class _Diary:
    """Goes through the days and remembers who is still in voice from before."""

    def __init__(self, year: Year, people: list[Person]) -> None:
        self._year = year
        self._people = [person for person in people if person.kind is not Kind.RAIDER]
        self._host = people[TIRED_HOST]
        self._free_from: dict[int, int] = {}
        self._stays = 0

    def day(self, rng: Random, day: date) -> Iterator[Speaks]:
        yield from self._inhouse(rng, day)
        noon_ms = moment_ms(day, 12)
        mood = self._year.mood(day) * rng.lognormvariate(0, 0.07)
        for person in self._people:
            if rng.random() < self._zest(person, day, noon_ms) * mood * person.evening:
                begin_ms = moment_ms(day, rng.gauss(person.starts_at_hour, 0.8))
                yield from self._stay(rng, person, *evening_visits(rng, person, begin_ms))
        if rng.random() < MUSIC_EVENINGS:
            yield from self._music(rng, day)

    def _zest(self, person: Person, day: date, at_ms: int) -> float:
        """What is left of someone's interest on a day."""
        if person is self._host and day >= self._year.burnout:
            return 0.5 if day < self._year.host_gone else 0.02
        return person.interest(at_ms)

    def _inhouse(self, rng: Random, day: date) -> Iterator[Speaks]:
        hour = self._year.inhouse_hour(day)
        if hour is None:
            return
        begin_ms, pull = moment_ms(day, hour), self._year.inhouse_pull(day) * min(self._year.mood(day), 1.0)
        guests = [
            person
            for person in self._people
            if person.in_guild(begin_ms)
            and rng.random() < person.inhouse * pull * self._zest(person, day, begin_ms) * _suits(person, day)
        ]
        paths = inhouse_visits(rng, guests, begin_ms)
        for person in guests:
            yield from self._stay(rng, person, *paths[person.user_id])

    def _stay(self, rng: Random, person: Person, visits: list[Visit], end_ms: int) -> Iterator[Speaks]:
        """The stay, unless they are elsewhere in voice or not in the server; leaving the server cuts it."""
        begin_ms = visits[0][0]
        if begin_ms <= self._free_from.get(person.user_id, 0) or not person.in_guild(begin_ms):
            return
        end_ms = max(end_ms, visits[-1][0] + MINUTE_MS)
        self._free_from[person.user_id] = end_ms
        self._stays += 1
        for state in stay(rng, person, self._stays, visits, end_ms):
            if not person.in_guild(state.at_ms):
                return
            yield state

    def _music(self, rng: Random, day: date) -> Iterator[Speaks]:
        self._stays += 1
        yield Speaks(moment_ms(day, rng.uniform(18.5, 20.5)), MUSIC_BOT_ID, MUSIC_LOUNGE, self._stays)
        yield Speaks(moment_ms(day, rng.uniform(23.5, 25.5)), MUSIC_BOT_ID, None, self._stays)
