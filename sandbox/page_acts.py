"""What people do on the page. What cannot be done comes back as a sentence."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from aiohttp import web

from sandbox.command_book import resolve_path
from sandbox.discord import Sandbox
from sandbox.invocation import Invocation
from sandbox.page_asked import Complete, Press, RunCommand, Speak, asked
from sandbox.page_options import Option, Unfit, checked_options
from sandbox.page_persona import VOICE_KINDS, Viewer
from sandbox.permissions import Permission
from sandbox.seed import ChannelSeed

SILENT = "The application did not respond"
FAILED = "This interaction failed"
NOT_LOADED = "Loading options failed"


class Acts:
    """`persona_ids` are the only ones who can be acted for."""

    def __init__(self, sandbox: Sandbox, persona_ids: Collection[int]) -> None:
        self._sandbox = sandbox
        self._persona_ids = persona_ids

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/press", self.press),
            web.post("/command", self.command),
            web.post("/autocomplete", self.autocomplete),
            web.post("/voice", self.voice),
        ]

    def viewer(self, persona_id: int) -> Viewer:
        if persona_id not in self._persona_ids:
            raise web.HTTPForbidden(text="Nobody who can be played here")
        return Viewer(self._sandbox.world.guild, persona_id)

    # ---- commands and components
    async def press(self, request: web.Request) -> web.Response:
        wanted = await asked(request, Press)
        viewer = self.viewer(wanted.persona)
        message = self._sandbox.world.messages.find(wanted.message)
        if message is None or not viewer.sees(message.channel_id):
            return trouble(FAILED)
        return await self._acknowledged(
            lambda: self._sandbox.press(viewer.user_id, wanted.message, wanted.component, wanted.values)
        )

    async def command(self, request: web.Request) -> web.Response:
        wanted = await asked(request, RunCommand)
        viewer = self._viewer_in(wanted.persona, wanted.channel)
        try:
            registered = self._registered_options(wanted.command)
            options = checked_options(registered, wanted.options, self._sandbox.world.guild)
        except LookupError:
            return trouble("This command is not registered any more.")
        except Unfit as unfit:
            return web.json_response({"trouble": str(unfit), "option": unfit.option})
        return await self._acknowledged(
            lambda: self._sandbox.run_command(
                viewer.user_id, wanted.command, options, channel_id=wanted.channel
            )
        )

    async def autocomplete(self, request: web.Request) -> web.Response:
        wanted = await asked(request, Complete)
        viewer = self._viewer_in(wanted.persona, wanted.channel)
        try:
            invocation = self._sandbox.autocomplete(
                viewer.user_id,
                wanted.command,
                wanted.focused,
                wanted.typed,
                self._filled(wanted.command, wanted.options, wanted.focused),
                channel_id=wanted.channel,
            )
        except LookupError:
            return web.json_response({"choices": [], "trouble": NOT_LOADED})
        answered = await self._is_acknowledged(invocation) and invocation.choices is not None
        return web.json_response(
            {"choices": invocation.choices or [], "trouble": "" if answered else NOT_LOADED}
        )

    def _viewer_in(self, persona_id: int, channel_id: int) -> Viewer:
        viewer = self.viewer(persona_id)
        if not viewer.sees(channel_id):
            raise web.HTTPForbidden(text="They do not see that channel")
        return viewer

    def _registered_options(self, command: str) -> list[Option]:
        name, *words = command.split() or [""]
        found = self._sandbox.world.commands.named(name, self._sandbox.world.guild.guild_id)
        if found is None:
            raise LookupError(command)
        path = resolve_path(found[1], words)
        return list((path[-1] if path else found[1]).get("options") or ())

    def _filled(self, command: str, options: Mapping[str, Any], focused: str) -> dict[str, Any]:
        """The other options as far as they are filled in and fit; Discord sends no half-typed ones either."""
        fitting: dict[str, Any] = {}
        for option in self._registered_options(command):
            name = option["name"]
            if name == focused or name not in options:
                continue
            try:
                lone = {**option, "required": False}
                fitting |= checked_options([lone], {name: options[name]}, self._sandbox.world.guild)
            except Unfit:
                continue
        return fitting

    async def _acknowledged(self, start: Callable[[], Invocation]) -> web.Response:
        """Start an interaction. Once it is acknowledged its messages tell the rest, "thinking" included."""
        try:
            invocation = start()
        except LookupError:
            return trouble(FAILED)
        return trouble("" if await self._is_acknowledged(invocation) else SILENT)

    async def _is_acknowledged(self, invocation: Invocation) -> bool:
        within_s = self._sandbox.world.limits.acknowledge_within_s
        try:
            await self._sandbox.changed.until(lambda: invocation.acknowledged_after_s is not None, within_s)
        except TimeoutError:
            return False
        return True

    # ---- voice
    async def voice(self, request: web.Request) -> web.Response:
        wanted = await asked(request, Speak)
        viewer = self.viewer(wanted.persona)
        guild = self._sandbox.world.guild
        if wanted.channel is None:
            if viewer.user_id in guild.voice:
                self._sandbox.voice(viewer.user_id, None)
            return trouble("")
        if (channel := self._voice_channel(wanted.channel)) is None or not viewer.sees(wanted.channel):
            raise web.HTTPForbidden(text="They do not see that channel")
        if not viewer.may(Permission.CONNECT, channel):
            return trouble("You do not have permission to join this channel.")
        self._sandbox.voice(viewer.user_id, wanted.channel, self_mute=wanted.mute, self_deaf=wanted.deaf)
        return trouble("")

    def _voice_channel(self, channel_id: int) -> ChannelSeed | None:
        channel = self._sandbox.world.guild.channels.get(channel_id)
        return channel if channel is not None and channel.kind in VOICE_KINDS else None


def trouble(sentence: str) -> web.Response:
    """The answer to every doing: empty where all went well."""
    return web.json_response({"trouble": sentence})
