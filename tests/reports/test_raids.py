from __future__ import annotations

from datetime import UTC, datetime

from pyroaring import BitMap

from reports.raids import Raids, raids
from reports.records import Spell, Spells

HOUR = 3_600_000
DAY = 20_000
START = DAY * 24 * HOUR  # midnight, UTC


def found(
    *spells: tuple[float, float | None], voice: tuple[float, ...] = (), did: int | None = None
) -> Raids:
    """Of member 1's spells, in hours."""
    own = [
        Spell(1, int(START + joined * HOUR), None if left is None else int(START + left * HOUR))
        for joined, left in spells
    ]
    entered = {1: [int(START + hour * HOUR) for hour in voice]}
    activities = {"text": {DAY + did: BitMap([1])}} if did is not None else {}
    return raids(Spells.of(own), entered, activities, 7, "UTC")


def days_of(
    *spells: tuple[float, float | None], voice: tuple[float, ...] = (), did: int | None = None
) -> set[int]:
    """Days, from DAY on, that they make raids of."""
    days = found(*spells, voice=voice, did=did).days
    assert all(people == BitMap([1]) for people in days.values())
    return {day - DAY for day in days}


def test_the_clock_of_these_tests_starts_at_midnight() -> None:
    assert datetime.fromtimestamp(START / 1000, UTC).hour == 0


def test_who_leaves_within_a_day_without_doing_anything_is_a_raid() -> None:
    assert days_of((20, 21)) == {0}
    assert days_of((20, 30)) == {0, 1}
    assert days_of((0, 24)) == {0}


def test_a_longer_or_unfinished_stay_is_none() -> None:
    assert days_of((0, 24.01)) == set()
    assert days_of((0, None)) == set()


def test_activity_of_any_kind_on_a_day_of_the_stay_clears_it() -> None:
    assert days_of((20, 30), did=0) == set()
    assert days_of((20, 30), did=1) == set()
    assert days_of((20, 30), did=2) == {0, 1}


def test_entering_voice_clears_it_even_alone() -> None:
    assert days_of((20, 21), voice=(20.5,)) == set()
    assert days_of((20, 21), voice=(40,)) == {0}


def test_coming_back_within_a_week_makes_one_longer_stay() -> None:
    assert days_of((0, 1), (72, 73)) == set()
    assert days_of((0, 1), (2, 3)) == {0}  # twice within the same day
    assert days_of((0, 1), (1 + 7 * 24, 2 + 7 * 24)) == {0, 7}  # a whole week apart: two stays
    assert days_of((0, 1), (500, None)) == {0}  # the raid stays one when they come back for good


def test_only_who_was_never_here_otherwise_is_a_raider() -> None:
    assert found((20, 21)).raiders == BitMap([1])
    assert found((0, 1), (500, 501)).raiders == BitMap([1])
    assert found((0, 1), (500, None)).raiders == BitMap()
    assert found((20, 21), did=0).raiders == BitMap()
    assert found((0, 100)).raiders == BitMap()
    assert found((20, 21), (500, 501), did=0).raiders == BitMap()  # once they did something


def test_members_are_told_apart() -> None:
    spells = Spells.of([Spell(1, START, START + HOUR), Spell(2, START, None)])
    assert raids(spells, {2: [START]}, {}, 7, "UTC") == ({DAY: BitMap([1])}, BitMap([1]))


def test_what_one_did_clears_no_other() -> None:
    both = Spells.of([Spell(number, START + 20 * HOUR, START + 30 * HOUR) for number in (1, 2)])
    activities = {"command": {DAY + 1: BitMap([2, 3])}}
    assert raids(both, {}, activities, 7, "UTC") == ({DAY: BitMap([1]), DAY + 1: BitMap([1])}, BitMap([1]))


def test_of_nobody_there_are_none() -> None:
    assert raids(Spells.of([]), {}, {}, 7, "UTC") == ({}, BitMap())
