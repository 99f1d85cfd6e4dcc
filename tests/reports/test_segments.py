"""Which segment somebody is in, on either side of each of its borders, when Sunday 16 November ends."""

from __future__ import annotations

from typing import Any

import pytest

from reports.periods import parse_period
from reports.settings import CoreRule, SegmentSettings
from reports.small_groups import withheld

NOW = "2025-11-20 14:00"
LAST_DAY = "2025-11-16"
NAMES = ("core", "regular", "new", "fresh", "dormant", "alumni", "unclassified")


@pytest.fixture
def recorded(guild: Any) -> Any:
    guild.recorded("2025-06-01 00:00", NOW)
    return guild


@pytest.fixture
def told(recorded: Any, warehouse: Any) -> Any:
    """The sizes of the segments at the end of week 46, and those who left."""

    async def sizes(now: str = NOW, week: str = "2025-W46", **settings: Any) -> dict[str, Any]:
        await recorded.write(warehouse)
        period = parse_period(week, recorded.zone, "monday", recorded.ms(now))
        report = await recorded.detail(warehouse, "segments", period, now, **settings)
        kpis = {kpi.name: kpi.current.value for section in report.sections for kpi in section.kpis}
        found = {name: kpis.get(f"segment_{name}", 0) for name in NAMES}
        return {**{name: size for name, size in found.items() if size != 0}, "left": kpis["departed_alumni"]}

    return sizes


def member(guild: Any, joined: str, number: int = 1) -> None:
    """Joined on that day and is still here."""
    guild.joins(number, joined)
    guild.present(
        range(max(guild.day(joined), guild.day("2025-06-01")), guild.day("2025-11-20") + 1), {number}
    )


async def active_in_three_of_four_weeks(guild: Any, number: int = 1) -> None:
    for day in ("2025-11-12", "2025-11-05", "2025-10-29"):
        guild.did("voice", day, {number})


# At the end of 16 November who joined on day j has been here for 17 November − j days.
@pytest.mark.parametrize(
    ("joined", "segment"),
    [
        ("2025-11-16", "fresh"),  # 1 day
        ("2025-11-04", "fresh"),  # 13 days
        ("2025-11-03", "new"),  # 14 days: not fresh any more
        ("2025-10-21", "new"),  # 27 days, inactive, but not for 28
        ("2025-10-20", "dormant"),  # 28 days, all of them inactive
        ("2025-09-19", "dormant"),  # 59 days
        ("2025-09-18", "alumni"),  # 60 days, all of them inactive
    ],
)
async def test_whoever_never_did_anything_ages(recorded: Any, told: Any, joined: str, segment: str) -> None:
    member(recorded, joined)
    assert await told() == {segment: 1, "left": 0}


@pytest.mark.parametrize(
    ("active", "segment"),
    [
        ("2025-11-16", "regular"),
        ("2025-10-20", "regular"),  # the first of the last 28 days
        ("2025-10-19", "dormant"),  # the day before
        ("2025-09-18", "dormant"),  # the first of the last 60 days
        ("2025-09-17", "alumni"),
    ],
)
async def test_an_old_member_is_judged_by_the_last_activity(
    recorded: Any, told: Any, active: str, segment: str
) -> None:
    member(recorded, "2025-06-01")
    recorded.did("command", active, {1})
    assert await told() == {segment: 1, "left": 0}


@pytest.mark.parametrize(("joined", "segment"), [("2025-09-23", "new"), ("2025-09-22", "regular")])
async def test_an_active_member_is_new_for_eight_weeks(
    recorded: Any, told: Any, joined: str, segment: str
) -> None:
    member(recorded, joined)  # 55 and 56 days
    recorded.did("voice", "2025-11-16", {1})
    assert await told() == {segment: 1, "left": 0}


