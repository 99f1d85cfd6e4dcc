"""A sandbox with a small guild, and plain interactions.py clients that run against it."""

from __future__ import annotations

import asyncio
import copy
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import interactions
import pytest
from interactions.api.gateway.gateway import GatewayClient
from interactions.api.http.http_client import HTTPClient

from sandbox.changes import Changes
from sandbox.discord import Sandbox
from sandbox.permissions import Permission
from sandbox.seed import ChannelKind, ChannelSeed, GuildSeed, MemberSeed, RoleSeed

GUILD, OWNER, STAFF = 2000, 5000, 4001
TEXT, VOICE, OTHER_VOICE = 3000, 3001, 3002
FOUNDED = datetime(2025, 1, 1, tzinfo=UTC)
INTENTS = (
    interactions.Intents.GUILDS
    | interactions.Intents.GUILD_MEMBERS
    | interactions.Intents.GUILD_VOICE_STATES
    | interactions.Intents.GUILD_MESSAGES
)


class SettableClock:
    """A clock that moves when it is told to."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> None:
        self.moment += timedelta(**by)


class SettableSeconds:
    """A monotonic clock that only moves when it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class LocalHTTP(HTTPClient):
    """Sends this client's requests to a base of its own."""

    def __init__(self, base: str) -> None:
        super().__init__(logger=logging.getLogger("sandbox-client"))
        self._base = base

    async def request(self, route: Any, *args: Any, **kwargs: Any) -> Any:
        route.BASE = self._base
        return await super().request(route, *args, **kwargs)


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(datetime(2025, 11, 17, 8, tzinfo=UTC))


@pytest.fixture
def seconds() -> SettableSeconds:
    return SettableSeconds()


@pytest.fixture
def seed() -> GuildSeed:
    return GuildSeed(
        guild_id=GUILD,
        owner_id=OWNER,
        created_at=FOUNDED,
        roles=[RoleSeed(STAFF, "staff", Permission.MANAGE_GUILD)],
        channels=[
            ChannelSeed(TEXT, "general"),
            ChannelSeed(VOICE, "lobby", ChannelKind.VOICE),
            ChannelSeed(OTHER_VOICE, "arena", ChannelKind.VOICE),
        ],
        members=[MemberSeed(OWNER + k, FOUNDED, roles=[STAFF] if k == 0 else []) for k in range(20)],
    )


@pytest.fixture
async def start(seed: GuildSeed, clock: SettableClock) -> AsyncIterator[Callable[..., Awaitable[Sandbox]]]:
    """Starts sandboxes; any keyword of Sandbox.start, and `guild` for another seed."""
    running: list[Sandbox] = []

    async def start_one(guild: GuildSeed = seed, **options: Any) -> Sandbox:
        running.append(await Sandbox.start(guild, clock=clock, **options))
        return running[-1]

    yield start_one
    for sandbox in running:
        await sandbox.stop()


@pytest.fixture
async def sandbox(start: Callable[..., Awaitable[Sandbox]]) -> Sandbox:
    return await start()


class Subcommand(interactions.SlashCommand):
    """Without the two keys that the library writes into a subcommand and Discord knows on commands only."""

    def to_dict(self) -> dict[str, Any]:
        shape: dict[str, Any] = super().to_dict()
        return {key: value for key, value in shape.items() if key not in ("contexts", "integration_types")}


@pytest.fixture
def health() -> Callable[..., interactions.SlashCommand]:
    """Makes "/insights health" with an answer of its own."""

    def command(answer: Callable[..., Awaitable[Any]], options: list[Any] | None = None) -> Subcommand:
        return Subcommand(
            name="insights",
            description="What happens here",
            sub_cmd_name="health",
            sub_cmd_description="This week",
            options=options or [],
            callback=answer,
        )

    return command


class HookedGateway(GatewayClient):
    """Shows each dispatch as it arrived, before the library's processors change it."""

    async def dispatch_event(self, data: Any, seq: int, event: str) -> None:
        self.state.client.seen.append((event, copy.deepcopy(data)))
        self.state.client.arrived.notify()
        await super().dispatch_event(data, seq, event)


