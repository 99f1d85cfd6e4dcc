"""Stays in voice: where someone goes, and the muting and deafening on the way."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from random import Random

from sandbox.community_calendar import HOUR_MS, MINUTE_MS
from sandbox.community_cast import Person, poisson
from sandbox.community_moves import Speaks
from sandbox.community_place import AFK, COACHING_ROOM, EVENING_ROOM, RANKED_ROOM

Visit = tuple[int, int]  # from when, which channel

DEAFENS = 0.09  # share of stays in which someone deafens for a while
DOZES_OFF = 0.05  # share of stays that end in the AFK channel
CHANGES_ROOM = 0.3


def evening_visits(
    rng: Random, person: Person, begin_ms: int, taken: Collection[int]
) -> tuple[list[Visit], int]:
    """An ordinary evening in the usual room or another one that is not taken, and the moment of leaving."""
    end_ms = begin_ms + int(person.minutes * rng.lognormvariate(0, 0.45) * MINUTE_MS)
    room = person.room if rng.random() < 0.8 else rng.choice((EVENING_ROOM, RANKED_ROOM, COACHING_ROOM))
    if room in taken:
        room = EVENING_ROOM
    visits = [(begin_ms, room)]
    if rng.random() < CHANGES_ROOM:
        other = rng.choice([channel for channel in (EVENING_ROOM, RANKED_ROOM) if channel != room])
        visits.append((begin_ms + int((end_ms - begin_ms) * rng.uniform(0.2, 0.8)), other))
    if rng.random() < DOZES_OFF:
        visits.append((end_ms, AFK))
        end_ms += int(rng.uniform(10, 55) * MINUTE_MS)
    return visits, end_ms


def stay(rng: Random, person: Person, number: int, visits: Sequence[Visit], end_ms: int) -> Iterator[Speaks]:
    """Every state of one stay in time's order, from entering to leaving."""
    begin_ms = visits[0][0]
    changes: list[tuple[int, str, int]] = [(at_ms, "channel", channel) for at_ms, channel in visits[1:]]
    changes += [(at_ms, "mute", 0) for at_ms in _toggles(rng, person, begin_ms, end_ms)]
    changes += [(at_ms, "deaf", 0) for at_ms in _deafened(rng, begin_ms, end_ms)]
    channel, mute, deaf = visits[0][1], rng.random() < 0.35, False
    yield Speaks(begin_ms, person.user_id, channel, number, mute, deaf)
    for at_ms, what, value in sorted(changes):
        if what == "channel":
            channel = value
        elif what == "mute":
            mute = not mute
        else:
            deaf = not deaf
        yield Speaks(at_ms, person.user_id, channel, number, mute or deaf, deaf)
    yield Speaks(end_ms, person.user_id, None, number)


def _toggles(rng: Random, person: Person, begin_ms: int, end_ms: int) -> list[int]:
    expected = person.toggles_an_hour * (end_ms - begin_ms) / HOUR_MS
    return [rng.randrange(begin_ms + 1, end_ms) for _ in range(poisson(rng, expected))]


def _deafened(rng: Random, begin_ms: int, end_ms: int) -> tuple[int, ...]:
    """From and to of the one time somebody deafens, if they do."""
    if rng.random() >= DEAFENS:
        return ()
    first = rng.randrange(begin_ms + 1, end_ms)
    return first, min(first + int(rng.uniform(4, 40) * MINUTE_MS), end_ms - 1)
