"""A local Discord: one guild, one application, real HTTP and a real websocket."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from typing import Any, Self

from aiohttp import web

from sandbox.changes import Changes
from sandbox.connection import Connection
from sandbox.faults import Faults
from sandbox.intents import PRIVILEGED, Intent
from sandbox.limits import Limits
from sandbox.moments import Clock
from sandbox.organizing import Organizing
from sandbox.other_bots import OtherBots
from sandbox.people import People
from sandbox.requests import RecordedRequest, RequestRecord
from sandbox.rest.server import BASE, UPLOAD_BYTES, RestServer
from sandbox.seed import GuildSeed
from sandbox.usage import Usage
from sandbox.world import World

HOST = "127.0.0.1"
RECORDED_TO = "SANDBOX_REQUESTS"
DEFAULT_TOKEN = "sandbox.token"  # noqa: S105 - no secret: it opens this local stand-in only


class Sandbox(People, OtherBots, Organizing, Usage):
    """Start one with `await Sandbox.start(seed, clock=…)`; the bot is pointed at `api_url` with `token`."""

    def __init__(self, world: World, faults: Faults, record: RequestRecord) -> None:
        self.world = world
        self.faults = faults
        self._record = record
        self._runner: web.AppRunner | None = None
        self._base_url = ""

    @classmethod
    async def start(
        cls,
        guild: GuildSeed,
        *,
        clock: Clock,
        port: int = 0,
        token: str = DEFAULT_TOKEN,
        privileged: Intent = PRIVILEGED,
        shards_required: int = 1,
        limits: Limits | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        entropy: random.Random | None = None,
        keep_requests: bool = True,
    ) -> Self:
        """A running sandbox.

        `clock` gives snowflakes and timestamps; deadlines (3 s, 15 min, rate limits) follow `monotonic`.
        `entropy` makes session ids and tokens; give a seeded one where they have to repeat.
        `keep_requests=False` keeps this sandbox's requests out of the folder that $SANDBOX_REQUESTS names:
        for tests that send wrong ones on purpose.
        """
        limits, entropy = limits or Limits(), entropy or random.SystemRandom()
        world = World.of(
            guild,
            token=token,
            privileged=privileged,
            shards_required=shards_required,
            clock=clock,
            monotonic=monotonic,
            entropy=entropy,
            limits=limits,
        )
        record = RequestRecord(os.environ.get(RECORDED_TO) if keep_requests else None)
        sandbox = cls(world, Faults(world.gateway, monotonic), record)
        await sandbox._listen(port)
        return sandbox

    async def _listen(self, port: int) -> None:
        app = web.Application(client_max_size=UPLOAD_BYTES)
        app.add_routes(RestServer(self.world, self.faults, self._record).routes())
        app.add_routes(
            [
                web.get("/gateway", self._connect),
                web.get("/resume", self._connect),
                web.get("/attachments/{channel_id}/{attachment_id}/{filename}", self._download),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, port).start()
        self._base_url = f"http://{HOST}:{self._runner.addresses[0][1]}"
        self.world.attachments.base_url = self._base_url

    async def stop(self) -> None:
        self.faults.drop()
        if self._runner is not None:
            await self._runner.cleanup()

    # ---- for the bot
    @property
    def api_url(self) -> str:
        return self._base_url + BASE

    @property
    def token(self) -> str:
        return self.world.application.token

    # ---- for whoever looks on
    @property
    def requests(self) -> list[RecordedRequest]:
        """Everything that the bot asked of the REST side, in order."""
        return self._record.requests

    @property
    def changed(self) -> Changes:
        return self.world.changed

    def messages(self, channel_id: int | str, seen_by: int | None = None) -> list[dict[str, Any]]:
        """A channel's message objects, newest last; ephemeral ones only for the person who sees them."""
        return [dict(m.body) for m in self.world.messages.in_channel(int(channel_id), seen_by)]

    def attachment(self, attachment_id: int | str) -> tuple[bytes, str]:
        """An uploaded file's bytes and content type. KeyError where there is none."""
        return self.world.attachments.content(int(attachment_id))

    async def connected(self, timeout_s: float = 30.0) -> None:
        """Wait until a client has a session on the gateway."""
        gateway = self.world.gateway
        await self.changed.until(lambda: any(True for _ in gateway.connected()), timeout_s)

    async def commands_synced(self, timeout_s: float = 30.0) -> None:
        """Wait until the application has registered commands."""
        commands, guild_id = self.world.commands, self.world.guild.guild_id
        await self.changed.until(lambda: bool(commands.all(0) or commands.all(guild_id)), timeout_s)

    # ---- served beside the REST side
    async def _connect(self, request: web.Request) -> web.StreamResponse:
        if self.faults.refusing:
            if request.transport is not None:
                request.transport.close()
            return web.Response(status=503)
        return await Connection(self.world, self.faults, request).serve()

    async def _download(self, request: web.Request) -> web.StreamResponse:
        try:
            content, content_type = self.attachment(request.match_info["attachment_id"])
        except (KeyError, ValueError):
            return web.Response(status=404)
        return web.Response(body=content, headers={"Content-Type": content_type})
