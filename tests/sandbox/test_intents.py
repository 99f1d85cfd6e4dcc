"""A session gets the dispatches that its intents ask for, and no others."""

from __future__ import annotations

import interactions
import pytest

from sandbox.intents import Intent
from sandbox.people import Leaving

TEXT, VOICE = 3000, 3001
MARK = "SOMETHING_NEW"


async def heard(line, sandbox) -> list[str]:
    """Names of what has come up to a mark that no intent withholds."""
    sandbox.dispatch_raw(MARK, {})
    names: list[str] = []
    while (name := (await line.next())["t"]) != MARK:
        names.append(name)
    return names


@pytest.mark.parametrize(
    ("intent", "expected"),
    [
        (Intent(0), []),
        (Intent.GUILDS, ["GUILD_CREATE", "CHANNEL_DELETE"]),
        (Intent.GUILD_MEMBERS, ["GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE"]),
        (Intent.GUILD_MODERATION, ["GUILD_BAN_ADD", "GUILD_AUDIT_LOG_ENTRY_CREATE"]),
        (Intent.GUILD_VOICE_STATES, ["VOICE_STATE_UPDATE"]),
        (Intent.GUILD_MESSAGES, ["MESSAGE_CREATE"]),
        (Intent.GUILD_SCHEDULED_EVENTS, ["GUILD_SCHEDULED_EVENT_CREATE"]),
        (Intent.DIRECT_MESSAGES, []),
    ],
)
async def test_each_intent_brings_its_dispatches(sandbox, dial, intent, expected):
    line = await dial(sandbox)
    await line.identify(sandbox, intents=int(intent))
    sandbox.member_joins(6000)
    sandbox.voice(6000, VOICE)
    sandbox.say(6000, TEXT, "hello")
    sandbox.set_roles(6000, [4001])
    sandbox.member_leaves(6000, Leaving.BANNED)
    sandbox.dispatch_raw("GUILD_SCHEDULED_EVENT_CREATE", {"guild_id": "2000"})
    sandbox.delete_channel(VOICE)

    assert await heard(line, sandbox) == expected


async def test_the_bots_own_roles_come_without_the_members_intent(sandbox, dial):
    line = await dial(sandbox)
    await line.identify(sandbox, intents=0)
    sandbox.set_roles(1000, [4001])
    assert await heard(line, sandbox) == ["GUILD_MEMBER_UPDATE"]


async def test_text_is_blank_without_its_intent_unless_the_bot_is_mentioned(sandbox, dial):
    line = await dial(sandbox)
    await line.identify(sandbox, intents=int(Intent.GUILD_MESSAGES))
    sandbox.say(5001, TEXT, "a secret")
    sandbox.say(5001, TEXT, "<@1000> a question")

    assert (await line.dispatched("MESSAGE_CREATE"))["content"] == ""
    assert (await line.dispatched("MESSAGE_CREATE"))["content"] == "<@1000> a question"


async def test_text_comes_with_the_content_intent(sandbox, dial):
    line = await dial(sandbox)
    await line.identify(sandbox, intents=int(Intent.GUILD_MESSAGES | Intent.MESSAGE_CONTENT))
    sandbox.say(5001, TEXT, "hello")
    assert (await line.dispatched("MESSAGE_CREATE"))["content"] == "hello"


async def test_two_sessions_each_get_their_own(sandbox, dial):
    voice, members = await dial(sandbox), await dial(sandbox)
    await voice.identify(sandbox, intents=int(Intent.GUILD_VOICE_STATES))
    await members.identify(sandbox, intents=int(Intent.GUILD_MEMBERS))
    sandbox.voice(5001, VOICE)
    sandbox.member_leaves(5002)

    assert await heard(voice, sandbox) == ["VOICE_STATE_UPDATE"]
    assert await heard(members, sandbox) == ["GUILD_MEMBER_REMOVE", MARK][:1]


async def test_only_the_guilds_own_shard_hears_of_it(sandbox, dial):
    first, second = await dial(sandbox), await dial(sandbox)
    await first.identify(sandbox, shard=[0, 2])
    await second.identify(sandbox, shard=[1, 2])
    await first.dispatched("GUILD_CREATE")
    sandbox.voice(5001, VOICE)
    await first.dispatched("VOICE_STATE_UPDATE")
    await second.send(1, None)
    assert (await second.next())["op"] == 11, "nothing but the acknowledged heartbeat"


async def test_the_real_client_is_told_which_intents_are_not_allowed(start, connect):
    sandbox = await start(privileged=Intent(0))
    bot = await connect(sandbox, ready=False)
    with pytest.raises(interactions.errors.LibraryException, match="privileged intents"):
        await bot.started
