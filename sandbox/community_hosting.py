"""What those do who schedule and host the events, and what Discord does when they do not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from random import Random

from sandbox.community_calendar import DAY_MS, HOUR_MS, MINUTE_MS, moment_ms
from sandbox.community_cast import ORGANIZER, Person
from sandbox.community_diary import Attended
from sandbox.community_moves import (
    CancelsEvent,
    CreatesEvent,
    DeclaresEvent,
    DiscordActs,
    EditsEvent,
    EndsEvent,
    MakesException,
    Move,
    StartsEvent,
)
from sandbox.community_place import RANKED_ROOM
from sandbox.community_programme import MARATHON_TITLE, Fate, Gathering, Occasion, Plan
from sandbox.event_automation import EMPTY_FOR, UNSTARTED_FOR

SHARE_EARLY, SHARE_LATE = 0.07, 0.12  # of the evenings, the host presses the button well before, well after
LEAVES_IT_TO_DISCORD = 0.2  # share of the evenings on which nobody presses the button at the end
EMPTY_MS, UNSTARTED_MS = (int(span.total_seconds() * 1000) for span in (EMPTY_FOR, UNSTARTED_FOR))
TICK_MS = 1000  # Discord looks a moment after something is due


def hosting(
    seed: int, people: list[Person], occasions: list[Occasion], attended: dict[Occasion, Attended]
) -> list[Move]:
    moves: list[Move] = []
    for plan in _plans(occasions):
        moves.append(_created(plan, people))
        moves += _clocks_changed([occasion for occasion in occasions if occasion.plan == plan])
    for occasion in occasions:
        rng = Random(f"{seed}/hosting/{occasion.gathering}/{occasion.original_ms}")
        if occasion.plan is None:
            moves.append(_declared(rng, occasion, people, attended[occasion]))
        else:
            moves += _takes_place(rng, occasion, occasion.plan, attended.get(occasion))
    return sorted(moves, key=lambda move: move.at_ms)


def _plans(occasions: list[Occasion]) -> list[Plan]:
    return list(dict.fromkeys(occasion.plan for occasion in occasions if occasion.plan is not None))


def _created(plan: Plan, people: list[Person]) -> CreatesEvent:
    return CreatesEvent(
        plan.created_ms,
        people[plan.creator].user_id,
        plan.name,
        plan.title,
        plan.start_ms,
        plan.end_ms,
        plan.channel_id,
        plan.location,
        plan.every_weeks,
    )


def _clocks_changed(occasions: list[Occasion]) -> Iterator[EditsEvent]:
    """A rule keeps its time in UTC: the series is edited when the clocks are about to change."""
    for last, occasion in pairwise(occasions):
        if last.plan is not None and (occasion.original_ms - last.original_ms) % DAY_MS:
            yield EditsEvent(occasion.opens_ms, last.plan.name, occasion.original_ms)


def _takes_place(rng: Random, occasion: Occasion, plan: Plan, attended: Attended | None) -> Iterator[Move]:
    if occasion.start_ms != occasion.original_ms:
        yield _moved(rng, occasion, plan)
    if occasion.gathering is Gathering.LAN:
        assert plan.end_ms is not None
        yield DiscordActs(plan.start_ms + TICK_MS)
        yield DiscordActs(plan.end_ms + TICK_MS)
    elif occasion.fate is Fate.CALLED_OFF:
        yield from _called_off(rng, occasion, plan)
    elif occasion.fate is Fate.HELD and attended is not None:
        yield from _hosted(rng, occasion, plan, attended)
    else:
        yield DiscordActs(occasion.start_ms + UNSTARTED_MS + TICK_MS)


def _moved(rng: Random, occasion: Occasion, plan: Plan) -> Move:
    at_ms = max(occasion.start_ms - int(rng.uniform(2, 4) * DAY_MS), occasion.opens_ms + HOUR_MS)
    if plan.every_weeks is None:
        return EditsEvent(at_ms, plan.name, occasion.start_ms)
    return MakesException(at_ms, plan.name, occasion.original_ms, occasion.start_ms)


def _called_off(rng: Random, occasion: Occasion, plan: Plan) -> Iterator[Move]:
    at_ms = max(occasion.start_ms - int(rng.uniform(2.2, 3.5) * DAY_MS), occasion.opens_ms + HOUR_MS)
    if plan.every_weeks is None:
        yield CancelsEvent(at_ms, plan.name)
        return
    yield MakesException(at_ms, plan.name, occasion.original_ms, None)
    yield DiscordActs(occasion.original_ms + TICK_MS)


def _hosted(rng: Random, occasion: Occasion, plan: Plan, attended: Attended) -> Iterator[Move]:
    start_ms = occasion.start_ms + int(_off_by_minutes(rng) * MINUTE_MS)
    yield StartsEvent(start_ms, plan.name)
    if rng.random() < LEAVES_IT_TO_DISCORD:
        yield DiscordActs(attended.empty_ms + EMPTY_MS + TICK_MS)
    else:
        yield EndsEvent(attended.over_ms + rng.randrange(20, 240) * 1000, plan.name)


def _off_by_minutes(rng: Random) -> float:
    luck = rng.random()
    if luck < SHARE_EARLY:
        return rng.uniform(-13, -6)
    if luck > 1 - SHARE_LATE:
        return rng.uniform(10, 22)
    return rng.triangular(-2, 8, 1.5)


def _declared(rng: Random, occasion: Occasion, people: list[Person], attended: Attended) -> DeclaresEvent:
    """The day after, in full minutes, as somebody remembers it."""
    minutes = round((attended.over_ms - occasion.start_ms) / (5 * MINUTE_MS)) * 5
    return DeclaresEvent(
        at_ms=moment_ms(occasion.day, 36) + int(rng.uniform(0, 6) * HOUR_MS),
        user_id=people[ORGANIZER].user_id,
        title=MARATHON_TITLE,
        channel_id=RANKED_ROOM,
        host_id=people[occasion.host].user_id,
        start_ms=occasion.start_ms,
        end_ms=occasion.start_ms + minutes * MINUTE_MS,
    )
