"""An event from its announcement to the answers about it: the whole bot on a local Discord."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.app import Bot, Surroundings
from bot.config import SettingsHolder
from bot.gateway.pace import Pace
from bot.paths import DataPaths
from sandbox.discord import Sandbox
from sandbox.seed import ChannelKind, ChannelSeed, GuildSeed, MemberSeed, RoleSeed
from storage.erasure import erase

GUILD, STAFF_ROLE, ORGANIZER_ROLE, LOBBY, VOICE = 2000, 201, 202, 3000, 3001
HOST, ATTENDEE, ABSENT, WALK_IN, MEMBER = (407_000_000_000_000_000 + n for n in range(1, 6))
FOUNDED = datetime(2025, 1, 1, tzinfo=UTC)
SUNDAY = datetime(2025, 11, 16, 19, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
PATIENCE_S = 60.0
QUICK = Pace(first_s=0.02, cap_s=0.05, invalid_session_s=(0, 0.02), identify_spacing_s=0)
CONFIG = f"""
[community]
guild_id = {GUILD}
zone = "Europe/Berlin"
[access]
staff_roles = [{STAFF_ROLE}]
organizer_roles = [{ORGANIZER_ROLE}]
"""


@pytest.fixture
async def club(clock) -> AsyncIterator[Sandbox]:
    clock.moment = SUNDAY
    seed = GuildSeed(
        guild_id=GUILD,
        owner_id=HOST,
        created_at=FOUNDED,
        roles=[RoleSeed(STAFF_ROLE, "staff"), RoleSeed(ORGANIZER_ROLE, "organizer")],
        channels=[ChannelSeed(LOBBY, "lobby"), ChannelSeed(VOICE, "Inhouse", ChannelKind.VOICE)],
        members=[
            MemberSeed(HOST, FOUNDED, roles=[STAFF_ROLE]),
            MemberSeed(ATTENDEE, FOUNDED, roles=[ORGANIZER_ROLE]),
            *(MemberSeed(person, FOUNDED) for person in (ABSENT, WALK_IN, MEMBER)),
        ],
    )
    sandbox = await Sandbox.start(seed, clock=clock)
    yield sandbox
    await sandbox.stop()


@pytest.fixture
async def bot(club, clock, tmp_path) -> AsyncIterator[Bot]:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG, encoding="utf-8")
    paths = DataPaths(tmp_path / "data")
    around = Surroundings(paths, str(paths.warehouse), club.api_url, clock=clock, pace=QUICK)
    bot = Bot.assemble(SettingsHolder(config), around)
    task = asyncio.create_task(bot.run(club.token))
    async with asyncio.timeout(PATIENCE_S):
        await bot.client.wait_until_ready()
        await club.commands_synced()
    assert await bot.pipeline.caught_up(PATIENCE_S)
    yield bot
    bot.stop_soon()
    await task


async def heard(club, bot):
    """Until the bot has received all that was dispatched, and has asked who is interested where that is due;
    time must not go on before that.
    """
    (session,) = club.world.gateway.sessions.values()
    lists = bot.client.rsvp_lists
    async with asyncio.timeout(PATIENCE_S):
        while bot.recorder.received < session.sequence:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.005)
        lists.look()
        while not lists.is_idle:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.005)


async def go_on(club, bot, clock, **by):
    await heard(club, bot)
    bot.recorder.acknowledged()
    clock.advance(**by)


async def hold_an_event(club, bot, clock):
    """Announced at 20:00 for 21:00 to 23:00 in Berlin: two come, one of them walks in late, one does not."""
    event = club.create_event(
        HOST, "Sunday *Inhouse* 🎮", clock.now() + HOUR, end=clock.now() + 3 * HOUR, channel_id=VOICE
    )
    for person in (HOST, ATTENDEE, ABSENT):
        club.answer_event(person, event.event_id)
    await go_on(club, bot, clock, minutes=55)
    for person in (HOST, ATTENDEE):
        club.voice(person, VOICE)
    await go_on(club, bot, clock, minutes=5)
    club.start_event(event.event_id)
    await go_on(club, bot, clock, minutes=30)
    club.voice(WALK_IN, VOICE)
    await go_on(club, bot, clock, minutes=85)
    return event


async def ask(club, person, command="insights event", **options):
    (message,) = (await club.run_command(person, command, options).settled()).messages_seen_by(person)
    return message


async def press(club, person, message, label):
    custom_id = next(b["custom_id"] for b in message["components"][0]["components"] if b["label"] == label)
    (told,) = (await club.press(person, message["id"], custom_id).settled()).messages_seen_by(person)
    return told


async def end(club, bot, event):
    for person in (HOST, ATTENDEE, WALK_IN):
        club.voice(person, None)
    club.end_event(event.event_id)
    await heard(club, bot)
    assert await bot.pipeline.caught_up(PATIENCE_S)


async def test_an_event_is_followed_from_its_announcement_to_who_came(club, bot, clock):
    event = await hold_an_event(club, bot, clock)
    running = await ask(club, ATTENDEE)
    assert running["content"] == "3 are there now; 3 people came so far."

    await end(club, bot, event)
    choices = (await club.autocomplete(ATTENDEE, "insights event", "event", "inh").settled()).choices
    assert [choice["name"] for choice in choices] == ["Sunday *Inhouse* 🎮 · Sun 16 Nov, 21:00"]
    message = await ask(club, ATTENDEE, event=choices[0]["value"])
    (embed,) = message["embeds"]
    assert message["content"] == "3 came."
    assert embed["title"] == r"Sunday \*Inhouse\* 🎮 · Sun 16 Nov 2025, 21:00–22:55"
    assert embed["description"].startswith(f"Hosted by <@{HOST}>\n")
    picture, media_type = club.attachment(message["attachments"][0]["id"])
    assert (picture[:4], media_type) == (b"\x89PNG", "image/png")

    came = await press(club, ATTENDEE, message, "Who came")
    assert came["embeds"][0]["description"].split("\n\n") == [
        f"**Attended** · 2\n<@{HOST}> <@{ATTENDEE}>",
        f"**Walk-ins** · 1\n<@{WALK_IN}>",
    ]
    no_shows = await press(club, ATTENDEE, message, "No-shows")
    assert no_shows["embeds"][0]["description"] == f"**Interested, did not come** · 1\n<@{ABSENT}>"
    assert came["mentions"] == no_shows["mentions"] == []


async def test_who_is_erased_is_gone_from_the_answers_about_the_past(club, bot, clock):
    await end(club, bot, await hold_an_event(club, bot, clock))
    message = await ask(club, HOST)
    for person in (WALK_IN, ABSENT):
        await erase(
            bot.warehouse,
            bot.withdrawals,
            GUILD,
            person,
            at_ms=clock.ms,
            journals=[bot.journal],
        )
    told = [await press(club, HOST, message, label) for label in ("Who came", "No-shows", "CSV")]
    content, _ = club.attachment(told[2]["attachments"][0]["id"])
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))

    assert [row["user_id"] for row in rows] == [str(HOST), str(ATTENDEE)]
    assert told[0]["content"] == "2 people came."
    assert told[1]["content"] == "Everybody who was interested came."
    for person in (WALK_IN, ABSENT):
        assert str(person) not in f"{told}{content.decode()}"
    first = rows[0]
    assert (first["status"], first["answer"], first["early"], first["minutes"]) == (
        "attended",
        "interested",
        "yes",
        "115",
    )
    assert (first["first_join"], first["last_leave"]) == (
        "2025-11-16T21:00:00+01:00",
        "2025-11-16T22:55:00+01:00",
    )


async def test_an_event_that_nobody_scheduled_is_told_of_afterwards_and_counted(club, bot, clock):
    for person in (HOST, ATTENDEE, WALK_IN):
        club.voice(person, VOICE)
    await go_on(club, bot, clock, minutes=90)
    club.voice(WALK_IN, None)
    await go_on(club, bot, clock, minutes=60)
    typed = {"title": "Spontaneous raid", "channel": VOICE, "start": "today 20:00", "minutes": 120}
    message, at_once = await asyncio.gather(
        ask(club, HOST, "insights declare", **typed, host=ATTENDEE),
        ask(club, HOST, "insights declare", **typed),
    )
    again = await ask(club, HOST, "insights declare", **typed)

    assert message["content"] == "3 came."
    assert message["embeds"][0]["title"] == "Spontaneous raid · Sun 16 Nov 2025, 20:00–22:00"
    assert message["embeds"][0]["description"].startswith(f"Hosted by <@{ATTENDEE}>\n")
    came = await press(club, HOST, message, "Who came")
    assert came["embeds"][0]["description"].startswith("**Walk-ins** · 3\n")
    for refused in (at_once, again):
        assert refused["content"].startswith(
            "“Spontaneous raid” (Sun 16 Nov, 20:00) was in that channel then"
        )
