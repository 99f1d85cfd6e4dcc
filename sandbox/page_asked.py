"""What the page asks for, decoded; ids are strings there, because JavaScript's numbers are too short."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

import msgspec
from aiohttp import web

# As far as JavaScript counts exactly: nothing that the page sends is larger.
Whole = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
Asked = TypeVar("Asked", bound=msgspec.Struct)


class Press(msgspec.Struct):
    persona: int
    message: int
    component: str
    values: list[str] = []


class RunCommand(msgspec.Struct):
    persona: int
    channel: int
    command: str
    options: dict[str, Any] = {}


class Complete(msgspec.Struct):
    persona: int
    channel: int
    command: str
    focused: str
    typed: str
    options: dict[str, Any] = {}


class Speak(msgspec.Struct):
    """Sit in a voice channel (None: leave), muted or deafened or not."""

    persona: int
    channel: int | None
    mute: bool = False
    deaf: bool = False


class CreateEvent(msgspec.Struct):
    persona: int
    title: str
    channel: int
    minutes: Whole
    weekly: bool = False


class ChangeEvent(msgspec.Struct):
    persona: int
    event: int
    action: Literal["start", "end", "cancel", "cancel_once", "interested", "not_interested"]


async def asked(request: web.Request, kind: type[Asked]) -> Asked:
    """JSON only: another site's form cannot send that type, so it cannot do anything here."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    try:
        return msgspec.json.decode(await request.read(), type=kind, strict=False)
    except msgspec.MsgspecError as error:
        raise web.HTTPBadRequest(text=f"The body does not fit: {error}") from error
