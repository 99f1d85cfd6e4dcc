"""The bot is killed again and again while people talk; its tables are those of a bot that never was."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import func, select

from bot.paths import DataPaths
from storage.database import Warehouse
from storage.fold.folder import Folder
from storage.journal import Journal
from storage.loader import load_batch
from storage.rebuild import table_digests, verify
from storage.secrets import load_or_create
from storage.tables import activity_sessions, coverage, daily_activity, event_log
from storage.withdrawals import Withdrawals

STEPS, ACTIONS, STEP = 54, 30, timedelta(minutes=6)  # from 21:00 to 2:30 in Berlin, over midnight
KILLS = 50
GUILD = 2000
HEARTBEAT, RESUME = 1, 6  # Gateway Opcodes


async def live_through(journey, told, kill_in=frozenset()) -> None:
    """Plays the story. In the steps of `kill_in` the bot dies while their dispatches are on their way."""
    rng = Random(len(kill_in))
    await journey.start()
    await journey.settled_in()
    for number, step in enumerate(told):
        journey.clock.put(journey.clock.now() + STEP)
        await journey.heard_everything()
        dies_after = rng.randrange(len(step)) if number in kill_in else None
        for position, action in enumerate(step):
            journey.act(action)
            if position == dies_after:
                await asyncio.sleep(rng.random() * 0.04)  # into a commit, a load, a fold, or between them
                await journey.kill()
                assert journey.durable()[0] >= acknowledged(journey), "what Discord was told is on disk"
        if dies_after is not None:
            await journey.start()
            await journey.removals_read()
        await journey.heard_everything()
    journey.clock.put(journey.clock.now() + timedelta(hours=1))
    await journey.removals_read()
    await journey.stop()


def acknowledged(journey) -> int:
    """The highest sequence that Discord was ever told we have."""
    told = [0]
    for operation in journey.sandbox.world.operations:
        if operation.code == HEARTBEAT:
            told.append(operation.data or 0)
        elif operation.code == RESUME:
            told.append(operation.data["seq"])
    return max(told)


async def everything_in_tables(journey) -> Warehouse:
    """Loads and folds what a stopped bot left in its journal."""
    paths = DataPaths(journey.data)
    secret = load_or_create(paths.secret)
    withdrawals = Withdrawals.open(paths.withdrawals, secret)
    warehouse = await Warehouse.open(journey.warehouse_url)
    journal = Journal.open(
        paths.journal, lambda item: [item], lambda _item, error: (_ for _ in ()).throw(error)
    )
    while (await load_batch(warehouse, journal, withdrawals)).read:
        pass
    journal.close()
    folder = Folder(warehouse, journey.settings.rules())
    while not (await folder.advance(GUILD)).caught_up:
        pass
    return warehouse


async def contents(warehouse: Warehouse) -> dict[str, str]:
    async with warehouse.reading() as conn:
        return await table_digests(conn, GUILD)


async def count(warehouse: Warehouse, query) -> int:
    async with warehouse.reading() as conn:
        return (await conn.execute(query)).scalar_one()


@pytest.fixture(scope="module")
def told(request):
    return request.getfixturevalue("make_story")(seed=11, steps=STEPS, actions_a_step=ACTIONS)


async def test_fifty_kills_under_load_leave_the_tables_of_an_undisturbed_run(begin, told):
    kills = frozenset(Random(20).sample(range(STEPS), KILLS))
    calm, journey = await begin("undisturbed"), await begin("killed")
    await asyncio.gather(live_through(calm, told), live_through(journey, told, kills))
    undisturbed, killed = await everything_in_tables(calm), await everything_in_tables(journey)

    assert journey.starts == KILLS + 1
    assert len(journey.sandbox.world.gateway.sessions) == 1, "one session, resumed after each kill"
    assert await contents(killed) == await contents(undisturbed)
    assert await verify(killed, GUILD, journey.settings.rules()) == []
    gaps = select(func.count()).select_from(coverage).where(coverage.c.state == "gap")
    assert await count(killed, gaps) == 0
    dispatches = sum(len(step) for step in told)
    of_people = select(func.count()).select_from(event_log).where(event_log.c.type.not_like("SNAPSHOT%"))
    of_people = of_people.where(event_log.c.source == "gateway", event_log.c.type != "GUILD_CREATE")
    assert await count(killed, of_people) == dispatches, "each dispatch is one row"
    days = select(func.count(daily_activity.c.local_day.distinct()))
    assert await count(killed, days) == 2, "people talked over midnight"
    sessions = select(func.count()).select_from(activity_sessions)
    assert await count(killed, sessions) > 300
    await killed.close()
    await undisturbed.close()