class Bot(interactions.Client):
    """The library's client as it is, with the dispatches that its gateway received."""

    def __init__(self, sandbox: Sandbox, **options: Any) -> None:
        logger = logging.getLogger("sandbox-client")
        logger.setLevel(logging.CRITICAL)
        super().__init__(send_command_tracebacks=False, logger=logger, **{"intents": INTENTS, **options})
        self.http = LocalHTTP(sandbox.api_url)
        self.seen: list[tuple[str, Any]] = []
        self.arrived = Changes()
        self.started: asyncio.Task[None] | None = None

    def names(self) -> list[str]:
        return [name for name, _ in self.seen]

    async def sees(self, name: str, times: int = 1) -> list[Any]:
        """Wait until dispatches of that name have come; their data."""
        await self.arrived.until(lambda: self.names().count(name) >= times)
        return [data for seen, data in self.seen if seen == name]


@pytest.fixture
async def connect(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[..., Awaitable[Bot]]]:
    """Logs clients in; `setup(bot)` may add commands and listeners before."""
    monkeypatch.setattr(interactions.api.gateway.state, "GatewayClient", HookedGateway)
    bots: list[Bot] = []

    async def connect_one(
        sandbox: Sandbox, setup: Callable[[Bot], None] | None = None, *, ready: bool = True, **options: Any
    ) -> Bot:
        bot = Bot(sandbox, **options)
        bots.append(bot)
        if setup:
            setup(bot)
        bot.started = asyncio.create_task(bot.astart(sandbox.token))
        if ready:
            async with asyncio.timeout(30):
                await bot.wait_until_ready()
        return bot

    yield connect_one
    for bot in bots:
        if bot.started is not None:
            bot.started.cancel()
            await asyncio.gather(bot.started, return_exceptions=True)


Asked = tuple[int, Any]


@pytest.fixture
async def ask() -> AsyncIterator[Callable[..., Awaitable[Asked]]]:
    """A bare request with the bot's token: (status, decoded body)."""
    async with aiohttp.ClientSession() as session:

        async def ask_one(
            sandbox: Sandbox, method: str, path: str, body: Any = None, **options: Any
        ) -> Asked:
            headers = {"Authorization": f"Bot {sandbox.token}"} | options.pop("headers", {})
            given = {"json": body} if body is not None else {}
            url = sandbox.api_url + path
            async with session.request(method, url, headers=headers, **given, **options) as response:
                return response.status, await response.json() if response.status != 204 else None

        yield ask_one


class Line:
    """A bare gateway connection, for what the library never sends."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self.sequence: int | None = None

    async def send(self, code: int, data: Any = None) -> None:
        await self._socket.send_json({"op": code, "d": data})

    async def send_text(self, text: str) -> None:
        await self._socket.send_str(text)

    async def next(self, timeout_s: float = 30) -> dict[str, Any]:
        """The next payload; ConnectionError with the close code once the gateway has hung up."""
        frame = await self._socket.receive(timeout_s)
        if frame.type is not aiohttp.WSMsgType.TEXT:
            raise ConnectionError(self._socket.close_code)
        payload: dict[str, Any] = json.loads(frame.data)
        self.sequence = payload["s"] or self.sequence
        return payload

    async def dispatched(self, name: str) -> Any:
        """The data of the next dispatch of that name."""
        while (payload := await self.next())["t"] != name:
            assert payload["op"] == 0, payload
        return payload["d"]

    async def identify(self, sandbox: Sandbox, intents: int = int(INTENTS), **more: Any) -> Any:
        """READY's data, with GUILD_CREATE still to come."""
        assert (await self.next())["op"] == 10
        await self.send(2, {"token": sandbox.token, "intents": intents, "properties": {}, **more})
        return await self.dispatched("READY")

    async def resume(self, sandbox: Sandbox, session_id: str, sequence: int | None) -> None:
        assert (await self.next())["op"] == 10
        await self.send(6, {"token": sandbox.token, "session_id": session_id, "seq": sequence})

    async def close(self, code: int = 4000) -> None:
        await self._socket.close(code=code)

    async def closed_with(self) -> int | None:
        """The code with which the gateway hangs up."""
        try:
            while True:
                await self.next()
        except ConnectionError:
            return self._socket.close_code


@pytest.fixture
async def dial() -> AsyncIterator[Callable[..., Awaitable[Line]]]:
    """Opens bare gateway connections."""
    async with aiohttp.ClientSession() as session:

        async def dial_one(
            sandbox: Sandbox, query: str = "v=10&encoding=json", path: str = "gateway"
        ) -> Line:
            base = sandbox.api_url.removesuffix("/api/v10")
            return Line(await session.ws_connect(f"{base}/{path}?{query}"))

        yield dial_one
