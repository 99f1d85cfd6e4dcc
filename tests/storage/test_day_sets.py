"""Day sets: what is kept is what is loaded, and the same set has the same bytes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap
from sqlalchemy import select

from storage import day_sets
from storage.database import Warehouse
from storage.fetching import AT_ONCE
from storage.tables import day_sets as table


async def test_sets_are_found_by_activity_and_day(warehouse: Warehouse) -> None:
    sets = {
        (10, "voice"): BitMap([1, 2]),
        (11, "voice"): BitMap(range(70_000)),
        (12, "voice"): BitMap([3]),
        (10, "present"): BitMap([1, 2, 3]),
        (10, "command"): BitMap([2]),
    }
    async with warehouse.writing() as conn:
        await day_sets.save(conn, 1, sets)
        await day_sets.save(conn, 2, {(10, "voice"): BitMap([9])})
    async with warehouse.reading() as conn:
        found = await day_sets.load(conn, 1, ("voice", "present", "text"), 10, 11)
    assert found == {
        "voice": {10: BitMap([1, 2]), 11: BitMap(range(70_000))},
        "present": {10: BitMap([1, 2, 3])},
        "text": {},
    }


async def test_every_set_is_found_but_for_those_left_out(warehouse: Warehouse) -> None:
    """Of more days than are read at once, and of days before 1970."""
    days = range(-3, 3 * AT_ONCE)
    sets = {(day, "voice"): BitMap([1, day + 9]) for day in days}
    async with warehouse.writing() as conn:
        await day_sets.save(conn, 1, sets | {(5, "present"): BitMap([7]), (5, "event"): BitMap([8])})
        await day_sets.save(conn, 1, {(day, "first_join"): BitMap([day]) for day in (4, 5, 6)})
        await day_sets.save(conn, 2, {(10, "voice"): BitMap([9])})
    async with warehouse.reading() as conn:
        some = await day_sets.load_all(conn, 1, besides=("present", "first_join"), first_joins_from=0)
        everything = await day_sets.load_all(conn, 1, first_joins_from=5)
    voice = {day: members for (day, _), members in sets.items()}
    assert some == {"voice": voice, "event": {5: BitMap([8])}}
    joined = {5: BitMap([5]), 6: BitMap([6])}
    assert everything == some | {"present": {5: BitMap([7])}, "first_join": joined}


async def test_a_set_takes_the_place_of_the_one_before_and_an_empty_one_leaves_no_row(
    warehouse: Warehouse,
) -> None:
    async with warehouse.writing() as conn:
        await day_sets.save(conn, 1, {(10, "voice"): BitMap([1]), (11, "voice"): BitMap([1])})
        await day_sets.save(conn, 1, {(10, "voice"): BitMap([4, 5]), (11, "voice"): BitMap()})
        rows = (await conn.execute(select(table.c.local_day, table.c.size))).all()
    assert rows == [(10, 2)]


def test_a_longer_period_is_the_union_of_its_days() -> None:
    assert day_sets.union([BitMap([1, 2]), BitMap([2, 3]), BitMap()]) == BitMap([1, 2, 3])
    assert day_sets.union(iter([BitMap([1])])) == BitMap([1])
    assert day_sets.union([]) == BitMap()


def test_a_union_leaves_its_days_alone() -> None:
    monday = BitMap([1])
    day_sets.union([monday]).add(2)
    assert monday == BitMap([1])


@settings(max_examples=50)
@given(people=st.sets(st.integers(0, 200_000), max_size=300), passed_by=st.sets(st.integers(0, 200_000)))
def test_the_same_set_has_the_same_bytes_however_it_came_about(people: set[int], passed_by: set[int]) -> None:
    at_once = BitMap(sorted(people))
    grown = BitMap(range(1000))
    for person in passed_by:
        grown.add(person)
    for person in people:
        grown.add(person)
    for person in set(grown) - people:
        grown.discard(person)
    assert day_sets.serialised(grown) == day_sets.serialised(at_once)


def test_encodings_of_equal_size_make_no_difference() -> None:
    grown, shrunk = BitMap(), BitMap(range(1, 5))
    for person in (1, 2, 3):
        grown.add(person)
    shrunk.discard(4)
    assert day_sets.serialised(grown) == day_sets.serialised(shrunk)


def test_serialising_leaves_the_set_as_it_is() -> None:
    people = BitMap(range(5000))
    day_sets.serialised(people)
    assert people == BitMap(range(5000))


def test_blocks_reach_from_the_first_number_to_the_last() -> None:
    assert day_sets.blocks(BitMap([70_000, 200_000])) == BitMap(range(65_536, 4 * 65_536))
    assert day_sets.blocks(BitMap([65_535, 65_536])) == BitMap(range(2 * 65_536))
    assert day_sets.blocks(BitMap()) == BitMap()
