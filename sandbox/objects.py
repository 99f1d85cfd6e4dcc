"""State as the objects that Discord sends. Every id is a string on the wire."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sandbox.moments import timestamp
from sandbox.permissions import Overwrite, Permission, on_the_wire
from sandbox.seed import ChannelKind, ChannelSeed, RoleSeed

if TYPE_CHECKING:  # the guild's book of events makes objects itself
    from sandbox.guild import Guild, Member, Thread, User, VoiceStay

Json = dict[str, Any]
VOICE_FLAGS = ("deaf", "mute", "self_deaf", "self_mute", "self_stream", "self_video", "suppress")


def user_object(user: User) -> Json:
    return {
        "id": str(user.user_id),
        "username": user.name,
        "discriminator": "0",
        "global_name": None,
        "avatar": None,
        "bot": user.bot,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }


def member_object(member: Member, *, with_user: bool = True) -> Json:
    shape: Json = {
        "roles": [str(role_id) for role_id in member.roles],
        "joined_at": timestamp(member.joined_at),
        "nick": None,
        "avatar": None,
        "banner": None,
        "premium_since": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }
    return {"user": user_object(member.user), **shape} if with_user else shape


def role_object(role: RoleSeed, position: int) -> Json:
    return {
        "id": str(role.role_id),
        "name": role.name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": position,
        "permissions": on_the_wire(role.permissions),
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def overwrite_object(overwrite: Overwrite) -> Json:
    return {
        "id": str(overwrite.target_id),
        "type": int(overwrite.kind),
        "allow": on_the_wire(overwrite.allow),
        "deny": on_the_wire(overwrite.deny),
    }


def channel_object(channel: ChannelSeed, position: int = 0) -> Json:
    shape: Json = {
        "id": str(channel.channel_id),
        "type": int(channel.kind),
        "name": channel.name,
        "position": position,
        "parent_id": None if channel.parent_id is None else str(channel.parent_id),
        "permission_overwrites": [overwrite_object(overwrite) for overwrite in channel.overwrites],
        "flags": 0,
        "nsfw": False,
    }
    if channel.kind in (ChannelKind.VOICE, ChannelKind.STAGE):
        return shape | {
            "bitrate": 64000,
            "user_limit": channel.user_limit,
            "rtc_region": None,
            "last_message_id": None,
        }
    return shape | {"topic": None, "rate_limit_per_user": 0, "last_message_id": None}


def thread_object(thread: Thread) -> Json:
    changed_at = timestamp(thread.changed_at)
    return {
        "id": str(thread.place.channel_id),
        "type": int(thread.place.kind),
        "name": thread.place.name,
        "parent_id": str(thread.place.parent_id),
        "owner_id": str(thread.owner_id),
        "thread_metadata": {
            "archived": thread.archived,
            "archive_timestamp": changed_at,
            "auto_archive_duration": 1440,
            "locked": False,
        },
        "rate_limit_per_user": 0,
        "flags": 0,
        "last_message_id": None,
        "message_count": 0,
        "member_count": 1,
        "total_message_sent": 0,
    }


def active_thread_objects(guild: Guild) -> list[Json]:
    """Those that the bot can see."""
    seen = (t for t in guild.threads.values() if guild.bot_may(Permission.VIEW_CHANNEL, t.place))
    return [
        thread_object(thread) | {"guild_id": str(guild.guild_id)} for thread in seen if not thread.archived
    ]


def voice_object(user_id: int, stay: VoiceStay, channel_id: int | None) -> Json:
    return {
        "user_id": str(user_id),
        "channel_id": None if channel_id is None else str(channel_id),
        "session_id": stay.session_id,
        "request_to_speak_timestamp": None,
        **{flag: stay.flags.get(flag, False) for flag in VOICE_FLAGS},
    }


def guild_object(guild: Guild) -> Json:
    """What REST and the gateway have in common."""
    return {
        "id": str(guild.guild_id),
        "name": guild.name,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "description": None,
        "banner": None,
        "owner_id": str(guild.owner_id),
        "afk_channel_id": None if guild.afk_channel_id is None else str(guild.afk_channel_id),
        "afk_timeout": 300,
        "application_id": None,
        "roles": [role_object(role, position) for position, role in enumerate(guild.roles.values())],
        "emojis": [],
        "stickers": [],
        "features": [],
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "vanity_url_code": None,
        "preferred_locale": "en-US",
        "home_header": None,
        "region": "deprecated",
        "widget_enabled": False,
        "widget_channel_id": None,
        "max_presences": None,
        "max_members": 500_000,
        "max_video_channel_users": 25,
        "max_stage_video_channel_users": 50,
        "incidents_data": None,
        "nsfw": False,
        "premium_subscription_count": 0,
        "premium_tier": 0,
        "premium_progress_bar_enabled": False,
        "nsfw_level": 0,
    }


def guild_create_object(guild: Guild, *, with_voice_states: bool) -> Json:
    """GUILD_CREATE without the presences intent: of the members only the bot and who sits in voice.

    Source: Gateway Events, "Guild Create".
    """
    present = [guild.bot_user_id, *(guild.voice if with_voice_states else ())]
    return guild_object(guild) | {
        "joined_at": timestamp(guild.bot.joined_at),
        "large": False,
        "unavailable": False,
        "member_count": len(guild.members),
        "members": [member_object(guild.members[u]) for u in dict.fromkeys(present) if u in guild.members],
        "channels": channel_objects(guild.channels.values()),
        "threads": active_thread_objects(guild),
        "presences": [],
        "voice_states": [
            voice_object(user_id, stay, stay.channel_id)
            for user_id, stay in (guild.voice.items() if with_voice_states else ())
        ],
        "stage_instances": [],
        "guild_scheduled_events": guild.events.objects(),
        "soundboard_sounds": [],
    }


def channel_objects(channels: Iterable[ChannelSeed]) -> list[Json]:
    return [channel_object(channel, position) for position, channel in enumerate(channels)]
