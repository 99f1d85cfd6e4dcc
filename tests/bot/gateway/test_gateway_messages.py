"""Who wrote where, other bots' commands, and threads of excluded channels. The real client on the sandbox."""

from __future__ import annotations

import msgspec
import pytest

from bot.gateway.identity import intents_for
from bot.intake import IntakeOptions
from sandbox.faults import Status
from sandbox.intents import Intent
from sandbox.seed import ChannelKind, ChannelSeed, GuildSeed, MemberSeed

GUILD, OWNER, TEXT, HIDDEN, ANA, BOT = 2000, 5000, 3000, 3002, 5001, 8000
TRACKED = frozenset(["show_profile", "show_my_profile"])
CHANNELS, THREADS = "/guilds/2000/channels", "/guilds/2000/threads/active"


@pytest.fixture
def seed(clock) -> GuildSeed:
    founded = clock.now()
    return GuildSeed(
        guild_id=GUILD,
        owner_id=OWNER,
        created_at=founded,
        channels=[
            ChannelSeed(TEXT, "general"),
            ChannelSeed(HIDDEN, "council"),
            ChannelSeed(3001, "lobby", ChannelKind.VOICE),
        ],
        members=[MemberSeed(OWNER, founded), MemberSeed(ANA, founded), MemberSeed(BOT, founded, bot=True)],
    )


@pytest.fixture
def station(station):
    station.options = IntakeOptions(GUILD, excluded_channels=frozenset([HIDDEN]), tracked_commands=TRACKED)
    return station


async def written(station, count: int) -> list[tuple[int | None, str]]:
    messages = {event.key: event for event in await station.recorded("MESSAGE_CREATE", count)}.values()
    return [(event.person, msgspec.json.decode(event.body)["channel_id"]) for event in messages]


async def everything_heard(station, sandbox) -> None:
    """All that was dispatched so far has passed the recorder."""
    sent = max(session.sequence for session in sandbox.world.gateway.sessions.values())
    await station.until(lambda: station.recorder.received >= sent)


async def test_messages_of_people_are_counted_and_nothing_of_what_they_say_is_kept(station, sandbox):
    await station.start()
    first = sandbox.say(ANA, TEXT, "private words")
    sandbox.say(OWNER, TEXT, "private words", type=19)
    sandbox.say(ANA, HIDDEN, "private words")
    sandbox.say(BOT, TEXT, "private words")
    sandbox.say(ANA, TEXT, "private words", type=7)
    sandbox.say(ANA, TEXT, "private words")
    assert await written(station, 3) == [(ANA, str(TEXT)), (OWNER, str(TEXT)), (ANA, str(TEXT))]
    kept = repr(await station.events())
    assert "private" not in kept
    assert first.body["id"] not in kept
    assert "text" in await sources(station)


async def minute_later(station) -> None:
    """A minute has passed, and Discord has answered a heartbeat since."""
    station.clock.advance(minutes=1)
    now_ms = int(station.clock.now().timestamp() * 1000)
    station.sandbox.faults.ask_heartbeat()
    await station.until(lambda: station.recorder.live_at_ms >= now_ms)


async def sources(station) -> set[str]:
    await minute_later(station)
    await station.recorder.cover_until_now()
    bodies = [msgspec.json.decode(event.body) for event in await station.events("COVERAGE")]
    return {source for body in bodies if body["state"] == "recorded" for source in body["sources"]}


async def test_the_library_is_not_bothered_with_messages_and_audit_entries(station, sandbox, monkeypatch):
    handed_on: list[str] = []
    monkeypatch.setattr(
        "bot.gateway.connection._for_library", lambda name, data: handed_on.append(name) or data
    )
    await station.start()
    sandbox.say(ANA, TEXT, "hello")
    sandbox.voice(ANA, 3001)
    await station.recorded("MESSAGE_CREATE", 1)
    assert "MESSAGE_CREATE" not in handed_on
    assert "GUILD_CREATE" in handed_on


@pytest.mark.parametrize("deferred", [False, True])
async def test_a_tracked_command_of_another_bot_is_recorded_once(station, sandbox, deferred):
    await station.start()
    answer = sandbox.bot_answers(BOT, ANA, "show_profile", TEXT, deferred=deferred)
    sandbox.bot_completes(answer)
    sandbox.bot_answers(BOT, ANA, "weather", TEXT)
    sandbox.bot_answers(BOT, ANA, "show_profile", HIDDEN)
    sandbox.bot_answers(BOT, ANA, "show_profile", TEXT, ephemeral=True)
    sandbox.bot_answers(BOT, OWNER, "show_my_profile", TEXT)
    commands = await station.recorded("COMMAND_ANSWERED", 2)
    assert [(event.person, msgspec.json.decode(event.body)["command"]) for event in commands] == [
        (ANA, "show_profile"),
        (OWNER, "show_my_profile"),
    ]
    assert not await station.events("MESSAGE_CREATE"), "a bot's answer is no message of a person"


async def test_an_own_commands_answer_is_told_beside_the_command(station, sandbox):
    station.options = msgspec.structs.replace(station.options, tracked_commands=frozenset(["ping"]))
    await station.start()
    await sandbox.commands_synced()
    sandbox.run_command(ANA, "ping", channel_id=TEXT)
    (command,) = await station.recorded("INTERACTION_CREATE", 1)
    interaction_id = int(msgspec.json.decode(command.body)["interaction_id"])
    sandbox.bot_answers(BOT, ANA, "ping", TEXT, interaction_id=interaction_id)
    (answered,) = await station.recorded("COMMAND_ANSWERED", 1)
    assert int(msgspec.json.decode(answered.body)["interaction_id"]) == interaction_id
    assert command.key != answered.key


