"""What the page shows one person of the server, as plain JSON parts; each is sent whenever it has changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.command_book import CHAT_INPUT, GLOBAL
from sandbox.guild import Guild, VoiceStay
from sandbox.page_persona import TEXT_KINDS, VOICE_KINDS, Viewer
from sandbox.permissions import Permission
from sandbox.seed import ChannelSeed
from sandbox.world import World

Json = dict[str, Any]
MENTION = re.compile(r"<(@!?|@&|#)(\d{1,20})>")
SHOWN_PEOPLE = 25


def channels_part(guild: Guild, viewer: Viewer) -> Json:
    return {
        "text": [_text_channel(guild, channel) for channel in viewer.channels(TEXT_KINDS)],
        "voice": [_voice_channel(guild, channel, viewer) for channel in viewer.channels(VOICE_KINDS)],
    }


def _text_channel(guild: Guild, channel: ChannelSeed) -> Json:
    return {"id": str(channel.channel_id), "name": channel.name, "private": _is_private(guild, channel)}


def _voice_channel(guild: Guild, channel: ChannelSeed, viewer: Viewer) -> Json:
    open_to_them = viewer.may(Permission.CONNECT, channel)
    return _text_channel(guild, channel) | {"open": open_to_them}


def _is_private(guild: Guild, channel: ChannelSeed) -> bool:
    """Whether @everyone's own overwrite hides it."""
    hidden = (o.deny for o in channel.overwrites if o.target_id == guild.guild_id)
    return any(Permission.VIEW_CHANNEL in deny for deny in hidden)


def voice_part(guild: Guild, viewer: Viewer) -> Json:
    """Who sits where, by channel; names in alphabetical order, as Discord lists them."""
    seen = {channel.channel_id for channel in viewer.channels(VOICE_KINDS)}
    sitting: dict[str, list[Json]] = {}
    for user_id, stay in guild.voice.items():
        if stay.channel_id in seen:
            sitting.setdefault(str(stay.channel_id), []).append(_sitting(guild, user_id, stay))
    for people in sitting.values():
        people.sort(key=lambda person: str(person["name"]).casefold())
    return sitting


def _sitting(guild: Guild, user_id: int, stay: VoiceStay) -> Json:
    flags = stay.flags
    return {
        "id": str(user_id),
        "name": guild.user(user_id).name,
        "mute": bool(flags.get("self_mute") or flags.get("mute")),
        "deaf": bool(flags.get("self_deaf") or flags.get("deaf")),
    }


def commands_part(world: World, viewer: Viewer) -> list[Json]:
    """The registered commands that Discord's menu would offer to this person."""
    scopes = (world.guild.guild_id, GLOBAL)
    commands = [command for scope in scopes for command in world.commands.all(scope)]
    return [
        {"name": c["name"], "description": c.get("description", ""), "options": c.get("options") or []}
        for c in commands
        if c["type"] == CHAT_INPUT and viewer.may(_needed(c))
    ]


def _needed(command: Mapping[str, Any]) -> Permission:
    """Source: Application Commands, "Permissions": null is open to everybody, "0" to administrators only."""
    named = command.get("default_member_permissions")
    return Permission.NONE if named is None else Permission(int(named)) or Permission.ADMINISTRATOR


def people(guild: Guild, typed: str) -> list[Json]:
    """Members whose name contains what was typed; those whose name begins with it come first."""
    wanted = typed.strip().casefold().lstrip("@")
    found = [m.user for m in guild.members.values() if wanted in m.user.name.casefold()]
    found.sort(key=lambda u: (not u.name.casefold().startswith(wanted), u.name.casefold()))
    return [{"id": str(user.user_id), "name": user.name} for user in found[:SHOWN_PEOPLE]]


def with_names(guild: Guild, message: Json) -> Json:
    """The message with the names of whom and what it mentions, by mention: "@5000", "#3000", "@&4001"."""
    named = {f"{sign}{number}": _name(guild, sign, int(number)) for sign, number in _mentioned(message)}
    return message | {"names": {mention: name for mention, name in named.items() if name is not None}}


def _mentioned(message: Json) -> Iterator[tuple[str, str]]:
    for text in _texts(message):
        for sign, number in MENTION.findall(text):
            yield sign.replace("!", ""), number


def _texts(message: Json) -> Iterator[str]:
    yield message.get("content") or ""
    for embed in message.get("embeds") or ():
        yield embed.get("description") or ""
        for field in embed.get("fields") or ():
            yield field.get("name") or ""
            yield field.get("value") or ""


def _name(guild: Guild, sign: str, number: int) -> str | None:
    match sign:
        case "@" if number in guild.users:
            return guild.users[number].name
        case "@&" if number in guild.roles:
            return guild.roles[number].name
        case "#" if number in guild.channels:
            return guild.channels[number].name
    return None
