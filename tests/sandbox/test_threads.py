"""Threads, and what other bots answer in the guild's channels."""

from __future__ import annotations

import pytest

from sandbox.permissions import Overwrite, Permission
from sandbox.seed import ChannelSeed

TEXT, HIDDEN, ANA, BOT = 3000, 3050, 5001, 8000


@pytest.fixture
async def bot(sandbox, connect):
    unseen = Overwrite(2000, deny=Permission.VIEW_CHANNEL)
    sandbox.put_channel(ChannelSeed(HIDDEN, "hidden", overwrites=[unseen]))
    return await connect(sandbox)


async def test_a_thread_is_told_of_written_in_and_deleted(sandbox, bot):
    thread = sandbox.open_thread(TEXT, ANA, "plans")
    sandbox.say(ANA, thread, "hello")
    sandbox.delete_thread(thread)
    (created,) = await bot.sees("THREAD_CREATE")
    assert (created["id"], created["parent_id"], created["type"]) == (str(thread), str(TEXT), 11)
    (message,) = await bot.sees("MESSAGE_CREATE")
    assert message["channel_id"] == str(thread)
    (deleted,) = await bot.sees("THREAD_DELETE")
    assert deleted.keys() == {"id", "guild_id", "parent_id", "type"}


async def test_of_a_thread_in_a_hidden_channel_nothing_is_told_or_listed(sandbox, bot, ask):
    hidden, shown = sandbox.open_thread(HIDDEN, ANA), sandbox.open_thread(TEXT, ANA)
    sandbox.say(ANA, hidden, "hello")
    sandbox.say(ANA, shown, "hello")
    (message,) = await bot.sees("MESSAGE_CREATE")
    assert message["channel_id"] == str(shown)
    _, active = await ask(sandbox, "GET", "/guilds/2000/threads/active")
    assert [thread["id"] for thread in active["threads"]] == [str(shown)]


async def test_an_archived_thread_is_not_active_until_somebody_writes(sandbox, bot, ask):
    thread = sandbox.open_thread(TEXT, ANA)
    sandbox.archive_thread(thread)
    _, active = await ask(sandbox, "GET", "/guilds/2000/threads/active")
    assert active["threads"] == []
    sandbox.say(ANA, thread, "hello")
    await bot.sees("MESSAGE_CREATE")
    assert [name for name in bot.names() if name in ("THREAD_UPDATE", "MESSAGE_CREATE")] == [
        "THREAD_UPDATE",
        "THREAD_UPDATE",
        "MESSAGE_CREATE",
    ]
    _, active = await ask(sandbox, "GET", "/guilds/2000/threads/active")
    assert [listed["id"] for listed in active["threads"]] == [str(thread)]


async def test_a_new_session_is_told_of_the_active_threads(start, dial):
    sandbox = await start()
    active, archived = sandbox.open_thread(TEXT, ANA), sandbox.open_thread(TEXT, ANA)
    sandbox.archive_thread(archived)
    line = await dial(sandbox)
    await line.identify(sandbox, intents=1)
    created = await line.dispatched("GUILD_CREATE")
    assert [thread["id"] for thread in created["threads"]] == [str(active)]


@pytest.mark.parametrize("deferred", [False, True])
async def test_another_bots_answer_names_the_command_and_who_ran_it(sandbox, bot, deferred):
    message = sandbox.bot_answers(BOT, ANA, "show_profile", TEXT, deferred=deferred)
    sandbox.bot_completes(message)
    (answer,) = await bot.sees("MESSAGE_CREATE")
    await bot.sees("MESSAGE_UPDATE")
    assert (answer["type"], answer["author"]["bot"], answer["application_id"]) == (20, True, str(BOT))
    asked = answer["interaction"]
    assert (asked["type"], asked["name"], asked["user"]["id"]) == (2, "show_profile", str(ANA))
    assert "name" not in answer["interaction_metadata"]
    assert bool(answer["flags"] & 128) == deferred


async def test_an_answer_that_only_its_user_sees_is_not_told(sandbox, bot):
    sandbox.bot_answers(BOT, ANA, "show_profile", TEXT, ephemeral=True)
    sandbox.bot_answers(BOT, ANA, "other", TEXT)
    (answer,) = await bot.sees("MESSAGE_CREATE")
    assert answer["interaction"]["name"] == "other"
