"""A report of some people only: whose numbers they are, worked out by hand, and what of them is handed on.

Twenty people, in week 46 (10–16 November 2025):
- 1 to 12 were there before recording began, 13 to 20 joined on 5 July.
- 1 to 6 spent two hours in voice in each of the four weeks to 9 November: core then. 7 to 12 were in voice
  once in that time, on 5 November: regular. 13 to 20 were never active.
- In week 46 1, 2, 3, 4, 7 and 13 were active; 4 left on the 13th.
- Captains when the week ended: 1, 2, and 4, who left as one. 3 lost the role on the 12th; 14 got it on the
  18th.
- 7 and 8 had linked a Dota account, 9 did so on the 17th. 30 is a bot.
- 5, 8 and 14 were interested in the inhouse and did not come; 4 and 9 neither at the draft.
- 1 and 13 looked at their profiles on the 12th.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import insert

from reports.asked import Asked
from reports.csv import to_csv
from reports.cut_export import exported, withholding
from reports.cut_withholding import hidden_side_by_side, identity
from reports.cuts import Cut, NoSuchPart
from reports.health import health_asked
from reports.json import to_json
from reports.named import NAMED
from reports.periods import parse_period
from reports.publishing import computed
from reports.report import Kpi, Measure, Section
from reports.settings import AlertRule
from reports.text import to_text
from storage.rules import EventRules, EventTypeRule, Rules, TierRule
from storage.tables import accounts

from .test_identities import numbers_of, part_of

NOW = "2025-11-20 14:00"
CAPTAIN = 900
NB = "\u00a0"


@pytest.fixture
async def club(guild: Any, warehouse: Any) -> Any:
    guild.recorded("2025-06-01 00:00", NOW, sources=("voice", "members", "commands", "events"))
    for number in range(1, 21):
        joined = "2025-01-10" if number <= 12 else "2025-07-05"
        guild.member(number, joined=f"{joined} 12:00")
        guild.spell(number, f"{joined} 12:00", "2025-11-13 12:00" if number == 4 else None, "left")
        first = "2025-06-01" if number <= 12 else joined
        guild.present(guild.days(first, "2025-11-20"), {number})
        guild.members[number]["first_join_ms"] = guild.ms(f"{joined} 12:00")
    guild.leaves_on("2025-11-13", {4})
    guild.spell(30, "2025-01-10 12:00")
    guild.member(30, is_bot=True)
    for day in ("2025-10-15", "2025-10-22", "2025-10-29", "2025-11-05"):
        for number in range(1, 13 if day == "2025-11-05" else 7):
            guild.voice(number, f"{day} 20:00", f"{day} 22:00", {day: 120})
    for number in (1, 2, 3, 4, 7, 13):
        guild.voice(number, "2025-11-11 20:00", "2025-11-11 21:00", {"2025-11-11": 60})
    for number in (1, 2):
        guild.role(number, CAPTAIN, "2025-06-01 00:00")
    guild.role(3, CAPTAIN, "2025-06-01 00:00", "2025-11-12 12:00")
    guild.role(4, CAPTAIN, "2025-06-01 00:00", "2025-11-13 12:00")
    guild.role(14, CAPTAIN, "2025-11-18 12:00")
    inhouse = guild.event(1, "2025-11-11 20:00", "2025-11-11 21:00", event_type="Inhouse")
    guild.came(inhouse, (1, 2, 3, 7))
    draft = guild.event(2, "2025-11-12 20:00", "2025-11-12 21:00", series="title:draft", title="Draft")
    guild.came(draft, (1, 13))
    guild.came(inhouse, (5, 8, 14), rsvp="interested", status="absent")
    guild.came(draft, (4, 9), rsvp="interested", status="absent")
    for number in (1, 13):
        guild.ran(number, "2025-11-12 19:00")
        guild.did("command", guild.day("2025-11-12"), {number})
    standing = {"folded_to_ms": guild.ms(NOW), "position": 1, "state": b""}
    guild.progress = {**standing, "rules": rules(guild).fingerprint()}
    await guild.write(warehouse)
    linked = {7: "2025-08-01 12:00", 8: "2025-08-01 12:00", 9: "2025-11-17 12:00"}
    rows = [
        {
            **{"guild_id": guild.guild_id, "member_no": number, "platform": "dota"},
            **{"external_id": f"d{number}", "linked_at_ms": guild.ms(at)},
        }
        for number, at in linked.items()
    ]
    async with warehouse.writing() as conn:
        await conn.execute(insert(accounts), rows)
    return guild


def rules(guild: Any) -> Rules:
    types = EventRules(types=(EventTypeRule("Inhouse", titles=("*inhouse*",)),))
    tiers = (TierRule("captain", (CAPTAIN,)),)
    return Rules(zone=guild.zone, tracked_commands=("show_profile",), tiers=tiers, events=types)


@pytest.fixture
def asked(club: Any, warehouse: Any) -> Any:
    """A report of week 46, cut; exact, unless it is handed on."""

    async def make(name: str = "health", week: str = "2025-W46", **cut: str) -> Any:
        report = next(one for one in NAMED if one.name == name)
        period = parse_period(week, club.zone, "monday", club.ms(NOW))
        of = Asked(period, club.ms(NOW), Cut(**cut))
        async with warehouse.reading() as conn:
            return await report.make(conn, club.guild_id, club.settings(min_group=0), rules(club), of)

    return make


@pytest.fixture
def handed_on(club: Any, warehouse: Any) -> Any:
    """The same as a table: its lines by KPI, of those that are cut to nothing else."""

    async def make(name: str = "growth", min_group: int = 5, **cut: str) -> dict[str, dict[str, str]]:
        report = next(one for one in NAMED if one.name == name)
        period = parse_period("2025-W46", club.zone, "monday", club.ms(NOW))
        of = Asked(period, club.ms(NOW), Cut(**cut))
        async with warehouse.reading() as conn:
            settings = club.settings(min_group=min_group)
            made = await exported(report, conn, club.guild_id, settings, rules(club), of)
        lines = csv.DictReader(StringIO(to_csv(made)))
        return {line["kpi"]: line for line in lines if not line["cut"]}

    return make


def counts(kpi: Any, report: Any, name: str) -> tuple[Any, Any]:
    current = kpi(report, name).current
    return current.numerator, current.denominator


async def test_a_segment_is_that_of_the_day_before_the_period(asked, kpi):
    report = await asked(segment="core")
    assert counts(kpi, report, "weekly_active_members") == (4, 6)  # 1, 2, 3 and 4 of 1 to 6
    dropped = kpi(report, "dropped_out")
    assert (dropped.current.numerator, dropped.current.denominator, dropped.parts) == (
        2,
        6,
        (("quiet", 2), ("left", 0)),
    )  # 5 and 6
    assert counts(kpi, report, "event_people") == (3, None)  # 1, 2 and 3


async def test_people_chosen_by_what_they_did_before_are_not_compared_with_it(asked):
    report = await asked(segment="core")
    kpis = [one for section in report.sections for one in section.kpis]
    assert not [one.name for one in kpis if one.previous]
    assert report.finding == "Core on 9 Nov: 4 people were active."
    assert report.caveats[0].startswith(
        "Who is core was settled at the end of 9 Nov, before 10–16 Nov began."
    )
    assert not [one for one in kpis if one.name.startswith("retention")]


async def test_what_became_of_a_segment(asked, kpi):
    report = await asked("segments", segment="core")
    # to 16 November: 1, 2 and 3 were active in four of four blocks; 5 and 6 in three of them
    assert report.finding == "Core on 9 Nov: 5 core, 1 left after being active."
    assert kpi(report, "segment_core").current.value == 5


def rows_of(report: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """The sizes that are told of somebody, by section and row."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for section in report.sections[1:]:
        for one in section.kpis:
            name = one.name.removeprefix("segment_")
            if one.current.value != 0:
                rows.setdefault((section.title, one.cut), {})[name] = one.current.value
    return rows


