"""All messages of the guild, with who may see them, and the nonces of the latest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntFlag
from typing import Any


class MessageFlag(IntFlag):
    """Source: Message resource, "Message Flags"."""

    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    IS_COMPONENTS_V2 = 1 << 15


@dataclass
class StoredMessage:
    """`only_for` is the one person who sees an ephemeral message."""

    body: dict[str, Any]
    only_for: int | None = None
    history: list[dict[str, Any]] = field(default_factory=list)

    @property
    def message_id(self) -> int:
        return int(self.body["id"])

    @property
    def channel_id(self) -> int:
        return int(self.body["channel_id"])

    def seen_by(self, user_id: int | None) -> bool:
        return self.only_for is None or self.only_for == user_id


class MessageBook:
    def __init__(self, monotonic: Callable[[], float], nonce_remembered_s: float) -> None:
        self._messages: dict[int, StoredMessage] = {}
        self._nonces: dict[tuple[int, int, str], tuple[float, int]] = {}
        self._monotonic = monotonic
        self._nonce_remembered_s = nonce_remembered_s

    def add(self, body: dict[str, Any], *, only_for: int | None = None) -> StoredMessage:
        message = StoredMessage(body, only_for)
        self._messages[message.message_id] = message
        return message

    def change(self, message: StoredMessage, fields: dict[str, Any]) -> None:
        message.history.append(dict(message.body))
        message.body |= fields

    def remove(self, message: StoredMessage) -> None:
        del self._messages[message.message_id]

    def find(self, message_id: int) -> StoredMessage | None:
        return self._messages.get(message_id)

    def in_channel(self, channel_id: int, seen_by: int | None = None) -> Iterator[StoredMessage]:
        """Oldest first: everybody's, and what `seen_by` alone can see."""
        return (
            message
            for message in self._messages.values()
            if message.channel_id == channel_id and message.seen_by(seen_by)
        )

    # ---- nonces (Create Message, "enforce_nonce")
    def remember_nonce(self, channel_id: int, author_id: int, nonce: str, message_id: int) -> None:
        self._nonces[channel_id, author_id, nonce] = (self._monotonic(), message_id)

    def with_nonce(self, channel_id: int, author_id: int, nonce: str) -> StoredMessage | None:
        """The same author's message of the past few minutes with that nonce."""
        sent_at, message_id = self._nonces.get((channel_id, author_id, nonce), (float("-inf"), 0))
        if self._monotonic() - sent_at > self._nonce_remembered_s:
            return None
        return self._messages.get(message_id)
