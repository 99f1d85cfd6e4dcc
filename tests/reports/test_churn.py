"""What a month says: worked out by hand, on both databases.

Twenty people (1 to 20) are there from before September on, and active as is written beside each test's days.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from reports.asked import Asked
from reports.details import detail_asked
from reports.health import health_asked
from reports.periods import parse_period
from reports.report import Report, Verdict
from reports.weekly import weekly
from storage.database import Warehouse

NOW = "2025-11-20 12:00"


@pytest.fixture
def club(guild: Any) -> Any:
    """September: 1 to 20 are active once. October has 31 days; 1 to 12 are active in it."""
    guild.recorded("2025-08-01 00:00", NOW, sources=("voice", "members", "events", "commands", "text"))
    guild.present(guild.days("2025-08-01", "2025-11-20"), range(1, 21))
    for number in range(1, 21):
        guild.member(number, joined="2025-01-01 00:00")
        guild.spell(number, "2025-01-01 00:00")
    guild.did("voice", "2025-09-10", range(1, 21))
    guild.did("voice", "2025-10-05", range(1, 11))
    guild.did("voice", "2025-10-06", range(1, 6))
    guild.did("voice", "2025-10-31", range(11, 13))
    return guild


@pytest.fixture
def told(club: Any, warehouse: Warehouse) -> Callable[..., Any]:
    async def tell(
        key: str = "2025-10", now: str = NOW, ask: Callable[..., Any] = health_asked, **settings: Any
    ) -> Report:
        await club.write(warehouse)
        period = parse_period(key, club.zone, "monday", club.ms(now))
        chosen = club.settings(**{"min_group": 0, **settings})
        async with warehouse.reading() as conn:
            return await ask(conn, club.guild_id, chosen, club.rules, Asked(period, club.ms(now)))

    return tell


def gone(club: Any, day: str, people: range | list[int], how: str = "left") -> None:
    club.leaves_on(day, people)
    for spell in club.spells:
        if spell["member_no"] in people and spell["left_ms"] is None:
            at_ms = club.ms(f"{day} 12:00")
            spell.update(left_ms=at_ms, left_to_ms=at_ms, ended_as=how, leave_seen=True)


async def test_the_active_of_a_month_are_those_of_its_days(told: Any, kpi: Any) -> None:
    report = await told()
    active = kpi(report, "monthly_active_members")
    assert (active.current.value, active.current.denominator) == (12, 20)
    assert active.previous.value == 20
    assert (active.change.gained, active.change.lost, active.change.verdict) == (
        0,
        8,
        Verdict.CLEAR,
    )  # p = 2/2⁸
    assert not [k for s in report.sections for k in s.kpis if k.name == "weekly_active_members"]
    assert report.finding == "12 people were active, 8 fewer than the month before: clearly worse."


async def test_stickiness_is_the_mean_day_among_the_months_people(told: Any, kpi: Any) -> None:
    sticky = kpi(await told(), "stickiness").current
    assert (sticky.numerator, sticky.denominator) == (10 + 5 + 2, 12 * 31)
    assert sticky.value == pytest.approx((17 / 31) / 12)


async def test_stickiness_of_an_open_month_leaves_today_out(club: Any, told: Any, kpi: Any) -> None:
    club.did("voice", "2025-11-03", range(1, 5))
    club.did("voice", "2025-11-20", range(1, 21))  # today
    sticky = kpi(await told("2025-11"), "stickiness").current
    assert (sticky.numerator, sticky.denominator) == (4, 4 * 19)


async def test_hard_churn_is_of_everybody_who_was_there(club: Any, told: Any, kpi: Any) -> None:
    """Three of the twenty go; who joined in October and went is none of them."""
    gone(club, "2025-10-20", [1], "left")
    gone(club, "2025-10-21", [19, 20], "kicked")
    club.present(club.days("2025-10-08", "2025-10-25"), [30])
    club.spell(30, "2025-10-08 12:00", "2025-10-25 12:00", "left")
    club.leaves_on("2025-10-25", [30])
    churn = kpi(await told(), "hard_churn")
    assert (churn.current.numerator, churn.current.denominator) == (3, 20)
    assert churn.current.value == 3 / 20
    assert churn.current.interval == pytest.approx((0.0524, 0.3604), abs=1e-4)
    assert dict(churn.parts) == {"left": 1, "kicked": 2, "banned": 0, "pruned": 0, "unknown": 0}
    assert churn.previous.numerator == 0


async def test_soft_churn_is_who_is_still_here(club: Any, told: Any, kpi: Any) -> None:
    """Of September's 20, 13 to 20 are inactive in October; 19 and 20 are gone."""
    gone(club, "2025-10-21", [19, 20])
    report = await told()
    soft = kpi(report, "soft_churn").current
    assert (soft.numerator, soft.denominator, soft.value) == (6, 20, 0.3)
    names = {k.name for s in report.sections for k in s.kpis}
    assert not names & {"soft_attrition", "hard_attrition"}