async def test_the_segments_stand_beside_by_tier_and_by_platform(asked):
    report = await asked("segments")
    # 1, 2, 3, 5 and 6 are core on 16 November, 7 to 12 were active in two weeks or one, 13 in one
    assert rows_of(report) == {
        ("By tier", "Captain"): {"core": 2, "departed_alumni": 1},
        ("By tier", "Member"): {"core": 3, "regular": 7, "alumni": 7},
        ("By platform", "Dota"): {"regular": 2},
        ("By platform", "Discord only"): {"core": 5, "regular": 5, "alumni": 7, "departed_alumni": 1},
    }
    table = to_text(report).split("By tier\n")[1].split("\n\n")[0].splitlines()
    assert [line.split() for line in table] == [
        ["core", "reg.", "new", "fresh", "dorm.", "silent", "left"],
        ["Captain", "2", "0", "0", "0", "0", "0", "1"],
        ["Member", "3", "7", "0", "0", "0", "7", "0"],
    ]


async def test_a_row_of_the_segments_is_what_the_report_says_with_that_cut(asked, kpi):
    whole = await asked("segments")
    for dimension, name, label in (
        ("tier", "captain", "Captain"),
        ("tier", "member", "Member"),
        ("platform", "dota", "Dota"),
        ("platform", "discord", "Discord only"),
    ):
        cut = await asked("segments", **{dimension: name})
        assert len(cut.sections) == 1, "who is cut to already is not cut again"
        for own in cut.sections[0].kpis:
            row = kpi(whole, own.name, label)
            assert (row.current, row.previous) == (own.current, own.previous)
            assert (row.cut_by, row.subject) == (dimension, f"{dimension}:{name}")


