"""Application commands as they are registered.

Source: Application Commands, "Application Command Object", "Application Command Option Structure",
"Application Command Naming", "Subcommands and Subcommand Groups".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sandbox.checks.choices import WITH_CHOICES, check_choices
from sandbox.checks.form import Form, Path
from sandbox.refusals import Refusal, Refused

NAME = re.compile(r"^[-_'\w\u0900-\u097F\u0E00-\u0E7F]{1,32}$")
DESCRIPTION, MOST_OPTIONS, MOST_COMMANDS = 100, 25, 100
ALL_TEXT_TOGETHER = 8000
CHAT_INPUT = 1
COMMAND_KINDS = (1, 2, 3, 4)
SUB_COMMANDS = (1, 2)
OPTION_KINDS = range(1, 12)


def check_commands(commands: Sequence[Any]) -> None:
    """A bulk overwrite: the tree of errors is keyed by the command's place in the list."""
    form = Form()
    for index, command in enumerate(commands):
        _check_command(form, form.mapping((index,), command), (index,))
    form.refuse_if_wrong()
    names = [(c["name"], c.get("type", CHAT_INPUT)) for c in commands]
    for index, name in enumerate(names):
        if name in names[:index]:
            code = "APPLICATION_COMMANDS_DUPLICATE_NAME"
            form.wrong((index, "name"), code, "Application command names must be unique")
    form.refuse_if_wrong()
    if sum(kind == CHAT_INPUT for _, kind in names) > MOST_COMMANDS:
        raise Refused(Refusal.TOO_MANY_COMMANDS)


def check_command(command: object) -> None:
    form = Form()
    _check_command(form, form.mapping((), command), ())
    form.refuse_if_wrong()


def _check_command(form: Form, command: dict[str, Any], at: Path) -> None:
    form.choice((*at, "type"), command.get("type"), COMMAND_KINDS)
    is_chat_input = command.get("type", CHAT_INPUT) == CHAT_INPUT
    if form.required((*at, "name"), command.get("name")):
        if is_chat_input:
            _check_name(form, command["name"], (*at, "name"))
        else:
            form.text((*at, "name"), command["name"], longest=32, shortest=1)
    if is_chat_input:
        _check_description(form, command, at)
    _check_options(form, command.get("options"), at)
    permissions = command.get("default_member_permissions")
    if permissions is not None and not str(permissions).isdigit():
        message = "Could not interpret as a set of permissions."
        form.wrong((*at, "default_member_permissions"), "BITFIELD_TYPE_CONVERT", message)
    if _characters(command) > ALL_TEXT_TOGETHER:
        message = f"Command exceeds maximum size ({ALL_TEXT_TOGETHER})"
        form.wrong(at, "APPLICATION_COMMAND_TOO_LARGE", message)


def _check_options(form: Form, value: object, at: Path) -> None:
    optional_seen = False
    names: set[object] = set()
    for index, entry in enumerate(form.items((*at, "options"), value, most=MOST_OPTIONS)):
        here = (*at, "options", index)
        option = form.mapping(here, entry)
        _check_option(form, option, here)
        if option.get("required") and optional_seen:
            code = "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"
            form.wrong(here, code, "Required options must be placed before non-required options")
        optional_seen |= option.get("type") not in SUB_COMMANDS and not option.get("required")
        if option.get("name") in names:
            code = "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"
            form.wrong(here, code, "Option names must be unique")
        names.add(option.get("name"))


def _check_option(form: Form, option: dict[str, Any], here: Path) -> None:
    if form.required((*here, "type"), option.get("type")):
        form.choice((*here, "type"), option["type"], OPTION_KINDS)
    if form.required((*here, "name"), option.get("name")):
        _check_name(form, option["name"], (*here, "name"))
    _check_description(form, option, here)
    check_choices(form, (*here, "choices"), option.get("choices"), option.get("type"))
    if option.get("autocomplete") and (option.get("choices") or option.get("type") not in WITH_CHOICES):
        message = "Autocomplete is for string, integer and number options without choices"
        form.wrong((*here, "autocomplete"), "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID", message)
    _check_options(form, option.get("options"), here)


def _check_name(form: Form, name: object, at: Path) -> None:
    if not isinstance(name, str) or not NAME.match(name) or name != name.lower():
        message = f'String value did not match validation regex: "{NAME.pattern}", or is not lower-case.'
        form.wrong(at, "APPLICATION_COMMAND_INVALID_NAME", message)


def _check_description(form: Form, entry: dict[str, Any], at: Path) -> None:
    if form.required((*at, "description"), entry.get("description")):
        form.text((*at, "description"), entry["description"], longest=DESCRIPTION, shortest=1)


def _characters(entry: dict[str, Any]) -> int:
    """Name, description and choices' values, with those of all options."""
    choices = [c for c in entry.get("choices") or () if isinstance(c, dict)]
    own = [entry.get("name"), entry.get("description"), *(c.get("value") for c in choices)]
    options = [o for o in entry.get("options") or () if isinstance(o, dict)]
    return sum(len(text) for text in own if isinstance(text, str)) + sum(map(_characters, options))
