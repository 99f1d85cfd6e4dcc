"""The club's days in voice: the gatherings first, then everybody's own evenings around them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from sandbox.community_calendar import HOUR_MS, MINUTE_MS, Year, day_of, moment_ms
from sandbox.community_cast import TIRED_HOST, Kind, Person
from sandbox.community_gatherings import evening
from sandbox.community_moves import Speaks
from sandbox.community_place import COACHING_ROOM, MUSIC_BOT_ID, MUSIC_LOUNGE
from sandbox.community_programme import Gathering, Occasion
from sandbox.community_stays import Visit, evening_visits, stay
from sandbox.community_tastes import taste

MUSIC_EVENINGS = 0.8
LESSONS_IN_SUMMER = 0.2  # how much of the quiet season beginners feel
BEFORE_MS, LAN_WAY_MS = HOUR_MS, 3 * HOUR_MS // 2  # nobody comes straight out of another stay


@dataclass(frozen=True, slots=True)
class Attended:
    """What came of an evening: who came when, and when it was over and the room empty."""

    arrivals: dict[int, int]  # user id → moment
    over_ms: int
    empty_ms: int


class Diary:
    """Goes through the days and remembers who is still in voice from before."""

    def __init__(self, seed: int, year: Year, people: list[Person], occasions: list[Occasion]) -> None:
        self._seed = seed
        self._year = year
        self._cast = people
        self._people = [person for person in people if person.kind is not Kind.RAIDER]
        self._on: dict[date, list[Occasion]] = defaultdict(list)
        for occasion in occasions:
            if occasion.is_held:
                self._on[day_of(occasion.start_ms)].append(occasion)
        self._free_from: dict[int, int] = {}
        self._stays = 0
        self.attended: dict[Occasion, Attended] = {}

    def voice(self) -> Iterator[Speaks]:
        for day in self._year.days:
            for occasion in self._on[day]:
                yield from self._gathering(occasion)
            yield from self._evenings(Random(f"{self._seed}/{day.isoformat()}"), day)

    def _evenings(self, rng: Random, day: date) -> Iterator[Speaks]:
        noon_ms = moment_ms(day, 12)
        mood = self._year.mood(day) * rng.lognormvariate(0, 0.07)
        taken = {COACHING_ROOM} if any(o.gathering is Gathering.LESSON for o in self._on[day]) else set()
        for person in self._people:
            if rng.random() < self._zest(person, day, noon_ms) * mood * person.evening:
                begin_ms = moment_ms(day, rng.gauss(person.starts_at_hour, 0.8))
                yield from self._stay(rng, person, *evening_visits(rng, person, begin_ms, taken))
        if rng.random() < MUSIC_EVENINGS:
            yield from self._music(rng, day)

    def _zest(self, person: Person, day: date, at_ms: int) -> float:
        """What is left of someone's interest on a day."""
        if person is self._cast[TIRED_HOST] and day >= self._year.burnout:
            return 0.5 if day < self._year.host_gone else 0.02
        return person.interest(at_ms)

    def _gathering(self, occasion: Occasion) -> Iterator[Speaks]:
        rng = Random(f"{self._seed}/{occasion.gathering}/{occasion.original_ms}")
        host, start_ms = self._cast[occasion.host], occasion.start_ms
        guests = self._guests(rng, occasion, host)
        if occasion.gathering is Gathering.LAN:
            self._away(guests, occasion)
            return
        went = evening(rng, occasion.gathering, guests, start_ms, host)
        arrivals, empty_ms = dict[int, int](), 0
        for person in guests:
            path, end_ms = went.paths[person.user_id]
            states = list(self._stay(rng, person, path, end_ms))
            if states:
                arrivals[person.user_id] = states[0].at_ms
                empty_ms = max(empty_ms, _last_seen(path, end_ms, path[0][1]))
            yield from states
        self.attended[occasion] = Attended(arrivals, went.over_ms, empty_ms)

    def _guests(self, rng: Random, occasion: Occasion, host: Person) -> list[Person]:
        """Everybody who comes; a lesson has room for so many only."""
        keen = [person for person in self._people if self._comes(rng, person, occasion) or person is host]
        guests = [person for person in keen if self._is_free(person, occasion.start_ms)]
        if occasion.gathering is Gathering.LESSON:
            seats = self._year.lesson_seats(occasion.day) + rng.choice((-1, 0, 0, 1))
            keenness = {person: taste(person, occasion) + rng.gauss(0, 0.1) for person in guests}
            guests.sort(key=lambda person: (person is not host, -keenness[person]))
            guests = guests[: seats + 1]
        return guests

    def _comes(self, rng: Random, person: Person, occasion: Occasion) -> bool:
        day = occasion.day
        pull = min(self._year.mood(day), 1.0)
        if occasion.gathering is Gathering.INHOUSE:
            pull *= self._year.inhouse_pull(day)
        elif occasion.gathering is Gathering.LESSON:
            pull **= LESSONS_IN_SUMMER
        return rng.random() < taste(person, occasion) * pull * self._zest(person, day, occasion.start_ms)

    def _is_free(self, person: Person, start_ms: int) -> bool:
        return person.in_guild(start_ms) and self._free_from.get(person.user_id, 0) < start_ms - BEFORE_MS

    def _away(self, guests: list[Person], occasion: Occasion) -> None:
        """Whoever is elsewhere with the others is not in voice meanwhile."""
        assert occasion.plan is not None and occasion.plan.end_ms is not None
        for person in guests:
            self._free_from[person.user_id] = occasion.plan.end_ms + LAN_WAY_MS
        arrivals = {person.user_id: occasion.start_ms for person in guests}
        self.attended[occasion] = Attended(arrivals, occasion.plan.end_ms, occasion.plan.end_ms)

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


def _last_seen(path: list[Visit], end_ms: int, channel_id: int) -> int:
    """When somebody left a channel for the last time."""
    leaves = [*(at_ms for at_ms, _ in path[1:]), end_ms]
    return max(left_ms for (_, channel), left_ms in zip(path, leaves, strict=True) if channel == channel_id)