async def test_of_the_rows_of_segments_nothing_is_handed_on_that_tells_of_few(club, warehouse, published):
    values = await published(min_group=5)
    report = next(one for one in NAMED if one.name == "segments")
    of = Asked(parse_period("2025-W46", club.zone, "monday", club.ms(NOW)), club.ms(NOW))
    async with warehouse.reading() as conn:
        settings = club.settings(min_group=5)
        made = await exported(report, conn, club.guild_id, settings, rules(club), of)
    seen = rows_of(made)
    # 2 captains and 3 others are core, and who left was a captain
    assert seen["By tier", "Captain"] == {"core": None, "departed_alumni": None}
    assert seen["By tier", "Member"] == {"core": None, "regular": 7, "alumni": 7}
    # of 7 regular members 2 have a Dota account: so the 5 others are not told
    assert seen["By platform", "Dota"] == {"regular": None}
    assert seen["By platform", "Discord only"]["regular"] is None
    for section in made.sections[1:]:
        for one in section.kpis:
            assert one.previous is None
            part = one.subject.partition(":")[2]
            key = (one.cut_by, part, one.name)
            if one.current.value and key in values:
                assert not values[key].is_withheld


async def test_a_tier_is_that_of_the_end_of_the_period_and_who_left_keeps_the_last(asked, kpi):
    report = await asked(tier="captain")
    assert counts(kpi, report, "weekly_active_members") == (3, 3)  # 1, 2 and 4
    others = await asked(tier="member")
    assert counts(kpi, others, "weekly_active_members") == (3, 17)  # 3, 7 and 13
    later = await asked(tier="captain", week="2025-W47")
    assert counts(kpi, later, "weekly_active_members") == (0, 3)  # 1, 2 and 14


async def test_the_tiers_add_up_to_everybody(asked, kpi):
    whole, *tiers = await asked(), await asked(tier="captain"), await asked(tier="member")
    for name in ("weekly_active_members", "came_in", "dropped_out", "event_people", "segment_core"):
        parts = [kpi(report, name).current.numerator for report in tiers]
        assert sum(parts) == kpi(whole, name).current.numerator, name


async def test_a_segment_that_nobody_could_tell_is_refused(asked):
    with pytest.raises(NoSuchPart) as wrong:
        await asked(segment="core", week="2025-W24")  # recording had begun on 1 June
    assert str(wrong.value) == (
        "Who was in which segment on 8 Jun is not known: 80 % of the 28 days to it must have been recorded."
    )


async def test_a_platform_is_one_that_was_linked_by_then(asked, kpi):
    assert counts(kpi, await asked(platform="dota"), "weekly_active_members") == (1, 2)  # 7 of 7 and 8
    assert counts(kpi, await asked(platform="discord"), "weekly_active_members") == (5, 18)


async def test_a_join_cohort_is_a_month_or_a_week(asked, kpi):
    for cohort in ("2025-07", "2025-W27"):
        report = await asked(joined=cohort)
        assert counts(kpi, report, "weekly_active_members") == (1, 8)  # 13 of 13 to 20
        assert kpi(report, "came_in").parts == (("back", 0), ("new", 1), ("first seen", 0))


