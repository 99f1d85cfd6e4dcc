"""What is wrong in config.toml, said in one line a key: which one, what it may be, and what stands there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot.printable import printable
from bot.setting_kinds import REFUSAL
from bot.settings import Settings

Location = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one key, as a sentence that names the key, the file and what is allowed."""

    key: str
    file: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Place:
    """A key of the file: the table that it stands in, and what that says about it (None: unknown there)."""

    loc: Location
    table: type[BaseModel]
    field: FieldInfo | None

    @property
    def key(self) -> str:
        return spelt(self.loc)


def problems(error: ValidationError, content: Mapping[str, Any], file: str) -> Iterator[Problem]:
    """One problem a key: several wrong items of a list are one thing to mend."""
    seen = set()
    for detail in error.errors(include_url=False):
        key, words = _refused(detail) if detail["type"] == REFUSAL else _wrong(detail, content)
        if key not in seen:
            seen.add(key)
            yield Problem(printable(key), file, printable(f"{file}: {key} {words}"))


def spelt(loc: Location) -> str:
    """`event_type[2].titles`: tables of a list are counted from one, as people count them."""
    text = ""
    for part in loc:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _refused(detail: ErrorDetails) -> tuple[str, str]:
    """A table that is wrong as a whole brings its own words."""
    told = detail["ctx"]
    return told["key"] or spelt(detail["loc"]), told["words"]


def _wrong(detail: ErrorDetails, content: Mapping[str, Any]) -> tuple[str, str]:
    place = _place(detail["loc"])
    if place.field is None:
        return place.key, _unknown(place)
    if (inner := _table_of(place.field)) is not None:
        kind = "a table" if inner is place.field.annotation else f"tables, each under [[{place.key}]],"
        return place.key, f"must be {kind} with the keys {', '.join(inner.model_fields)}"
    if detail["type"] == "missing":
        return place.key, f"is not set: it must be {place.field.description}"
    hint = str(detail.get("ctx", {}).get("error", ""))
    value = _shown(_value_at(content, place.loc))
    return place.key, f"must be {place.field.description}, not {value}" + (f" ({hint})" if hint else "")


def _place(loc: Location) -> Place:
    """From pydantic's location, which may lead into a value, to the key that holds the value."""
    table: type[BaseModel] = Settings
    for depth, part in enumerate(loc):
        if isinstance(part, int):
            continue
        field = table.model_fields.get(part)
        inner = _table_of(field) if field else None
        if inner is None or not any(isinstance(later, str) for later in loc[depth + 1 :]):
            return Place(loc[: depth + 1], table, field)
        table = inner
    raise AssertionError(f"pydantic named no key: {loc}")


def _table_of(field: FieldInfo) -> type[BaseModel] | None:
    """The class of the table, or of each table in the list, that a key stands for."""
    for kind in (field.annotation, *get_args(field.annotation)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
    return None


def _unknown(place: Place) -> str:
    allowed = list(place.table.model_fields)
    close = get_close_matches(str(place.loc[-1]), allowed, n=1)
    advice = f"did you mean {close[0]}?" if close else f"allowed: {', '.join(allowed)}"
    return f"is not a key that exists here; {advice}"


def _value_at(content: Mapping[str, Any], loc: Location) -> object:
    value: Any = content
    for part in loc:
        value = value[part]
    return value


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = f'"{value}"' if isinstance(value, str) else str(value)
    text = printable(one_line(text))
    return text if len(text) <= 60 else text[:59] + "…"


def one_line(text: str) -> str:
    return " ".join(text.split())
