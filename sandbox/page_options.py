"""A typed command's options, checked as Discord's own client checks them before it sends anything."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.guild import Guild

INTEGER = 4
ID = re.compile(r"[0-9]{1,19}")
ENTITIES = {6: "person", 7: "channel", 8: "role", 9: "person or role"}
Option = Mapping[str, Any]


class Unfit(Exception):
    """Its text is one sentence for the person who typed; `option` is what it is about."""

    def __init__(self, sentence: str, option: str) -> None:
        super().__init__(sentence)
        self.option = option


def checked_options(
    registered: Sequence[Option], typed: Mapping[str, Any], guild: Guild
) -> dict[str, str | int | float | bool]:
    """The values as they are sent. Raises Unfit at the first that cannot be."""
    known = {option["name"]: option for option in registered}
    for name in typed:
        if name not in known:
            raise Unfit(f"This command has no option “{name}”.", name)
    for name, option in known.items():
        if option.get("required") and typed.get(name) in (None, ""):
            raise Unfit(f"This command needs “{name}”.", name)
    return {
        name: _checked(known[name], value, guild)
        for name, value in typed.items()
        if value is not None and value != ""
    }


def _checked(option: Option, typed: Any, guild: Guild) -> str | int | float | bool:
    match option["type"]:
        case 4 | 10:  # INTEGER, NUMBER
            value: str | int | float | bool = _number(option, typed)
        case 5:  # BOOLEAN
            value = _boolean(option, typed)
        case 6 | 7 | 8 | 9:  # what has an id
            value = _entity(option, typed, guild)
        case _:
            value = _text(option, typed)
    choices = [choice["value"] for choice in option.get("choices") or ()]
    if choices and value not in choices:
        raise Unfit(f"Choose one of the suggestions for “{option['name']}”.", option["name"])
    return value


def _text(option: Option, typed: Any) -> str:
    name, text = option["name"], str(typed)
    shortest, longest = option.get("min_length") or 0, option.get("max_length") or 6000
    if not shortest <= len(text) <= longest:
        raise Unfit(f"“{name}” must have {shortest} to {longest} characters.", name)
    return text


def _number(option: Option, typed: Any) -> int | float:
    name, whole = option["name"], option["type"] == INTEGER
    try:
        number = int(str(typed)) if whole else float(typed)
    except (ValueError, TypeError, OverflowError):
        number = math.inf
    if not -(2**53) <= number <= 2**53:  # which neither an infinity nor what is no number is
        raise Unfit(f"“{name}” must be a {'whole number' if whole else 'number'}.", name)
    least, most = option.get("min_value"), option.get("max_value")
    if least is not None and number < least:
        raise Unfit(f"“{name}” must be at least {least}.", name)
    if most is not None and number > most:
        raise Unfit(f"“{name}” must be at most {most}.", name)
    return number


def _boolean(option: Option, typed: Any) -> bool:
    if not isinstance(typed, bool):
        raise Unfit(f"“{option['name']}” must be True or False.", option["name"])
    return typed


def _entity(option: Option, typed: Any, guild: Guild) -> str:
    """A person, channel or role by id; it must be one of this server."""
    name, kind, chosen = option["name"], option["type"], str(typed)
    number = int(chosen) if ID.fullmatch(chosen) else 0
    if not _is_known(option, number, guild):
        raise Unfit(f"Choose a {ENTITIES[kind]} for “{name}” from the suggestions.", name)
    return chosen


def _is_known(option: Option, number: int, guild: Guild) -> bool:
    match option["type"]:
        case 6:  # USER
            return number in guild.users
        case 7:  # CHANNEL
            channel, kinds = guild.channels.get(number), option.get("channel_types")
            return channel is not None and (not kinds or channel.kind in kinds)
        case 8:  # ROLE
            return number in guild.roles
    return number in guild.users or number in guild.roles
