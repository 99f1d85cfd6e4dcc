"""Readers that are compiled: one function for each kind of object, instead of calls for each of its fields.

Every dispatch is read on the event loop, where nearly all of the time goes into Python's own calls. As for a
dataclass the text of the function is made of what is declared; here that is the allow-list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from bot.well_formed import ABSENT, UNTOLD

COPIED_AS_THEY_ARE: Final = frozenset({str, int, bool, float, type(None), type(ABSENT)})

T = TypeVar("T")
Copy = Callable[[Any], object]


def copied(value: Any) -> object:
    """A scalar, a list's scalars as a tuple, or what kind of thing it is."""
    if value.__class__ in COPIED_AS_THEY_ARE:
        return value
    if isinstance(value, list):
        return tuple([item if item.__class__ in COPIED_AS_THEY_ARE else item.__class__ for item in value])
    return value.__class__


@dataclass(frozen=True, slots=True)
class At:
    """What stands at a dotted path, and how it is copied if it is more than a scalar."""

    path: str
    copy: Copy = copied


Part = At | str | tuple["Part", ...] | None


def compiled_reader(make: Callable[..., T], *parts: Part) -> Callable[[Mapping[str, Any]], T]:
    """A function of an object that calls `make` with these parts of it.

    A tuple becomes one of its parts, a text stays as it is, None is ABSENT. A field of a nested object is
    UNTOLD where that is not there.
    """
    source = _Source(make)
    arguments = ", ".join([source.expression(part) for part in parts])
    text = "\n    ".join(["def read(data):", *source.lines, f"return make({arguments})"])
    exec(text, source.names)  # noqa: S102 - nothing but the allow-list is in the text
    read: Callable[[Mapping[str, Any]], T] = source.names["read"]
    return read


class _Source:
    """The lines that read an object, and the names that they use."""

    def __init__(self, make: Callable[..., object]) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {
            "make": make,
            "ABSENT": ABSENT,
            "UNTOLD": UNTOLD,
            "COPIED_AS_THEY_ARE": COPIED_AS_THEY_ARE,
        }
        self._objects: dict[str, str] = {}  # path → the variable that holds it

    def expression(self, part: Part) -> str:
        if part is None:
            return "ABSENT"
        if isinstance(part, str):
            return repr(part)
        if isinstance(part, At):
            return self._value(part)
        return "(" + "".join([f"{self.expression(inner)}, " for inner in part]) + ")"

    def _value(self, at: At) -> str:
        holder, _, name = at.path.rpartition(".")
        number = len(self.lines)
        value, copy = f"value_{number}", f"copy_{number}"
        self.names[copy] = at.copy
        self.lines += [
            f"{value} = {self._got(holder, name, 'ABSENT', 'UNTOLD')}",
            f"if {value}.__class__ not in COPIED_AS_THEY_ARE: {value} = {copy}({value})",
        ]
        return value

    def _object(self, path: str) -> str:
        """The variable with a nested object; each is looked up once."""
        if path not in self._objects:
            holder, _, name = path.rpartition(".")
            got = self._got(holder, name, "None", "None")
            self._objects[path] = variable = f"object_{len(self._objects)}"
            self.lines.append(f"{variable} = {got}")
        return self._objects[path]

    def _got(self, holder: str, name: str, absent: str, untold: str) -> str:
        if not holder:
            return f"data.get({name!r}, {absent})"
        inner = self._object(holder)
        return f"{inner}.get({name!r}, {absent}) if isinstance({inner}, dict) else {untold}"