async def test_several_at_once_are_those_who_are_in_all_of_them(asked, kpi):
    report = await asked(segment="core", tier="captain", platform="discord")
    assert counts(kpi, report, "weekly_active_members") == (3, 3)
    assert (report.people, report.cut.key) == (3, "segment=core tier=captain platform=discord")


async def test_an_event_type_cuts_events(asked, kpi):
    whole, cut = await asked("events"), await asked("events", event_type="inhouse")
    assert [counts(kpi, of, "events_held")[0] for of in (whole, cut)] == [2, 1]
    assert [counts(kpi, of, "event_people")[0] for of in (whole, cut)] == [5, 4]
    assert cut.finding.startswith("Only Inhouse: ")


async def test_the_cut_stands_in_the_heading_and_in_the_json(asked):
    report = await asked(tier="captain")
    assert "Week 46 · 10–16 Nov 2025 · tier captain (3 people)" in to_text(report)
    assert "Not counted" not in to_text(report), "bots are in no tier"
    assert (to_json(report)["cut"], to_json(report)["people"]) == ({"tier": "captain"}, 3)
    whole = await asked()
    assert (to_json(whole)["cut"], whole.excluded["bots"]) == ({}, 1)


async def test_limits_are_held_against_everybody_only(club, warehouse):
    settings = club.settings(min_group=0, alerts=(AlertRule("weekly_active_members", below=5),))
    period = parse_period("2025-W46", club.zone, "monday", club.ms(NOW))
    async with warehouse.reading() as conn:
        for cut, crossed in ((Cut(tier="captain"), 0), (Cut(), 0)):
            of = Asked(period, club.ms(NOW), cut)
            report = await health_asked(conn, club.guild_id, settings, rules(club), of)
            assert len(report.alerts) == crossed
        of = Asked(period, club.ms(NOW))
        strict = replace(settings, alerts=(AlertRule("weekly_active_members", below=7),))
        assert (await health_asked(conn, club.guild_id, strict, rules(club), of)).alerts


@pytest.mark.parametrize(
    ("cut", "sentence"),
    [
        (
            {"segment": "hard"},
            "There is no segment “hard”: "
            "there are core, regular, new, fresh, dormant, alumni and unclassified.",
        ),
        ({"tier": "boss"}, "There is no tier “boss”: there are captain and member."),
        ({"platform": "steam"}, "There is no platform “steam”: there are dota and discord."),
        ({"event_type": "Raid"}, "There is no event type “Raid”: there is Inhouse."),
        (
            {"joined": "May"},
            "“May” is no join cohort: name a month such as 2026-05, or a week such as 2026-W20.",
        ),
        (
            {"joined": ""},
            "“” is no join cohort: name a month such as 2026-05, or a week such as 2026-W20.",
        ),
        (
            {"joined": "9999-12"},
            "“9999-12” is no join cohort: name a month such as 2026-05, or a week such as 2026-W20.",
        ),
        (
            {"joined": "2025-W60"},
            "“2025-W60” is no join cohort: name a month such as 2026-05, or a week such as 2026-W20.",
        ),
        (
            {"joined": "2025-01"},
            "Nobody is known to have joined in 2025-01: cohorts are those since recording began, "
            "Sun 1 Jun 2025, 00:00.",
        ),
    ],
)
async def test_a_wrong_name_is_told_the_right_ones(asked, cut, sentence):
    with pytest.raises(NoSuchPart) as wrong:
        await asked(**cut)
    assert str(wrong.value) == sentence


async def test_a_table_of_everybody_is_as_ever(handed_on):
    lines = await handed_on()
    assert (lines["weekly_active_members"]["numerator"], lines["weekly_active_members"]["people"]) == (
        "6",
        "",
    )


async def test_of_a_small_group_nothing_is_handed_on(handed_on):
    lines = await handed_on(tier="captain")
    assert {line["people"] for line in lines.values()} == {"tier=captain"}
    assert not any(line["value"] or line["numerator"] or line["previous"] for line in lines.values())
    assert (await handed_on(min_group=3, tier="captain"))["weekly_active_members"]["numerator"] == "3"
    lines = await handed_on("health", tier="captain")
    assert [name for name, line in lines.items() if line["value"]] == ["recording_coverage"]  # of nobody


