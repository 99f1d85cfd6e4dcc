"""Which column of a CSV file is what: from a small TOML file, or from KEY=VALUE pairs.

Two shapes: a row is a stay (`start` with `end`, `seconds`, `minutes` or `duration`), or a row is a change
(`time`, with an `action`, or with the channel that they are in from then on).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from msgspec import Struct

from bot.imports import values
from bot.imports.lines import Refused
from bot.setting_kinds import is_zone, nearest

COLUMNS: Final = (
    *("person", "channel", "start", "end", "seconds", "minutes", "duration"),
    *("time", "action", "bot", "deafened", "afk"),
)
LENGTHS: Final = frozenset({"end", "seconds", "minutes", "duration"})
SETTINGS: Final = ("zone", "format", "delimiter", "joined", "left", "moved", "bots")
CHANNEL: Final = "channel:"  # --map channel:General=123


class MappingProblem(Exception):
    """The mapping cannot be used. One sentence that says what to write."""


class Mapping(Struct, forbid_unknown_fields=True):
    columns: dict[str, str] = {}
    zone: str | None = None
    format: str | None = None  # of moments, in the terms of strptime
    delimiter: str | None = None
    joined: tuple[str, ...] = ("join", "joined")
    left: tuple[str, ...] = ("leave", "left")
    moved: tuple[str, ...] = ("move", "moved", "switch", "switched")
    channels: dict[str, int] = {}  # name → id
    bots: tuple[str | int, ...] = ()

    def checked(self) -> Mapping:
        for name in self.columns:
            if name not in COLUMNS:
                hint = nearest(name, list(COLUMNS))
                raise MappingProblem(
                    f"There is no column “{name}” to map: {hint or 'known are ' + ', '.join(COLUMNS)}"
                )
        if self.zone is not None and not is_zone(self.zone):
            raise MappingProblem("The mapping's zone must be an IANA time zone such as Europe/Berlin.")
        if self.format is not None and not _is_format(self.format):
            raise MappingProblem(
                f"The mapping's format “{self.format}” is not understood: write it in the terms of strptime, "
                "each of them once, such as %d.%m.%Y %H:%M."
            )
        for name, channel in self.channels.items():
            _channel_id(name, channel)
        return self._with_shape()

    @property
    def is_of_stays(self) -> bool:
        return "start" in self.columns

    def _with_shape(self) -> Mapping:
        has = self.columns.keys()
        if "person" not in has or "channel" not in has:
            raise MappingProblem(
                "The mapping must say which columns hold the person and the channel: "
                '--map person="User ID" --map channel="Channel ID".'
            )
        if self.is_of_stays == ("time" in has) or (self.is_of_stays and len(LENGTHS & has) != 1):
            raise MappingProblem(
                "The mapping must have either `start` with one of `end`, `seconds`, `minutes` and "
                "`duration`, or `time`, where a row is somebody's coming or going."
            )
        if self.delimiter is not None and len(self.delimiter) != 1:
            raise MappingProblem("The mapping's delimiter must be one character.")
        return self


def _is_format(pattern: str) -> bool:
    """Whether a moment that was written in it can be read in it."""
    try:
        datetime.strptime(datetime(2026, 11, 27, tzinfo=UTC).strftime(pattern), pattern)  # noqa: DTZ007 - only whether
    except (ValueError, re.error):
        return False
    return True


def from_toml(content: bytes) -> Mapping:
    try:
        return msgspec.convert(tomllib.loads(content.decode()), Mapping).checked()
    except UnicodeDecodeError:
        raise MappingProblem("The mapping is not UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise MappingProblem(f"The mapping is no TOML: {error}.") from None
    except msgspec.ValidationError as error:
        raise MappingProblem(f"The mapping is not understood: {error}.") from None
    except (ValueError, RecursionError):  # beyond what TOML forbids: Python's own limits
        says = "The mapping holds a number that is too long, or lists that lie too deep."
        raise MappingProblem(says) from None


def from_pairs(pairs: Iterable[str]) -> Mapping:
    """`person=User ID`, `zone=Europe/Berlin`, `joined=JOIN,REJOIN`, `channel:General=123`."""
    fields: dict[str, Any] = {"columns": {}, "channels": {}}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise MappingProblem(f'“{pair}” is no KEY=VALUE: write --map person="User ID".')
        if name.startswith(CHANNEL):
            channel = name.removeprefix(CHANNEL)
            fields["channels"][channel] = _channel_id(channel, value)
        elif name in {"joined", "left", "moved", "bots"}:
            fields[name] = tuple(part.strip() for part in value.split(","))
        elif name in SETTINGS:
            fields[name] = value
        else:
            fields["columns"][name] = value
    return Mapping(**fields).checked()


def _channel_id(name: str, value: object) -> int:
    try:
        return values.channel(value)
    except Refused:
        raise MappingProblem(
            f"The mapping's channel “{name}” must be that channel's id: Discord's “Copy Channel ID” shows it."
        ) from None
