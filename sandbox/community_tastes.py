"""Who likes which gathering, and how much: the chance that someone comes on an ordinary evening."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from sandbox.community_calendar import DAY_MS
from sandbox.community_cast import Kind, Person
from sandbox.community_programme import Gathering, Occasion

FANS, NOW_AND_THEN = 0.6, 0.15  # share of people who keep to their inhouse; how much of it is left of others
OTHER_NIGHT = 0.06  # how much the inhouse on the other night of the week draws someone
DRAFT_REACH = 0.3
LAN_REACH = 0.32
BEGINNER_DAYS = 90
MARATHON_REACH = 0.3

# Share of a kind that likes it at all, and the chances among those.
LESSONS = {
    Kind.CORE: (0.15, 0.5, 0.9),
    Kind.REGULAR: (0.3, 0.5, 0.9),
    Kind.CASUAL: (0.5, 0.5, 0.9),
    Kind.INHOUSE: (0.1, 0.5, 0.9),
}
CAFES = {Kind.CORE: (0.3, 0.13, 0.38), Kind.REGULAR: (0.3, 0.13, 0.38), Kind.CASUAL: (0.25, 0.08, 0.3)}


def taste(person: Person, occasion: Occasion) -> float:
    match occasion.gathering:
        case Gathering.INHOUSE:
            suits = 1.0 if person.night == occasion.day.weekday() else OTHER_NIGHT
            return person.inhouse * suits * (1.0 if _is_fan(person.user_id) else NOW_AND_THEN)
        case Gathering.DRAFT:
            return person.inhouse * DRAFT_REACH
        case Gathering.LAN:
            return person.evening * LAN_REACH
        case Gathering.MARATHON:
            return person.evening * MARATHON_REACH
        case Gathering.LESSON:
            return _of_its_own(person, "lesson") * _beginner(person, occasion.start_ms)
        case Gathering.CAFE:
            return _of_its_own(person, "café")


def _beginner(person: Person, at_ms: int) -> float:
    """Newcomers come in their first months most of all."""
    return 1.1 if person.newcomer and at_ms - person.spells[0][0] < BEGINNER_DAYS * DAY_MS else 0.85


@lru_cache(maxsize=4096)
def _of_its_own(person: Person, what: str) -> float:
    likes, least, most = (LESSONS if what == "lesson" else CAFES).get(person.kind, (0.0, 0.0, 0.0))
    rng = Random(f"{person.user_id}/{what}")
    return rng.uniform(least, most) if rng.random() < likes else 0.0


@lru_cache(maxsize=4096)
def _is_fan(user_id: int) -> bool:
    return Random(f"{user_id}/fan").random() < FANS
