"""A page that shows the sandbox's server as Discord would, for a few of its people to look at and act in.

Nothing of it comes from elsewhere. Who is played comes with each request; only the given personas can be.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from sandbox.discord import Sandbox
from sandbox.page_acts import Acts
from sandbox.page_event_acts import EventActs
from sandbox.page_persona import Persona
from sandbox.page_recording import Recording
from sandbox.page_stream import Stream
from sandbox.page_view import Json, people
from storage.trouble import WarehouseUnavailable

PAGE = Path(__file__).parent / "page"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
ONLY_FROM_HERE = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class PageUnavailable(Exception):
    """Its text is one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What the page shows besides the sandbox's own state."""

    personas: Sequence[Persona]
    home_id: int  # the text channel that is shown first
    zone: str | None
    waiting: str
    now: Callable[[], datetime]
    is_quick: Callable[[], bool]
    recording: Recording | None


async def serve(
    sandbox: Sandbox,
    personas: Sequence[Persona],
    channel_id: int,
    host: str = "127.0.0.1",
    port: int = 8080,
    *,
    zone: str | None = None,
    waiting: str = "The first digest appears here by itself.",
    now: Callable[[], datetime] | None = None,
    is_quick: Callable[[], bool] = lambda: False,
    recording: Recording | None = None,
) -> web.AppRunner:
    """Serve the page until the runner's `cleanup`. Raises PageUnavailable.

    The page begins in `channel_id` as the first of `personas`, and can be switched to the others. Times are
    shown in `zone` (without one in the browser's) and against `now` (without one the sandbox's clock), marked
    while time `is_quick`.
    `recording` is asked about once a second, by each open page that shows what is recorded.
    """
    now = now or sandbox.world.clock.now
    setting = Setting(personas, channel_id, zone, waiting, now, is_quick, recording)
    runner = web.AppRunner(Page(sandbox, setting).application(), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        raise PageUnavailable(
            f"The page cannot be served on http://{host}:{port} ({error.strerror}): choose another port."
        ) from error
    return runner


class Page:
    def __init__(self, sandbox: Sandbox, setting: Setting) -> None:
        self._sandbox = sandbox
        self._setting = setting
        self._looking: set[asyncio.Task[Any]] = set()
        self._acts = Acts(sandbox, frozenset(persona.user_id for persona in setting.personas))

    def application(self) -> web.Application:
        app = web.Application(middlewares=[_guarded])
        app.on_shutdown.append(self._end_streams)
        app.add_routes(
            [
                web.get("/", _page_file),
                web.get("/page/{name}", _page_file),
                web.get("/attachments/{attachment_id}/{filename}", self._attachment),
                web.get("/stream", self._stream),
                web.get("/people", self._people),
                web.get("/recording", self._recording),
                *self._acts.routes(),
                *EventActs(self._sandbox, self._acts.viewer).routes(),
            ]
        )
        return app

    async def _attachment(self, request: web.Request) -> web.Response:
        try:
            content, content_type = self._sandbox.attachment(int(request.match_info["attachment_id"]))
        except (KeyError, ValueError) as error:
            raise web.HTTPNotFound from error
        return web.Response(body=content, headers={"Content-Type": content_type})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events. Without a persona the first one looks."""
        viewer = self._acts.viewer(self._persona_id(request))
        stream = Stream(self._sandbox.world, viewer, lambda: self._server(viewer.user_id), self._time)
        looking = asyncio.ensure_future(stream.serve(request, ONLY_FROM_HERE))
        self._looking.add(looking)
        looking.add_done_callback(self._looking.discard)
        return await looking

    async def _end_streams(self, _app: web.Application) -> None:
        """They never end by themselves, and whoever stops the page need not wait for them."""
        for looking in list(self._looking):
            looking.cancel()

    async def _people(self, request: web.Request) -> web.Response:
        self._acts.viewer(self._persona_id(request))
        return web.json_response(people(self._sandbox.world.guild, request.query.get("typed", "")))

    async def _recording(self, request: web.Request) -> web.Response:
        self._acts.viewer(self._persona_id(request))
        if self._setting.recording is None:
            raise web.HTTPNotFound
        try:
            recorded = await self._setting.recording()
        except WarehouseUnavailable:
            return web.json_response(None)  # the panel goes on showing what it showed
        return web.json_response(recorded.shown())

    def _time(self) -> Json:
        return {"now": self._setting.now().isoformat(), "quick": self._setting.is_quick()}

    def _persona_id(self, request: web.Request) -> int:
        first = str(self._setting.personas[0].user_id)
        try:
            return int(request.query.get("persona", first))
        except ValueError as error:
            raise web.HTTPBadRequest(text="A persona is named by a number") from error

    def _server(self, viewer_id: int) -> Json:
        guild, setting = self._sandbox.world.guild, self._setting
        return {
            "name": guild.name,
            "you": str(viewer_id),
            "personas": [
                {"id": str(p.user_id), "name": guild.user(p.user_id).name, "role": p.role}
                for p in setting.personas
            ],
            "bot": guild.bot.user.name,
            "home": str(setting.home_id),
            "zone": setting.zone,
            "waiting": setting.waiting,
            "recording": setting.recording is not None,
        }


async def _page_file(request: web.Request) -> web.Response:
    files = {file.name: file for file in PAGE.iterdir()}
    file = files.get(request.match_info.get("name", "index.html"))
    if file is None:
        raise web.HTTPNotFound
    return web.Response(body=file.read_bytes(), content_type=TYPES[file.suffix], charset="utf-8")


@web.middleware
async def _guarded(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    response = await handler(request)
    if not response.prepared:
        response.headers.update(ONLY_FROM_HERE)
    return response
