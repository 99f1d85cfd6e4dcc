"""What a member may do: roles and channel overwrites, computed as Discord documents it.

Source: Permissions, "Permission Overwrites" and "Implicit Permissions".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, IntFlag


class Permission(IntFlag):
    """Source: Permissions, "Bitwise Permission Flags"; those that this sandbox looks at or hands out."""

    NONE = 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    STREAM = 1 << 9
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    CONNECT = 1 << 20
    SPEAK = 1 << 21
    MUTE_MEMBERS = 1 << 22
    DEAFEN_MEMBERS = 1 << 23
    MOVE_MEMBERS = 1 << 24
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_EVENTS = 1 << 33
    MODERATE_MEMBERS = 1 << 40
    CREATE_EVENTS = 1 << 44


EVERYTHING = ~Permission.NONE
NEEDS_SEND_MESSAGES = (
    Permission.MENTION_EVERYONE
    | Permission.SEND_TTS_MESSAGES
    | Permission.ATTACH_FILES
    | Permission.EMBED_LINKS
)
ORDINARY = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.CONNECT
    | Permission.SPEAK
    | Permission.USE_APPLICATION_COMMANDS
)


class OverwriteKind(IntEnum):
    ROLE = 0
    MEMBER = 1


@dataclass(frozen=True)
class Overwrite:
    target_id: int
    kind: OverwriteKind = OverwriteKind.ROLE
    allow: Permission = Permission.NONE
    deny: Permission = Permission.NONE


def guild_permissions(*, is_owner: bool, everyone: Permission, of_roles: Iterable[Permission]) -> Permission:
    """Permissions before any channel's overwrites; the owner and administrators have all of them."""
    granted = everyone
    for permissions in of_roles:
        granted |= permissions
    if is_owner or Permission.ADMINISTRATOR in granted:
        return EVERYTHING
    return granted


def channel_permissions(
    base: Permission,
    overwrites: Iterable[Overwrite],
    *,
    everyone_id: int,
    role_ids: frozenset[int],
    member_id: int,
) -> Permission:
    """`base` after @everyone's overwrite, then all roles' together, then the member's own."""
    if Permission.ADMINISTRATOR in base:
        return EVERYTHING
    allowed_by_roles = denied_by_roles = Permission.NONE
    everyone = member = Overwrite(0)
    for overwrite in overwrites:
        if overwrite.kind is OverwriteKind.MEMBER:
            member = overwrite if overwrite.target_id == member_id else member
        elif overwrite.target_id == everyone_id:
            everyone = overwrite
        elif overwrite.target_id in role_ids:
            allowed_by_roles |= overwrite.allow
            denied_by_roles |= overwrite.deny
    granted = base & ~everyone.deny | everyone.allow
    granted = granted & ~denied_by_roles | allowed_by_roles
    granted = granted & ~member.deny | member.allow
    return _without_what_is_implied(granted)


def _without_what_is_implied(granted: Permission) -> Permission:
    if Permission.VIEW_CHANNEL not in granted:
        return Permission.NONE
    if Permission.SEND_MESSAGES not in granted:
        return granted & ~NEEDS_SEND_MESSAGES
    return granted


def on_the_wire(permissions: Permission) -> str:
    """A decimal string, as every permission set is sent."""
    return str(sum(flag.value for flag in Permission if flag in permissions))
