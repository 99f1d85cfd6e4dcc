"""Somebody is erased while the bot runs and they go on talking: no file knows them any more."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from storage.database import Warehouse
from storage.tables import daily_activity, identities

GUILD, OWNER = 2000, 410_000_000_000_005_000
ERASED, FRIEND, CHANNEL, OTHER_CHANNEL = OWNER + 3, OWNER + 4, 3001, 3002


def traces(text: bytes, user_id: int) -> bool:
    """Whether an id stands in a file: in digits, or as the 64-bit integer that databases write."""
    return any(
        trace in text for trace in (str(user_id).encode(), user_id.to_bytes(8), user_id.to_bytes(8, "little"))
    )


async def everything_on_disk(journey, request) -> dict[str, bytes]:
    """Every file of the bot, its log, and a dump of a PostgreSQL warehouse."""
    files = [*journey.data.rglob("*"), journey.folder / "bot.log"]
    found = {str(file): file.read_bytes() for file in files if file.is_file()}
    if journey.warehouse_url.startswith("postgresql"):
        found["dump"] = await dump(journey.warehouse_url, request.getfixturevalue("postgres").programs)
    return found


async def dump(url: str, programs: Path) -> bytes:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    process = await asyncio.create_subprocess_exec(
        str(programs / "pg_dump"), address, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0
    return printed


async def talk(journey, minutes: int) -> None:
    """Two people in one channel, until both have hung up."""
    sandbox, clock = journey.sandbox, journey.clock
    for who in (ERASED, FRIEND):
        sandbox.voice(who, CHANNEL)
    await journey.heard_everything()
    clock.put(clock.now() + journey.minutes(minutes))
    for who in (ERASED, FRIEND):
        sandbox.voice(who, None)
    await journey.heard_everything()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request) -> str | None:
    """The URL of a PostgreSQL; None for the SQLite file that lies in the bot's own folder."""
    return request.getfixturevalue("postgres_url") if request.param == "postgresql" else None


async def test_an_erased_person_is_in_no_file_and_the_rest_stands(begin, database, request):
    journey = await begin("erased", database)
    journey.clock.put(datetime.now(UTC))  # the command line goes by the machine's clock, here left behind
    await journey.start()
    await journey.settled_in()
    await talk(journey, minutes=30)
    await journey.stop()
    before = await everything_on_disk(journey, request)
    assert any(traces(content, ERASED) for content in before.values()), "else the search finds nothing at all"
    assert (await journey.insights("rebuild", "--verify"))[0] == 0

    await journey.start()
    await journey.settled_in()
    journey.sandbox.voice(ERASED, CHANNEL)
    await journey.heard_everything()
    status, said = await journey.insights("erase", str(ERASED), "--yes")
    assert status == 0, said
    assert "A bot is running" in said
    await journey.until(lambda: not journey.backlog(), "the journal is loaded")
    journey.sandbox.voice(ERASED, OTHER_CHANNEL)
    journey.sandbox.set_roles(ERASED, [7002])
    await talk(journey, minutes=40)
    journey.sandbox.member_leaves(ERASED)
    journey.sandbox.member_joins(ERASED)
    await journey.heard_everything()
    await journey.until(lambda: not journey.backlog(), "the journal is loaded")
    await journey.stop()

    after = await everything_on_disk(journey, request)
    assert [name for name, content in after.items() if traces(content, ERASED)] == []
    assert any(traces(content, FRIEND) for content in after.values())
    status, said = await journey.insights("rebuild", "--verify")
    assert status == 0, said

    warehouse = await Warehouse.open(journey.warehouse_url)
    async with warehouse.reading() as conn:
        number = select(identities.c.member_no).where(identities.c.user_id == FRIEND)
        friend = (await conn.execute(number)).scalar_one()
        total = select(func.sum(daily_activity.c.duration_ms)).where(daily_activity.c.member_no == friend)
        minutes_of_friend = (await conn.execute(total)).scalar_one() / 60_000
    await warehouse.close()
    assert minutes_of_friend == 70, "whoever withdrew is company for others"
