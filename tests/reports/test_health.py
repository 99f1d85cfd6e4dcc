"""The last 7 days of a small guild, every number by hand.

People 1–20 were here before recording began on 1 October; 21–24 joined on Friday 14 November.
                        30 Oct – 5 Nov     6–12 Nov         13–19 Nov
active                  1 2 3 4 15         1 … 11           1 2 3 4 5 12 15 21
of these in voice       all                1 … 10           all but 12
6 (left) and 7 (kicked) go on 15 November. 25 withdrew, 40 is a bot, 31–33 came and went within half an hour.
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from reports.csv import why_empty
from reports.lines import line
from reports.periods import parse_period
from reports.report import NothingRecorded, Verdict, Worth
from reports.statistics import wilson
from reports.text import to_text
from storage.tables import event_log

NOW = "2025-11-20 12:00"  # a Thursday


@pytest.fixture
def small(guild: Any) -> Any:
    guild.recorded("2025-10-01 00:00", NOW)
    guild.present(guild.days("2025-10-01", "2025-11-20"), {*range(1, 21), 25})
    guild.present(guild.days("2025-11-14", "2025-11-20"), range(21, 25))
    for newcomer in range(21, 25):
        guild.member(newcomer, joined="2025-11-14 10:00")
    guild.leaves_on("2025-11-15", {6, 7})
    guild.spell(6, 0, "2025-11-15 18:00", "left")
    guild.spell(7, 0, "2025-11-15 19:00", "kicked")
    guild.member(25, withdrawn_at_ms=guild.ms("2025-11-18 09:00"))
    guild.member(40, is_bot=True)
    guild.spell(40, 0)
    for raider in (31, 32, 33):
        guild.present([guild.day("2025-11-13")], {raider})
        guild.leaves_on("2025-11-13", {raider})
        guild.spell(raider, "2025-11-13 20:00", "2025-11-13 20:30", "left")
    guild.did("voice", "2025-11-01", {1, 2, 3, 4, 15})
    guild.did("voice", "2025-11-06", {*range(1, 6), 25})
    guild.did("voice", "2025-11-12", range(4, 11))
    guild.did("command", "2025-11-10", {11})
    guild.did("voice", "2025-11-13", {1, 2, 25})
    guild.did("voice", "2025-11-16", {2, 3, 4, 15, 21})
    guild.did("voice", "2025-11-19", {5})
    guild.did("command", "2025-11-17", {2, 12})
    guild.did("voice", "2025-11-20", {1, 8})
    return guild


async def test_active_members_beside_the_seven_days_before(small: Any, warehouse: Any, kpi: Any) -> None:
    await small.write(warehouse)
    active = kpi(await small.health(warehouse, NOW), "weekly_active_members")
    # exposed: 1–20 (6 and 7 were here until the 15th) and 21–24
    assert (active.current.numerator, active.current.denominator) == (8, 24)
    assert (active.previous.numerator, active.previous.denominator) == (11, 20)
    low, high = wilson(8, 24)
    assert active.current.interval == pytest.approx((low * 24, high * 24))
    # gained 12, 15, 21; lost 6–11: 2 · (C(9,0) + C(9,1) + C(9,2) + C(9,3)) / 2⁹ = 2 · 130/512
    assert (active.change.gained, active.change.lost) == (3, 6)
    assert active.change.p_value == pytest.approx(260 / 512)
    assert active.change.verdict is Verdict.WITHIN_NOISE
    assert active.change.worth is Worth.WORSE
    assert line(active).plain() == "Active members 8 of 24 · was 11 · ▽\u00a0within noise"


async def test_the_voice_rate_is_tested_on_those_exposed_in_both(
    small: Any, warehouse: Any, kpi: Any
) -> None:
    await small.write(warehouse)
    voice = kpi(await small.health(warehouse, NOW), "voice_activity_rate")
    assert (voice.current.numerator, voice.current.denominator) == (7, 24)
    assert voice.current.value == pytest.approx(7 / 24)
    assert voice.current.interval == pytest.approx(wilson(7, 24))
    assert voice.previous.value == pytest.approx(10 / 20)
    # of 1–20, who were here in both: gained 15, lost 6–10; 21 was not here before
    assert (voice.change.gained, voice.change.lost) == (1, 5)
    assert voice.change.p_value == pytest.approx(2 * (1 + 6) / 64)
    expected = "In voice 29 % (7/24) · was 50 % · ▽ within noise"
    assert line(voice).plain() == expected.replace(" %", "\u00a0%").replace("▽ ", "▽\u00a0")


async def test_the_bridge_says_who_came_in_and_who_dropped_out(small: Any, warehouse: Any) -> None:
    await small.write(warehouse)
    bridge = (await small.health(warehouse, NOW)).bridge
    assert (bridge.previous, bridge.current, bridge.returning) == (11, 8, 5)
    assert (bridge.dormant, bridge.left, bridge.lost) == (4, 2, 6)  # 8–11 are still here, 6 and 7 are not
    assert (bridge.resurrected, bridge.first_seen, bridge.new, bridge.gained) == (1, 1, 1, 3)  # 15, 12, 21
    assert bridge.quick_ratio == pytest.approx(3 / 6)


async def test_attrition_names_how_people_went(small: Any, warehouse: Any, kpi: Any) -> None:
    await small.write(warehouse)
    report = await small.health(warehouse, NOW)
    soft, hard = kpi(report, "soft_attrition"), kpi(report, "hard_attrition")
    assert soft.current.value == pytest.approx(4 / 11)
    assert hard.current.value == pytest.approx(2 / 11)
    assert hard.current.interval == pytest.approx(wilson(2, 11))
    assert dict(hard.parts) == {"left": 1, "kicked": 1, "banned": 0, "pruned": 0, "unknown": 0}
    # 15 alone went quiet in the period before, of 5 people: too few for a rate
    assert (soft.previous.value, soft.previous.numerator, soft.previous.denominator) == (None, 1, 5)
    assert "may come back" in hard.caveats[-1]


async def test_what_came_in_stands_beside_the_period_before(small: Any, warehouse: Any, kpi: Any) -> None:
    await small.write(warehouse)
    report = await small.health(warehouse, NOW)
    came_in, dropped_out = kpi(report, "came_in"), kpi(report, "dropped_out")
    # from 30 Oct – 5 Nov to 6–12 Nov: 5–11 came in, 15 dropped out
    assert (came_in.current.value, came_in.previous.value) == (3, 7)
    assert (dropped_out.current.value, dropped_out.previous.value) == (6, 1)
    assert line(came_in).plain() == "Came in 3 (1 back, 1 new, 1 first seen) · was 7"
    assert line(dropped_out).plain() == "Dropped out 6 (4 quiet, 2 left) · was 1"
    assert line(kpi(report, "quick_ratio")).plain() == "Gains / losses 0.50 (3/6) · was 7.00"


async def test_today_stands_apart_and_is_compared_with_nothing(small: Any, warehouse: Any, kpi: Any) -> None:
    await small.write(warehouse)
    today = kpi(await small.health(warehouse, NOW), "daily_active_members")
    assert (today.current.numerator, today.current.denominator) == (2, 22)
    assert (today.previous, today.change, today.current.interval) == (None, None, None)


async def test_bots_withdrawn_people_and_raids_are_in_no_denominator(small: Any, warehouse: Any) -> None:
    await small.write(warehouse)
    report = await small.health(warehouse, NOW)
    assert report.excluded == {"bots": 1, "withdrawn": 1, "raids": 3}
    assert "Not counted: 1 bot, 1 person who withdrew, 3 joined and were gone within a day." in to_text(
        report
    )


async def test_the_finding_is_one_short_sentence(small: Any, warehouse: Any) -> None:
    await small.write(warehouse)
    report = await small.health(warehouse, NOW)
    assert report.finding == "8 people were active, 3 fewer than the 7 days before: within noise."


async def test_a_closed_week_equals_its_trailing_seven_days(small: Any, warehouse: Any) -> None:
    await small.write(warehouse)
    monday = "2025-11-17 09:00"
    week = parse_period("2025-W46", small.zone, "monday", small.ms(monday))
    trailing = await small.health(warehouse, monday)
    closed = await small.weekly(warehouse, week, monday, min_group=0)
    assert trailing.sections[0] == closed.sections[0]
    assert trailing.bridge == closed.bridge
    assert (trailing.gaps, trailing.excluded) == (closed.gaps, closed.excluded)


async def test_only_qualifying_activities_make_a_member_active(small: Any, warehouse: Any, kpi: Any) -> None:
    small.did("text", "2025-11-16", {18, 19})
    small.recorded("2025-11-01 00:00", NOW, sources=("text",))
    await small.write(warehouse)
    name = "weekly_active_members"
    assert kpi(await small.health(warehouse, NOW), name).current.value == 8
    with_text = await small.health(warehouse, NOW, qualifying=("voice", "command", "text"))
    assert kpi(with_text, name).current.value == 10
    only_voice = await small.health(warehouse, NOW, qualifying=("voice",))
    assert kpi(only_voice, name).current.value == 7


async def test_old_rules_are_named_while_a_rebuild_is_due(small: Any, warehouse: Any) -> None:
    small.progress = {
        "position": 9,
        "rules": "0123456789ab",
        "state": b"",
        "folded_to_ms": small.ms(NOW) - 60_000,
    }
    await small.write(warehouse)
    report = await small.health(warehouse, NOW)
    assert report.rules == "0123456789ab"
    assert report.as_of_ms == small.ms(NOW) - 60_000
    assert any("rules were changed" in caveat for caveat in report.caveats)


async def test_an_empty_warehouse_has_nothing_to_report(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-11-01 00:00", "2025-11-02 00:00", state="gap", cause="not connected")
    await guild.write(warehouse)
    with pytest.raises(NothingRecorded, match="Nothing has been recorded yet"):
        await guild.health(warehouse, NOW)


async def test_events_that_no_table_tells_of_yet_are_not_nothing(guild: Any, warehouse: Any) -> None:
    """As the log is where something else recorded before the bot ever ran."""
    rows = [
        {
            **{
                "guild_id": guild.guild_id,
                "position": position,
                "key": bytes([position]) * 16,
                "source": "import",
            },
            **{"type": "ACTIVITY_NOTED", "occurred_from_ms": 0, "occurred_to_ms": 0, "recorded_at_ms": 0},
            "body": "{}",
        }
        for position in (1, 2, 4)
    ]
    async with warehouse.writing() as conn:
        await conn.execute(insert(event_log), rows)
    with pytest.raises(NothingRecorded, match=r"^3 events are recorded but in no table yet: `insights run`"):
        await guild.health(warehouse, NOW)
    guild.progress = {"position": 2, "rules": "x", "state": b"", "folded_to_ms": 0}
    await guild.write(warehouse)
    with pytest.raises(NothingRecorded, match=r"^1 event is recorded but in no table yet"):
        await guild.health(warehouse, NOW)


async def test_the_first_day_of_recording_says_what_it_can(guild: Any, warehouse: Any, kpi: Any) -> None:
    guild.recorded("2025-11-20 08:00", NOW)
    guild.present([guild.day("2025-11-20")], range(1, 13))
    guild.did("voice", "2025-11-20", {1, 2, 3})
    await guild.write(warehouse)
    report = await guild.health(warehouse, NOW)
    assert report.finding == "Nothing of 13–19 Nov was recorded, so there is nothing to say about it."
    assert kpi(report, "daily_active_members").current.numerator == 3
    for name in ("segment_fresh", "departed_alumni"):
        assert kpi(report, name).current.value is None, name
        assert why_empty(kpi(report, name)) == "not recorded", name
    assert "Recording began on Thu 20 Nov 2025, 08:00." in report.caveats
    assert report.bridge is None


async def test_the_second_week_of_recording_has_no_comparison_yet(
    guild: Any, warehouse: Any, kpi: Any
) -> None:
    guild.recorded("2025-11-12 20:00", NOW)
    guild.present(guild.days("2025-11-12", "2025-11-20"), range(1, 31))
    guild.did("voice", "2025-11-15", range(1, 16))
    await guild.write(warehouse)
    report = await guild.health(warehouse, NOW)
    active = kpi(report, "weekly_active_members")
    assert active.current.value == 15
    assert active.change.verdict is Verdict.NOT_COMPARED
    assert line(active).plain() == "Active members 15 of 30"
    assert report.finding == (
        "15 people were active; the 7 days before were not recorded well enough to compare."
    )


async def test_who_joined_nobody_knows_when_is_first_seen_not_new(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-10-01 00:00", NOW)
    guild.present(guild.days("2025-10-01", "2025-11-20"), {1, 2})
    guild.member(1, first_join_ms=None)
    guild.member(2, joined="2025-10-01 00:00")  # in the very moment in which recording began
    guild.did("voice", "2025-11-15", {1, 2})
    await guild.write(warehouse)
    bridge = (await guild.health(warehouse, NOW)).bridge
    assert (bridge.first_seen, bridge.new) == (1, 1)


async def test_without_memberships_active_people_are_counted_out_of_nothing(
    guild: Any, warehouse: Any, kpi: Any
) -> None:
    guild.recorded("2025-10-01 00:00", NOW, sources=("voice", "commands"))
    for member_no in range(1, 16):
        guild.member(member_no, first_join_ms=None)
    guild.did("voice", "2025-11-10", range(1, 15))
    guild.did("voice", "2025-11-15", range(1, 16))
    await guild.write(warehouse)
    report = await guild.health(warehouse, NOW)
    active = kpi(report, "weekly_active_members")
    assert (active.current.value, active.current.denominator) == (15, None)
    assert active.change.verdict is Verdict.WITHIN_NOISE
    assert any(caveat.startswith("Members: not recorded") for caveat in active.caveats)
    assert kpi(report, "voice_activity_rate").change.verdict is Verdict.NOT_COMPARED
    assert report.bridge is None


async def test_one_person_more_is_no_clear_change_but_thirty_are(
    guild: Any, warehouse: Any, kpi: Any
) -> None:
    guild.recorded("2025-10-01 00:00", NOW)
    guild.present(guild.days("2025-10-01", "2025-11-20"), range(1, 101))
    guild.did("voice", "2025-11-10", range(1, 31))
    guild.did("voice", "2025-11-15", range(1, 61))
    await guild.write(warehouse)
    report = await guild.health(warehouse, NOW)
    active = kpi(report, "weekly_active_members")
    assert (active.change.verdict, active.change.worth) == (Verdict.CLEAR, Worth.BETTER)
    assert line(active).plain() == "Active members 60 of 100 · was 30 · ▲\u00a0clearly better"
    assert report.finding == "60 people were active, 30 more than the 7 days before: clearly better."
    assert len(report.finding) <= 120


async def test_fewer_than_ten_people_get_counts_and_no_verdict(guild: Any, warehouse: Any, kpi: Any) -> None:
    guild.recorded("2025-10-01 00:00", NOW)
    guild.present(guild.days("2025-10-01", "2025-11-20"), range(1, 9))
    guild.did("voice", "2025-11-15", {1, 2, 3})
    await guild.write(warehouse)
    report = await guild.health(warehouse, NOW)
    voice = kpi(report, "voice_activity_rate")
    assert (voice.current.value, voice.current.interval) == (None, None)
    assert line(voice).plain() == "In voice 3/8 · was 0/8 · too few"
    assert report.finding == "Only 3 of 8 people were active: too few to judge."
    assert kpi(report, "quick_ratio").current.value is None  # nobody dropped out: not defined


async def test_where_all_of_a_few_were_active_they_are_not_only_so_many(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-10-01 00:00", NOW)
    guild.present(guild.days("2025-10-01", "2025-11-20"), range(1, 4))
    guild.did("voice", "2025-11-15", {1, 2, 3})
    await guild.write(warehouse)
    assert (await guild.health(warehouse, NOW)).finding == "3 of 3 people were active: too few to judge."


async def test_of_a_day_of_which_nothing_is_recorded_yet_nothing_is_said(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-10-01 00:00", "2025-11-19 20:00")
    guild.present(guild.days("2025-10-01", "2025-11-20"), range(1, 21))
    await guild.write(warehouse)
    titles = [section.title for section in (await guild.health(warehouse, NOW)).sections]
    assert "Today so far" not in titles


async def test_where_everybody_has_left_nobody_went_quiet(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-10-01 00:00", NOW)
    guild.present(guild.days("2025-10-01", "2025-11-20"), range(1, 31))
    guild.did("voice", "2025-11-10", range(1, 21))
    guild.leaves_on("2025-11-15", range(1, 31))
    await guild.write(warehouse)
    bridge = (await guild.health(warehouse, NOW)).bridge
    assert (bridge.previous, bridge.dormant, bridge.left, bridge.current) == (20, 0, 20, 0)


async def test_whom_nobody_knows_why_they_went_is_said(small: Any, warehouse: Any, kpi: Any) -> None:
    for spell, how in zip(
        [one for one in small.spells if one["ended_as"] == "kicked"], ["unknown"], strict=True
    ):
        spell["ended_as"] = how
    await small.write(warehouse)
    hard = kpi(await small.health(warehouse, NOW), "hard_attrition")
    assert dict(hard.parts) == {"left": 1, "kicked": 0, "banned": 0, "pruned": 0, "unknown": 1}
    assert "Why 1 person went is not known" in " ".join(hard.caveats)


async def test_that_the_audit_log_was_read_back_to_before_the_bot_is_no_beginning(
    guild: Any, warehouse: Any
) -> None:
    guild.recorded("2025-11-12 20:00", NOW)
    guild.recorded("2025-10-01 00:00", NOW, state="late", sources=["removals"])
    guild.present(guild.days("2025-11-12", "2025-11-20"), range(1, 31))
    guild.did("voice", "2025-11-15", range(1, 16))
    await guild.write(warehouse)
    report = await guild.health(warehouse, NOW)
    assert "Recording began on Wed 12 Nov 2025, 20:00." in report.caveats
