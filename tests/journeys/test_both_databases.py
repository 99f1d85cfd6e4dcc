"""The same story through the whole bot, once on SQLite and once on PostgreSQL, gives the same numbers."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from bot.settings import Settings
from reports.event import event
from reports.event_report import OccurrenceKey
from reports.health import health
from reports.json import event_to_json, to_json
from reports.periods import parse_period
from reports.weekly import weekly
from storage.database import Warehouse
from storage.rebuild import table_digests

from . import evening

GUILD, STEPS, ACTIONS = 2000, 10, 40


async def live_through(journey, told) -> None:
    await journey.start()
    await journey.settled_in()
    for number, step in enumerate(told):
        journey.clock.put(journey.clock.now() + timedelta(hours=20))
        await journey.heard_everything()
        for action in step:
            journey.act(action)
        await journey.removals_read()
        if number == STEPS // 2:
            await journey.kill()
            await journey.start()
            await journey.heard_everything()
    await journey.until(lambda: not journey.backlog(), "the journal is loaded")
    await journey.stop()


async def numbers(journey) -> tuple[str, dict[str, str]]:
    settings: Settings = journey.settings
    warehouse = await Warehouse.open(journey.warehouse_url)
    async with warehouse.reading() as conn:
        report = await health(conn, GUILD, settings.report_settings(), settings.rules(), journey.clock.now_ms)
        digests = await table_digests(conn, GUILD)
    await warehouse.close()
    return json.dumps(to_json(report), sort_keys=True), digests


@pytest.mark.postgres
async def test_both_databases_give_the_same_tables_and_the_same_json(begin, make_story, postgres_url):
    told = make_story(seed=5, steps=STEPS, actions_a_step=ACTIONS)
    journeys = [await begin("sqlite"), await begin("postgresql", postgres_url)]
    await asyncio.gather(*(live_through(journey, told) for journey in journeys))
    (sqlite_json, sqlite_tables), (postgres_json, postgres_tables) = [await numbers(j) for j in journeys]

    assert sqlite_tables == postgres_tables
    assert sqlite_json == postgres_json
    assert '"value": 0' not in sqlite_json.split("weekly_active_members")[1][:400], "somebody was active"


async def told_of_the_evening(journey, event_id: int) -> tuple[str, str, dict[str, str]]:
    """The event's report and the digest of its week, and the tables that they are made of."""
    settings: Settings = journey.settings
    rules, reports = settings.rules(), settings.report_settings()
    now_ms = journey.clock.now_ms
    key = OccurrenceKey(event_id, evening.ms(evening.START))
    week = parse_period("2026-W13", reports.zone, reports.week_start, now_ms)
    warehouse = await Warehouse.open(journey.warehouse_url)
    async with warehouse.reading() as conn:
        of_event = await event(conn, GUILD, reports, rules, key, now_ms)
        digest = await weekly(conn, GUILD, reports, rules, week, now_ms)
        digests = await table_digests(conn, GUILD)
    await warehouse.close()
    told = [json.dumps(made, sort_keys=True) for made in (event_to_json(of_event), to_json(digest))]
    return told[0], told[1], digests


@pytest.mark.postgres
async def test_both_databases_tell_the_same_of_an_evening(begin, postgres_url):
    at = evening.MONDAY
    journeys = [await begin("sqlite", at=at), await begin("postgresql", postgres_url, at=at)]
    away = {"goes": evening.at(21, 25), "comes_back": evening.at(22, 10), "session_is_lost": True}
    event_ids = await asyncio.gather(*(evening.live_through(journey, **away) for journey in journeys))
    for journey in journeys:
        journey.clock.put(evening.MONDAY_AFTER)
        await journey.removals_read()
        await journey.in_tables()
        await journey.stop()
    sqlite, postgres = [await told_of_the_evening(*of) for of in zip(journeys, event_ids, strict=True)]

    assert sqlite == postgres
    of_event, digest, _ = sqlite
    assert '"finding": "At least 5 came' in of_event
    assert '"finding": "5 people were active' in digest
    told = [kpi["text"] for section in json.loads(digest)["sections"] for kpi in section["kpis"]]
    assert f"{evening.TITLE} 5" in told
