"""Simulated years, recorded by the bot's own door and counted twice: every number is the same.

`make reference SEEDS=20` does it with whole years of the whole club, week by week and month by month, on
both databases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from reports import statistics
from reports.catalogue import CATALOGUE
from reports.periods import Period, parse_period, trailing_week
from reports.report import Kpi, Measure, Section
from sandbox.community_place import AFK, MUSIC_BOT_ID
from storage.database import Warehouse

from .agreeing import Agreement, Recount, compare, compare_members
from .recount.certainty import wilson
from .recount.club import Club
from .recount.community import Rate
from .recount.events import hosts
from .recount.hosting import overflow
from .recount.seen import DAY, days_between
from .stories import ZONE, Saga, record, saga

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 4, 22, 14, tzinfo=ZONE)
DAYS, SHARE = 130, 0.35
SEEDS = (5, 8)
CLOCKS_CHANGE = date(2026, 3, 29)
# Why a KPI cannot be counted from dispatches, after the file in which it is tested.
NOT_COUNTED_HERE = {
    "unknown_shows": "tests/reports/test_event.py: only a gap makes somebody unknown: bounds, no count",
    "events_recorded": "tests/reports/test_quality_report.py: what becomes a row is the recorder's to decide",
    "dead_letters": "tests/reports/test_quality_report.py: Discord's own dispatches can all be understood",
}
COUNTED = {
    *("weekly_active_members", "voice_activity_rate", "voice_session_mean", "voice_session_median"),
    *("voice_sessions_per_active_member", "voice_hours_per_active_member", "came_in", "dropped_out"),
    *("soft_attrition", "hard_attrition", "quick_ratio", "departed_alumni", "classification_coverage"),
    *(f"segment_{name}" for name in ("core", "regular", "new", "fresh", "dormant", "alumni", "unclassified")),
    *("retention_week_4", "retention_week_8", "retention_week_12", "newcomers_still_here"),
    "retention_of_cohort",
    *("funnel_first_command", "funnel_first_event", "funnel_any_event", "events_held", "event_people"),
    *("no_show_rate", "show_rate", "partial_shows", "walk_ins", "standing_shows", "late_cancels"),
    *("attendees", "attendance_per_interest", "attendance_of_members", "early_attendees", "presence_at"),
    *("attendee_minutes_mean", "attendee_minutes_median", "drop_off", "first_timers", "regular_attendees"),
    *("came_to_the_one_before", "returned_next", "returned_next_two", "series_mean", "series_median"),
    *("series_peak", "series_returned_next", "series_returned_next_two", "attendee_hours"),
    *("top_two_hosts_share", "effective_hosts", "series_mean_of_8", "series_reach", "events_per_attendee"),
    *("series_regulars_stopped", "series_never_again", "series_first_timers_back"),
    *("monthly_active_members", "stickiness", "hard_churn", "soft_churn", "bounced", "funnel_joined"),
    *("funnel_either", "funnel_both"),
    *(f"funnel_days_to_{step}" for step in ("command", "event", "either", "both", "any_event")),
    *(f"daily_{name}" for name in ("active_members", "joins", "leaves", "messages", "commands")),
    *("daily_voice_hours", "overflow", "series_overflow", "member_attendance"),
    *(f"type_{name}" for name in ("held", "people", "mean", "median", "peak", "reach")),
    *(f"host_{name}" for name in ("hours", "hours_of_4_weeks", "events", "attendance", "returned")),
    *("series_best_time", "series_own_time", "profile_adoption", "profile_invocations"),
    *("profile_one_time_users", "profile_repeat_users", "command_penetration", "command_users"),
    *("command_invocations", "command_failures", "command_unknown_outcomes", "command_latency_p50"),
    *("command_latency_p95", "recording_coverage", "recorded_seconds", "late_seconds", "gap_seconds"),
    *("estimated_sessions", "drift", "id_coverage", "events_with_times", "events_with_attendance"),
    *("event_completeness", "recording_lag_p50", "recording_lag_p95"),
}
# Of these the value before is counted, too, and of most of them the interval.
COUNTED_BEFORE = {
    *("weekly_active_members", "monthly_active_members", "stickiness", "hard_churn", "soft_churn", "bounced"),
    *("voice_activity_rate", "voice_session_mean", "voice_session_median"),
    *("voice_sessions_per_active_member", "voice_hours_per_active_member", "came_in", "dropped_out"),
    *("soft_attrition", "hard_attrition", "quick_ratio", "departed_alumni", "classification_coverage"),
    *(f"segment_{name}" for name in ("core", "regular", "new", "fresh", "dormant", "alumni")),
    *("retention_week_4", "retention_week_8", "funnel_joined", "funnel_first_command", "funnel_any_event"),
    *("funnel_first_event", "funnel_either", "funnel_both", "events_held", "event_people", "type_held"),
    *("type_people", "no_show_rate", "events_per_attendee", "attendee_hours", "top_two_hosts_share"),
    *("effective_hosts", "series_mean", "series_regulars_stopped", "profile_adoption"),
    *("profile_invocations", "profile_one_time_users", "profile_repeat_users", "command_penetration"),
    *("command_users", "command_invocations", "command_failures", "command_unknown_outcomes"),
    *("recording_coverage", "gap_seconds", "estimated_sessions", "id_coverage", "event_completeness"),
    *("recording_lag_p50", "recording_lag_p95"),
}
TESTED = {"weekly_active_members", "monthly_active_members", "voice_activity_rate", "profile_adoption"}
SELDOM = {"series_own_time"}  # only where people are there oftener at another time than at the series' own


@cache
def told(seed: int) -> Saga:
    return saga(seed, NOW, DAYS, SHARE)


@cache
def counted(seed: int) -> Club:
    return Club(told(seed).known)


def week(club: Club, at_ms: int) -> str:
    year, number, _ = club.known.day(at_ms).isocalendar()
    return f"{year}-W{number:02}"


def periods(club: Club) -> Iterator[Period]:
    """The latest, that of the gap, of the raid and of the clocks, and a month."""
    now_ms = int(NOW.timestamp() * 1000)
    raid = min(
        start
        for person in club.people.values()
        for start, end in person.bridged()
        if start > club.known.since_ms + 20 * DAY and club.is_raid(person, (start, end))
    )
    yield trailing_week(now_ms, ZONE.key)
    for key in {
        week(club, club.known.gaps[0][0]),
        week(club, raid),
        f"2026-W{CLOCKS_CHANGE.isocalendar().week}",
        "2026-03",
    }:
        yield parse_period(key, ZONE.key, "monday", now_ms)


@pytest.mark.parametrize(
    ("warehouse_url", "seed"),
    [
        *(("sqlite", seed) for seed in SEEDS),
        pytest.param("postgresql", SEEDS[0], marks=pytest.mark.postgres),
    ],
    indirect=["warehouse_url"],
)
async def test_every_number_of_a_simulated_year_is_counted_twice(
    warehouse: Warehouse, seed: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(statistics, "DRAWS", 20)  # intervals by bootstrap are not what is compared
    await record(told(seed), warehouse, tmp_path)
    found, club, now_ms = Agreement(), counted(seed), int(NOW.timestamp() * 1000)
    recount = Recount(club, now_ms)
    for period in periods(club):
        singly = period.last_day - period.first_day < 7  # a month's events are those of weeks
        found.add(await compare(recount, warehouse, period, each_event=singly))
        assert found.differences == []
    found.add(await compare_members(club, warehouse, now_ms, every=20))
    assert found.differences == []
    assert found.numbers > 1000
    missing = COUNTED - found.compared
    assert missing <= (set() if seed == SEEDS[0] else SELDOM)
    assert not COUNTED_BEFORE - found.compared_before
    assert not TESTED - found.tested


def test_every_kpi_is_counted_twice_or_it_is_said_why_not() -> None:
    assert COUNTED | NOT_COUNTED_HERE.keys() == CATALOGUE.keys()
    assert not COUNTED & NOT_COUNTED_HERE.keys()
    for name, why in NOT_COUNTED_HERE.items():
        file, _, reason = why.partition(": ")
        assert name in (ROOT / file).read_text(encoding="utf-8") and reason


@pytest.mark.parametrize("seed", SEEDS)
def test_the_simulated_years_hold_every_edge(seed: int) -> None:
    club = counted(seed)
    known, people = club.known, club.people.values()
    away = [
        (later - left) / DAY
        for person in people
        for (_, left), (later, _) in zip(person.stays, person.stays[1:], strict=False)
        if left is not None
    ]
    assert any(5.9 < days < 7 for days in away)
    assert 7 in away
    assert any(7 < days < 8.1 for days in away)
    brief = Counter(
        club.is_raid(person, stay)
        for person in people
        for stay in person.bridged()
        if stay[1] and stay[1] - stay[0] <= DAY
    )
    assert brief[True] > 30 and brief[False] >= 3, "raids, and brief stays of those who did something"
    assert known.gaps and len(known.withdrawn) == 6 and MUSIC_BOT_ID in club.bots
    visits = Counter(
        "AFK" if visit.channel == AFK else "deafened" if visit.is_deaf else "other" for visit in club.visits
    )
    assert visits["AFK"] > 5 and visits["deafened"] > 5
    spent = club.voice_ms
    over_midnight = [u for (u, day) in spent if (u, day + timedelta(days=1)) in spent]
    assert len(over_midnight) > 50
    night = days_between(CLOCKS_CHANGE - timedelta(days=1), CLOCKS_CHANGE)
    assert any(all((person.user_id, day) in spent for day in night) for person in people)
    exactly = {length for length in spent.values() if abs(length - 5 * 60_000) <= 1}
    assert exactly == {5 * 60_000 - 1, 5 * 60_000, 5 * 60_000 + 1}, (
        "one side of the threshold, on it, the other"
    )
    held = [holding for holding in club.programme.holdings if holding.window]
    assert any(holding.began is None for holding in held), "held without being started"
    assert any(len(holding.starts) > 1 for holding in held), "moved"
    assert any(holding.is_cancelled for holding in club.programme.holdings)
    assert any(holding.declared_host for holding in held)
    uses = [one for one in club.commands.tracked if one.user_id in club.people]
    assert {one.outcome for one in uses} == {None, "success", "denied", "error"}
    assert {one.was_answered for one in uses} == {True, False}
    assert len({one.error_type for one in uses if one.outcome == "error"}) > 1
    assert any(one.outcome is None and not one.is_success for one in uses), "stopped in the middle"
    assert {overflow(club, one) for one in held if one.tells_who_came} >= {None, 0}
    assert any(overflow(club, one) for one in held if one.tells_who_came), "more came than fit in"
    assert len({host for one in held for host in hosts(club, one)}) >= 4
    assert any(len(hosts(club, one) & set(club.people)) > 1 for one in held), "two hosts share the hours"
    assert {data["platform"] for _, kind, data in known.seen if kind == "ACCOUNT"} == {"steam", "riot"}


def test_an_interval_and_the_value_before_can_disagree() -> None:
    def differences(told: Measure, before: Measure | None = None) -> int:
        found, counted = Agreement(), {"hard_churn": Rate(0.25, 5, 20)}
        of_report = SimpleNamespace(sections=[Section("", (Kpi("hard_churn", told, before),))])
        found.hold_kpis("a month", of_report, counted, counted)
        return len(found.differences)

    right = Measure(0.25, 5, 20, wilson(5, 20))
    assert differences(right, right) == 0
    assert differences(replace(right, interval=None)) == 1, "a share of people has an interval"
    assert differences(replace(right, interval=(0.1, 0.5))) == 1
    assert differences(right, replace(right, value=0.2, numerator=4)) == 1, "the value, not its own interval"


def test_a_recount_can_disagree() -> None:
    found = Agreement()
    found.hold("a number", 3, 4)
    found.hold("a rate", (0.5, 1, 2), (0.5, 1, 2))
    found.hold("nothing", None, 0)
    assert len(found.differences) == 2