@pytest.mark.parametrize(
    ("days", "segment"),
    [
        (("2025-11-12", "2025-11-05", "2025-10-29"), "core"),
        (("2025-11-12", "2025-11-05", "2025-10-20"), "core"),  # the earliest day of the fourth block
        (("2025-11-16", "2025-11-10", "2025-11-09", "2025-11-03"), "regular"),  # in two blocks
        (("2025-11-12", "2025-11-05", "2025-10-19"), "regular"),  # a day before the fourth block
    ],
)
async def test_core_is_active_in_three_of_the_last_four_blocks(
    recorded: Any, told: Any, days: tuple[str, ...], segment: str
) -> None:
    member(recorded, "2025-06-01")
    for day in days:
        recorded.did("voice", day, {1})
    for event_id, day in enumerate(("2025-10-20", "2025-11-10")):
        recorded.at_event(day, {1}, event_id)
        recorded.sets[(recorded.day(day), "event")].clear()  # what is tested is the days above
    assert await told() == {segment: 1, "left": 0}


@pytest.mark.parametrize(
    ("minutes", "segment"), [((80, 80, 80), "core"), ((80, 80, 79), "regular"), ((238, 4), "regular")]
)
async def test_core_has_four_hours_of_voice_on_days_that_count(
    recorded: Any, told: Any, minutes: tuple[int, ...], segment: str
) -> None:
    member(recorded, "2025-06-01")
    for minute, day in zip(minutes, ("2025-11-12", "2025-11-05", "2025-10-29"), strict=False):
        recorded.voice(1, f"{day} 20:00", f"{day} 23:59", {day: minute})
    for day in ("2025-11-12", "2025-11-05", "2025-10-29"):
        recorded.did("command", day, {1})  # active in three blocks anyway; 4 minutes are below the threshold
    assert await told() == {segment: 1, "left": 0}


@pytest.mark.parametrize(
    ("first", "second", "segment"),
    [
        ("2025-10-20", "2025-11-10", "core"),
        ("2025-10-19", "2025-11-10", "regular"),  # the first of the two was a day too early
        ("2025-11-10", "2025-11-17", "regular"),  # the second one was later
    ],
)
async def test_core_was_at_two_events(
    recorded: Any, told: Any, first: str, second: str, segment: str
) -> None:
    member(recorded, "2025-06-01")
    await active_in_three_of_four_weeks(recorded)
    recorded.at_event(first, {1}, 1)
    recorded.at_event(second, {1}, 2)
    assert await told() == {segment: 1, "left": 0}


async def test_one_event_over_midnight_is_one_event(recorded: Any, told: Any) -> None:
    member(recorded, "2025-06-01")
    await active_in_three_of_four_weeks(recorded)
    recorded.at_event("2025-11-14", {1}, days=2)
    assert await told() == {"regular": 1, "left": 0}


async def test_an_event_that_reaches_into_the_28_days_counts(recorded: Any, told: Any) -> None:
    member(recorded, "2025-06-01")
    await active_in_three_of_four_weeks(recorded)
    recorded.at_event("2025-10-19", {1}, 1, days=2)
    recorded.at_event("2025-11-10", {1}, 2)
    assert await told() == {"core": 1, "left": 0}


async def test_another_activity_may_make_core(recorded: Any, told: Any) -> None:
    member(recorded, "2025-06-01")
    await active_in_three_of_four_weeks(recorded)
    row = {"activity": "dota_match", "member_no": 1, "duration_ms": 0}
    recorded.daily += [
        {**row, "local_day": recorded.day(day), "count": 4} for day in ("2025-11-14", "2025-10-20")
    ]
    eight = SegmentSettings(core=CoreRule(min_counts=(("dota_match", 8),)))
    nine = SegmentSettings(core=CoreRule(min_counts=(("dota_match", 9),)))
    assert await told(segments=eight) == {"core": 1, "left": 0}
    recorded.guild_id += 1_000_000
    assert await told(segments=nine) == {"regular": 1, "left": 0}


async def test_a_newcomer_may_be_core_after_two_weeks(recorded: Any, told: Any) -> None:
    member(recorded, "2025-10-27")
    await active_in_three_of_four_weeks(recorded)
    for event_id in (1, 2):
        recorded.at_event("2025-11-12", {1}, event_id)
    assert await told() == {"core": 1, "left": 0}


