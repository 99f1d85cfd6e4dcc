"""Choices of an option, registered with it or given to an autocomplete.

Source: Application Commands, "Application Command Option Choice Structure".
"""

from __future__ import annotations

from typing import Any

from sandbox.checks.form import Form, Path

MOST_CHOICES, NAME, TEXT = 25, 100, 100
STRING, INTEGER, NUMBER = 3, 4, 10
WITH_CHOICES = (STRING, INTEGER, NUMBER)
LARGEST_INTEGER = (1 << 53) - 1


def check_choices(form: Form, path: Path, value: object, kind: object) -> list[dict[str, Any]]:
    """The choices, each of which has to fit the option's type."""
    choices = form.items(path, value, most=MOST_CHOICES)
    for index, entry in enumerate(choices):
        at = (*path, index)
        choice = form.mapping(at, entry)
        if form.required((*at, "name"), choice.get("name")):
            form.text((*at, "name"), choice["name"], longest=NAME, shortest=1)
        if form.required((*at, "value"), choice.get("value")):
            _check_value(form, (*at, "value"), choice["value"], kind)
    return choices


def _check_value(form: Form, path: Path, value: object, kind: object) -> None:
    if kind == STRING:
        form.text(path, value, longest=TEXT)
    elif kind == INTEGER:
        form.number(path, value, least=-LARGEST_INTEGER, most=LARGEST_INTEGER)
    elif kind == NUMBER and (isinstance(value, bool) or not isinstance(value, int | float)):
        form.wrong(path, "NUMBER_TYPE_COERCE", "Value is not float.")
