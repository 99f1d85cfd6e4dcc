"""What `insights doctor` makes of Discord's answers, whatever they are: no tick for what nobody looked at."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from interactions.models.discord.enums import ApplicationFlags, ChannelType, Permissions

from bot.config import Settings
from bot.doctor.discord import discord_findings
from bot.doctor.finding import Finding, State

GUILD, BOT, DIGEST = 2000, 1000, 3000
README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
ME, APPLICATION = "/users/@me", "/applications/@me"
SERVER, MEMBER, CHANNEL = f"/guilds/{GUILD}", f"/guilds/{GUILD}/members/{BOT}", f"/channels/{DIGEST}"
EVERYBODYS = {"id": str(GUILD), "permissions": str(int(Permissions.ALL))}
ALL_WELL: dict[str, dict[str, Any]] = {
    ME: {"id": str(BOT), "username": "insights"},
    APPLICATION: {"flags": int(ApplicationFlags.GATEWAY_GUILD_MEMBERS)},
    SERVER: {"id": str(GUILD), "name": "Club", "owner_id": "1", "roles": [EVERYBODYS]},
    MEMBER: {"roles": []},
    CHANNEL: {"id": str(DIGEST), "guild_id": str(GUILD), "type": 0, "permission_overwrites": []},
}
ABOUT = {ME: "Discord", APPLICATION: "Intents", SERVER: "Server", MEMBER: "Server", CHANNEL: "Digest"}
BODIES = {
    "nothing": b"",
    "object": b"{}",
    "list": b"[]",
    "null": b"null",
    "page": b"<html>Bad gateway</html>",
}

Examine = Callable[..., Awaitable[dict[str, Finding]]]


class Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@pytest.fixture
async def examine() -> Examine:
    """Findings beside a Discord that answers one path in its own way."""

    async def examined(path: str, status: int, body: bytes) -> dict[str, Finding]:
        async def answer(request: web.Request) -> web.Response:
            if request.path == path:
                return web.Response(status=status, body=body, content_type="application/json")
            return web.json_response(ALL_WELL[request.path])

        app = web.Application()
        app.router.add_get("/{path:.*}", answer)
        settings = Settings.model_validate(
            {"community": {"guild_id": GUILD}, "digest": {"weekly": {"channel_id": DIGEST}}}
        )
        async with TestServer(app) as server:
            found = await discord_findings(str(server.make_url("")).rstrip("/"), "token", settings, Clock())
        return {finding.about: finding for finding in found}

    return examined


async def test_where_all_is_answered_all_is_ticked(examine):
    found = await examine(CHANNEL, 200, json.dumps(ALL_WELL[CHANNEL]).encode())
    assert {finding.state for finding in found.values()} == {State.WELL}
    assert found.keys() == {"Token", "Clock", "Intents", "Server", "Permissions", "Digest"}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 502, 503])
@pytest.mark.parametrize("path", ALL_WELL)
async def test_what_was_refused_is_no_tick_whatever_stands_in_the_answer(examine, path, status, body):
    found = await examine(path, status, body)
    about = "Token" if (path, status) == (ME, 401) else ABOUT[path]
    assert found[about].state is (State.UNKNOWN if path == APPLICATION else State.ILL)
    assert found[about].do or path == APPLICATION


@pytest.mark.parametrize("body", [BODIES["nothing"], BODIES["page"], BODIES["list"]])
@pytest.mark.parametrize("path", ALL_WELL)
async def test_an_answer_that_is_not_discords_is_no_tick_either(examine, path, body):
    found = await examine(path, 200, body)
    assert found[ABOUT[path]].state is (State.UNKNOWN if path == APPLICATION else State.ILL)


async def test_a_status_is_named_and_what_was_found_before_it_still_told(examine):
    found = await examine(CHANNEL, 429, BODIES["page"])
    assert found["Digest"].said == "Discord answers with status 429."
    assert found["Permissions"].state is State.WELL


@pytest.mark.parametrize("kind", ChannelType)
async def test_only_a_channel_in_which_can_be_posted_is_ticked(examine, kind):
    found = await examine(CHANNEL, 200, json.dumps(ALL_WELL[CHANNEL] | {"type": int(kind)}).encode())
    has_messages = kind.voice or kind.name.endswith(("TEXT", "NEWS", "THREAD"))
    assert found["Digest"].state is (State.WELL if has_messages else State.ILL)


async def test_a_channel_of_another_server_is_told(examine):
    found = await examine(CHANNEL, 200, json.dumps(ALL_WELL[CHANNEL] | {"guild_id": "9"}).encode())
    assert found["Digest"].said == "The server has no such channel."


async def test_it_names_a_section_that_the_readme_has(examine):
    found = await examine(SERVER, 404, BODIES["object"])
    (section,) = re.findall("README, “(.+?)”", found["Server"].do)
    assert f"\n## {section}\n" in README
