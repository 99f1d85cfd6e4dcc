"""A message in the terms of interactions.py, as arguments of its `send`."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import interactions as ipy

from bot.presentation.message import MENU_OPTIONS, Button, Embed, Menu, Message

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
    rows = [*_menu_row(message.menu), *_button_row(message.buttons)]
    if rows:
        arguments["components"] = rows
    return arguments


def _button_row(buttons: Sequence[Button]) -> list[ipy.ActionRow]:
    made = [
        ipy.Button(style=ipy.ButtonStyle.SECONDARY, label=button.label, custom_id=button.custom_id)
        for button in buttons
    ]
    return [ipy.ActionRow(*made)] if made else []


def _menu_row(menu: Menu | None) -> list[ipy.ActionRow]:
    if menu is None:
        return []
    if not menu.options:
        people = ipy.UserSelectMenu(
            custom_id=menu.custom_id, placeholder=menu.placeholder, max_values=MENU_OPTIONS
        )
        return [ipy.ActionRow(people)]
    options = [
        ipy.StringSelectOption(label=option.label, value=option.value, description=option.description)
        for option in menu.options
    ]
    return [
        ipy.ActionRow(ipy.StringSelectMenu(*options, custom_id=menu.custom_id, placeholder=menu.placeholder))
    ]


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
