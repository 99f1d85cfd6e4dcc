"""What people do, as plain values: rendered as dispatches for the history, played on the sandbox live."""

from __future__ import annotations

import msgspec


class Joins(msgspec.Struct, frozen=True, gc=False):
    at_ms: int
    user_id: int


class Leaves(msgspec.Struct, frozen=True, gc=False):
    at_ms: int
    user_id: int


class TakesRoles(msgspec.Struct, frozen=True, gc=False):
    """Holds exactly these roles from now on."""

    at_ms: int
    user_id: int
    roles: tuple[int, ...]


class Speaks(msgspec.Struct, frozen=True, gc=False):
    """Is in this state in voice from now on; no channel: has left voice."""

    at_ms: int
    user_id: int
    channel_id: int | None
    stay: int  # numbers the stay: it becomes Discord's voice session
    mute: bool = False
    deaf: bool = False


class RunsCommand(msgspec.Struct, frozen=True, gc=False):
    at_ms: int
    user_id: int
    command: str


Move = Joins | Leaves | TakesRoles | Speaks | RunsCommand
