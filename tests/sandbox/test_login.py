"""The real client logs in, registers its commands and learns the guild."""

from __future__ import annotations

import interactions
import pytest
from interactions.client.errors import LoginError

from sandbox.seed import MemberSeed

TEXT, VOICE, FOUNDER = 3000, 3001, 5000


async def answer(ctx: interactions.SlashContext) -> None:
    await ctx.send("fine")


async def test_the_client_knows_the_guild_once_it_is_ready(start, seed, connect):
    sandbox = await start()
    sandbox.voice(5001, VOICE)
    bot = await connect(sandbox)

    guild = bot.get_guild(seed.guild_id)
    assert [channel.name for channel in guild.channels] == ["general", "lobby", "arena"]
    assert guild.member_count == 21, "twenty people and the bot"
    created = dict(bot.seen)["GUILD_CREATE"]
    assert [state["user_id"] for state in created["voice_states"]] == ["5001"]
    assert sorted(m["user"]["id"] for m in created["members"]) == ["1000", "5001"], (
        "the bot and who is in voice"
    )


async def test_commands_are_registered_once_and_only_again_when_they_change(sandbox, connect, health):
    await connect(sandbox, lambda bot: bot.add_command(health(answer)))
    await connect(sandbox, lambda bot: bot.add_command(health(answer)))

    puts = [request for request in sandbox.requests if request.method == "PUT"]
    assert [request.path for request in puts] == ["/applications/1000/commands"]
    assert [command["name"] for command in sandbox.world.commands.all(0)] == ["insights"]


async def test_a_command_keeps_its_id_when_it_is_registered_again(sandbox, ask):
    path = "/applications/1000/commands"
    command = {"name": "insights", "description": "one", "type": 1}
    _, first = await ask(sandbox, "PUT", path, [command])
    _, second = await ask(sandbox, "PUT", path, [{**command, "description": "two"}])

    assert first[0]["id"] == second[0]["id"]
    assert first[0]["version"] != second[0]["version"]


async def test_a_wrong_token_is_refused_at_login(sandbox, connect):
    bot = await connect(sandbox, ready=False)
    bot.started.cancel()
    with pytest.raises(LoginError):
        await bot.login("wrong")


async def test_the_gateway_address_says_how_many_sessions_may_still_start(sandbox, connect, ask):
    await connect(sandbox)
    _, answer = await ask(sandbox, "GET", "/gateway/bot")
    assert answer["session_start_limit"]["remaining"] == 999
    assert answer["url"].startswith("ws://127.0.0.1:")


async def test_members_are_listed_in_pages(start, seed, ask, clock):
    sandbox = await start()
    _, page = await ask(sandbox, "GET", "/guilds/2000/members", params={"limit": "7", "after": "5010"})
    assert [member["user"]["id"] for member in page] == [str(5011 + k) for k in range(7)]


async def test_a_bot_of_another_guild_is_told_apart(start, seed, ask):
    newcomer = MemberSeed(77, seed.created_at, bot=True)
    sandbox = await start(guild=type(seed)(**{**vars(seed), "members": [newcomer]}))
    status, member = await ask(sandbox, "GET", "/guilds/2000/members/77")
    assert (status, member["user"]["bot"]) == (200, True)
