"""A message in the terms of interactions.py, as arguments of its `send`."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import interactions as ipy

from bot.presentation.message import Embed, Message, Picture

NO_MENTIONS: dict[str, list[str]] = {"parse": []}  # left out, Discord would parse users, roles and everyone


class Upload(ipy.File):
    """The library reads a file anew for every retry of a request: a stream would be empty the second time."""

    def __init__(self, picture: Picture) -> None:
        super().__init__(BytesIO(picture.png), picture.file_name, picture.alt_text, "image/png")
        self._png = picture.png

    def open_file(self) -> BytesIO:
        return BytesIO(self._png)


def send_arguments(message: Message) -> dict[str, Any]:
    """Arguments of `send`. Whatever the text says, nobody is pinged."""
    arguments: dict[str, Any] = {"content": message.content, "allowed_mentions": NO_MENTIONS}
    if message.embed:
        arguments["embeds"] = [_embed(message.embed)]
    if message.picture:
        arguments["files"] = [Upload(message.picture)]
    if message.buttons:
        buttons = [
            ipy.Button(style=ipy.ButtonStyle.SECONDARY, label=button.label, custom_id=button.custom_id)
            for button in message.buttons
        ]
        arguments["components"] = [ipy.ActionRow(*buttons)]
    return arguments


def _embed(embed: Embed) -> ipy.Embed:
    return ipy.Embed(
        title=embed.title,
        description=embed.description,
        color=int(embed.accent),
        footer=ipy.EmbedFooter(embed.footer),
    )
