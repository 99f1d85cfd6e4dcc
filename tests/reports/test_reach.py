"""Health reads less of events and of spells than reports that show more: what it compares is the same."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from pyroaring import BitMap

from reports.event_history import last_held
from reports.gather import Reach, gather
from reports.health import judged_sections
from reports.membership import Membership, settled
from reports.occurrence_records import load_occurrences
from reports.periods import parse_period
from reports.records import Spell, Spells, load_spells

NOW = "2025-11-20 14:00"
SUNDAYS = [str(date(2025, 11, 16) - timedelta(weeks=back)) for back in range(15, -1, -1)]
FIRSTS = [f"2025-{month:02}-01" for month in range(2, 12)]


@pytest.fixture
def club(guild: Any) -> Any:
    """Two series, one so rare that its last 8 go back to April; people who came, went and came back."""
    guild.recorded("2025-01-01 00:00", NOW)
    guild.present(guild.days("2025-01-01", "2025-11-20"), range(1, 61))
    for number in range(1, 41):
        guild.spell(number, "2024-06-01 12:00")  # settled
    for number in range(41, 46):  # away in winter
        guild.spell(number, "2024-06-01 12:00", "2025-01-20 12:00")
        guild.spell(number, f"2025-02-{number - 40:02} 12:00")
    for number in range(46, 51):  # left, though what they had answered stands
        guild.spell(number, "2024-06-01 12:00", f"2025-10-{number - 40:02} 12:00")
        guild.leaves_on(f"2025-10-{number - 40:02}", {number})
    for number, days in zip(range(51, 61), (3, 13, 14, 15, 27, 29, 55, 57, 59, 61), strict=True):
        guild.spell(number, f"{date(2025, 11, 20) - timedelta(days=days)} 12:00")
    for place, day in enumerate((*SUNDAYS, *FIRSTS)):
        title = "Inhouse" if day in SUNDAYS else "Monthly"
        key = guild.event(
            place, f"{day} 20:00", f"{day} 22:00", series=f"title:{title}", title=title, hosts=(1,)
        )
        guild.came(key, range(1 + place % 7, 25), rsvp="interested")
        guild.came(key, range(41, 48), rsvp="interested", status="absent")
        guild.came(key, range(48, 51), rsvp="interested", status="unknown")
    for back in range(40):
        guild.did("command", guild.day("2025-11-19") - back, range(1 + back % 11, 60, 1 + back % 5))
    return guild


@pytest.mark.parametrize("key", ["2025-W46", "2025-10", "2025-W47"])
async def test_of_less_the_same_is_said(club: Any, warehouse: Any, key: str) -> None:
    await club.write(warehouse)
    period = parse_period(key, club.zone, "monday", club.ms(NOW))
    async with warehouse.reading() as conn:
        newest, all_of_it = [
            await gather(
                conn,
                club.guild_id,
                club.settings(),
                club.rules,
                period=period,
                now_ms=club.ms(NOW),
                reach=reach,
            )
            for reach in (Reach.NEWEST, Reach.SHORT)
        ]
        spells = await load_spells(conn, club.guild_id)
    assert len(newest.events.occurrences) < len(all_of_it.events.occurrences)
    assert len(newest.events.membership.by_join) < len(all_of_it.events.membership.by_join) == len(spells[0])
    said, expected = judged_sections(newest), judged_sections(all_of_it)
    assert said == expected
    assert {"no_show_rate", "segment_new"} <= {kpi.name for section in said for kpi in section.kpis}


async def test_of_each_series_the_last_eight_held_are_kept(club: Any, warehouse: Any) -> None:
    await club.write(warehouse)
    async with warehouse.reading() as conn:
        occurrences = await load_occurrences(conn, club.guild_id, 0, club.ms(NOW))
    kept = last_held(occurrences, club.ms("2025-08-20 00:00"))
    days = [one.starts_ms for one in kept if one.title == "Monthly"]
    assert days == [club.ms(f"{day} 20:00") for day in FIRSTS[-8:]]
    # of the weekly one more than 8 are since that moment: all of those
    weekly = [one.starts_ms for one in kept if one.title == "Inhouse"]
    assert weekly == [club.ms(f"{day} 20:00") for day in SUNDAYS if day >= "2025-08-20"]
    assert kept == sorted(kept, key=lambda one: one.starts_ms)


def test_who_is_settled() -> None:
    spells = Spells.of(
        [
            Spell(2, 0, 10),  # and came back long ago: that spell is left out
            Spell(3, 0, 10),
            Spell(4, 0, 10),
            Spell(4, 60, None),
            Spell(5, 0, 75),  # after the moment of which it is known who was here
        ]
    )
    who = settled(spells, BitMap([1, 2, 3, 4, 5]), 70)
    assert set(who) == {1, 2, 3}
    membership = Membership.of(spells, 0, who - BitMap([3]))
    assert [number for number in range(1, 6) if membership.was_here(number, 50)] == [1, 2, 5]
    assert set(membership.here_at(50)) == {1, 2, 5}
