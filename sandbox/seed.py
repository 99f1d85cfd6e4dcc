"""The guild that a sandbox starts with, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from sandbox.permissions import ORDINARY, Overwrite, Permission


class ChannelKind(IntEnum):
    """Source: Channel resource, "Channel Types"."""

    TEXT = 0
    VOICE = 2
    CATEGORY = 4
    ANNOUNCEMENT = 5
    PUBLIC_THREAD = 11
    STAGE = 13


@dataclass(frozen=True)
class RoleSeed:
    role_id: int
    name: str
    permissions: Permission = Permission.NONE


@dataclass(frozen=True)
class ChannelSeed:
    channel_id: int
    name: str
    kind: ChannelKind = ChannelKind.TEXT
    overwrites: Sequence[Overwrite] = ()
    parent_id: int | None = None
    user_limit: int = 0  # of a channel that people talk in; 0: everybody fits in


@dataclass(frozen=True)
class MemberSeed:
    user_id: int
    joined_at: datetime
    name: str | None = None
    roles: Sequence[int] = ()
    bot: bool = False


@dataclass(frozen=True)
class GuildSeed:
    """`everyone` is what the role @everyone grants; the bot itself is a member without being listed."""

    guild_id: int
    owner_id: int
    created_at: datetime
    name: str = "Sandbox"
    everyone: Permission = ORDINARY
    roles: Sequence[RoleSeed] = ()
    channels: Sequence[ChannelSeed] = ()
    members: Sequence[MemberSeed] = ()
    afk_channel_id: int | None = None
    bot_user_id: int = 1000
    bot_name: str = "insights"
    bot_roles: Sequence[int] = ()
    bot_permissions: Permission = Permission.VIEW_AUDIT_LOG  # what it was invited with, besides `everyone`
