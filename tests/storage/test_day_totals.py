"""Each day's totals, packed beside its set: what was done, in the order of the member numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap
from sqlalchemy import select

from storage import day_sets, day_totals
from storage.database import Warehouse
from storage.day_totals import NOBODY, PACKED, DayAmounts, DayTotals
from storage.fold.folder import Folder
from storage.rebuild import verify
from storage.rules import Rules
from storage.tables import daily_activity

RULES = Rules(zone="Europe/Berlin")
MINUTE_MS = 60_000


def rows_of(totals: DayTotals) -> list[tuple[int, int, int]]:
    return list(zip(*(column.tolist() for column in totals), strict=True))


async def test_what_is_saved_is_found_beside_the_set(warehouse: Warehouse) -> None:
    monday = DayTotals.of([(70_000, 1, 90_000_000), (3, 2, 600_000)])
    async with warehouse.writing() as conn:
        await day_totals.save(conn, 1, "voice", {10: monday, 11: NOBODY})
        await day_totals.save(conn, 2, "voice", {10: DayTotals.of([(9, 1, 1)])})
    async with warehouse.reading() as conn:
        found = await day_totals.load(conn, 1, "voice", range(9, 12))
        sets = await day_sets.load(conn, 1, ("voice",), 9, 12)
    assert {day: rows_of(totals) for day, totals in found.items()} == {
        10: [(3, 2, 600_000), (70_000, 1, 90_000_000)]
    }
    assert sets["voice"] == {10: BitMap([3, 70_000])}


async def test_one_kind_of_amount_is_found_alone(warehouse: Warehouse) -> None:
    async with warehouse.writing() as conn:
        for day in (9, 10, 12):
            await day_totals.save(
                conn, 1, "voice", {day: DayTotals.of([(70_000, day, 90_000_000), (3, 2, 5)])}
            )
    async with warehouse.reading() as conn:
        counts = await day_totals.load_counts(conn, 1, "voice", range(10, 13))
        durations = await day_totals.load_durations(conn, 1, "voice", [10, 12])
        nothing = await day_totals.load_durations(conn, 1, "voice", range(0))
    assert {day: (found.members, found.amounts.tolist()) for day, found in counts.items()} == {
        10: (BitMap([3, 70_000]), [2, 10]),
        12: (BitMap([3, 70_000]), [2, 12]),
    }
    assert {day: found.amounts.tolist() for day, found in durations.items()} == {
        10: [5, 90_000_000],
        12: [5, 90_000_000],
    }
    assert nothing == {}


@given(
    st.dictionaries(st.integers(0, 200_000), st.integers(0, 2**32 - 1)),
    st.sets(st.integers(0, 200_000)),
    st.integers(0, 2**20),
)
def test_the_total_of_some_is_the_sum_of_their_amounts(
    done: dict[int, int], strangers: set[int], choice: int
) -> None:
    people = strangers | {member_no for place, member_no in enumerate(done) if choice >> place & 1}
    amounts = DayAmounts(BitMap(done), np.array([done[number] for number in sorted(done)], dtype=PACKED))
    assert amounts.total(BitMap(people)) == sum(done[number] for number in done if number in people)


async def test_a_day_on_which_nobody_is_left_has_no_row(warehouse: Warehouse) -> None:
    async with warehouse.writing() as conn:
        await day_totals.save(
            conn, 1, "voice", {10: DayTotals.of([(3, 1, 1)]), 11: DayTotals.of([(4, 1, 1)])}
        )
        await day_totals.save(conn, 1, "voice", {10: NOBODY})
    async with warehouse.reading() as conn:
        assert list(await day_totals.load(conn, 1, "voice", [10, 11])) == [11]
        assert list((await day_sets.load(conn, 1, ("voice",), 10, 11))["voice"]) == [11]


def test_some_are_replaced_among_the_others() -> None:
    totals = DayTotals.of([(1, 1, 10), (5, 1, 50), (9, 1, 90)])
    renewed = totals.without([5, 7]).joined(DayTotals.of([(7, 2, 70), (2, 3, 20)]))
    assert rows_of(renewed) == [(1, 1, 10), (2, 3, 20), (7, 2, 70), (9, 1, 90)]
    assert rows_of(NOBODY.joined(totals)) == rows_of(totals)
    assert rows_of(totals.without([1, 5, 9])) == []


async def test_following_in_small_steps_keeps_the_totals_of_the_rows(
    warehouse: Warehouse, history: Any
) -> None:
    """Of three only one passes the five minutes at first; another does with a second stay."""
    for person in (1, 2, 3):
        history.joins(person, "2026-03-02 09:00")
    for person, minutes in ((1, 30), (2, 4), (3, 2)):
        history.voice(person, 50, "2026-03-02 20:00")
        history.voice(9, 50, "2026-03-02 20:00")
        history.voice(person, None, f"2026-03-02 20:{minutes:02}")
    history.voice(2, 50, "2026-03-02 21:00")
    history.voice(2, None, "2026-03-02 21:10")
    await history.logged(warehouse)
    folder = Folder(warehouse, RULES)
    while not (await folder.advance(1, limit=2)).caught_up:
        pass
    async with warehouse.reading() as conn:
        day = RULES.local_day(1_772_450_000_000)
        found = await day_totals.load(conn, 1, "voice", [day])
        row = daily_activity.c
        query = select(row.member_no, row["count"], row.duration_ms).where(
            row.guild_id == 1, row.local_day == day, row.duration_ms >= 5 * MINUTE_MS
        )
        expected = [tuple(one) for one in await conn.execute(query.order_by(row.member_no))]
    assert rows_of(found[day]) == expected
    assert len(expected) >= 2
    assert await verify(warehouse, 1, RULES) == []
