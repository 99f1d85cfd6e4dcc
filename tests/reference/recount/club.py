"""The club as it was: who was in it on a day, and who did what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

from .commands import Commands
from .gatherings import ATTENDS, Holding, Programme
from .people import RAID, Person, Roll, Stay
from .seen import MINUTE, Known, days_between
from .voice import Visit, Voice, stays_that_count

QUALIFYING = ("voice", "event", "command")
VOICE_PASSES = 5 * MINUTE


class Club:
    def __init__(self, known: Known) -> None:
        self.known = known
        self.everybody = Roll(known).people  # bots and withdrawn people, too
        self.bots = {person.user_id for person in self.everybody.values() if person.is_bot}
        self.outside = self.bots | known.withdrawn
        self.people: dict[int, Person] = {
            user_id: person for user_id, person in self.everybody.items() if user_id not in self.outside
        }
        voice = Voice(known, self.bots)
        self.programme = Programme(known, voice.visits, self.bots)
        self.visits = voice.visits
        self.estimated = voice.estimated
        self.stays_that_count = stays_that_count(voice.visits, voice.qualifying)
        self.commands = Commands(known)
        self.messages: dict[tuple[int, date], int] = defaultdict(int)
        self.entered_voice: dict[int, list[int]] = defaultdict(list)
        for visit in voice.visits:
            self.entered_voice[visit.user_id].append(visit.from_ms)
        self.voice_ms: dict[tuple[int, date], int] = defaultdict(int)
        self.pieces: dict[date, list[tuple[Visit, int]]] = defaultdict(list)  # with how long on that day
        for piece in voice.qualifying:
            for day, length in known.by_day(piece.from_ms, piece.to_ms):
                self.voice_ms[piece.user_id, day] += length
                self.pieces[day].append((piece, length))
        self.did: dict[int, dict[str, set[date]]] = defaultdict(lambda: defaultdict(set))
        self._gather()
        self.first_day = known.day(known.since_ms)
        self.here_on = cache(self._here_on)
        self.active_on = cache(self._active_on)

    def _gather(self) -> None:
        for (user_id, day), length in self.voice_ms.items():
            if length >= VOICE_PASSES:
                self.did[user_id]["voice"].add(day)
        for holding in self.programme.holdings:
            for user_id in self.surely_attended(holding) if holding.window else ():
                for start, end in holding.presence[user_id]:
                    for day, _ in self.known.by_day(start, end):
                        self.did[user_id]["event"].add(day)
        for at_ms, kind, data in self.known.seen:
            if kind == "MESSAGE_CREATE" and not data.get("interaction"):
                user_id, day = int(data["author"]["id"]), self.known.day(at_ms)
                self.messages[user_id, day] += 1
                self.did[user_id]["text"].add(day)
        for one in self.commands.tracked:
            if one.is_success:
                self.did[one.user_id]["command"].add(self.known.day(one.at_ms))

    def surely_attended(self, holding: Holding) -> set[int]:
        """Of one that a gap touched, who was seen as long as any event asks: it may decide the rest."""
        attended = holding.attended()
        if not holding.is_touched(self.known.gaps):
            return attended
        return {user for user in attended if holding.minutes(user) * MINUTE >= ATTENDS}

    # ---- P
    def is_raid(self, person: Person, stay: Stay) -> bool:
        joined, left = stay
        if left is None or left - joined > RAID:
            return False
        if any(joined <= moment <= left for moment in self.entered_voice[person.user_id]):
            return False
        days = set(days_between(self.known.day(joined), self.known.day(max(joined, left - 1))))
        return not any(did & days for did in self.did[person.user_id].values())

    def stays(self, person: Person) -> list[Stay]:
        return [stay for stay in person.bridged() if not self.is_raid(person, stay)]

    def stay_at(self, person: Person, at_ms: int) -> Stay | None:
        """The one that had begun before this moment and had not ended."""
        for joined, left in self.stays(person):
            if joined < at_ms and (left is None or at_ms <= left):
                return joined, left
        return None

    def end_of(self, day: date) -> int:
        return min(self.known.midnight(day + timedelta(days=1)), self.known.until_ms)

    def here_at_end_of(self, day: date) -> set[int]:
        moment = self.end_of(day)
        return {user for user, person in self.people.items() if self.stay_at(person, moment)}

    def here_at(self, at_ms: int) -> set[int]:
        return self._within(at_ms, at_ms + 1, self.people.values())

    def _here_on(self, day: date) -> set[int]:
        return self._within(self.known.midnight(day), self.end_of(day), self.people.values())

    def _within(self, from_ms: int, to_ms: int, people: Iterable[Person]) -> set[int]:
        return {
            person.user_id
            for person in people
            if any(joined < to_ms and (left is None or left > from_ms) for joined, left in self.stays(person))
        }

    def exposed(self, days: Iterable[date]) -> set[int]:
        return set().union(*(self.here_on(day) for day in days))

    def raided(self, days: Iterable[date]) -> set[int]:
        days = list(days)
        from_ms, to_ms = self.known.midnight(days[0]), self.end_of(days[-1])
        return {
            person.user_id
            for person in self.people.values()
            for joined, left in person.bridged()
            if joined < to_ms and (left is None or left > from_ms) and self.is_raid(person, (joined, left))
        }

    # ---- activity
    def doing(self, activity: str, days: Iterable[date]) -> set[int]:
        days = set(days)
        return {user for user in self.people if self.did[user][activity] & days}

    def _active_on(self, day: date) -> set[int]:
        return set().union(*(self.doing(activity, [day]) for activity in QUALIFYING))

    def active(self, days: Iterable[date]) -> set[int]:
        days = list(days)
        return set().union(*(self.active_on(day) for day in days)) & self.exposed(days)

    def ever_active_before(self, day: date) -> set[int]:
        return {
            user
            for user in self.people
            if any(at < day for activity in QUALIFYING for at in self.did[user][activity])
        }

    def held(self, days: Iterable[date]) -> list[Holding]:
        days = set(days)
        return [
            holding
            for holding in self.programme.holdings
            if holding.window and self.known.day(holding.window[0]) in days
        ]
