"""What every fact has, and how a row's body becomes one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec
from msgspec import Struct

from storage.event import LogRow

DAY_MS = 86_400_000

Body = TypeVar("Body", bound=Struct)
AFact = TypeVar("AFact", bound="Fact")


class Unparseable(ValueError):
    """A row that says nothing the fold understands. Its text is the dead letter's reason."""


class Fact(Struct, frozen=True):
    from_ms: int
    to_ms: int

    @property
    def is_estimated(self) -> bool:
        return self.from_ms != self.to_ms


Reader = Callable[[LogRow], Fact]


def reader(body_type: type[Body], build: Callable[[LogRow, Body], AFact]) -> Callable[[LogRow], AFact]:
    # Not strict: Discord writes ids as strings.
    decode = msgspec.json.Decoder(body_type, strict=False).decode
    return lambda row: build(row, decode(row.body))


_decode_others = msgspec.json.Decoder(dict[str, list[int]]).decode


def person(row: LogRow) -> int:
    if row.member_no is None:
        raise Unparseable(f"{row.type} without a person")
    return row.member_no


def others(row: LogRow, role: str) -> tuple[int, ...]:
    """The member numbers of those who are in the event in this role."""
    return tuple(others_by_role(row).get(role, ()))


def others_by_role(row: LogRow) -> dict[str, list[int]]:
    """The member numbers of everybody else in the event."""
    return _decode_others(row.others) if row.others else {}


def text(value: str, longest: int) -> str:
    # PostgreSQL refuses NUL and longer texts, and one refused row would hold up every row behind it.
    return value.replace("\0", "")[:longest]