# ------------------------------------------------------------------ threads


async def test_threads_of_an_excluded_channel_are_silent_from_the_moment_they_are_made(station, sandbox):
    old_hidden, old_open = sandbox.open_thread(HIDDEN, ANA), sandbox.open_thread(TEXT, ANA)
    await station.start()
    new_hidden, new_open = sandbox.open_thread(HIDDEN, ANA), sandbox.open_thread(TEXT, ANA)
    sandbox.archive_thread(old_open)
    for thread in (old_hidden, new_hidden, old_open, new_open):
        sandbox.say(ANA, thread, "hello")
        sandbox.bot_answers(BOT, ANA, "show_profile", thread)
    await sandbox.commands_synced()
    for thread in (new_hidden, new_open):
        sandbox.run_command(ANA, "ping", channel_id=thread)
    assert await written(station, 2) == [(ANA, str(old_open)), (ANA, str(new_open))]
    assert len(await station.recorded("COMMAND_ANSWERED", 2)) == 2
    assert len(await station.recorded("INTERACTION_CREATE", 1)) == 1
    await everything_heard(station, sandbox)
    assert len(await station.events("COMMAND_ANSWERED")) == 2
    assert len(await station.events("INTERACTION_CREATE")) == 1


async def test_after_a_resume_in_a_new_process_threads_are_asked_for_and_nothing_is_lost(station, sandbox):
    hidden, shown = sandbox.open_thread(HIDDEN, ANA), sandbox.open_thread(TEXT, ANA)
    await station.start()
    await station.stop()
    for thread in (hidden, shown):
        sandbox.say(ANA, thread, "while nobody is there")
        sandbox.bot_answers(BOT, ANA, "show_profile", thread)
    sandbox.say(ANA, TEXT, "while nobody is there")
    await station.start()
    assert station.recorder.resumed == 1
    sandbox.say(OWNER, shown, "live")
    sandbox.say(OWNER, hidden, "live")
    assert await written(station, 3) == [(ANA, str(shown)), (ANA, str(TEXT)), (OWNER, str(shown))]
    assert len(await station.recorded("COMMAND_ANSWERED", 1)) == 1
    paths = [request.path for request in sandbox.requests]
    assert paths.count(THREADS) == 1
    await everything_heard(station, sandbox)
    sandbox.faults.ask_heartbeat()
    await station.until(lambda: durable(station) >= station.recorder.received)


def durable(station) -> int:
    session = station.journal.durable(0)
    return session.sequence if session else 0


async def test_until_threads_are_told_of_the_place_to_resume_from_stays_before_them(station, sandbox):
    shown = sandbox.open_thread(TEXT, ANA)
    await station.start()
    await station.stop()
    place = station.recorder.received
    sandbox.faults.next_rest("GET", THREADS, Status(503), times=10_000)
    sandbox.say(ANA, shown, "hello")
    await station.start()
    sandbox.say(OWNER, shown, "hello")
    await everything_heard(station, sandbox)
    await station.journal.flushed()
    assert durable(station) <= place + 1
    assert not await station.events("MESSAGE_CREATE")
    await station.stop()
    sandbox.faults.heal_rest()
    await station.start()
    assert await written(station, 2) == [(ANA, str(shown)), (OWNER, str(shown))]


async def test_where_nothing_is_excluded_no_threads_are_asked_for(station, sandbox):
    station.options = IntakeOptions(GUILD)
    shown = sandbox.open_thread(TEXT, ANA)
    await station.start()
    await station.stop()
    sandbox.say(ANA, shown, "hello")
    await station.start()
    assert await written(station, 1) == [(ANA, str(shown))]
    assert THREADS not in [request.path for request in sandbox.requests]


# ------------------------------------------------------------------ what is asked for


@pytest.mark.parametrize(
    ("options", "asks"),
    [
        (IntakeOptions(GUILD), True),
        (IntakeOptions(GUILD, records_text=False, tracked_commands=TRACKED), True),
        (IntakeOptions(GUILD, records_text=False), False),
    ],
)
async def test_messages_are_asked_for_only_where_they_are_needed(station, sandbox, options, asks):
    station.options = options
    await station.start(intents=intents_for(options))
    (session,) = sandbox.world.gateway.sessions.values()
    assert (Intent.GUILD_MESSAGES in session.intents) == asks
    assert Intent.GUILD_MODERATION in session.intents
    assert Intent.MESSAGE_CONTENT not in session.intents
    assert ("text" in await sources(station)) == options.records_text


async def test_text_that_is_switched_off_while_the_bot_runs_is_no_source_any_more(station, sandbox):
    await station.start()
    await minute_later(station)
    station.recorder.use_options(msgspec.structs.replace(station.options, records_text=False))
    sandbox.say(ANA, TEXT, "hello")
    await everything_heard(station, sandbox)
    await minute_later(station)
    await station.recorder.cover_until_now()
    told = [msgspec.json.decode(event.body)["sources"] for event in await station.events("COVERAGE")]
    of_gateway = [sources for sources in told if "voice" in sources]
    assert "text" in of_gateway[0]
    assert "text" not in of_gateway[-1]
    assert not await station.events("MESSAGE_CREATE")


def test_the_client_asks_for_no_content_of_messages():
    assert not intents_for(IntakeOptions(GUILD)) & Intent.MESSAGE_CONTENT
