"""What people do changes the guild's state and sends the dispatches that Discord would."""

from __future__ import annotations

from datetime import UTC, datetime

import interactions
import pytest

from sandbox.people import Leaving
from sandbox.permissions import Permission
from sandbox.seed import ChannelKind, ChannelSeed, RoleSeed

VOICE, OTHER_VOICE = 3001, 3002


@pytest.fixture
async def bot(sandbox, connect):
    intents = interactions.Intents.new(
        guilds=True, guild_members=True, guild_voice_states=True, guild_messages=True, guild_moderation=True
    )
    return await connect(sandbox, intents=intents)


async def test_a_join_carries_its_moment(sandbox, bot, clock):
    sandbox.member_joins(6000, roles=[4001])
    earlier = datetime(2025, 11, 1, 12, 30, 0, 250000, tzinfo=UTC)
    sandbox.member_joins(6001, bot=True, joined_at=earlier)
    first, second = await bot.sees("GUILD_MEMBER_ADD", 2)
    assert (first["joined_at"], first["roles"]) == ("2025-11-17T08:00:00.000000+00:00", ["4001"])
    assert (second["joined_at"], second["user"]["bot"]) == ("2025-11-01T12:30:00.250000+00:00", True)


@pytest.mark.parametrize(
    ("how", "action"),
    [(Leaving.LEFT, None), (Leaving.KICKED, 20), (Leaving.PRUNED, 21), (Leaving.BANNED, 22)],
)
async def test_every_way_to_go_is_the_same_removal_and_only_the_audit_log_differs(sandbox, bot, how, action):
    sandbox.voice(5003, VOICE)
    sandbox.member_leaves(5003, how)
    sandbox.dispatch_raw("END", {})
    await bot.sees("END")
    assert bot.names().count("GUILD_MEMBER_REMOVE") == 1
    assert bot.names().count("VOICE_STATE_UPDATE") == 1, "the removal alone ends the stay"
    actions = [data["action_type"] for name, data in bot.seen if name == "GUILD_AUDIT_LOG_ENTRY_CREATE"]
    assert actions == ([action] if action else [])


async def test_a_stay_keeps_its_voice_session_while_its_person_moves(sandbox, bot):
    sandbox.voice(5001, VOICE)
    sandbox.voice(5001, OTHER_VOICE, self_deaf=True)
    sandbox.voice(5001, None)
    sandbox.voice(5001, VOICE)
    states = await bot.sees("VOICE_STATE_UPDATE", 4)
    assert [state["channel_id"] for state in states] == ["3001", "3002", None, "3001"]
    assert [state["self_deaf"] for state in states] == [False, True, True, False]
    sessions = [state["session_id"] for state in states]
    assert sessions[0] == sessions[1] == sessions[2] != sessions[3]


async def test_channels_roles_and_the_afk_channel_change(sandbox, bot):
    sandbox.put_channel(ChannelSeed(3050, "new", ChannelKind.VOICE))
    sandbox.put_channel(ChannelSeed(3050, "renamed", ChannelKind.VOICE))
    sandbox.put_role(RoleSeed(4050, "regular"))
    sandbox.put_role(RoleSeed(4050, "regular", Permission.VIEW_AUDIT_LOG))
    sandbox.set_afk_channel(3050)
    sandbox.delete_channel(3050)
    await bot.sees("CHANNEL_DELETE")
    assert bot.names()[-6:] == [
        "CHANNEL_CREATE",
        "CHANNEL_UPDATE",
        "GUILD_ROLE_CREATE",
        "GUILD_ROLE_UPDATE",
        "GUILD_UPDATE",
        "CHANNEL_DELETE",
    ]
    assert dict(bot.seen)["GUILD_UPDATE"]["afk_channel_id"] == "3050"


async def test_an_outage_takes_the_guild_away_and_brings_it_back_whole(sandbox, bot):
    sandbox.guild_goes_away()
    sandbox.voice(5001, VOICE)
    sandbox.guild_comes_back()
    (gone,) = await bot.sees("GUILD_DELETE")
    assert gone == {"id": "2000", "unavailable": True}
    created = await bot.sees("GUILD_CREATE", 2)
    assert [state["user_id"] for state in created[1]["voice_states"]] == ["5001"]
