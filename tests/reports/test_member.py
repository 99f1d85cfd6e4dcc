"""One member week by week: yes, no or unknown, worked out by hand. Today is Thursday 20 November 2025."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from reports.member import NobodyToTellOf, member
from reports.member_report import MemberReport, member_to_json, member_to_text
from reports.statistics import wilson
from storage.tables import identities

NOW = "2025-11-20 14:00"
SOURCES = ("voice", "members", "commands", "events")
USER_ID = 81384788765712384


@pytest.fixture
async def club(guild: Any, warehouse: Any) -> Any:
    """1 came on 1 September, was away from 6 to 27 October, and is back. 2 opted out, 3 is a bot."""
    # voice is lost for two hours in week 46, and for half a minute in week 47
    guild.recorded("2025-06-01 00:00", NOW, sources=("members", "commands", "events"))
    guild.recorded("2025-06-01 00:00", "2025-11-12 20:00", sources=("voice",))
    guild.recorded("2025-11-12 20:00", "2025-11-12 22:00", "gap", "the bot was not running", ("voice",))
    guild.recorded("2025-11-12 22:00", "2025-11-18 09:00", sources=("voice",))
    guild.recorded(guild.ms("2025-11-18 09:00") + 30_000, NOW, sources=("voice",))
    guild.present(guild.days("2025-09-01", "2025-11-20"), {1, 2, 3})
    guild.spell(1, "2025-09-01 12:00", "2025-10-06 00:00", "left")
    guild.spell(1, "2025-10-27 00:00")
    for day in guild.days("2025-10-06", "2025-10-26"):
        for name in ("present", "present_at_end"):
            guild.sets[(day, name)].discard(1)
    guild.spell(2, "2025-09-01 12:00")
    guild.spell(3, "2025-09-01 12:00")
    guild.member(1, joined="2025-09-01 12:00")
    guild.member(2, withdrawn_at_ms=guild.ms("2025-10-01 12:00"))
    guild.member(3, is_bot=True)
    guild.voice(1, "2025-09-30 20:00", "2025-09-30 21:00", {"2025-09-30": 60})
    guild.voice(1, "2025-10-28 20:00", "2025-10-28 20:01", {"2025-10-28": 1})  # in a call, too short to count
    for event_id, day, came in ((1, "2025-09-30", 1), (2, "2025-10-14", 9), (3, "2025-11-05", 9)):
        guild.came(guild.event(event_id, f"{day} 20:00", f"{day} 22:00"), (came,))
    unsure = guild.event(4, "2025-11-12 20:00", "2025-11-12 23:00", title="Draft", series="title:draft")
    guild.came(unsure, (1,), status="unknown")
    guild.member(9)
    await guild.write(warehouse)
    row = {"guild_id": guild.guild_id, "member_no": 1, "user_id": USER_ID + guild.guild_id}
    async with warehouse.writing() as conn:
        await conn.execute(insert(identities), [row])
    return guild


@pytest.fixture
def told(club: Any, warehouse: Any) -> Any:
    async def make(which: int = 1) -> MemberReport:
        async with warehouse.reading() as conn:
            return await member(conn, club.guild_id, club.settings(), club.rules, which, club.ms(NOW))

    return make


async def test_each_week_is_yes_no_or_unknown_or_they_were_not_here(told):
    weeks = {week.period.key: week for week in (await told()).weeks}
    assert list(weeks) == [f"2025-W{number}" for number in range(36, 48)]
    answers = {key: (week.joined_voice, week.active) for key, week in weeks.items()}
    assert answers["2025-W36"] == ("no", "no")
    assert answers["2025-W40"] == ("yes", "yes")
    assert {answers[f"2025-W{number}"] for number in (41, 42, 43)} == {(None, None)}
    assert answers["2025-W44"] == ("yes", "no")  # a minute in a call, five of them would be activity
    assert answers["2025-W45"] == ("no", "no")
    assert answers["2025-W46"] == ("unknown", "unknown")  # two hours of voice were lost
    assert answers["2025-W47"] == ("no", "no")  # half a minute hides no call
    assert [week.period.key for week in weeks.values() if week.is_open] == ["2025-W47"]


async def test_what_it_says_first(told):
    report = await told()
    # weeks 36 to 40 and 44 to 46: of these eight in voice in 40 and 44, unknown in 46
    assert report.finding == "In voice in 2 of the last 8 weeks, unknown in 1; this week: not yet."
    assert report.tenure_days == 25  # 27 October to 20 November
    assert [(spell.left_ms is None, spell.ended_as) for spell in report.spells] == [
        (False, "left"),
        (True, None),
    ]


async def test_events_are_of_those_held_while_they_were_here(told):
    report = await told()
    (inhouse, draft) = report.series
    assert (inhouse.attended, inhouse.held) == (1, 2)  # on 14 October they were away
    assert (draft.attended, draft.unknown, draft.held) == (0, 1, 1)
    weeks = {week.period.key: (week.events, week.events_unknown) for week in report.weeks}
    assert (weeks["2025-W40"], weeks["2025-W46"]) == ((1, 0), (0, 1))


async def test_the_segment_is_that_of_each_weeks_end(told):
    segments = {week.period.key: week.segment for week in (await told()).weeks}
    # 14 days of tenure end "fresh" on 14 September; back on 27 October the count begins anew
    assert [segments[f"2025-W{number}"] for number in (36, 37, 40, 43, 44, 45)] == [
        *("fresh", "new", "new"),
        *(None, "fresh", "new"),
    ]


async def test_who_is_meant_may_be_told_by_their_user_id(told, club):
    assert (await told(USER_ID + club.guild_id)).member_no == 1


@pytest.mark.parametrize("which", [2, 3, 77, 2**40])
async def test_nothing_is_told_of_who_opted_out_of_bots_and_of_nobody(told, which):
    with pytest.raises(NobodyToTellOf, match=f"Nobody is recorded under {which} of whom anything is told"):
        await told(which)


async def test_it_is_read_as_text_and_as_json(told):
    report = await told()
    text = member_to_text(report).replace("\u00a0", " ")
    for line in (
        "Member 1 · member · here for 25 days",
        "  1 Sep – 6 Oct 2025, left",
        "  since 27 Oct 2025",
        "  17–23 Nov so far: no · no · 0 events · new",
        "  10–16 Nov: unknown · unknown · 0 events (1 unknown) · new",
        "  6–12 Oct: not here",
        "  Sunday Inhouse 1/2",
        "  Draft – · 1 unknown",
    ):
        assert line in text.splitlines(), text
    told = member_to_json(report)
    assert [week["joined_voice"] for week in told["weeks"]][-4:] == ["yes", "no", "unknown", "no"]
    assert str(USER_ID)[:12] not in str(told)


async def test_programs_get_their_attendance_as_every_other_kpi(told):
    (section,) = member_to_json(await told())["sections"]
    inhouse, draft = section["kpis"]
    assert (inhouse["name"], inhouse["version"], inhouse["unit"]) == ("member_attendance", 1, "share")
    assert (inhouse["subject"], inhouse["cut"]) == ("title:sunday inhouse", "Sunday Inhouse")
    assert inhouse["current"] == {
        **{"value": None, "numerator": 1, "denominator": 2, "interval": None, "coverage": 1.0},
    }
    assert inhouse["why_empty"] == "too few"
    assert (draft["current"]["coverage"], draft["current"]["denominator"]) == (0.0, 0)
    assert draft["caveats"] == ["Of 1 of 1 event held a gap hides whether they came."]


async def test_from_ten_held_on_it_is_a_rate_with_its_interval(guild, warehouse):
    guild.recorded("2025-06-01 00:00", NOW, sources=SOURCES)
    guild.present(guild.days("2025-09-01", "2025-11-20"), {1})
    guild.spell(1, "2025-09-01 12:00")
    guild.member(1, joined="2025-09-01 12:00")
    for place, day in enumerate(guild.days("2025-09-02", "2025-09-12")):
        start = f"{date(1970, 1, 1) + timedelta(days=day)} 20:00"
        key = guild.event(place + 1, start, guild.ms(start) + 7_200_000)
        guild.came(key, (1,) if place < 7 else (9,), status="attended")
    guild.member(9)
    await guild.write(warehouse)
    async with warehouse.reading() as conn:
        report = await member(conn, guild.guild_id, guild.settings(), guild.rules, 1, guild.ms(NOW))
    (section,) = member_to_json(report)["sections"]
    now = section["kpis"][0]["current"]
    assert (now["value"], now["numerator"], now["denominator"]) == (7 / 11, 7, 11)
    assert now["interval"] == list(wilson(7, 11))
    assert "  Sunday Inhouse 64 % (7/11)" in member_to_text(report).replace("\u00a0", " ").splitlines()
