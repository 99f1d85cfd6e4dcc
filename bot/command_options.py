"""A command's options on their way into the record: ids, numbers, true and false stay; people go apart;
texts stay only where config.toml lists the option (recording.command_options)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

from bot.excerpt import Kept, Option
from bot.well_formed import (
    DIGITS_OF_AN_ID,
    HIGHEST,
    LEFT_OUT,
    Malformed,
    flag,
    kept_text,
    name,
    refuse,
    snowflake,
    snowflake_number,
)

LONGEST_TEXT: Final = 100  # a fixed choice has at most 100 characters


class OptionType(IntEnum):
    """ "Application Command Option Type" in Discord's reference."""

    SUB_COMMAND = 1
    SUB_COMMAND_GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    MENTIONABLE = 9
    NUMBER = 10
    ATTACHMENT = 11


@dataclass(slots=True)
class CheckedOptions:
    command: str  # with its subcommand: "insights health"
    values: dict[str, Any] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)  # option → the user that was chosen


def checked_options(
    command: str, kept: Kept, readable: frozenset[str], problems: list[str]
) -> CheckedOptions:
    """The options that may be kept, and the command's name with its subcommand."""
    options = kept.options
    while options and options[0].type in (OptionType.SUB_COMMAND, OptionType.SUB_COMMAND_GROUP):
        command = f"{command} {_name(options[0], problems)}"
        options = options[0].options
    checked = CheckedOptions(command)
    for option in options:
        try:
            _keep(checked, option, kept.people, readable)
        except Malformed as wrong:
            problems.append(f"data.options: {wrong}")
    return checked


def _name(option: Option, problems: list[str]) -> str:
    try:
        return name(option.name)
    except Malformed as wrong:
        problems.append(f"data.options.name: {wrong}")
        return "?"


def _keep(checked: CheckedOptions, option: Option, people: frozenset[str], readable: frozenset[str]) -> None:
    option_name = name(option.name)
    may_be_person = option.type in (OptionType.USER, OptionType.MENTIONABLE)
    if option.type == OptionType.USER or (may_be_person and option.value in people):
        checked.people[option_name] = snowflake_number(option.value)
    else:
        is_readable = f"{checked.command}.{option_name}" in readable
        checked.values[option_name] = _value(option, is_readable)


def _value(option: Option, is_readable: bool) -> object:
    match option.type:
        case OptionType.BOOLEAN:
            return flag(option.value)
        case OptionType.INTEGER | OptionType.NUMBER:
            return _number(option.value)
        case OptionType.CHANNEL | OptionType.ROLE | OptionType.MENTIONABLE:
            return snowflake(option.value)
        case OptionType.STRING if is_readable:
            return _text(option.value)
        case _:
            return LEFT_OUT


def _number(value: object) -> int | float | str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refuse("a number", value)
    if abs(value) > HIGHEST:
        raise Malformed("expected a number, got one out of range")
    return LEFT_OUT if DIGITS_OF_AN_ID.search(f"{value:.0f}") else value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise refuse("a text", value)
    return kept_text(value)[:LONGEST_TEXT]
