"""Messages of a channel. Source: Message resource."""

from __future__ import annotations

from itertools import islice
from typing import Any

from sandbox.checks.messages import SENDABLE_FLAGS, check_message
from sandbox.message_book import StoredMessage
from sandbox.permissions import Permission
from sandbox.posting import edit, post, remove
from sandbox.refusals import Refusal, Refused
from sandbox.rest.call import NO_CONTENT, Answer, Call, Route
from sandbox.seed import ChannelKind, ChannelSeed


def create(call: Call) -> Answer:
    channel = call.channel(Permission.SEND_MESSAGES)
    if channel.kind is ChannelKind.CATEGORY:
        raise Refused(Refusal.NOT_A_TEXT_CHANNEL)
    body = call.mapping()
    check_message(body, call.files, call.world.limits)
    _check_may_show(call, channel, body)
    author = call.world.application.user
    nonce = body.get("nonce")
    enforced = nonce is not None and bool(body.get("enforce_nonce"))
    if enforced:
        earlier = call.world.messages.with_nonce(channel.channel_id, author.user_id, str(nonce))
        if earlier is not None:
            return earlier.body
    sent = {**body, "flags": int(body.get("flags") or 0) & SENDABLE_FLAGS}
    message = post(call.world, channel.channel_id, author, sent, call.files)
    if nonce is not None:
        call.world.messages.remember_nonce(channel.channel_id, author.user_id, str(nonce), message.message_id)
    return message.body


def listing(call: Call) -> Answer:
    """Newest first. Without Read Message History no messages are returned."""
    channel = call.channel()
    limit = call.number("limit", 50, least=1, most=100)
    if not call.world.guild.bot_may(Permission.READ_MESSAGE_HISTORY, channel):
        return []
    before = call.number("before", (1 << 64) - 1, least=0, most=(1 << 64) - 1)
    after = call.number("after", -1, least=0, most=(1 << 64) - 1)
    around = call.number("around", 0, least=0, most=(1 << 64) - 1)
    messages = [
        m for m in call.world.messages.in_channel(channel.channel_id) if after < m.message_id < before
    ]
    if around:
        nearest = sorted(messages, key=lambda m: abs(m.message_id - around))[:limit]
        messages = sorted(nearest, key=lambda m: m.message_id)
    if "after" in call.query:
        messages = messages[:limit]
    return [message.body for message in islice(reversed(messages), limit)]


def one(call: Call) -> Answer:
    return _found(call, Permission.READ_MESSAGE_HISTORY).body


def change(call: Call) -> Answer:
    message = _found(call)
    body = call.mapping()
    if message.body["author"]["id"] != str(call.world.application.user.user_id):
        raise Refused(Refusal.NOT_THE_AUTHOR)
    check_message(body, call.files, call.world.limits, is_edit=True)
    return edit(call.world, message, body, call.files).body


def delete(call: Call) -> Answer:
    message = _found(call)
    own = message.body["author"]["id"] == str(call.world.application.user.user_id)
    if not own:
        call.channel(Permission.MANAGE_MESSAGES)
    remove(call.world, message)
    return NO_CONTENT


def typing(call: Call) -> Answer:
    call.channel(Permission.SEND_MESSAGES)
    return NO_CONTENT


def _found(call: Call, *needed: Permission) -> StoredMessage:
    channel = call.channel(*needed)
    message = call.world.messages.find(call.id("message_id"))
    if message is None or message.channel_id != channel.channel_id or not message.seen_by(None):
        raise Refused(Refusal.UNKNOWN_MESSAGE)
    return message


def _check_may_show(call: Call, channel: ChannelSeed, body: dict[str, Any]) -> None:
    """Source: Message resource, "Create Message": embeds need Embed Links, files need Attach Files."""
    may = call.world.guild.bot_may
    if body.get("embeds") and not may(Permission.EMBED_LINKS, channel):
        raise Refused(Refusal.MISSING_PERMISSIONS)
    if call.files and not may(Permission.ATTACH_FILES, channel):
        raise Refused(Refusal.MISSING_PERMISSIONS)
    if body.get("tts") and not may(Permission.SEND_TTS_MESSAGES, channel):
        raise Refused(Refusal.MISSING_PERMISSIONS)
    if body.get("message_reference") and not may(Permission.READ_MESSAGE_HISTORY, channel):
        raise Refused(Refusal.MISSING_PERMISSIONS)


ROUTES: list[Route] = [
    ("GET", "/channels/{channel_id}/messages", listing),
    ("POST", "/channels/{channel_id}/messages", create),
    ("GET", "/channels/{channel_id}/messages/{message_id}", one),
    ("PATCH", "/channels/{channel_id}/messages/{message_id}", change),
    ("DELETE", "/channels/{channel_id}/messages/{message_id}", delete),
    ("POST", "/channels/{channel_id}/typing", typing),
]
