"""Where nobody tells of who joins and leaves, whoever did anything still counts. Decision 0041."""

from __future__ import annotations

from typing import Any

import pytest

from reports.alerts import State, state_of
from reports.asked import Asked
from reports.named import NAMED
from reports.periods import parse_period
from reports.report import Verdict
from reports.settings import AlertRule
from storage.database import Warehouse

NOW, BEGAN = "2025-11-20 12:00", "2025-08-01 00:00"
OFF_SINCE = "2025-11-10 00:00"  # the Monday of week 46
HEARD = ("voice", "commands", "events", "text")
INTENT_OFF = "the Server Members Intent is off"
KNOWN, STRANGERS = range(1, 41), range(101, 131)


def club(guild: Any, *off: tuple[str, str]) -> Any:
    """Forty members of before recording began, of whom 1 to 30 were in voice in week 45."""
    guild.recorded(BEGAN, NOW, sources=HEARD)
    moments = [BEGAN, *(moment for span in off for moment in span), NOW]
    for start, end in zip(moments[::2], moments[1::2], strict=True):
        if start != end:
            guild.recorded(start, end, sources=("members",))
    for start, end in off:
        guild.recorded(start, end, "gap", INTENT_OFF, ("members",))
    for number in KNOWN:
        guild.spell(number, 0)
    guild.present(guild.days(BEGAN[:10], NOW[:10]), KNOWN)
    guild.did("voice", "2025-11-05", range(1, 31))
    return guild


async def told(guild: Any, warehouse: Warehouse, name: str = "health") -> tuple[Any, dict[Any, Any]]:
    """A report on week 46, 10 to 16 November, and its KPIs. The first that is asked for is `health`."""
    now_ms = guild.ms(NOW)
    asked = Asked(parse_period("2025-W46", guild.zone, "monday", now_ms), now_ms)
    if name == "health":
        await guild.write(warehouse)
    make = next(one.make for one in NAMED if one.name == name)
    async with warehouse.reading() as conn:
        report = await make(conn, guild.guild_id, guild.settings(min_group=0), guild.rules, asked)
    return report, {kpi.name: kpi for section in report.sections for kpi in section.kpis if not kpi.cut}


async def test_who_joined_unseen_is_active_of_an_unknown_number(guild: Any, warehouse: Warehouse) -> None:
    club(guild, (OFF_SINCE, NOW))
    guild.did("voice", "2025-11-12", {*range(1, 11), *STRANGERS})
    report, kpis = await told(guild, warehouse)
    active = kpis["weekly_active_members"]
    # 10 that were known and 30 who joined since; of how many members, nobody knows
    assert (active.current.value, active.current.denominator, active.current.coverage) == (40, None, 1)
    assert (active.previous.value, active.previous.denominator) == (30, 40)
    # 30 gained and 20 lost are no clear change
    assert (active.change.gained, active.change.lost) == (30, 20)
    assert active.change.verdict is Verdict.WITHIN_NOISE
    assert any(INTENT_OFF in caveat for caveat in active.caveats)
    assert report.people is None
    rule = AlertRule("weekly_active_members", falls_by=0.2, only_when_clear=True)
    assert state_of(active, rule) is State.WITHIN
    assert report.alerts == ()


@pytest.mark.parametrize(
    "name", ["voice_activity_rate", "came_in", "dropped_out", "soft_attrition", "hard_attrition"]
)
async def test_what_asks_who_is_a_member_is_unknown(guild: Any, warehouse: Warehouse, name: str) -> None:
    club(guild, (OFF_SINCE, NOW))
    guild.did("voice", "2025-11-12", {*range(1, 11), *STRANGERS})
    _, kpis = await told(guild, warehouse)
    assert (kpis[name].current.value, kpis[name].current.coverage) == (None, 0)