@pytest.mark.parametrize(
    ("role", "held", "segment"),
    [
        (5, ("2025-07-01 00:00", None), "regular"),
        (6, ("2025-07-01 00:00", None), "new"),  # not a promoted role
        (5, ("2025-07-01 00:00", "2025-11-16 20:00"), "new"),  # taken away that evening
        (5, ("2025-11-17 00:00", None), "new"),  # given the next day
        (5, ("2025-11-16 23:59", None), "regular"),
    ],
)
async def test_without_a_promoted_role_one_stays_new(
    recorded: Any, told: Any, role: int, held: tuple[str, str | None], segment: str
) -> None:
    member(recorded, "2025-06-01")
    recorded.did("voice", "2025-11-12", {1})
    recorded.role(1, role, *held)
    assert await told(segments=SegmentSettings(promoted_roles=(5,))) == {segment: 1, "left": 0}


async def test_tenure_counts_from_the_bridged_spell(recorded: Any, told: Any) -> None:
    for number, back in ((1, "2025-11-07 11:00"), (2, "2025-11-08 12:00")):
        member(recorded, "2025-06-01", number)
        recorded.spells = [spell for spell in recorded.spells if spell["member_no"] != number]
        recorded.spell(number, "2025-06-01 12:00", "2025-11-01 12:00")
        recorded.spell(number, back)
        recorded.did("voice", "2025-11-12", {number})
    # away for less than 7 days: here since June; away for 7 days: here since 8 November
    assert await told() == {"regular": 1, "fresh": 1, "left": 0}


async def test_who_was_active_and_left_is_counted_beside(recorded: Any, told: Any) -> None:
    for number in (1, 2, 3):
        member(recorded, "2025-06-01", number)
    recorded.did("voice", "2025-08-01", {1, 2})
    recorded.leaves_on("2025-09-01", {1, 3})
    recorded.did("voice", "2025-11-12", {2})
    assert await told() == {"regular": 1, "left": 1}


async def test_bots_and_withdrawn_people_are_in_no_segment(recorded: Any, told: Any) -> None:
    for number in (1, 2, 3):
        member(recorded, "2025-06-01", number)
    recorded.did("voice", "2025-11-12", {1, 2, 3})
    recorded.member(2, is_bot=True)
    recorded.member(3, withdrawn_at_ms=recorded.ms(NOW))
    assert await told() == {"regular": 1, "left": 0}


async def test_where_the_last_weeks_are_hardly_recorded_only_the_fresh_are_told_apart(
    recorded: Any, told: Any
) -> None:
    recorded.covered.clear()
    recorded.recorded("2025-06-01 00:00", "2025-10-20 00:00")
    recorded.recorded("2025-10-25 15:00", NOW)  # 5 days and 15 hours of 28 days: 79.9 %
    member(recorded, "2025-06-01")
    member(recorded, "2025-11-10", 2)
    recorded.did("voice", "2025-11-12", {1})
    found = await told()
    assert (found["fresh"], found["unclassified"], found["regular"]) == (1, 1, None)


async def test_the_silent_are_unclassified_until_sixty_days_are_recorded(recorded: Any, told: Any) -> None:
    recorded.covered.clear()
    recorded.recorded("2025-10-05 00:00", NOW)  # 43 of the 60 days: 72 %
    for number in (1, 2, 3):
        member(recorded, "2025-06-01", number)
    recorded.did("voice", "2025-10-10", {2})  # cannot be alumni
    recorded.did("voice", "2025-11-10", {3})
    assert await told() == {"unclassified": 1, "dormant": 1, "regular": 1, "left": 0}


async def test_the_figure_shows_half_a_year_on_one_scale(recorded: Any, warehouse: Any) -> None:
    for number in range(1, 31):
        member(recorded, "2025-06-01", number)
    for week in range(24):
        day = recorded.day("2025-06-04") + 7 * week
        recorded.did("voice", day, range(1, 21 if week < 10 or week > 19 else 11))
    await recorded.write(warehouse)
    period = parse_period("2025-W46", recorded.zone, "monday", recorded.ms(NOW))
    report = await recorded.detail(warehouse, "segments", period, NOW)
    (figure,) = report.figures
    core, regular, new, fresh, dormant = figure.panels
    assert [panel.name for panel in figure.panels] == ["Core", "Regular", "New", "Fresh", "Dormant"]
    assert (regular.value, dormant.value, core.value, new.value, fresh.value) == (20, 0, 0, 0, 0)
    # 1 June + 22 days is the first Sunday with 80 % of 28 days recorded: that of 22 June is at 22/28 = 78.6 %
    assert regular.values[:5] == (None, None, None, None, None)
    assert len(regular.values) == 26
    # 11–20 were last active on 6 August: dormant on the Sundays from 7 September, alumni from 5 October on
    assert dormant.values[14:20] == (0, 10, 10, 10, 10, 0)
    assert (dormant.peak, dormant.change, dormant.is_concern) == ((18, "10 in Sep"), 0, True)
    assert (figure.alumni.value, figure.alumni.left, figure.alumni.silent) == (10, 0, 10)
    assert figure.headline == "10 fewer dormant than in September; 0 core"
    assert figure.subtitle == "Members per segment, June to November, one scale"
    assert figure.footer == ("29 Jun – 16 Nov 2025 · 30 members = 20 drawn + 10 silent · recorded 100\u00a0%")
    # ten were dormant on four Sundays; the last of them is the one that is compared with
    assert report.finding == "10 fewer dormant than in September (10 at the end of 22–28 Sep 2025); 0 core."


