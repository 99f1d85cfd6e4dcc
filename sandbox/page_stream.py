"""What the page is told: everything at once when somebody begins to look, then only what has changed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from sandbox.page_events import events_part, may_create
from sandbox.page_persona import TEXT_KINDS, Viewer
from sandbox.page_view import Json, channels_part, commands_part, voice_part, with_names
from sandbox.world import World

GATHERED_S = 0.05  # what changes together is shown together
CLOCK_S = 1.0  # how often the time is told while nothing happens: the sandbox's time may run fast


@dataclass
class Told:
    """What one open page knows already."""

    parts: dict[str, str] = field(default_factory=dict)  # by name, as JSON
    revisions: dict[int, tuple[str, int]] = field(default_factory=dict)  # message id → channel, edits


class Stream:
    """One open page. `fixed` is what never changes while it is open, `time` is told with all news."""

    def __init__(
        self, world: World, viewer: Viewer, fixed: Callable[[], Json], time: Callable[[], Json]
    ) -> None:
        self._world = world
        self._viewer = viewer
        self._fixed = fixed
        self._time = time
        self._told = Told()

    async def serve(self, request: web.Request, headers: Mapping[str, str]) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", **headers})
        await response.prepare(request)
        with suppress(ConnectionResetError):  # whoever looked has closed the page
            await self._tell(response)
        return response

    async def _tell(self, response: web.StreamResponse) -> None:
        changed = self._world.changed
        while True:
            seen = changed.count
            news = {**self._time(), **self.news()}
            await response.write(b"data: " + json.dumps(news).encode() + b"\n\n")
            if changed.count == seen:
                with suppress(TimeoutError):
                    async with asyncio.timeout(CLOCK_S):
                        await changed.wait()
            await asyncio.sleep(GATHERED_S)

    def news(self) -> Json:
        """The parts and messages that differ from what this page was told before."""
        guild, viewer = self._world.guild, self._viewer
        parts = {
            "server": self._fixed(),
            "channels": channels_part(guild, viewer),
            "voice": voice_part(guild, viewer),
            "events": events_part(guild, viewer),
            "may_create": may_create(viewer),
            "commands": commands_part(self._world, viewer),
        }
        return {**self._changed(parts), **self._messages()}

    def _changed(self, parts: Mapping[str, Any]) -> Json:
        encoded = {name: json.dumps(part) for name, part in parts.items()}
        news = {name: parts[name] for name in parts if self._told.parts.get(name) != encoded[name]}
        self._told.parts = encoded
        return news

    def _messages(self) -> Json:
        """New and edited messages of every channel that the viewer sees, and the ids of those gone."""
        told, now = self._told.revisions, {}
        put: dict[str, list[Json]] = {}
        for channel in self._viewer.channels(TEXT_KINDS):
            channel_id = str(channel.channel_id)
            for message in self._world.messages.in_channel(channel.channel_id, self._viewer.user_id):
                revision = now[message.message_id] = (channel_id, len(message.history))
                if told.get(message.message_id) != revision:
                    shown = with_names(self._world.guild, message.body)
                    put.setdefault(channel_id, []).append(shown)
        gone = [str(message_id) for message_id in told if message_id not in now]
        self._told.revisions = now
        return {**({"put": put} if put else {}), **({"gone": gone} if gone else {})}