async def test_who_was_never_known_as_a_member_has_not_left(guild: Any, warehouse: Warehouse) -> None:
    club(guild, (OFF_SINCE, NOW))
    guild.did("voice", "2025-11-12", {*range(1, 11), *STRANGERS})
    guild.did("voice", "2025-10-01", {39, 40})
    guild.leaves_on("2025-10-05", {39, 40})
    _, kpis = await told(guild, warehouse)
    departed = kpis["departed_alumni"].current
    # of the 28 days to 16 November, one of 25 hours, seven are lost: nobody can be told to be in a segment
    recorded = pytest.approx(1 - 7 * 24 / (28 * 24 + 1))
    assert (departed.value, departed.coverage) == (2, recorded)
    assert kpis["segment_core"].current.value is None
    assert kpis["segment_unclassified"].current.numerator == 38
    assert kpis["classification_coverage"].current.coverage == recorded


async def test_what_they_did_counts_as_what_others_did(guild: Any, warehouse: Warehouse) -> None:
    club(guild, (OFF_SINCE, NOW))
    for number in (1, *range(101, 105)):
        guild.voice(number, "2025-11-12 20:00", "2025-11-12 22:00", {"2025-11-12": 120})
    guild.tracked = ("show_profile",)
    for number in range(1, 3):
        guild.ran(number, "2025-11-12 20:00")
    for number in range(103, 107):
        guild.ran(number, "2025-11-12 20:00")
    guild.did("command", "2025-11-12", {1, 2, *range(103, 107)})
    _, kpis = await told(guild, warehouse)
    # active: 1, 2 and 101 to 106; in voice for two hours: five of them
    assert kpis["weekly_active_members"].current.value == 8
    assert kpis["voice_hours_per_active_member"].current.value == pytest.approx(10 / 8)
    assert kpis["profile_adoption"].current.numerator == 6
    assert kpis["profile_adoption"].current.denominator == 8
    _, of_commands = await told(guild, warehouse, "commands")
    assert of_commands["profile_invocations"].current.value == 6


async def test_only_on_days_with_a_gap_is_somebody_unknown_taken_for_a_member(
    guild: Any, warehouse: Warehouse
) -> None:
    club(guild, ("2025-11-12 18:00", "2025-11-12 19:00"))
    guild.did("voice", "2025-11-12", {1, 101})
    guild.did("voice", "2025-11-13", {2, 102})  # of whom a file may tell: no membership is known
    _, kpis = await told(guild, warehouse)
    active = kpis["weekly_active_members"].current
    assert (active.numerator, active.denominator) == (3, 41)


async def test_of_a_community_of_which_membership_was_never_seen_nothing_is_said_of_segments(
    guild: Any, warehouse: Warehouse
) -> None:
    guild.recorded(BEGAN, NOW, sources=HEARD)
    guild.recorded(BEGAN, NOW, "gap", INTENT_OFF, ("members",))
    for number in KNOWN:
        guild.member(number, first_join_ms=None)
    guild.did("voice", "2025-11-05", range(1, 31))
    guild.did("voice", "2025-11-12", range(11, 41))
    _, kpis = await told(guild, warehouse)
    active = kpis["weekly_active_members"]
    assert (active.current.value, active.current.denominator) == (30, None)
    assert active.change.verdict is Verdict.WITHIN_NOISE
    segments = {name: kpi for name, kpi in kpis.items() if name.startswith("segment_")}
    assert {kpi.current.value for kpi in (*segments.values(), kpis["departed_alumni"])} == {None}


async def test_of_how_many_members_came_is_unknown_once_nobody_has_told_for_a_day(
    guild: Any, warehouse: Warehouse
) -> None:
    club(guild, (OFF_SINCE, NOW))
    for event_id, day in ((1, "2025-11-09"), (2, "2025-11-16")):
        key = guild.event(event_id, f"{day} 20:00", f"{day} 22:00")
        guild.came(key, range(1, 21))
    await guild.write(warehouse)
    sunday, later = [await guild.occurrence(warehouse, guild.key(event_id), NOW) for event_id in (1, 2)]
    rates = [
        {kpi.name: kpi for section in report.sections for kpi in section.kpis}.get("attendance_of_members")
        for report in (sunday, later)
    ]
    assert (rates[0].current.numerator, rates[0].current.denominator) == (20, 40)
    assert rates[1] is None