async def test_what_follows_from_a_number_that_is_withheld_is_withheld_too(handed_on):
    """Active now is active before, with who came in and without who dropped out."""
    for min_group in (2, 3, 4):
        for part in ({"tier": "member"}, {"tier": "captain"}):
            lines = await handed_on(min_group=min_group, **part)
            told = {bool(lines[name]["numerator"]) for name in ("came_in", "dropped_out", "soft_attrition")}
            assert len(told) == 1


async def test_of_the_rest_nothing_is_handed_on_either_that_gives_a_small_group_away(handed_on):
    """Of 6 active people 3 are captains: who saw the 3 others beside the 6 would know."""
    lines = await handed_on(tier="member")
    assert not lines["weekly_active_members"]["numerator"]
    assert (await handed_on(min_group=3, tier="member"))["weekly_active_members"]["numerator"] == "3"


async def test_a_mean_is_handed_on_only_with_the_number_of_its_people(handed_on):
    seen = set()
    for min_group in (2, 3, 4, 5):
        for part in ({"tier": "member"}, {"tier": "captain"}):
            lines = await handed_on("health", min_group=min_group, **part)
            is_told = bool(lines["voice_activity_rate"]["numerator"])
            assert {bool(lines[name]["value"]) for name in MEANS_OF_VOICE} <= {is_told}
            seen.add(is_told)
    assert seen == {True, False}


async def test_exports_of_all_parts_together_give_no_small_number_away(asked):
    """Of three parts a has 3 active, which hides b's 10: what b's growth says would tell them."""
    people = {
        "tier=a": part_of(0, 20, 20, 3, 30, 20, 0),
        "tier=b": part_of(0, 10, 10, 10, 30, 20, 0),
        "tier=c": part_of(50, 6, 6, 6, 30, 20, 0),
    }
    parts = {cut: numbers_of(part) for cut, part in people.items()}
    whole = numbers_of({name: sum(part[name] for part in people.values()) for name in people["tier=a"]})
    told = {}
    for name, exposed in (("a", 33), ("b", 40), ("c", 86)):
        section = Section("Growth", tuple(parts[f"tier={name}"].values()))
        report = replace(await asked("growth"), cut=Cut(tier=name), people=exposed, sections=(section,))
        shown = withholding(report, whole, parts, 5).sections[0].kpis
        told[name] = {kpi.name for kpi in shown if kpi.current.numerator is not None}
    assert told["a"] == told["b"] == set()
    assert told["c"] == {"weekly_active_members", "voice_activity_rate", "profile_adoption"}


def a_tier(exposed: int, core: int, regular: int) -> dict[tuple[str, str, str], Kpi]:
    kpis = (
        Kpi("weekly_active_members", Measure(core, core, exposed)),
        Kpi("segment_core", Measure(core, core)),
        Kpi("segment_regular", Measure(regular, regular)),
    )
    return {identity(one): one for one in kpis}


def test_how_many_left_does_not_follow_from_the_segments_of_those_who_stayed():
    """Of 40 captains 38 are in a segment at the end: who saw both would know that 2 left."""
    parts = {"captain": a_tier(40, 30, 8), "host": a_tier(60, 40, 12), "member": a_tier(50, 30, 10)}
    nothing: dict[str, frozenset[Any]] = dict.fromkeys(parts, frozenset())
    hidden = hidden_side_by_side(a_tier(150, 100, 30), parts, nothing, 5)
    # the 8 with the 2, the 8 who left of the hosts with them, and of these two tiers a segment of either
    assert hidden["captain"] == hidden["host"] == {("segment_regular", "", "")}
    assert not hidden["member"]
    nobody_left = {**parts, "captain": a_tier(38, 30, 8)}
    hidden = hidden_side_by_side(a_tier(148, 100, 30), nobody_left, nothing, 5)
    assert not any(hidden.values())


# ---- what is published of the cuts, for analysts


