"""What a digest needs of Discord, and how sending can fail."""

from __future__ import annotations

from typing import Protocol

from bot.presentation.message import Message


class SendFailed(Exception):
    """Nothing is known to have been posted. `str()` is one sentence that says what happened or what to do.

    A refused message will be refused again until somebody changes something; anything else may pass.
    """

    def __init__(self, sentence: str, *, refused: bool) -> None:
        super().__init__(sentence)
        self.refused = refused


class Sender(Protocol):
    async def send(self, channel_id: int, message: Message, nonce: str) -> int:
        """Posts a message, once within Discord's memory for nonces, and returns its id. Raises SendFailed."""
        ...

    async def find(self, channel_id: int, marker: str, since_ms: int) -> int | None:
        """The id of this bot's message with the marker in its footer, if one was posted since then.

        Raises SendFailed where the channel's past cannot be read: not found would then mean nothing.
        """
        ...
