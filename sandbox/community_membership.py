"""Joining, leaving and roles over the year."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from sandbox.community_calendar import DAY_MS, HOUR_MS, Year, moment_ms
from sandbox.community_cast import STAND_IN, TIRED_HOST, Kind, Person
from sandbox.community_moves import Joins, Leaves, Move, Prunes, RunsCommand, TakesRoles
from sandbox.community_place import CAPTAIN, HOST, MEMBER, REGULAR, STAFF
from sandbox.removing import Leaving

PROFILE_CHANGES_A_DAY = 1.6  # a new nickname or avatar arrives as an update with the same roles
HEALTH_LOOKS_A_DAY = 0.45
KICKED_SHARE = 0.05  # of those who go before their time; of raiders, more
RAIDERS_KICKED_SHARE = 0.15


def membership(rng: Random, year: Year, people: list[Person]) -> list[Move]:
    """Moves in time's order; nothing of anybody before they joined or after they left."""
    moves: list[Move] = []
    for place, person in enumerate(people):
        moves += _spells(rng, person, year)
        moves += _career(rng, year, place, person)
    moves += _clearing(year, people)
    moves += _looks_at_health(rng, year, people)
    moves.sort(key=lambda move: move.at_ms)
    return list(_with_profile_changes(rng, year, people, moves))


def _spells(rng: Random, person: Person, year: Year) -> Iterator[Move]:
    for joined_ms, left_ms in person.spells:
        if joined_ms > year.begin_ms:
            yield Joins(joined_ms, person.user_id)
        if left_ms is not None and left_ms > year.begin_ms and left_ms != year.clearing_ms:
            yield Leaves(left_ms, person.user_id, _how(rng, person))


def _how(rng: Random, person: Person) -> Leaving:
    if person.kind is Kind.RAIDER:
        return Leaving.KICKED if rng.random() < RAIDERS_KICKED_SHARE else Leaving.BANNED
    return Leaving.KICKED if rng.random() < KICKED_SHARE else Leaving.LEFT


def _clearing(year: Year, people: list[Person]) -> Iterator[Prunes]:
    pruned = tuple(person.user_id for person in people if person.spells[-1][1] == year.clearing_ms)
    if year.clearing_ms is not None and pruned:
        yield Prunes(year.clearing_ms, pruned)


def _career(rng: Random, year: Year, place: int, person: Person) -> Iterator[TakesRoles]:
    """The roles that someone is given on the way, as long as they are here."""
    steps: list[tuple[int, tuple[int, ...]]] = []
    if person.newcomer and person.kind is not Kind.RAIDER:
        steps += _newcomer_steps(rng, person)
    if place == TIRED_HOST:
        steps.append((moment_ms(year.host_gone, 18), (MEMBER, REGULAR)))
    if place == STAND_IN:
        steps.append((moment_ms(year.stand_in, 12), (MEMBER, REGULAR, CAPTAIN, HOST)))
    for at_ms, roles in steps:
        if person.in_guild(at_ms):
            yield TakesRoles(at_ms, person.user_id, roles)


def _newcomer_steps(rng: Random, person: Person) -> Iterator[tuple[int, tuple[int, ...]]]:
    for joined_ms, _ in person.spells:
        yield joined_ms + int(rng.uniform(0.05, 20) * HOUR_MS), (MEMBER,)
    if person.fades_after_days is None and person.kind in {Kind.CORE, Kind.REGULAR, Kind.INHOUSE}:
        promoted_ms = person.spells[0][0] + int(rng.uniform(35, 60) * DAY_MS)
        yield promoted_ms, (MEMBER, REGULAR)
        if person.kind is Kind.CORE and rng.random() < 0.5:
            yield promoted_ms + int(rng.uniform(20, 60) * DAY_MS), (MEMBER, REGULAR, CAPTAIN)


def _looks_at_health(rng: Random, year: Year, people: list[Person]) -> Iterator[RunsCommand]:
    staff = [person for person in people if STAFF in person.roles]
    for day in year.days[1:]:
        if rng.random() < HEALTH_LOOKS_A_DAY:
            at_ms = moment_ms(day, rng.triangular(9, 23, 19))
            yield RunsCommand(at_ms, rng.choice(staff).user_id, "insights health")


def _with_profile_changes(rng: Random, year: Year, people: list[Person], moves: list[Move]) -> Iterator[Move]:
    """Adds updates that change nothing of what is recorded, as Discord sends them every day."""
    roles = {person.user_id: person.roles for person in people if person.in_guild(year.begin_ms)}
    next_ms = year.begin_ms + HOUR_MS
    for move in moves:
        while next_ms < move.at_ms:
            user_id = rng.choice(list(roles))
            yield TakesRoles(next_ms, user_id, roles[user_id])
            next_ms += int(rng.expovariate(PROFILE_CHANGES_A_DAY) * DAY_MS) + 1
        if isinstance(move, Joins):
            roles[move.user_id] = ()
        elif isinstance(move, Leaves):
            del roles[move.user_id]
        elif isinstance(move, Prunes):
            for user_id in move.user_ids:
                del roles[user_id]
        elif isinstance(move, TakesRoles) and move.user_id in roles:  # not of those gone before it begins
            roles[move.user_id] = move.roles
        yield move
