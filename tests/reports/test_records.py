"""What is read of a guild once for a report."""

from __future__ import annotations

from typing import Any

import pytest
from pyroaring import BitMap

from reports.periods import week_of
from reports.populations import Populations
from reports.records import load

NOW = "2025-11-20 12:00"


@pytest.fixture
def small(guild: Any) -> Any:
    guild.recorded("2025-10-01 15:00", NOW)
    guild.present(guild.days("2025-10-01", "2025-11-20"), range(1, 4))
    guild.did("voice", "2025-11-12", {1, 2})
    return guild


async def test_who_was_in_the_guild_is_left_out_and_never_taken_for_nobody(
    small: Any, warehouse: Any
) -> None:
    await small.write(warehouse)
    async with warehouse.reading() as conn:
        whole = await load(conn, small.guild_id)
        without = await load(conn, small.guild_id, with_presence=False)
    assert without.activities == whole.activities == {"voice": {small.day("2025-11-12"): BitMap([1, 2])}}
    people = Populations.of(without, ("voice",), 7, small.zone)
    week = week_of(small.day("2025-11-12"), small.zone)
    assert people.active_on(week.days) == BitMap([1, 2])
    for asked in (people.exposed, people.active, people.present_at_end, people.withdrawn_in):
        with pytest.raises(RuntimeError, match="left out"):
            asked(week)


async def test_joins_are_those_since_the_moment_when_recording_began(small: Any, warehouse: Any) -> None:
    """Of the day on which it began, and of the days beside it, by moments."""
    for number, joined in enumerate(
        (
            *("2025-08-01 12:00", "2025-09-30 23:59", "2025-10-01 14:59"),
            *("2025-10-01 15:00", "2025-10-02 00:00", "2025-10-03 12:00", "2025-11-01 12:00"),
        ),
        start=10,
    ):
        small.joins(number, *joined.split())
    await small.write(warehouse)
    async with warehouse.reading() as conn:
        records = await load(conn, small.guild_id)
    assert records.joins == {
        small.day("2025-10-01"): BitMap([13]),
        small.day("2025-10-02"): BitMap([14]),
        small.day("2025-10-03"): BitMap([15]),
        small.day("2025-11-01"): BitMap([16]),
    }


async def test_bots_and_those_with_a_brief_spell_are_told_apart(small: Any, warehouse: Any) -> None:
    small.member(20, is_bot=True)
    small.spell(20, "2025-10-05 12:00")
    small.member(21, withdrawn_at_ms=small.ms(NOW))
    small.joins(22, "2025-10-06")
    small.spell(23, "2025-10-07 12:00", "2025-10-07 13:00", "left")
    small.member(23, joined="2025-10-07 12:00")
    await small.write(warehouse)
    async with warehouse.reading() as conn:
        records = await load(conn, small.guild_id)
    assert (records.bots, records.withdrawn) == (BitMap([20]), BitMap([21]))
    assert records.spells_apart.member_nos.tolist() == [20, 23]
    assert [spell.member_no for spell in records.bot_spells] == [20]
