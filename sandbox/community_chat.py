"""What people write, and what they ask the bot that shows how somebody plays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

from sandbox.community_calendar import DAY_MS, MINUTE_MS, Year, moment_ms
from sandbox.community_cast import Kind, Person, poisson
from sandbox.community_moves import AsksOtherBot, Writes
from sandbox.community_place import GENERAL

# How likely somebody of a kind writes on an ordinary day, and asks for a profile
WRITES = {Kind.CORE: 0.3, Kind.REGULAR: 0.14, Kind.INHOUSE: 0.07, Kind.CASUAL: 0.06, Kind.LURKER: 0.015}
ASKS = {Kind.CORE: 0.04, Kind.REGULAR: 0.02, Kind.INHOUSE: 0.01, Kind.CASUAL: 0.004, Kind.LURKER: 0.0004}
NEW_DAYS, NEW_ASK_MORE = 10, 12.0  # newcomers look what the bot can do
OWN_PROFILE = 0.7


def chat(seed: int, year: Year, people: list[Person]) -> Iterator[Writes | AsksOtherBot]:
    """In time's order."""
    talkers = [person for person in people if person.kind in WRITES]
    for day in year.days:
        rng = Random(f"{seed}/chat/{day.isoformat()}")
        moves = [move for person in talkers for move in _day_of(rng, person, day, year.mood(day))]
        yield from sorted(moves, key=lambda move: (move.at_ms, move.user_id))


def _day_of(rng: Random, person: Person, day: date, mood: float) -> Iterator[Writes | AsksOtherBot]:
    at_ms = moment_ms(day, rng.triangular(8, 23.9, 20))
    zest = mood * person.interest(at_ms) if person.in_guild(at_ms) else 0.0
    if rng.random() < WRITES[person.kind] * zest:
        for number in range(1 + poisson(rng, 1.5)):
            written_ms = at_ms + int(number * rng.uniform(0.2, 9) * MINUTE_MS)
            if person.in_guild(written_ms) and written_ms < moment_ms(day, 24):
                yield Writes(written_ms, person.user_id, GENERAL)
    is_new = person.newcomer and at_ms - person.spells[0][0] < NEW_DAYS * DAY_MS
    if rng.random() < ASKS[person.kind] * zest * (NEW_ASK_MORE if is_new else 1.0):
        command = "show_my_profile" if rng.random() < OWN_PROFILE else "show_profile"
        yield AsksOtherBot(at_ms + MINUTE_MS, person.user_id, command, GENERAL)