async def test_what_rises_again_is_not_held_against_a_peak_of_long_ago(recorded: Any, warehouse: Any) -> None:
    for number in range(1, 21):
        member(recorded, "2025-06-01", number)
    for week in range(24):
        day = recorded.day("2025-06-04") + 7 * week
        here = (
            {*range(1, 6)}
            | ({*range(6, 16)} if week < 10 else set())
            | ({*range(16, 21)} if week < 19 else set())
        )
        recorded.did("voice", day, here)
    await recorded.write(warehouse)
    period = parse_period("2025-W46", recorded.zone, "monday", recorded.ms(NOW))
    report = await recorded.detail(warehouse, "segments", period, NOW)
    # 6–15 were last active on 6 August: ten dormant in September; 16–20 on 8 October: five now, none then
    assert report.finding == "5 more dormant in 4 weeks (0 at the end of 13–19 Oct 2025); 0 core."


async def test_small_segments_are_withheld_with_what_gives_them_away(recorded: Any, warehouse: Any) -> None:
    for number in range(1, 41):
        member(recorded, "2025-06-01", number)
    recorded.did("voice", "2025-11-12", range(1, 31))
    for number in (41, 42):
        member(recorded, "2025-11-10", number)
    await recorded.write(warehouse)
    period = parse_period("2025-W46", recorded.zone, "monday", recorded.ms(NOW))
    report = await recorded.detail(warehouse, "segments", period, NOW, min_group=5)
    shown = {kpi.name: kpi.current.value for section in report.sections for kpi in section.kpis}
    # two are fresh: whoever knows that 42 are here could compute them, were the 10 alumni not hidden too
    assert (shown["segment_fresh"], shown["segment_alumni"], shown["segment_regular"]) == (None, None, 30)
    assert report.figures == ()
    assert report.finding == "Some segments are too few people to be drawn in a channel."


def test_what_is_withheld_cannot_be_computed_from_the_rest() -> None:
    assert withheld({"a": 5, "b": 0, "c": 9}, 5) == frozenset()
    assert withheld({"a": 4, "b": 0, "c": 9, "d": 30}, 5) == {"a", "c"}
    assert withheld({"a": 1, "b": 2, "c": 9, "d": 30}, 5) == {"a", "b", "c"}  # 3 together would be few
    assert withheld({"a": 3, "b": 2, "c": 30}, 5) == {"a", "b"}
    assert withheld({"a": 3}, 5) == {"a"}
    assert withheld({"a": 3}, 0) == frozenset()


@pytest.mark.parametrize(("since", "was"), [("2025-11-10", False), ("2025-11-09", True)])
async def test_of_the_time_before_recording_no_size_is_known(
    guild: Any, warehouse: Any, since: str, was: bool
) -> None:
    guild.recorded(f"{since} 00:00", NOW)
    guild.present(guild.days(since, "2025-11-20"), range(1, 31))
    guild.did("voice", "2025-11-12", range(1, 16))
    await guild.write(warehouse)
    period = parse_period("2025-W46", guild.zone, "monday", guild.ms(NOW))
    report = await guild.detail(warehouse, "segments", period, NOW)
    kpis = {kpi.name: kpi for section in report.sections for kpi in section.kpis}
    for name in ("segment_unclassified", "segment_fresh", "departed_alumni"):
        assert (kpis[name].previous is not None) is was
