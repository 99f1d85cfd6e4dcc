"""An inhouse night: people gather in the lobby, split into two teams, come back, and play again."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from sandbox.community_calendar import MINUTE_MS
from sandbox.community_cast import Person
from sandbox.community_place import EVENING_ROOM, LOBBY, TEAM_DIRE, TEAM_RADIANT
from sandbox.community_stays import Visit

TEAM = 5
GOES_HOME_WITHOUT_SEAT = 0.3
STAYS_FOR_A_CHAT = 0.4
COMES_LATE = 0.1
HOST_IS_EARLY = (18, 26)  # minutes


@dataclass(frozen=True, slots=True)
class InhouseNight:
    paths: dict[int, tuple[list[Visit], int]]  # user id → where they were, and when they left
    over_ms: int  # nobody waits for another game any more


def inhouse_visits(rng: Random, guests: list[Person], first_game_ms: int, host: Person) -> InhouseNight:
    visits = {guest.user_id: [(_arrival(rng, first_game_ms), LOBBY)] for guest in guests}
    if host.user_id in visits:
        visits[host.user_id] = [(first_game_ms - int(rng.uniform(*HOST_IS_EARLY) * MINUTE_MS), LOBBY)]
    begin_ms, gone = first_game_ms + rng.randrange(5, 14) * MINUTE_MS, dict[int, int]()
    for _ in range(rng.choice((2, 2, 3))):
        here = [user_id for user_id in visits if user_id not in gone and visits[user_id][0][0] < begin_ms]
        end_ms = begin_ms + int(rng.triangular(28, 62, 41) * MINUTE_MS)
        _play(rng, here, visits, gone=gone, begin_ms=begin_ms, end_ms=end_ms)
        begin_ms = end_ms + rng.randrange(8, 16) * MINUTE_MS
    gone.pop(host.user_id, None)  # whoever hosts stays to the end, with a seat or without
    paths = {
        user_id: _end_of_night(rng, path, gone.get(user_id), begin_ms) for user_id, path in visits.items()
    }
    return InhouseNight(paths, begin_ms)


def _arrival(rng: Random, first_game_ms: int) -> int:
    if rng.random() < COMES_LATE:
        return first_game_ms + int(rng.triangular(6, 70, 20) * MINUTE_MS)
    return first_game_ms - int(rng.triangular(-6, 45, 9) * MINUTE_MS)


def _play(
    rng: Random,
    here: list[int],
    visits: dict[int, list[Visit]],
    *,
    gone: dict[int, int],
    begin_ms: int,
    end_ms: int,
) -> None:
    """One game: two teams of five where there are ten people, everybody in the lobby where there are not."""
    players = rng.sample(here, 2 * TEAM) if len(here) >= 2 * TEAM else []
    for seat, user_id in enumerate(players):
        team = TEAM_RADIANT if seat < TEAM else TEAM_DIRE
        visits[user_id].append((begin_ms + rng.randrange(100_000), team))
        visits[user_id].append((end_ms + rng.randrange(90_000), LOBBY))
    for user_id in here:
        if players and user_id not in players and rng.random() < GOES_HOME_WITHOUT_SEAT:
            gone[user_id] = rng.randrange(begin_ms + MINUTE_MS, end_ms)


def _end_of_night(
    rng: Random, path: list[Visit], gone_ms: int | None, over_ms: int
) -> tuple[list[Visit], int]:
    if gone_ms is not None:
        return path, gone_ms
    over_ms = max(over_ms, path[-1][0] + MINUTE_MS)
    if rng.random() < STAYS_FOR_A_CHAT:
        path.append((over_ms + rng.randrange(2, 300) * 1000, EVENING_ROOM))
        over_ms += int(rng.triangular(10, 130, 35) * MINUTE_MS)
    return path, over_ms + rng.randrange(1, 600) * 1000
