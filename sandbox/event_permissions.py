"""What the bot needs to plan and to change events.

Source: Guild Scheduled Event resource, "Guild Scheduled Event Permissions Requirements".
"""

from __future__ import annotations

from sandbox.event_state import ScheduledEvent
from sandbox.guild import Guild
from sandbox.permissions import Permission
from sandbox.seed import ChannelKind, ChannelSeed

IN_STAGE = Permission.MANAGE_CHANNELS | Permission.MUTE_MEMBERS | Permission.MOVE_MEMBERS
IN_VOICE = Permission.VIEW_CHANNEL | Permission.CONNECT


def may_create(guild: Guild, channel_id: int | None) -> bool:
    """In that channel; None is an external event, for which the guild's permissions count."""
    return _may_host(guild, channel_id, Permission.CREATE_EVENTS)


def may_modify(guild: Guild, event: ScheduledEvent, channel_id: int | None) -> bool:
    """In that channel, also to delete. One's own events need either permission, others' Manage Events."""
    own = event.creator_id == guild.bot_user_id
    either = (Permission.CREATE_EVENTS, Permission.MANAGE_EVENTS) if own else (Permission.MANAGE_EVENTS,)
    return any(_may_host(guild, channel_id, permission) for permission in either)


def _may_host(guild: Guild, channel_id: int | None, permission: Permission) -> bool:
    channel = None if channel_id is None else guild.channels[channel_id]
    return guild.bot_may(permission | _needed_in(channel), channel)


def _needed_in(channel: ChannelSeed | None) -> Permission:
    if channel is None:
        return Permission.NONE
    return IN_STAGE if channel.kind is ChannelKind.STAGE else IN_VOICE
