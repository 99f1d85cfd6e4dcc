"""Somebody is erased while the bot runs and they go on talking: no file knows them any more, no answer names
them, and what they took part in stands.
"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from storage.database import Warehouse
from storage.tables import daily_activity, identities

from . import evening

GUILD, OWNER = 2000, 410_000_000_000_005_000
ERASED, FRIEND, ORGANIZER, CHANNEL, OTHER_CHANNEL = OWNER + 3, OWNER + 4, OWNER + 5, 3001, 3002


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


async def hold_an_inhouse(journey) -> None:
    """Whoever is to be erased has planned it, and comes."""
    sandbox, now = journey.sandbox, journey.clock.now()
    sandbox.set_roles(ORGANIZER, [evening.CAPTAIN])
    starts = now + journey.minutes(1)
    event = sandbox.create_event(ERASED, "Inhouse", starts, end=now + journey.minutes(31), channel_id=CHANNEL)
    for who in (ERASED, FRIEND):
        sandbox.answer_event(who, event.event_id)
    await journey.go_to(starts)
    sandbox.start_event(event.event_id)
    await talk(journey, minutes=30)
    sandbox.end_event(event.event_id)
    await journey.in_tables()


async def everything_told(journey) -> list[str]:
    """What an organizer is answered about the inhouse, with its lists and its file."""
    await journey.sandbox.commands_synced()
    report = await evening.ask(journey, ORGANIZER, event="Inhouse")
    told = [report]
    for label in ("Who came", "No-shows", "CSV"):
        told += await evening.press(journey, ORGANIZER, report, label)
    files = [journey.sandbox.attachment(file["id"])[0] for told in told for file in told["attachments"]]
    return [*map(json.dumps, told), *(file.decode() for file in files)]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request) -> str | None:
    """The URL of a PostgreSQL; None for the SQLite file that lies in the bot's own folder."""
    return request.getfixturevalue("postgres_url") if request.param == "postgresql" else None


async def test_an_erased_person_is_in_no_file_and_the_rest_stands(begin, database, request):
    journey = await begin("erased", database)
    journey.clock.put(datetime.now(UTC))  # the command line goes by the machine's clock, here left behind
    await journey.start()
    await journey.settled_in()
    await hold_an_inhouse(journey)
    told = await everything_told(journey)
    assert [str(ERASED) in text for text in told] == [True, True, False, False, True], "report, list, file"
    assert '"2 came."' in told[0]
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
    await journey.in_tables()
    told = await everything_told(journey)
    assert not [text for text in told if str(ERASED) in text]
    assert [str(FRIEND) in text for text in told] == [False, True, False, False, True]
    assert '"1 came."' in told[0]
    assert "Hosted by" not in told[0], "the host is erased, the event is not"
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
        d = daily_activity.c
        total = select(func.sum(d.duration_ms)).where(d.member_no == friend, d.activity == "voice")
        minutes_of_friend = (await conn.execute(total)).scalar_one() / 60_000
    await warehouse.close()
    assert minutes_of_friend == 70, "whoever withdrew is company for others"
