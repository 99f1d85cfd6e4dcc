"""A message as plain data. What is wrong with one is found here, not in an answer from Discord."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar

# This project's own limits (a notification, a phone's screen) …
CONTENT = 120
DESCRIPTION = 1800
BUTTONS = 5
# … and Discord's (Message and Component resources).
TITLE = 256
FOOTER = 2048
EMBED_DESCRIPTION = 4096
EMBED = 6000  # all of its text
ALT_TEXT = 1024
FILES = 10
CUSTOM_ID = 100
LABEL = 80
MENU_OPTIONS = 25
MENU_TEXT = 100  # of an option
PLACEHOLDER = 150


class Accent(IntEnum):
    """The stripe beside an embed (visual.md, "Messages")."""

    BLUE = 0x5CB8FF
    ORANGE = 0xF5A742  # a limit is crossed, or something got clearly worse
    GREY = 0x8E949E  # less than 80 % recorded: not judged


@dataclass(frozen=True, slots=True)
class Embed:
    title: str
    description: str
    accent: Accent
    footer: str
    longest: ClassVar[int] = DESCRIPTION

    def __post_init__(self) -> None:
        _at_most(TITLE, title=self.title)
        _at_most(self.longest, description=self.description)
        _at_most(FOOTER, footer=self.footer)
        _at_most(EMBED, embed=self.title + self.description + self.footer)


@dataclass(frozen=True, slots=True)
class Roll(Embed):
    """A list of people: nobody reads it through, so it may be as long as Discord allows."""

    longest: ClassVar[int] = EMBED_DESCRIPTION


@dataclass(frozen=True, slots=True)
class Picture:
    file_name: str
    png: bytes
    alt_text: str

    def __post_init__(self) -> None:
        _at_most(ALT_TEXT, alt_text=self.alt_text)


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file to keep, beside the message."""

    file_name: str
    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    custom_id: str

    def __post_init__(self) -> None:
        _at_most(LABEL, label=self.label)
        _at_most(CUSTOM_ID, custom_id=self.custom_id)


@dataclass(frozen=True, slots=True)
class Option:
    label: str
    value: str
    description: str

    def __post_init__(self) -> None:
        _at_most(MENU_TEXT, label=self.label, value=self.value, description=self.description)


@dataclass(frozen=True, slots=True)
class Menu:
    """One of its options is chosen; without any, people of the server are, up to 25 at once."""

    custom_id: str
    placeholder: str
    options: tuple[Option, ...] = ()

    def __post_init__(self) -> None:
        _at_most(CUSTOM_ID, custom_id=self.custom_id)
        _at_most(PLACEHOLDER, placeholder=self.placeholder)
        if len(self.options) > MENU_OPTIONS:
            raise ValueError(f"{len(self.options)} options do not fit into a menu of {MENU_OPTIONS}")


@dataclass(frozen=True, slots=True)
class Message:
    """One row of grey buttons at most. Nothing in it can ping: whoever sends it says so to Discord."""

    content: str
    embed: Embed | None = None
    pictures: tuple[Picture, ...] = ()
    files: tuple[Enclosure, ...] = ()
    buttons: tuple[Button, ...] = ()
    menu: Menu | None = None  # above the buttons

    def __post_init__(self) -> None:
        _at_most(CONTENT, content=self.content)
        if len(self.buttons) > BUTTONS:
            raise ValueError(f"{len(self.buttons)} buttons do not fit into a row of {BUTTONS}")
        if len(self.pictures) + len(self.files) > FILES:
            raise ValueError(f"a message holds at most {FILES} pictures and files")


def _at_most(limit: int, **texts: str) -> None:
    for name, text in texts.items():
        if len(text) > limit:
            raise ValueError(f"{name} has {len(text)} characters, {limit} are allowed")
