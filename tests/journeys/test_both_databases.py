"""The same story through the whole bot, once on SQLite and once on PostgreSQL, gives the same numbers."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from bot.settings import Settings
from reports.health import health
from reports.json import to_json
from storage.database import Warehouse
from storage.rebuild import table_digests

GUILD, STEPS, ACTIONS = 2000, 10, 40


async def live_through(journey, told) -> None:
    await journey.start()
    await journey.settled_in()
    for number, step in enumerate(told):
        journey.clock.put(journey.clock.now() + timedelta(hours=20))
        await journey.heard_everything()
        for action in step:
            journey.act(action)
        await journey.heard_everything()
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
