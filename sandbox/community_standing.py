"""Interest in a whole series: said once, after somebody has been there, and sometimes taken back later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from sandbox.community_calendar import day_of, moment_ms
from sandbox.community_cast import Person
from sandbox.community_diary import Attended
from sandbox.community_moves import AnswersEvent, WithdrawsAnswer
from sandbox.community_programme import Occasion
from sandbox.community_tastes import taste

STANDING = 0.2  # share of those who like a series
LIKES_IT = 0.25  # a chance of coming from which on somebody may want the whole series
GIVES_UP = 0.6  # of those who have stopped coming
GIVES_UP_AFTER_DAYS = (18, 45)


@dataclass(frozen=True, slots=True)
class Interest:
    person: Person
    plan: str
    from_ms: int
    to_ms: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    interests: Mapping[tuple[int, str], Interest]  # user id and plan

    @classmethod
    def of(cls, seed: int, people: Sequence[Person], attended: Mapping[Occasion, Attended]) -> Standing:
        rng = Random(f"{seed}/standing")
        first, last = _first_and_last(attended)
        interests: dict[tuple[int, str], Interest] = {}
        for person in people:
            for plan in sorted({plan for user_id, plan in first if user_id == person.user_id}):
                key = (person.user_id, plan)
                interest = _interest(rng, person, plan, first[key], last[key])
                if interest is not None:
                    interests[key] = interest
        return cls(interests)

    def holds(self, person: Person, occasion: Occasion) -> bool:
        """Whether they are interested in the series when this evening comes up, and until it begins."""
        assert occasion.plan is not None
        interest = self.interests.get((person.user_id, occasion.plan.name))
        if interest is None or interest.from_ms >= occasion.opens_ms:
            return False
        still = interest.to_ms is None or interest.to_ms > occasion.start_ms
        return still and person.stays(interest.from_ms, occasion.start_ms)

    def moves(self) -> Iterator[AnswersEvent | WithdrawsAnswer]:
        for interest in self.interests.values():
            yield AnswersEvent(interest.from_ms, interest.person.user_id, interest.plan, None)
            if interest.to_ms is not None:
                yield WithdrawsAnswer(interest.to_ms, interest.person.user_id, interest.plan, None)


Firsts = dict[tuple[int, str], Occasion]


def _first_and_last(attended: Mapping[Occasion, Attended]) -> tuple[Firsts, Firsts]:
    """Of each person and series: the evening they first and last came to."""
    first: Firsts = {}
    last: Firsts = {}
    for occasion, came in attended.items():
        if occasion.plan is None or occasion.plan.every_weeks is None:
            continue
        for user_id in came.arrivals:
            first.setdefault((user_id, occasion.plan.name), occasion)
            last[user_id, occasion.plan.name] = occasion
    return first, last


def _interest(rng: Random, person: Person, plan: str, first: Occasion, last: Occasion) -> Interest | None:
    if taste(person, first) < LIKES_IT or rng.random() >= STANDING:
        return None
    from_ms = moment_ms(day_of(first.start_ms), 24 + rng.triangular(9, 22, 18))
    to_ms = moment_ms(day_of(last.start_ms), rng.uniform(*GIVES_UP_AFTER_DAYS) * 24 + 17)
    if not person.in_guild(from_ms):
        return None
    gives_up = rng.random() < GIVES_UP and person.stays(from_ms, to_ms)
    return Interest(person, plan, from_ms, to_ms if gives_up else None)
