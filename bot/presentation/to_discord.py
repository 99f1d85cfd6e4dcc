"""A message in the terms of interactions.py, as arguments of its `send`."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import interactions as ipy

from bot.presentation.message import Embed, Message

NO_MENTIONS: dict[str, list[str]] = {"parse": []}  # left out, Discord would parse users, roles and everyone


class Upload(ipy.File):
    """The library reads a file anew for every retry of a request: a stream would be empty the second time."""

    def __init__(self, content: bytes, file_name: str, media_type: str, alt_text: str | None = None) -> None:
        super().__init__(BytesIO(content), file_name, alt_text, media_type)
        self._content = content

    def open_file(self) -> BytesIO:
        return BytesIO(self._content)


def send_arguments(message: Message) -> dict[str, Any]:
    """Arguments of `send`. Whatever the text says, nobody is pinged."""
    arguments: dict[str, Any] = {"content": message.content, "allowed_mentions": NO_MENTIONS}
    if message.embed:
        arguments["embeds"] = [_embed(message.embed)]
    if message.pictures or message.files:
        arguments["files"] = _uploads(message)
    if message.buttons:
        buttons = [
            ipy.Button(style=ipy.ButtonStyle.SECONDARY, label=button.label, custom_id=button.custom_id)
            for button in message.buttons
        ]
        arguments["components"] = [ipy.ActionRow(*buttons)]
    return arguments


def _uploads(message: Message) -> list[Upload]:
    pictures = [Upload(each.png, each.file_name, "image/png", each.alt_text) for each in message.pictures]
    return pictures + [Upload(each.content, each.file_name, each.media_type) for each in message.files]


def _embed(embed: Embed) -> ipy.Embed:
    return ipy.Embed(
        title=embed.title,
        description=embed.description,
        color=int(embed.accent),
        footer=ipy.EmbedFooter(embed.footer),
    )