async def test_growth_of_a_month_tells_who_of_the_active_left(club: Any, told: Any, kpi: Any) -> None:
    gone(club, "2025-10-15", [13, 14, 15])  # of the twenty who were active in September
    report = await told(ask=partial(detail_asked, "growth"))
    left = kpi(report, "hard_attrition").current
    assert (left.value, left.numerator, left.denominator) == (0.15, 3, 20)


async def test_a_months_segments_stand_beside_those_of_the_month_before(
    club: Any, told: Any, kpi: Any
) -> None:
    """When September ended 20 had been active in its last 28 days; when October did, 12."""
    report = await told()
    dormant = kpi(report, "segment_dormant")
    assert (dormant.previous.value, dormant.current.value) == (0, 8)
    assert kpi(report, "segment_regular").previous.value == 20


async def test_who_joined_and_left_in_the_month_bounced(club: Any, told: Any, kpi: Any) -> None:
    """Twelve join; 40 goes in October, 41 in November, 42 comes back within the bridge, 43 is a raid,
    44 is a bot, 45 withdrew, and 46 joins twice, for he was away for longer: 11 joins, 2 bounced."""
    club.present(club.days("2025-10-10", "2025-11-20"), range(40, 54))
    for number in [*range(47, 53)]:
        club.spell(number, "2025-10-10 12:00")
    club.spell(40, "2025-10-10 12:00", "2025-10-20 12:00", "left")
    club.spell(41, "2025-10-10 12:00", "2025-11-02 12:00", "left")
    club.spell(42, "2025-10-10 12:00", "2025-10-20 12:00", "left")
    club.spell(42, "2025-10-25 12:00")
    club.spell(43, "2025-10-10 12:00", "2025-10-10 14:00", "banned")
    club.member(44, is_bot=True)
    club.spell(44, "2025-10-10 12:00", "2025-10-12 12:00", "left")
    club.member(45, withdrawn_at_ms=club.ms(NOW))
    club.spell(45, "2025-10-10 12:00", "2025-10-12 12:00", "left")
    club.spell(46, "2025-10-10 12:00", "2025-10-12 12:00", "left")
    club.spell(46, "2025-10-25 12:00")
    bounced = kpi(await told(), "bounced").current
    assert (bounced.numerator, bounced.denominator) == (2, 11)
    assert bounced.value == 2 / 11


async def test_the_last_days_leaves_are_provisional(club: Any, told: Any, kpi: Any) -> None:
    report = await told(now="2025-11-03 12:00")
    for name in ("hard_churn", "bounced"):
        assert any("may come back" in caveat for caveat in kpi(report, name).caveats)
        assert not any("may come back" in caveat for caveat in kpi(await _later(club, told), name).caveats)


async def _later(club: Any, told: Any) -> Report:
    club.guild_id = max(club.guild_id, 10_000_000) + 1
    return await told()


async def test_a_gap_lowers_the_coverage_and_leaves_the_month_uncompared(
    club: Any, told: Any, kpi: Any
) -> None:
    """Seven of October's 31 days: 77 % are left."""
    club.covered.clear()
    sources = ("voice", "members", "events", "commands")
    club.recorded("2025-08-01 00:00", "2025-10-10 00:00", sources=sources)
    club.recorded("2025-10-10 00:00", "2025-10-17 00:00", "gap", "the bot was not running", sources=sources)
    club.recorded("2025-10-17 00:00", NOW, sources=sources)
    report = await told()
    for name in ("monthly_active_members", "stickiness", "hard_churn", "bounced", "soft_churn"):
        number = kpi(report, name)
        assert number.current.coverage == pytest.approx(1 - 7 * 24 / (31 * 24 + 1)), name  # the clocks change
        assert any("not recorded" in caveat for caveat in number.caveats), name
        assert number.change.verdict is Verdict.NOT_COMPARED, name


async def test_small_groups_are_withheld_in_a_channel(club: Any, told: Any, kpi: Any) -> None:
    gone(club, "2025-10-21", [19, 20])
    report = await told(min_group=5)
    assert kpi(report, "hard_churn").current.value is None
    assert kpi(report, "soft_churn").current.value is None  # with the two who left it would give them away


async def test_the_digest_of_a_month_has_what_a_month_has(club: Any, warehouse: Warehouse, kpi: Any) -> None:
    gone(club, "2025-10-21", range(13, 19))
    await club.write(warehouse)
    period = parse_period("2025-10", club.zone, "monday", club.ms(NOW))
    async with warehouse.reading() as conn:
        report = await weekly(conn, club.guild_id, club.settings(), club.rules, period, club.ms(NOW))
    assert kpi(report, "hard_churn").current.numerator == 6
    assert "week" not in " ".join((report.finding, *(figure.headline for figure in report.figures)))
    picture = replace(report.figures[0])
    assert "month" in picture.subtitle
