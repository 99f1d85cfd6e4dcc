"""A plain web page that shows one channel as Discord would, while it changes.

It reads from a sandbox and acts for one person there. Nothing of it comes from elsewhere.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from aiohttp import web

from sandbox.invocation import Unanswered

PAGE = Path(__file__).parent / "page"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
ONLY_FROM_HERE = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
KEEP_ALIVE_S = 15.0
GATHERED_S = 0.05  # what changes together is shown together


class PageUnavailable(Exception):
    """Its text is one sentence that says what to do."""


class Changing(Protocol):
    count: int

    async def wait(self) -> None: ...


class Answering(Protocol):
    async def settled(self, timeout_s: float = ...) -> object: ...


class Shown(Protocol):
    """What the page needs of a sandbox."""

    @property
    def changed(self) -> Changing: ...

    def messages(self, channel_id: int, seen_by: int | None = None) -> list[dict[str, Any]]: ...

    def attachment(self, attachment_id: int) -> tuple[bytes, str]: ...

    def press(self, user_id: int, message_id: int, custom_id: str) -> Answering: ...

    def run_command(
        self,
        user_id: int,
        command: str,
        options: Mapping[str, Any] | None = None,
        *,
        channel_id: int | None = None,
    ) -> Answering: ...


@dataclass(frozen=True, slots=True)
class View:
    """What is shown, and to whom. Without a `viewer_id` nothing can be pressed."""

    channel_id: int
    name: str
    viewer_id: int | None
    zone: str | None
    commands: tuple[str, ...]
    waiting: str
    now: Callable[[], datetime] | None


async def serve(
    sandbox: Shown,
    channel_id: int,
    host: str = "127.0.0.1",
    port: int = 8080,
    *,
    channel_name: str = "leadership",
    viewer_id: int | None = None,
    zone: str | None = None,
    commands: Sequence[str] = (),
    waiting: str = "The first digest appears here by itself.",
    now: Callable[[], datetime] | None = None,
) -> web.AppRunner:
    """Serve the page until the runner's `cleanup`. Raises PageUnavailable.

    The viewer sees their own ephemeral answers, presses buttons and runs `commands`. Times are shown in
    `zone` and against `now`; without them the browser's.
    """
    view = View(channel_id, channel_name, viewer_id, zone, tuple(commands), waiting, now)
    runner = web.AppRunner(Page(sandbox, view).application(), access_log=None, shutdown_timeout=0.5)
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
    def __init__(self, sandbox: Shown, view: View) -> None:
        self._sandbox = sandbox
        self._view = view

    def application(self) -> web.Application:
        app = web.Application(middlewares=[_guarded])
        app.add_routes(
            [
                web.get("/", _page_file),
                web.get("/page/{name}", _page_file),
                web.get("/attachments/{attachment_id}/{filename}", self._attachment),
                web.get("/events", self._events),
                web.post("/press", self._press),
                web.post("/command", self._command),
            ]
        )
        return app

    async def _attachment(self, request: web.Request) -> web.Response:
        try:
            content, content_type = self._sandbox.attachment(int(request.match_info["attachment_id"]))
        except (KeyError, ValueError) as error:
            raise web.HTTPNotFound from error
        return web.Response(body=content, headers={"Content-Type": content_type})

    # ---- the channel as it changes
    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: the whole channel, at once and whenever it has changed."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", **ONLY_FROM_HERE})
        await response.prepare(request)
        with suppress(ConnectionResetError):  # whoever looked has closed the page
            await self._tell_changes(response)
        return response

    async def _tell_changes(self, response: web.StreamResponse) -> None:
        sent, changed = "", self._sandbox.changed
        while True:
            seen, channel = changed.count, self._channel()
            state = json.dumps(channel)
            now = self._view.now() if self._view.now else None
            if state != sent:
                stamped = json.dumps(channel | {"now": now.isoformat() if now else None})
                await response.write(f"data: {stamped}\n\n".encode())
                sent = state
            if changed.count == seen:
                await _change_or_keep_alive(changed, response)
            await asyncio.sleep(GATHERED_S)

    def _channel(self) -> dict[str, Any]:
        view = self._view
        return {
            "name": view.name,
            "zone": view.zone,
            "can_act": view.viewer_id is not None,
            "commands": view.commands,
            "waiting": view.waiting,
            "messages": self._sandbox.messages(view.channel_id, view.viewer_id),
        }

    # ---- what the viewer does
    async def _press(self, request: web.Request) -> web.Response:
        message_id, custom_id = await _asked(request, "message_id", "custom_id")
        return await self._act(lambda viewer: self._sandbox.press(viewer, int(message_id), custom_id))

    async def _command(self, request: web.Request) -> web.Response:
        (command,) = await _asked(request, "command")
        if command not in self._view.commands:
            raise web.HTTPNotFound
        channel_id = self._view.channel_id
        return await self._act(
            lambda viewer: self._sandbox.run_command(viewer, command, channel_id=channel_id)
        )

    async def _act(self, action: Callable[[int], Answering]) -> web.Response:
        """Act for the viewer; what went wrong comes back in Discord's words."""
        if self._view.viewer_id is None:
            raise web.HTTPForbidden
        try:
            await action(self._view.viewer_id).settled()
        except (Unanswered, TimeoutError):
            return web.json_response({"trouble": "The application did not respond"})
        except LookupError as error:
            return web.json_response({"trouble": f"This interaction failed: {error.args[0]}"})
        return web.json_response({"trouble": ""})


async def _change_or_keep_alive(changed: Changing, response: web.StreamResponse) -> None:
    try:
        async with asyncio.timeout(KEEP_ALIVE_S):
            await changed.wait()
    except TimeoutError:
        await response.write(b": still here\n\n")


async def _asked(request: web.Request, *names: str) -> list[str]:
    """JSON only: another site's form cannot send that type, so it cannot press anything here."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    try:
        asked = await request.json()
        return [str(asked[name]) for name in names]
    except (ValueError, KeyError, TypeError) as error:
        raise web.HTTPBadRequest(text=f"The body must be a JSON object with {', '.join(names)}") from error


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
