from __future__ import annotations

from datetime import UTC, datetime

from pyroaring import BitMap

from reports.raids import raid_days
from reports.records import Spell

HOUR = 3_600_000
DAY = 20_000
START = DAY * 24 * HOUR  # midnight, UTC


def raids(
    *spells: tuple[float, float | None], voice: tuple[float, ...] = (), did: int | None = None
) -> set[int]:
    """Days, from DAY on, that member 1's spells (in hours) make raids of."""
    own = tuple(
        Spell(1, int(START + joined * HOUR), None if left is None else int(START + left * HOUR))
        for joined, left in spells
    )
    entered = tuple((1, int(START + hour * HOUR)) for hour in voice)
    activities = {"text": {DAY + did: BitMap([1])}} if did is not None else {}
    found = raid_days(own, entered, activities, 7, "UTC")
    assert all(people == BitMap([1]) for people in found.values())
    return {day - DAY for day in found}


def test_the_clock_of_these_tests_starts_at_midnight() -> None:
    assert datetime.fromtimestamp(START / 1000, UTC).hour == 0


def test_who_leaves_within_a_day_without_doing_anything_is_a_raid() -> None:
    assert raids((20, 21)) == {0}
    assert raids((20, 30)) == {0, 1}
    assert raids((0, 24)) == {0}


def test_a_longer_or_unfinished_stay_is_none() -> None:
    assert raids((0, 24.01)) == set()
    assert raids((0, None)) == set()


def test_activity_of_any_kind_on_a_day_of_the_stay_clears_it() -> None:
    assert raids((20, 30), did=0) == set()
    assert raids((20, 30), did=1) == set()
    assert raids((20, 30), did=2) == {0, 1}


def test_entering_voice_clears_it_even_alone() -> None:
    assert raids((20, 21), voice=(20.5,)) == set()
    assert raids((20, 21), voice=(40,)) == {0}


def test_coming_back_within_a_week_makes_one_longer_stay() -> None:
    assert raids((0, 1), (72, 73)) == set()
    assert raids((0, 1), (2, 3)) == {0}  # twice within the same day
    assert raids((0, 1), (1 + 7 * 24, 2 + 7 * 24)) == {0, 7}  # a whole week apart: two stays
    assert raids((0, 1), (500, None)) == {0}  # the raid stays one when they come back for good


def test_members_are_told_apart() -> None:
    spells = (Spell(1, START, START + HOUR), Spell(2, START, None))
    assert raid_days(spells, ((2, START),), {}, 7, "UTC") == {DAY: BitMap([1])}
