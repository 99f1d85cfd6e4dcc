"""The views for analysts: what their page says is so, on both databases, and nobody's id is in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from reports.event import event as event_report
from reports.event_report import OccurrenceKey
from reports.keeping_up import publish_next
from reports.settings import ReportSettings
from storage.database import Warehouse
from storage.erasure import erase
from storage.fold import Folder
from storage.fold.changed_days import WITHDRAWN
from storage.identities import member_numbers
from storage.rules import EventRules, EventTypeRule, Rules, TierRule
from storage.views import VIEWS, installing
from storage.views.page import page
from storage.views.questions import QUESTIONS
from storage.withdrawals import Withdrawals

PAGE = Path(__file__).parents[2] / "docs" / "views.md"
RULES = Rules(
    tracked_commands=("profile",),
    tiers=(TierRule("captain", (4,)),),
    events=EventRules(types=(EventTypeRule("Inhouse", titles=("*inhouse*",)),)),
)
SETTINGS = ReportSettings()
NOW = "2026-03-17 12:00"
USER_ID = 3_000_000_000_000  # and the member's number: no number of the tables looks like it
FOR_ANALYSTS = [view for view in VIEWS if view.name != "member_records"]


def tell(history: Any) -> None:
    history.covered("2026-02-02 00:00", "2026-02-02 00:01")
    history.lists_members("2026-02-02 00:01", dict.fromkeys(range(1, 13), "2025-01-01 00:00"))
    history.joins(21, "2026-02-03 12:00", roles=[4])
    history.joins(22, "2026-02-03 13:00")
    history.joins(23, "2026-02-04 12:00", bot=True)
    for event, day in ((900, "2026-02-10"), (901, "2026-02-17")):
        history.schedules(event, f"{day} 10:00", f"{day} 20:00", f"{day} 21:00", creator=1)
        for number in (1, 2, 3, 4, 22):
            history.answers(number, event, f"{day} 11:00")
        for number in (1, 2, 3, 21, 23):
            history.voice(number, 50, f"{day} 19:59", bot=number == 23)
        history.starts(event, f"{day} 20:00")
        history.voice(3, None, f"{day} 20:05")
        history.ends(event, f"{day} 21:00")
        for number in (1, 2, 21, 23):
            history.voice(number, None, f"{day} 21:01", bot=number == 23)
    history.invokes(21, 1000, "2026-02-18 10:00", "profile")
    history.completes(21, 1000, "2026-02-18 10:00")
    history.invokes(22, 1001, "2026-02-18 11:00", "profile")
    history.completes(22, 1001, "2026-02-18 11:00", "error")
    history.covered("2026-02-02 00:01", NOW)


@pytest.fixture
async def filled(warehouse: Warehouse, history: Any, at: Any) -> Warehouse:
    async with warehouse.writing() as conn:
        numbers = await member_numbers(conn, 1, [USER_ID + number for number in range(1, 31)])
        assert numbers[USER_ID + 21] == 21
        await conn.execute(
            text("INSERT INTO accounts VALUES (1, 22, 'dota', 'outer-22', :at)"),
            {"at": at("2026-02-05 10:00")},
        )
    tell(history)
    await history.logged(warehouse)
    folder = Folder(warehouse, RULES)
    while not (await folder.advance(1)).caught_up:
        pass
    while await publish_next(warehouse, 1, SETTINGS, RULES, at(NOW)):
        pass
    return warehouse


async def rows(warehouse: Warehouse, query: str) -> list[dict[str, Any]]:
    async with warehouse.reading() as conn:
        return [dict(row) for row in (await conn.execute(text(query))).mappings()]


def test_the_page_is_what_the_views_make() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m storage.views.page > docs/views.md"


def test_every_view_for_analysts_is_versioned_and_keeps_people_out() -> None:
    for view in FOR_ANALYSTS:
        assert view.name.split("_")[0] in ("leadership", "organizer", "engineering")
        assert view.name.endswith("_v1")
        assert not {"user_id", "member_no", "external_id", "creator_no"} & set(view.columns)


async def test_each_view_has_the_columns_that_its_page_tells_of_in_that_order(warehouse: Warehouse) -> None:
    async with warehouse.reading() as conn:
        for view in VIEWS:
            columns = await conn.run_sync(lambda sync, name=view.name: inspect(sync).get_columns(name))
            assert [column["name"] for column in columns] == list(view.columns), view.name


async def test_nothing_is_put_in_again_where_all_views_are(warehouse: Warehouse) -> None:
    async with warehouse.reading() as conn:
        assert await conn.run_sync(installing.are_installed)


async def test_a_view_that_is_missing_or_another_one_is_put_right(warehouse: Warehouse) -> None:
    async with warehouse.writing() as conn:
        await conn.execute(text("DROP VIEW leadership_days_v1"))
        await conn.execute(text("DROP VIEW leadership_weekly_v1"))
        await conn.execute(text("CREATE VIEW leadership_weekly_v1 AS SELECT guild_id FROM kpi_values"))
    await warehouse.migrate()
    async with warehouse.reading() as conn:
        assert await conn.run_sync(installing.are_installed)
    assert await rows(warehouse, "SELECT period, is_corrected FROM leadership_weekly_v1") == []


async def test_nobodys_id_is_in_what_analysts_read(filled: Warehouse) -> None:
    for view in FOR_ANALYSTS:
        found = await rows(filled, f"SELECT * FROM {view.name}")
        assert found, view.name
        cells = {str(cell) for row in found for cell in row.values()}
        assert not cells & {str(USER_ID + number) for number in range(1, 31)}
        assert "outer-22" not in cells


async def test_weeks_and_months_are_told_as_they_were_published(filled: Warehouse) -> None:
    query = (
        "SELECT * FROM leadership_weekly_v1 "
        "WHERE kpi = 'weekly_active_members' AND cut_by = '' ORDER BY first_day"
    )
    weeks = await rows(filled, query)
    assert [row["period"] for row in weeks] == [f"2026-W{number:02}" for number in range(6, 12)]
    assert [row["value"] for row in weeks] == [0, 4, 4, 0, 0, 0]  # 3 as well, for six minutes
    assert [row["previous_value"] for row in weeks] == [None, 0, 4, 4, 0, 0]
    assert str(weeks[1]["first_day"]) == "2026-02-09"
    assert (weeks[1]["denominator"], weeks[1]["recorded"]) == (14, 1)
    assert not any(row["is_corrected"] for row in weeks)
    query = "SELECT * FROM leadership_monthly_v1 WHERE kpi = 'monthly_active_members' AND cut_by = ''"
    (month,) = await rows(filled, query)
    assert (month["period"], month["value"]) == ("2026-02", 4)
    quality = await rows(filled, "SELECT DISTINCT kpi FROM engineering_weekly_v1 WHERE layer = 'quality'")
    assert {"recording_coverage", "event_completeness"} <= {row["kpi"] for row in quality}


async def test_an_occurrence_is_counted_as_its_report_counts_it(filled: Warehouse) -> None:
    """1, 2 and 21 attend, 3 is there for five minutes; 4 and 22 do not come; 23 is a bot."""
    first, second = await rows(filled, "SELECT * FROM organizer_occurrences_v1 ORDER BY original_start")
    counted = ("interested", "attended", "walk_ins", "partial", "no_shows", "unknown", "early", "hosts")
    assert [first[name] for name in counted] == [5, 3, 1, 1, 2, 0, 3, 1]
    assert [second[name] for name in counted] == [first[name] for name in counted]
    assert (first["event_type"], first["outcome"], first["minutes"]) == ("Inhouse", "held", 60)
    assert float(first["attended_minutes_mean"]) == pytest.approx(60)
    series = await rows(filled, "SELECT DISTINCT series_title, event_type FROM organizer_weekly_v1")
    assert {(row["series_title"], row["event_type"]) for row in series} <= {
        (None, None),
        ("Inhouse", "Inhouse"),
        (None, "Inhouse"),  # a number of the type
    }


OF_WHO_CAME = ("late_cancels", "attended", "walk_ins", "partial", "no_shows", "unknown", "early")


async def test_of_what_was_not_held_the_answers_are_told_and_nobody_stayed_away(
    warehouse: Warehouse, history: Any, at: Any
) -> None:
    history.lists_members("2026-02-02 00:00", dict.fromkeys(range(1, 13), "2025-01-01 00:00"))
    history.schedules(900, "2026-02-03 10:00", "2026-02-10 20:00", "2026-02-10 21:00")
    history.schedules(901, "2026-02-03 10:00", "2026-02-11 20:00", "2026-02-11 21:00")
    history.schedules(902, "2026-02-03 10:00", "2026-04-01 20:00", "2026-04-01 21:00", recurs=True)
    for number in (1, 2, 3):
        history.answers(number, 900, "2026-02-04 10:00")
    history.takes_back(3, 900, "2026-02-05 10:00")
    for number in (1, 2, 3, 4):
        history.answers(number, 901, "2026-02-04 10:00")
        history.answers(number, 902, "2026-02-04 10:00")
    history.answers(1, 902, "2026-02-05 10:00", "2026-04-01 20:00")
    history.answers(2, 902, "2026-02-05 10:00", "2026-04-01 20:00", response=0)
    history.calls_off(900, "2026-02-10 18:00")
    history.leaves(4, "2026-02-11 12:00")
    history.covered("2026-02-02 00:00", NOW)
    await history.logged(warehouse)
    folder = Folder(warehouse, RULES)
    while not (await folder.advance(1)).caught_up:
        pass
    found = await rows(warehouse, "SELECT * FROM organizer_occurrences_v1 ORDER BY original_start")
    told = []
    for event_id, start in ((900, "2026-02-10"), (901, "2026-02-11"), (902, "2026-04-01")):
        key = OccurrenceKey(event_id, at(f"{start} 20:00"))
        async with warehouse.reading() as conn:
            told.append((await event_report(conn, 1, SETTINGS, RULES, key, at(NOW))).finding)
    assert told == [
        "It was cancelled. 2 people were interested.",
        "It was not held. 3 people were interested.",
        "1 interested so far, 1 in the whole series; it begins Wed 1 Apr, 20:00.",
    ]
    # to 902: 1 said yes to the holding, 2 no, 3 to the series only, and 4 has left
    assert [(row["outcome"], row["interested"], row["standing"]) for row in found] == [
        ("cancelled", 2, 0),
        ("not_held", 3, 0),
        ("coming", 1, 1),
    ]
    assert {row[name] for row in found for name in OF_WHO_CAME} == {None}


async def test_of_what_is_running_nobody_has_attended_yet_and_the_page_says_why(
    warehouse: Warehouse, history: Any, at: Any
) -> None:
    """1 and 2 are there since it began, half an hour ago: the report calls them so far."""
    history.lists_members("2026-02-02 00:00", dict.fromkeys(range(1, 13), "2025-01-01 00:00"))
    history.schedules(900, "2026-02-03 10:00", "2026-02-10 20:00", "2026-02-10 21:00")
    for number in (1, 2):
        history.answers(number, 900, "2026-02-04 10:00")
        history.voice(number, 50, "2026-02-10 19:59")
    history.starts(900, "2026-02-10 20:00")
    history.covered("2026-02-02 00:00", "2026-02-10 20:30")
    await history.logged(warehouse)
    folder = Folder(warehouse, RULES)
    while not (await folder.advance(1)).caught_up:
        pass
    key = OccurrenceKey(900, at("2026-02-10 20:00"))
    async with warehouse.reading() as conn:
        told = (await event_report(conn, 1, SETTINGS, RULES, key, at("2026-02-10 20:30"))).finding
    assert told == "2 are there now; 2 people came so far."
    (row,) = await rows(warehouse, "SELECT * FROM organizer_occurrences_v1")
    assert (row["outcome"], row["interested"]) == ("running", 2)
    assert {row[name] for name in (*OF_WHO_CAME, "attended_minutes_mean")} == {None}
    (view,) = [view for view in VIEWS if view.name == "organizer_occurrences_v1"]
    assert (
        "is not over (who stays long enough is settled by its end; the report says"
        in (view.columns["attended"])
    )


async def test_of_what_was_held_elsewhere_only_the_answers_are_told(
    warehouse: Warehouse, history: Any
) -> None:
    history.lists_members("2026-02-02 00:00", dict.fromkeys(range(1, 13), "2025-01-01 00:00"))
    history.schedules(900, "2026-02-03 10:00", "2026-02-10 20:00", "2026-02-10 21:00", channel=None)
    history.answers(1, 900, "2026-02-04 10:00")
    history.starts(900, "2026-02-10 20:00")
    history.ends(900, "2026-02-10 21:00")
    history.covered("2026-02-02 00:00", NOW)
    await history.logged(warehouse)
    folder = Folder(warehouse, RULES)
    while not (await folder.advance(1)).caught_up:
        pass
    (row,) = await rows(warehouse, "SELECT * FROM organizer_occurrences_v1")
    assert (row["outcome"], row["interested"], row["late_cancels"]) == ("held", 1, 0)
    assert {row[name] for name in OF_WHO_CAME[1:]} == {None}


async def test_cohorts_can_be_summed_by_tier_platform_and_event_type(filled: Warehouse) -> None:
    """21 (captain, at the inhouse) and 22 (with a Dota account, at none) join in the sixth week."""
    cells = await rows(filled, "SELECT * FROM leadership_cohorts_v1 WHERE own_week = 1")
    groups = {(row["tier"], row["platform"], row["event_type"]): row for row in cells}
    captain, player = groups["captain", "discord", "Inhouse"], groups["member", "dota", ""]
    assert str(captain["joined_from"]) == "2026-02-02"
    assert (captain["eligible"], captain["retained"]) == (1, 1)
    assert (player["eligible"], player["retained"]) == (1, 0)
    assert len(groups) == 2


async def test_commands_and_coverage_are_told_for_engineers(filled: Warehouse) -> None:
    (command,) = await rows(filled, "SELECT * FROM engineering_commands_v1")
    assert str(command["utc_day"]) == "2026-02-18"
    told = ("invocations", "members", "succeeded", "failed", "denied", "unknown")
    assert [command[name] for name in told] == [2, 2, 1, 1, 0, 0]
    assert float(command["latency_ms_mean"]) == 120
    sources = await rows(
        filled, "SELECT DISTINCT source FROM engineering_coverage_v1 WHERE state = 'recorded'"
    )
    assert {row["source"] for row in sources} == {"voice", "members", "events", "commands"}


async def test_lists_and_the_drift_that_they_show_are_told_for_engineers(
    filled: Warehouse, history: Any, at: Any
) -> None:
    """The first list begins the log. In the second 3 is missing, whose leave nobody saw, and 40 is new."""
    there = [number for number in range(1, 13) if number != 3]
    joined = {**dict.fromkeys(there, "2025-01-01 00:00"), 21: "2026-02-03 12:00", 22: "2026-02-03 13:00"}
    logged = len(history.rows)
    listed = {**joined, 23: "2026-02-04 12:00", 40: "2026-03-01 00:00"}
    history.lists_members("2026-03-10 10:00", listed, snapshot="n", bots=(99_999, 23))
    history.rows = history.rows[logged:]
    await history.logged(filled)
    while not (await Folder(filled, RULES).advance(1)).caught_up:
        pass
    await exact(filled, at)
    first, second = await rows(filled, "SELECT * FROM engineering_lists_v1 ORDER BY at")
    assert (first["source"], first["verdict"]) == ("members", "taken")
    told = ("listed", "believed", "absent", "unexpected", "verdict")
    assert [second[name] for name in told] == [16, 16, 1, 1, "taken"]
    query = (
        "SELECT period, numerator, denominator FROM engineering_weekly_v1 WHERE kpi = 'drift' ORDER BY period"
    )
    drift = {row["period"]: (row["numerator"], row["denominator"]) for row in await rows(filled, query)}
    assert (drift["2026-W10"], drift["2026-W11"]) == ((None, None), (2, 16))


async def test_days_leave_bots_and_whoever_withdrew_out(filled: Warehouse, history: Any) -> None:
    days = await rows(filled, "SELECT * FROM leadership_days_v1 WHERE activity = 'voice' ORDER BY day")
    assert [(str(row["day"]), row["members"]) for row in days] == [("2026-02-10", 4), ("2026-02-17", 4)]


async def test_joins_and_leaves_are_told_day_by_day(warehouse: Warehouse, history: Any, at: Any) -> None:
    """Besides 21 and 22 on 3 February: 5 leaves on the 5th, and is back on the 20th; a raid is no join."""
    tell(history)
    history.leaves(5, "2026-02-05 10:00")
    history.joins(5, "2026-02-20 10:00")
    history.joins(24, "2026-02-06 10:00")
    history.leaves(24, "2026-02-06 11:00")
    await history.logged(warehouse)
    while not (await Folder(warehouse, RULES).advance(1)).caught_up:
        pass
    await exact(warehouse, at)
    query = "SELECT * FROM leadership_daily_v1 ORDER BY day"
    days = {str(row["day"]): row for row in await rows(warehouse, query)}
    assert list(days) == [str(date(2026, 2, 2) + timedelta(days=past)) for past in range(6 * 7)]
    assert {day: row["joins"] for day, row in days.items() if row["joins"]} == {
        "2026-02-03": 2,
        "2026-02-20": 1,
    }
    assert {day: row["leaves"] for day, row in days.items() if row["leaves"]} == {"2026-02-05": 1}
    assert {day: row["active"] for day, row in days.items() if row["active"]} == {
        "2026-02-10": 4,
        "2026-02-17": 4,
        "2026-02-18": 1,
    }
    assert not any(row["is_withheld"] or row["is_corrected"] for row in days.values())
    assert days["2026-02-03"]["week"] == "2026-W06"
    assert (days["2026-02-03"]["members_recorded"], days["2026-02-03"]["active_recorded"]) == (1, 1)
    while await publish_next(warehouse, 1, SETTINGS, RULES, at(NOW)):
        pass
    withheld = {str(row["day"]) for row in await rows(warehouse, query) if row["is_withheld"]}
    assert withheld == {"2026-02-03", "2026-02-05", "2026-02-10", "2026-02-17", "2026-02-18", "2026-02-20"}
    assert {row["joins"] for row in await rows(warehouse, query)} == {0, None}
    found = await rows(warehouse, "SELECT 1 FROM leadership_weekly_v1 WHERE kpi LIKE 'daily%'")
    assert found == [], "weeks have their own numbers only"


async def test_a_correction_of_a_day_is_told_where_the_day_is(
    filled: Warehouse, history: Any, at: Any
) -> None:
    await exact(filled, at)
    logged = len(history.rows)
    history.joins(25, "2026-02-25 10:00")  # comes late
    history.rows = history.rows[logged:]
    await history.logged(filled)
    while not (await Folder(filled, RULES).advance(1)).caught_up:
        pass
    await exact(filled, at)
    days = await rows(filled, "SELECT * FROM leadership_daily_v1 WHERE is_corrected")
    assert [(str(row["day"]), row["joins"]) for row in days] == [("2026-02-25", 1)]


async def test_members_have_their_record_until_they_are_erased(filled: Warehouse) -> None:
    records = {row["member_no"]: row for row in await rows(filled, "SELECT * FROM member_records")}
    assert records[22]["user_id"] == USER_ID + 22
    assert (records[22]["platform"], records[22]["external_id"]) == ("dota", "outer-22")
    assert (records[21]["tier"], records[21]["platform"]) == ("captain", None)
    async with filled.writing() as conn:
        await conn.execute(text("DELETE FROM identities WHERE member_no = 22"))
    assert 22 not in {row["member_no"] for row in await rows(filled, "SELECT * FROM member_records")}


# ---- what analysts ask


async def answer(warehouse: Warehouse, word: str) -> list[tuple[Any, ...]]:
    (question,) = [question for question in QUESTIONS if word in question.asks]
    return [tuple(row.values()) for row in await rows(warehouse, question.query)]


async def exact(warehouse: Warehouse, at: Any) -> None:
    """Published anew for whoever may see small groups."""
    while await publish_next(warehouse, 1, replace(SETTINGS, min_group=0), RULES, at(NOW)):
        pass


WEEKS = [f"2026-W{number:02}" for number in range(6, 12)]


async def test_who_stays_is_told_by_month_of_joining_and_tier(filled: Warehouse) -> None:
    """21, a captain, and 22 joined on 3 February: their fifth own week ended on 9 March, without them."""
    assert await answer(filled, "still active") == [
        ("2026-02", "captain", 4, 0, 1, 0),
        ("2026-02", "member", 4, 0, 1, 0),
    ]


async def test_who_stays_away_is_told_by_type_of_event_and_month(filled: Warehouse, at: Any) -> None:
    """Twice 4 and 22 of 1, 2, 3, 4 and 22: too few people to be told of."""
    assert await answer(filled, "stays away") == [("2026-02", "Inhouse", *[None] * 5, True)]
    await exact(filled, at)
    ((month, kind, part, whole, rate, low, high, is_withheld),) = await answer(filled, "stays away")
    assert (month, kind, part, whole, rate, bool(is_withheld)) == ("2026-02", "Inhouse", 4, 10, 0.4, False)
    assert low < rate < high


async def test_who_is_active_is_told_by_platform_and_week(filled: Warehouse, at: Any) -> None:
    """1, 2, 3 and 21 are active in two weeks, and 22 is not, who alone has a Dota account."""
    found = await answer(filled, "by platform")
    assert [row[:2] for row in found] == [(week, name) for week in WEEKS for name in ("discord", "dota")]
    assert {row[2:] for row in found} == {(None, None, 1, True)}, "one of 14 is on Dota"
    await exact(filled, at)
    found = await answer(filled, "by platform")
    told = [(name, active, exposed) for _, name, active, exposed, _, _ in found]
    assert told[:4] == [("discord", 0, 13), ("dota", 0, 1), ("discord", 4, 13), ("dota", 0, 1)]


async def test_which_commands_fail_is_told_by_week(filled: Warehouse) -> None:
    found = {row[0]: row[1:] for row in await answer(filled, "commands fail")}
    assert found["2026-W08"] == ("profile", 1, 2, 0.5)


async def test_how_many_join_and_leave_is_told_by_day(filled: Warehouse, at: Any) -> None:
    await exact(filled, at)
    first, second, *_ = await answer(filled, "day by day")
    assert (str(first[0]), *first[1:4]) == ("2026-02-02", 0, 0, pytest.approx(1, abs=0.001))
    assert (str(second[0]), *second[1:4]) == ("2026-02-03", 2, 0, 1)


async def test_how_much_was_recorded_is_told_by_source_and_week(filled: Warehouse) -> None:
    sources = ("commands", "events", "members", "voice")
    assert await answer(filled, "recorded, week by week") == [
        (week, source, 1) for week in WEEKS for source in sources
    ]


async def test_of_a_small_group_a_view_tells_no_number_and_the_table_all(filled: Warehouse) -> None:
    query = (
        "SELECT * FROM leadership_weekly_v1 WHERE kpi = 'weekly_active_members' AND cut_by = 'tier' "
        "ORDER BY first_day, cut"
    )
    found = await rows(filled, query)
    assert {row["cut"] for row in found} == {"captain", "member"}
    numbers = ("value", "numerator", "denominator", "low", "high", "previous_value", "first_value")
    assert {row[name] for row in found for name in numbers} == {None}
    assert all(row["is_withheld"] for row in found)
    kept = await rows(
        filled,
        "SELECT cut, value FROM kpi_values WHERE kpi = 'weekly_active_members' AND cut_by = 'tier' "
        "AND period = '2026-W07' ORDER BY cut",
    )
    assert [(row["cut"], row["value"]) for row in kept] == [("captain", 1), ("member", 3)]
    whole = await rows(filled, "SELECT * FROM leadership_weekly_v1 WHERE cut_by = '' AND is_withheld")
    assert whole == []


# ---- who was erased


async def test_who_is_erased_is_in_no_number_of_any_view_once_it_is_published_anew(
    filled: Warehouse, at: Any, tmp_path: Path
) -> None:
    """21 is the only captain, 22 the only one with a Dota account; both were at events or ran commands."""
    await exact(filled, at)
    before = await rows(filled, "SELECT * FROM kpi_values")
    assert {("tier", "captain"), ("platform", "dota")} <= {(row["cut_by"], row["cut"]) for row in before}
    withdrawals = Withdrawals.open(tmp_path / "withdrawals", b"s" * 32)
    for person in (21, 22):
        moment = {"at_ms": at("2026-03-17 11:00"), "journals": ()}
        assert (await erase(filled, withdrawals, 1, USER_ID + person, **moment)).known
    while not (await Folder(filled, RULES).advance(1)).caught_up:
        pass
    (noted,) = await rows(filled, f"SELECT position FROM changed_days WHERE local_day = {WITHDRAWN}")
    await exact(filled, at)

    after = await rows(filled, "SELECT * FROM kpi_values")
    assert {row["period"] for row in after} == {row["period"] for row in before}
    assert all(row["position"] >= noted["position"] for row in after)
    assert all(row["first_value"] == row["value"] for row in after), "nor would the difference tell"
    assert not any(row["corrected_at_ms"] for row in after)
    cut = {(row["cut_by"], row["cut"]) for row in after}
    assert not cut & {("tier", "captain"), ("platform", "dota"), ("joined", "2026-02")}
    active = {
        (row["cut_by"], row["cut"]): (row["value"], row["denominator"])
        for row in after
        if (row["period"], row["kpi"]) == ("2026-W07", "weekly_active_members")
    }
    assert active["", ""] == active["tier", "member"] == active["platform", "discord"] == (3, 12)
    assert await rows(filled, "SELECT * FROM leadership_cohorts_v1") == []
    (first, _) = await rows(filled, "SELECT * FROM organizer_occurrences_v1 ORDER BY original_start")
    assert (first["interested"], first["attended"], first["no_shows"]) == (4, 2, 1)
    (day, _) = await rows(filled, "SELECT * FROM leadership_days_v1 WHERE activity = 'voice' ORDER BY day")
    assert day["members"] == 3
    assert await rows(filled, "SELECT * FROM engineering_commands_v1") == []
