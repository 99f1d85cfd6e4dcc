"""What is computed from columns is what the same rows say one by one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap
from sqlalchemy import BigInteger, literal, select

from reports.columns import bitmap, columns, columns_of_many, numbers
from reports.membership import Membership
from reports.records import DAY_MS, FOR_EVER_MS, Spell, Spells


@given(st.sets(st.integers(0, 2**32 - 1)))
def test_people_survive_as_columns(people: set[int]) -> None:
    assert numbers(BitMap(people)).tolist() == sorted(people)
    assert bitmap(np.array(sorted(people), dtype=np.int64)) == BitMap(people)


def bridged(spells: list[Spell], bridge_ms: int) -> Iterator[Spell]:
    """One member's spells, in order, with those less than `bridge_ms` apart made one."""
    current = spells[0]
    for spell in spells[1:]:
        if current.left_ms is None or spell.joined_ms - current.left_ms < bridge_ms:
            current = Spell(current.member_no, current.joined_ms, spell.left_ms)
        else:
            yield current
            current = spell
    yield current


@st.composite
def spells_of_everybody(draw: st.DrawFn) -> list[Spell]:
    """By member and time; the last spell of each may be open."""
    spells = []
    for member_no in sorted(draw(st.sets(st.integers(1, 9), max_size=5))):
        days = draw(st.lists(st.integers(0, 60), min_size=1, max_size=6, unique=True))
        moments = [day * DAY_MS for day in sorted(days)]
        for joined_ms, left_ms in zip(moments[::2], [*moments[1::2], None], strict=False):
            spells.append(Spell(member_no, joined_ms, left_ms))
    return spells


@given(spells_of_everybody(), st.integers(0, 8), st.integers(0, 61), st.integers(0, 61))
def test_membership_is_what_the_bridged_spells_say(
    spells: list[Spell], bridge_days: int, since: int, at: int
) -> None:
    membership = Membership.of(Spells.of(spells), bridge_days)
    by_member = {
        number: tuple(bridged(list(own), bridge_days * DAY_MS))
        for number, own in groupby(spells, key=lambda spell: spell.member_no)
    }
    moment_ms = at * DAY_MS + 1

    def holds(spell: Spell) -> bool:
        return spell.joined_ms <= moment_ms and (spell.left_ms is None or spell.left_ms > moment_ms)

    assert dict(membership.spells) == by_member
    assert len(membership.spells) == len(by_member)
    flat = [spell for own in by_member.values() for spell in own]
    assert [spell[:2] for spell in sorted(membership.by_join, key=lambda one: one[:2])] == [
        one[:2] for one in flat
    ]
    assert membership.joined_since(since * DAY_MS, moment_ms) == BitMap(
        [spell.member_no for spell in flat if holds(spell) and spell.joined_ms >= since * DAY_MS]
    )
    for number in range(1, 10):
        own = by_member.get(number)
        assert membership.was_here(number, moment_ms) == (own is None or any(map(holds, own)))


@pytest.mark.parametrize("size", [0, 1, 3000])
async def test_many_rows_are_packed_as_they_are(warehouse: Any, size: int) -> None:
    """Up to the end that has not come."""
    first = select(literal(1, BigInteger).label("n")).cte("counted", recursive=True)
    n = first.union_all(select(first.c.n + 1).where(first.c.n < size)).c.n
    shuffled = (literal(FOR_EVER_MS, BigInteger) - n * 7 % 1000).label("shuffled")
    query = select(shuffled, (1 - n).label("below")).where(n <= size)
    async with warehouse.reading() as conn:
        packed = await columns_of_many(conn, query)
        one_by_one = await columns(conn, query)
    expected = sorted((FOR_EVER_MS - number * 7 % 1000, 1 - number) for number in range(1, size + 1))
    for found in (packed, one_by_one):
        assert sorted(zip(*(one.tolist() for one in found), strict=True)) == expected


async def test_a_null_among_many_is_refused(warehouse: Any) -> None:
    query = select(literal(1, BigInteger).label("one"), literal(None, BigInteger).label("other"))
    async with warehouse.reading() as conn:
        with pytest.raises(ValueError, match="null"):
            await columns_of_many(conn, query)


@given(st.data(), spells_of_everybody())
def test_spells_are_put_in_order(data: st.DataObject, spells: list[Spell]) -> None:
    shuffled = data.draw(st.permutations(spells))
    assert Spells.of(shuffled).ordered().each() == Spells.of(spells).ordered().each() == spells
