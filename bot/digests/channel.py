"""Sends to a channel of Discord, and finds again what was sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import aiohttp
import interactions as ipy
from interactions.client.errors import HTTPException
from interactions.models.discord.message import process_message_payload

from bot.digests.sending import SendFailed
from bot.digests.settings import WEEKLY_CHANNEL as KEY
from bot.presentation.message import Message
from bot.presentation.to_discord import send_arguments

PAGE = 100  # the most that Discord gives at once
DISCORD_EPOCH_MS = 1_420_070_400_000
TEXT, ANNOUNCEMENT = 0, 5  # Channel resource, "Channel Types"

# Reference, "Opcodes and Status Codes": JSON error codes, each with what to do about it
UNKNOWN_CHANNEL = 10003
REFUSALS = {
    UNKNOWN_CHANNEL: f"The digest's channel is gone: name another one in {KEY}.",
    50001: f"The bot cannot see the digest's channel: let it View Channel there, or change {KEY}.",
    50013: (
        "The bot may not post in the digest's channel: let it Send Messages, Embed Links and Attach Files "
        f"there, or change {KEY}."
    ),
}
NOT_OURS = f"{KEY} names no text channel of this server: change it."
NO_HISTORY = "Whether this digest was posted already cannot be seen: let the bot Read Message History there."
UNREACHABLE = "Discord could not be reached."


class DiscordChannels:
    """Implements Sender over the REST side of a client that has logged in."""

    def __init__(self, client: ipy.Client, guild_id: int) -> None:
        self._client = client
        self._guild_id = guild_id

    async def send(self, channel_id: int, message: Message, nonce: str) -> int:
        arguments = send_arguments(message)
        files = arguments.pop("files", None)
        payload = process_message_payload(**arguments, nonce=nonce, enforce_nonce=True)
        with _explained():
            await self._channel(channel_id)
            sent = await self._client.http.create_message(payload, channel_id, files)
        if not sent:  # the library's answer when its retries are used up
            raise SendFailed("Discord answered with errors only.", refused=False)
        return int(sent["id"])

    async def find(self, channel_id: int, marker: str, since_ms: int) -> int | None:
        try:
            with _explained():
                await self._check_history(channel_id)
                async for found in self._messages(channel_id, since_ms):
                    if self._is_marked(found, marker):
                        return int(found["id"])
        except SendFailed as failure:
            if isinstance(failure.__cause__, HTTPException) and failure.__cause__.code == UNKNOWN_CHANNEL:
                return None  # whatever was posted there is gone with it
            raise
        return None

    async def _channel(self, channel_id: int) -> Any:
        """A digest is about one server and goes nowhere else, whatever the configuration names."""
        channel = await self._client.http.get_channel(channel_id)
        is_ours = channel and str(channel.get("guild_id")) == str(self._guild_id)
        if not is_ours or channel["type"] not in (TEXT, ANNOUNCEMENT):
            raise SendFailed(NOT_OURS, refused=True)
        return channel

    async def _check_history(self, channel_id: int) -> None:
        """Without this permission Discord shows an empty channel instead of refusing."""
        channel: Any = self._client.cache.place_channel_data(await self._channel(channel_id))
        me = await self._client.cache.fetch_member(self._guild_id, self._client.user.id)
        if ipy.Permissions.READ_MESSAGE_HISTORY not in channel.permissions_for(me):
            raise SendFailed(NO_HISTORY, refused=True)

    async def _messages(self, channel_id: int, since_ms: int) -> AsyncIterator[Mapping[str, Any]]:
        """Newest first, back to a moment."""
        before: int | None = None
        while True:
            page = await self._client.http.get_channel_messages(channel_id, PAGE, before=before)
            for message in page or ():
                before = int(message["id"])
                if _sent_ms(before) < since_ms:
                    return
                yield message
            if page is None:
                raise SendFailed(UNREACHABLE, refused=False)
            if len(page) < PAGE:
                return

    def _is_marked(self, message: Mapping[str, Any], marker: str) -> bool:
        if str(message["author"]["id"]) != str(self._client.user.id):
            return False
        footers = [str((embed.get("footer") or {}).get("text", "")) for embed in message.get("embeds", ())]
        return any(marker in footer.split(" · ") for footer in footers)


def _sent_ms(snowflake: int) -> int:
    return (snowflake >> 22) + DISCORD_EPOCH_MS


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except HTTPException as error:
        raise _failure(error) from error
    except (aiohttp.ClientError, OSError) as error:
        raise SendFailed(UNREACHABLE, refused=False) from error


def _failure(error: HTTPException) -> SendFailed:
    if error.status >= 500 or error.status == 429:
        return SendFailed(f"Discord answered with the error {error.status}.", refused=False)
    code = error.code if isinstance(error.code, int) else 0
    sentence = REFUSALS.get(code) or f"Discord refused the digest: {error.text or error.status}."
    return SendFailed(sentence, refused=True)
