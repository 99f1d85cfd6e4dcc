"""Dispatch shapes that libraries stumble over arrive as they are, and the connection lives on."""

from __future__ import annotations

import interactions

from sandbox.odd_dispatches import odd_dispatches

HALF_A_CHARACTER = "half a character"


async def test_the_hook_sees_every_odd_dispatch_and_what_comes_after(sandbox, connect):
    intents = interactions.Intents.new(
        guilds=True, guild_members=True, guild_voice_states=True, guild_messages=True, guild_moderation=True
    )
    bot = await connect(sandbox, intents=intents)
    odd = [one for one in odd_dispatches(sandbox.world.guild) if one.name != HALF_A_CHARACTER]
    for one in odd:
        sandbox.dispatch_raw(one.dispatch, one.data)
    sandbox.voice(5001, 3001)

    await bot.sees("VOICE_STATE_UPDATE", 4)
    arrived = bot.seen[-len(odd) - 1 : -1]
    assert [(name, data) for name, data in arrived if not name.startswith("MESSAGE")] == [
        (one.dispatch, one.data) for one in odd if not one.dispatch.startswith("MESSAGE")
    ]


async def test_half_a_character_goes_out_as_its_escape(sandbox, dial):
    line = await dial(sandbox)
    await line.identify(sandbox, intents=1 << 9)
    (half,) = [one for one in odd_dispatches(sandbox.world.guild) if one.name == HALF_A_CHARACTER]
    sandbox.dispatch_raw(half.dispatch, half.data)
    assert (await line.dispatched("MESSAGE_CREATE"))["content"] == "\ud83d"


async def test_each_odd_dispatch_is_of_its_own_kind(sandbox):
    names = [one.name for one in odd_dispatches(sandbox.world.guild)]
    assert len(set(names)) == len(names) >= 15
