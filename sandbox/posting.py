"""Makes a checked body into a message, stores it and lets everybody know.

Source: Message resource, "Message Object", "Create Message", "Allowed Mentions Object".
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Any

from sandbox.attachments import UploadedFile, described_for
from sandbox.guild import User
from sandbox.message_book import MessageFlag, StoredMessage
from sandbox.moments import timestamp
from sandbox.objects import user_object
from sandbox.permissions import Permission
from sandbox.world import World

USER_MENTION = re.compile(r"<@!?(\d+)>")
ROLE_MENTION = re.compile(r"<@&(\d+)>")
EVERYONE = re.compile(r"@(everyone|here)")
DEFAULT, APPLICATION_COMMAND = 0, 20
EDITABLE = ("content", "embeds", "components", "flags", "allowed_mentions")


def post(
    world: World,
    channel_id: int,
    author: User,
    body: dict[str, Any],
    files: Sequence[UploadedFile] = (),
    *,
    only_for: int | None = None,
    flags: int = 0,
    extra: dict[str, Any] | None = None,
) -> StoredMessage:
    """Store a message and dispatch it; an ephemeral one (`only_for`) is not dispatched."""
    entries = body.get("attachments") or []
    shape = {
        "id": str(world.snowflakes.next()),
        "type": DEFAULT,
        "channel_id": str(channel_id),
        "author": user_object(author),
        "content": body.get("content") or "",
        "timestamp": timestamp(world.clock.now()),
        "edited_timestamp": None,
        "tts": bool(body.get("tts")),
        "pinned": False,
        "flags": int(int(body.get("flags") or 0) & ~MessageFlag.EPHEMERAL | flags),
        "embeds": _rich(body.get("embeds")),
        "components": _numbered(body.get("components")),
        "attachments": [world.attachments.keep(channel_id, f, described_for(f, entries)) for f in files],
        **_mentions(world, body),
        **(extra or {}),
    }
    if "nonce" in body:
        shape["nonce"] = body["nonce"]
    message = world.messages.add(shape, only_for=only_for)
    _announce(world, "MESSAGE_CREATE", message)
    return message


def edit(
    world: World, message: StoredMessage, body: dict[str, Any], files: Sequence[UploadedFile] = ()
) -> StoredMessage:
    """Change what the body names. Attachments that `attachments` does not list are removed."""
    fields: dict[str, Any] = {"edited_timestamp": timestamp(world.clock.now())}
    if "content" in body:
        fields |= {"content": body["content"] or "", **_mentions(world, body)}
    if "embeds" in body:
        fields["embeds"] = _rich(body["embeds"])
    if "components" in body:
        fields["components"] = _numbered(body["components"])
    if body.get("flags") is not None:
        kept = message.body["flags"] & MessageFlag.EPHEMERAL
        fields["flags"] = int(int(body["flags"]) & ~MessageFlag.EPHEMERAL | kept)
    if files or "attachments" in body:
        fields["attachments"] = _attachments(world, message, body, files)
    world.messages.change(message, fields)
    _announce(world, "MESSAGE_UPDATE", message)
    return message


def remove(world: World, message: StoredMessage) -> None:
    world.messages.remove(message)
    world.changed.notify()
    if message.only_for is None:
        gone = {"id": message.body["id"], "channel_id": message.body["channel_id"]}
        world.gateway.dispatch("MESSAGE_DELETE", gone | {"guild_id": str(world.guild.guild_id)})


def _attachments(
    world: World, message: StoredMessage, body: dict[str, Any], files: Sequence[UploadedFile]
) -> list[dict[str, Any]]:
    """Source: Message resource, "Edit Message": the list names the ones to keep and describes new files."""
    entries = body.get("attachments") or []
    listed = {str(entry.get("id")) for entry in entries}
    before = message.body["attachments"]
    kept = [a for a in before if a["id"] in listed] if "attachments" in body else before
    return kept + [world.attachments.keep(message.channel_id, f, described_for(f, entries)) for f in files]


def _rich(embeds: Any) -> list[dict[str, Any]]:
    return [_rich_embed(embed) for embed in embeds or []]


def _rich_embed(embed: dict[str, Any]) -> dict[str, Any]:
    fields = [{"inline": False, **field} for field in embed.get("fields") or []]
    return {"type": "rich", **embed, **({"fields": fields} if fields else {})}


def _numbered(components: Any, numbers: Iterator[int] | None = None) -> list[dict[str, Any]]:
    """Source: Component Reference, "Anatomy of a Component": missing ids are filled in, in order."""
    numbers = numbers or itertools.count(1)
    return [_numbered_component(component, numbers) for component in components or []]


def _numbered_component(component: dict[str, Any], numbers: Iterator[int]) -> dict[str, Any]:
    numbered = {**component, "id": component.get("id") or next(numbers)}
    if "components" in component:
        numbered["components"] = _numbered(component["components"], numbers)
    return numbered


def _mentions(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Whom the content pings. Without `allowed_mentions` everything in it does."""
    content, allowed = body.get("content") or "", body.get("allowed_mentions")
    users = _allowed(USER_MENTION.findall(content), "users", allowed)
    roles = _allowed(ROLE_MENTION.findall(content), "roles", allowed)
    everyone = bool(EVERYONE.search(content)) and (
        allowed is None or "everyone" in (allowed.get("parse") or ())
    )
    return {
        "mentions": [user_object(world.guild.users[int(u)]) for u in users if int(u) in world.guild.users],
        "mention_roles": [role for role in roles if int(role) in world.guild.roles],
        "mention_everyone": everyone,
    }


def _allowed(found: list[str], kind: str, allowed: dict[str, Any] | None) -> list[str]:
    if allowed is None or kind in (allowed.get("parse") or ()):
        return list(dict.fromkeys(found))
    listed = {str(one) for one in allowed.get(kind) or ()}
    return [one for one in dict.fromkeys(found) if one in listed]


def _announce(world: World, dispatch: str, message: StoredMessage) -> None:
    """Everybody in the channel hears of it, the bot only where it may look."""
    world.changed.notify()
    channel = world.guild.place(message.channel_id)
    visible = channel is not None and world.guild.bot_may(Permission.VIEW_CHANNEL, channel)
    if message.only_for is None and visible:
        world.gateway.dispatch(dispatch, {**message.body, "guild_id": str(world.guild.guild_id)})
