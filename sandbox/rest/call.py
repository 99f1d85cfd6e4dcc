"""One request, decoded, as a resource's function sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.attachments import UploadedFile
from sandbox.checks.form import Form
from sandbox.permissions import Permission
from sandbox.refusals import Refusal, Refused
from sandbox.seed import ChannelSeed
from sandbox.world import World

NO_CONTENT = None


@dataclass
class Call:
    world: World
    params: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    files: Sequence[UploadedFile] = ()
    host: str = ""

    def mapping(self) -> dict[str, Any]:
        """The body where an object is needed; an absent one counts as empty."""
        body: dict[str, Any] = self._body_of({}, dict)
        return body

    def listing(self) -> list[Any]:
        body: list[Any] = self._body_of([], list)
        return body

    def _body_of(self, absent: Any, wanted: type) -> Any:
        if self.body is None:
            return absent
        if not isinstance(self.body, wanted):
            form = Form()
            form.wrong((), "MODEL_TYPE_CONVERT", f"Only a JSON {wanted.__name__} is taken here")
            form.refuse_if_wrong()
        return self.body

    def id(self, name: str) -> int:
        """A snowflake of the path."""
        form = Form()
        form.snowflake((name,), self.params[name])
        form.refuse_if_wrong()
        return int(self.params[name])

    def number(self, name: str, default: int, *, least: int, most: int) -> int:
        """A whole number of the query."""
        text = self.query.get(name)
        if text is None:
            return default
        form = Form()
        value = int(text) if text.isdigit() else None
        if value is None:
            form.wrong((name,), "NUMBER_TYPE_COERCE", f'Value "{text}" is not int.')
        form.number((name,), value, least=least, most=most)
        form.refuse_if_wrong()
        return value or 0

    def flag(self, name: str) -> bool:
        """A boolean of the query. Source: Reference, "Boolean Query Strings"."""
        return self.query.get(name, "").lower() in ("true", "1")

    # ---- what nearly every resource asks first
    def check_guild(self) -> None:
        if self.id("guild_id") != self.world.guild.guild_id:
            raise Refused(Refusal.UNKNOWN_GUILD)

    def check_application(self) -> None:
        if self.id("application_id") != self.world.application.application_id:
            raise Refused(Refusal.MISSING_ACCESS)

    def channel(self, *needed: Permission) -> ChannelSeed:
        """The path's channel, if the bot may see it and has all of `needed` there."""
        channel = self.world.guild.channels.get(self.id("channel_id"))
        if channel is None:
            raise Refused(Refusal.UNKNOWN_CHANNEL)
        if not self.world.guild.bot_may(Permission.VIEW_CHANNEL, channel):
            raise Refused(Refusal.MISSING_ACCESS)
        for permission in needed:
            if not self.world.guild.bot_may(permission, channel):
                raise Refused(Refusal.MISSING_PERMISSIONS)
        return channel


Answer = Any
Handler = Callable[[Call], Answer]
Route = tuple[str, str, Handler]
