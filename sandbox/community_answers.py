"""Who says that they will come: to one evening or to a whole series, mostly truly, sometimes taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from random import Random

from sandbox.community_calendar import DAY_MS, HOUR_MS, MINUTE_MS, Year, day_of, moment_ms
from sandbox.community_cast import Kind, Person
from sandbox.community_diary import Attended
from sandbox.community_moves import AnswersEvent, WithdrawsAnswer
from sandbox.community_programme import Fate, Gathering, Occasion
from sandbox.community_standing import Standing
from sandbox.community_tastes import taste

SAYS_SO = 0.82  # share of those who come that answer before
NO_SHOWS, NO_SHOWS_OF_LATE = 0.16, 0.34  # of those who say that they come; on the latest Sunday
TAKES_IT_BACK = 0.09  # as a share of those who come
AT_THE_LAST_MOMENT = 0.3  # of those who take it back, within the hour before
SAYS_SO_EACH_TIME, SAYS_NOT_THIS_TIME = 0.25, 0.3  # of those with an interest in the whole series
NOT_HELD = 0.5  # share of the usual answers where an evening does not take place
LAN_ANSWERS = 22
CALLED_OFF_DAYS = 4  # nobody answers any more so shortly before
LAST_CALL_MS = 15 * MINUTE_MS  # the host may begin early

Answer = AnswersEvent | WithdrawsAnswer


def answers(
    seed: int, year: Year, people: list[Person], occasions: list[Occasion], attended: dict[Occasion, Attended]
) -> list[Answer]:
    members = [person for person in people if person.kind not in {Kind.RAIDER, Kind.LURKER}]
    standing = Standing.of(seed, members, attended)
    found: list[Answer] = list(standing.moves())
    usual: dict[Gathering, int] = {}  # how many of those who came had said so, the last time
    for occasion in occasions:
        if occasion.plan is not None:
            asked = _Asked(seed, year, occasion, attended.get(occasion))
            said = list(asked.who_comes(members, standing))
            usual[occasion.gathering] = len(said) or usual.get(occasion.gathering, 0)
            found += said
            found += asked.who_does_not(members, standing, usual[occasion.gathering])
    return sorted(found, key=lambda answer: answer.at_ms)


class _Asked:
    """One evening, and those who might say something to it."""

    def __init__(self, seed: int, year: Year, occasion: Occasion, attended: Attended | None) -> None:
        assert occasion.plan is not None
        self._rng = Random(f"{seed}/answers/{occasion.gathering}/{occasion.original_ms}")
        self._occasion = occasion
        self._plan = occasion.plan.name
        self._original_ms = occasion.original_ms if occasion.plan.every_weeks else None
        self._arrivals = attended.arrivals if attended else {}
        self._latest_ms = occasion.start_ms - LAST_CALL_MS
        if occasion.fate is Fate.CALLED_OFF:
            self._latest_ms = occasion.start_ms - CALLED_OFF_DAYS * DAY_MS
        late_sunday = (
            occasion.gathering is Gathering.INHOUSE and occasion.day == year.latest_week + timedelta(6)
        )
        self._no_shows = NO_SHOWS_OF_LATE if late_sunday else NO_SHOWS * self._rng.uniform(0.7, 1.3)

    def who_comes(self, members: Sequence[Person], standing: Standing) -> Iterator[AnswersEvent]:
        """Some have said so before; the others are walk-ins, or wanted the whole series."""
        rng, says_so = self._rng, 1.0 if self._occasion.gathering is Gathering.LAN else SAYS_SO
        for person in members:
            arrival_ms = self._arrivals.get(person.user_id)
            if arrival_ms is None:
                continue
            chance = SAYS_SO_EACH_TIME if standing.holds(person, self._occasion) else says_so
            opens_ms = max(self._occasion.opens_ms, person.joined_before(arrival_ms) + HOUR_MS // 2)
            latest_ms = min(arrival_ms, self._latest_ms)
            if rng.random() < chance and opens_ms < latest_ms:
                yield self._answer(person, self._some_time_before(opens_ms, latest_ms))

    def who_does_not(self, members: Sequence[Person], standing: Standing, said: int) -> Iterator[Answer]:
        rng, opens_ms, latest_ms = self._rng, self._occasion.opens_ms, self._latest_ms
        if opens_ms >= latest_ms:
            return
        away = [
            person
            for person in members
            if person.user_id not in self._arrivals and person.stays(opens_ms, self._occasion.start_ms)
        ]
        for person in away:
            if standing.holds(person, self._occasion) and rng.random() < SAYS_NOT_THIS_TIME:
                yield self._answer(person, self._some_time_before(opens_ms, latest_ms), interested=False)
        away = [person for person in away if not standing.holds(person, self._occasion)]
        no_shows, changed = self._how_many(said)
        picked = _picked(rng, away, self._occasion, no_shows + changed)
        for number, person in enumerate(picked):
            at_ms = self._some_time_before(opens_ms, latest_ms)
            yield self._answer(person, at_ms)
            if number >= no_shows:
                yield WithdrawsAnswer(self._regret(at_ms), person.user_id, self._plan, self._original_ms)

    def _how_many(self, said: int) -> tuple[int, int]:
        """How many say that they come and do not; how many take it back."""
        rng = self._rng
        if self._occasion.gathering is Gathering.LAN:
            return max(LAN_ANSWERS - said, 0), 2
        if not self._occasion.is_held:
            return int(said * NOT_HELD + rng.random()), int(said * TAKES_IT_BACK + rng.random())
        missing = said * self._no_shows / (1 - self._no_shows)
        return int(missing + rng.random()), int(said * TAKES_IT_BACK + rng.random())

    def _answer(self, person: Person, at_ms: int, *, interested: bool = True) -> AnswersEvent:
        return AnswersEvent(at_ms, person.user_id, self._plan, self._original_ms, interested)

    def _some_time_before(self, opens_ms: int, latest_ms: int) -> int:
        """Mostly on the day itself or the day before, when people are awake."""
        rng = self._rng
        day = day_of(latest_ms) - timedelta(days=int(rng.expovariate(0.7)))
        at_ms = moment_ms(day, rng.triangular(8, 23.5, 19))
        if opens_ms < at_ms < latest_ms:
            return at_ms
        return latest_ms - int((latest_ms - opens_ms) * rng.triangular(0.01, 0.9, 0.05))

    def _regret(self, answered_ms: int) -> int:
        """When an answer is taken back."""
        rng, start_ms = self._rng, self._occasion.start_ms
        if self._latest_ms > start_ms - HOUR_MS and rng.random() < AT_THE_LAST_MOMENT:
            return max(answered_ms + MINUTE_MS // 2, start_ms - int(rng.uniform(16, 55) * MINUTE_MS))
        return answered_ms + max(int((self._latest_ms - answered_ms) * rng.uniform(0.1, 0.9)), 1000)


def _picked(rng: Random, candidates: list[Person], occasion: Occasion, how_many: int) -> list[Person]:
    """So many different people, the likelier the more they like it."""
    weights = [
        (person, taste(person, occasion) * person.interest(occasion.start_ms)) for person in candidates
    ]
    drawn = [(rng.random() ** (1 / weight), person) for person, weight in weights if weight > 0.001]
    drawn.sort(key=lambda pair: pair[0], reverse=True)
    return [person for _, person in drawn[:how_many]]