@pytest.fixture
def published(club: Any, warehouse: Any) -> Any:
    """The values of a closed week or month by what they are cut by, part and KPI."""

    async def make(key: str = "2025-W46", min_group: int = 0) -> dict[tuple[str, str, str], Any]:
        period = parse_period(key, club.zone, "monday", club.ms(NOW))
        async with warehouse.reading() as conn:
            settings = club.settings(min_group=min_group)
            made = await computed(conn, club.guild_id, settings, rules(club), period, club.ms(NOW))
        return {(one.cut_by, one.cut, one.kpi): one for one in made.values}

    return make


MEANS_OF_VOICE = {
    *("voice_session_mean", "voice_session_median"),
    *("voice_sessions_per_active_member", "voice_hours_per_active_member"),
}
SIZES = {
    *(f"segment_{name}" for name in ("core", "regular", "new", "fresh", "dormant", "alumni")),
    "departed_alumni",
}
OF_A_CUT = {
    *MEANS_OF_VOICE,
    *SIZES,
    *("weekly_active_members", "voice_activity_rate", "came_in", "dropped_out", "quick_ratio"),
    *("soft_attrition", "hard_attrition", "profile_adoption", "event_people", "no_show_rate"),
}
OF_A_MONTH = {"weekly_active_members", "soft_attrition", "hard_attrition"}


@pytest.mark.parametrize("key", ["2025-W46", "2025-10"])
async def test_what_is_published_of_a_part_is_what_its_report_says(asked, published, key):
    values = await published(key)
    names = OF_A_CUT
    if key == "2025-10":
        month = {"monthly_active_members", "soft_churn", "hard_churn", "bounced", "stickiness"}
        names = OF_A_CUT - OF_A_MONTH - {"event_people", "no_show_rate"} | month  # and no event was planned
    parts = {
        "segment": ("core", "regular", "alumni") if key == "2025-W46" else ("alumni",),
        "tier": ("captain", "member"),
        "platform": ("dota", "discord"),
        "joined": ("2025-07",),
    }
    assert {(by, part) for by, part, _ in values if by in parts} == {
        (by, part) for by, named in parts.items() for part in named
    }
    for by, named in parts.items():
        for part in named:
            found = {kpi for of, which, kpi in values if (of, which) == (by, part)}
            assert found - {"id_coverage"} == names
            report = await asked(week=key, **{by: part})
            said = {one.name: one.current for section in report.sections for one in section.kpis}
            for name in names:
                one, current = values[by, part, name], said[name]
                assert one.value == (None if current.value is None else float(current.value)), (part, name)
                assert (one.numerator, one.denominator) == (current.numerator, current.denominator)
                assert (one.low, one.high) == (current.interval or (None, None))
                assert one.coverage == current.coverage
                assert not one.is_withheld


async def test_no_shows_are_published_by_type_of_event(asked, published):
    values = await published()
    for part, named in (("type:Inhouse", "Inhouse"), ("type:", None)):
        one = values["event_type", part, "no_show_rate"]
        assert (one.numerator, one.denominator) == ((3, 3) if named else (2, 2))
    whole = values["", "", "no_show_rate"]
    assert (whole.numerator, whole.denominator) == (5, 5)


async def test_parts_that_add_up_do_so_in_what_is_published(published):
    values = await published()
    for name in ("weekly_active_members", "dropped_out", "came_in", "event_people"):
        whole = values["", "", name].numerator
        assert (
            sum(one.numerator for (by, _, kpi), one in values.items() if (by, kpi) == ("tier", name)) == whole
        )


async def test_what_is_of_few_people_is_kept_exact_and_withheld_with_what_would_tell_it(published):
    """Of 6 active people 3 are captains; who saw that the 3 others are no captains would know."""
    values = await published(min_group=5)
    for part in ("captain", "member"):
        one = values["tier", part, "weekly_active_members"]
        assert (one.numerator, one.is_withheld) == (3, True)
    assert not values["", "", "weekly_active_members"].is_withheld
    values = await published(min_group=3)
    assert not values["tier", "captain", "weekly_active_members"].is_withheld
    of_sum = {
        values["tier", "captain", name].is_withheld for name in ("came_in", "dropped_out", "soft_attrition")
    }
    assert len(of_sum) == 1
    # one of two who looked at their profiles is a captain
    assert values["tier", "captain", "profile_adoption"].is_withheld
    assert values["tier", "member", "profile_adoption"].is_withheld
