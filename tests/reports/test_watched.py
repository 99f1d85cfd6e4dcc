"""Limits on numbers of the record's quality: no digest shows them unless one is set."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert

from reports.asked import Asked
from reports.cuts import Cut
from reports.health import health_asked
from reports.periods import parse_period
from reports.publishing import computed
from reports.settings import AlertRule
from reports.weekly import weekly
from reports.what_if import what_if
from storage import dead_letters
from storage.dead_letters import DeadLetter
from storage.event_log import NewRow
from storage.tables import accounts, fold_progress, reconciliations

NOW = "2025-11-20 12:00"
LIMITS = (
    AlertRule("drift", above=0.05),
    AlertRule("dead_letters", above=1),
    AlertRule("id_coverage", below=0.6),
    AlertRule("events_with_times", below=1),
    AlertRule("events_with_attendance", below=1),
)
WATCHED = {rule.kpi for rule in LIMITS}


@pytest.fixture
async def club(guild: Any, warehouse: Any) -> Any:
    """Of week 46: twelve active, six of them linked; two dead letters; a list of members with 2 of 20 apart;
    five events with attendees and five that nobody saw begin.
    """
    guild.recorded("2025-10-01 00:00", NOW, sources=("voice", "members", "commands", "events"))
    guild.present(guild.days("2025-10-01", "2025-11-20"), range(1, 21))
    for number in range(1, 21):
        guild.spell(number, 0)
    guild.did("voice", "2025-11-12", range(1, 13))
    for day in range(10, 15):
        guild.came(guild.event(day, f"2025-11-{day} 20:00", f"2025-11-{day} 22:00"), range(1, 13))
        guild.event(10 * day, f"2025-11-{day} 10:00", f"2025-11-{day} 12:00", "not_held")
    await guild.write(warehouse)
    async with warehouse.writing() as conn:
        at_ms = guild.ms("2025-11-14 10:00")
        rows = [
            NewRow(number.to_bytes(16), "gateway", "MESSAGE_CREATE", 1, None, *(at_ms,) * 3, "{}")
            for number in (1, 2)
        ]
        letters = [DeadLetter(row, "it is odd") for row in rows]
        await dead_letters.set_aside(conn, guild.guild_id, letters)
        link = {"guild_id": guild.guild_id, "platform": "steam", "linked_at_ms": 0}
        await conn.execute(
            insert(accounts), [{**link, "member_no": n, "external_id": str(n)} for n in range(1, 7)]
        )
        first = guild.ms("2025-10-01 00:00")
        whole = {"guild_id": guild.guild_id, "source": "members", "believed": 20, "verdict": "taken"}
        lists = [
            {**whole, "at_ms": first, "listed": 20, "absent": 0, "unexpected": 0},
            {**whole, "at_ms": at_ms, "listed": 20, "absent": 1, "unexpected": 1},
        ]
        await conn.execute(insert(reconciliations), lists)
        folded = {"guild_id": guild.guild_id, "position": 2, "state": b"", "folded_to_ms": guild.ms(NOW)}
        await conn.execute(insert(fold_progress), {**folded, "rules": guild.rules.fingerprint()})
    return guild


@pytest.fixture
def about(club: Any) -> Any:
    def asked(alerts: tuple[AlertRule, ...] = LIMITS, **cut: Any) -> tuple[Any, ...]:
        now_ms = club.ms(NOW)
        week = parse_period("2025-W46", club.zone, "monday", now_ms)
        return club.guild_id, club.settings(alerts=alerts), club.rules, Asked(week, now_ms, **cut)

    return asked


def values(sections: Any) -> dict[str, float | None]:
    return {k.name: k.current.value for s in sections for k in s.kpis if k.name in WATCHED and not k.cut}


EXPECTED = {
    "drift": 2 / 20,
    "dead_letters": 2,
    "id_coverage": 6 / 12,
    "events_with_times": 5 / 10,
    "events_with_attendance": 5 / 10,
}


async def test_they_are_in_health_and_in_the_digest_and_are_crossed(about: Any, warehouse: Any) -> None:
    guild_id, settings, rules, asked = about()
    async with warehouse.reading() as conn:
        health = await health_asked(conn, guild_id, settings, rules, asked)
        digest = await weekly(conn, guild_id, settings, rules, asked.period, asked.now_ms)
    for report in (health, digest):
        assert values(report.sections) == pytest.approx(EXPECTED)
        assert {alert.kpi for alert in report.alerts} == WATCHED
    told = next(alert.sentence for alert in health.alerts if alert.kpi == "drift").replace("\u00a0", " ")
    assert told == "Drift 10 %: over the limit of 5 %."


async def test_without_a_limit_nothing_of_them_is_read_or_shown(about: Any, warehouse: Any) -> None:
    guild_id, settings, rules, asked = about(alerts=LIMITS[:1])
    async with warehouse.reading() as conn:
        report = await health_asked(conn, guild_id, settings, rules, asked)
        none = await health_asked(conn, guild_id, replace(settings, alerts=()), rules, asked)
    assert values(report.sections).keys() == {"drift"}
    assert values(none.sections) == {}


async def test_of_a_part_of_the_people_they_are_not_told(about: Any, warehouse: Any) -> None:
    guild_id, settings, rules, asked = about(cut=Cut(tier="member"))
    async with warehouse.reading() as conn:
        report = await health_asked(conn, guild_id, settings, rules, asked)
    assert (values(report.sections), report.alerts) == ({}, ())


async def test_a_limit_that_is_only_tried_is_read_for_too(about: Any, warehouse: Any) -> None:
    guild_id, settings, rules, asked = about()
    none = replace(settings, alerts=())
    async with warehouse.reading() as conn:
        outcome = await what_if(conn, guild_id, none, settings, rules, (), asked.now_ms)
    last = outcome.weeks[-1]
    assert last.now.crossed == ()
    assert {alert.kpi for alert in last.then.crossed} == WATCHED


async def test_what_is_published_does_not_depend_on_limits(about: Any, warehouse: Any) -> None:
    guild_id, settings, rules, asked = about()
    async with warehouse.reading() as conn:
        told = [
            (await computed(conn, guild_id, one, rules, asked.period, asked.now_ms)).values
            for one in (settings, replace(settings, alerts=()))
        ]
    assert told[0] == told[1]
