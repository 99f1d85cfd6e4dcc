"""What a field of a dispatch must look like to be kept. Each check gives the value as it is stored.

A check never repeats the value that it refuses: what is malformed may be anything, also something private.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeVar

HIGHEST: Final = 2**63 - 1  # snowflakes have 64 bits, both databases' integers 63 and a sign
LONGEST_NAME: Final = 100  # Discord's names of commands and options have at most 32 characters
MOST_ROLES: Final = 1000  # Discord allows 250 in a guild
MOST_OBJECTS: Final = 1000  # in a list within a dispatch; Discord sets no limit to an event's exceptions
LAST_MOMENT_MS: Final = 32_503_679_999_999  # the year 2999: far from where datetime ends, whatever is added

UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL takes neither NUL nor lone surrogates
LEFT_OUT: Final = "(left out)"  # stands where a text was, or a part of one
DIGITS_OF_AN_ID: Final = re.compile(r"\d{15,}")  # a mention, or an id that someone pasted
DISCORD_EPOCH_MS: Final = 1_420_070_400_000  # "Snowflakes" in Discord's API reference: 2015-01-01 UTC
LAST_PLANNED_MS: Final = 4_133_980_799_999  # the year 2100; Discord plans at most five years ahead

T = TypeVar("T")
Check = Callable[[object], object]


class _Absent:
    """The field was not there, which is not the same as null."""


ABSENT: Final = _Absent()
NOBODY: Final = _Absent()  # it is about no single person
UNTOLD: Final = _Absent()  # not even the object was there that would have held the field


class Malformed(ValueError):
    """The value is not what Discord documents. The message says what was expected and what kind came."""


def kind_of(value: object) -> str:
    """The JSON name of a value's kind; the value itself is never shown."""
    if isinstance(value, _Absent):
        return "nothing"
    if value is None:
        return "null"
    if isinstance(value, type):  # stands for an object or a list that was not copied
        return "an object" if value is dict else "a list"
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a text", tuple: "a list"}
    return names.get(type(value), "something else")


def refuse(expected: str, value: object) -> Malformed:
    return Malformed(f"expected {expected}, got {kind_of(value)}")


def snowflake_number(value: object) -> int:
    if isinstance(value, str) and 0 < len(value) <= 20 and value.isascii() and value.isdecimal():
        number = int(value)
    elif type(value) is int:
        number = value
    else:
        raise refuse("an id", value)
    if not 0 < number <= HIGHEST:
        raise Malformed("expected an id, got a number out of range")
    return number


def snowflake(value: object) -> str:
    return str(snowflake_number(value))


def snowflakes(value: object) -> list[str]:
    if not isinstance(value, tuple):
        raise refuse("a list of ids", value)
    if len(value) > MOST_ROLES:
        raise Malformed(f"expected at most {MOST_ROLES} ids, got more")
    return [snowflake(item) for item in value]


def flag(value: object) -> bool:
    if isinstance(value, _Absent):  # Discord leaves out what is false
        return False
    if not isinstance(value, bool):
        raise refuse("true or false", value)
    return value


def bot_flag(value: object) -> bool | None:
    """Discord leaves `bot` out for people; None where it did not speak of the user at all."""
    return None if value is UNTOLD else flag(value)


def any_flag(value: object) -> bool:
    assert isinstance(value, tuple)  # several fields are kept as one
    return True in [flag(item) for item in value]


def loose_flag(value: object) -> bool:
    """Null is false too."""
    return value is not None and flag(value)


def count(value: object) -> int:
    if type(value) is not int:
        raise refuse("a whole number", value)
    if not 0 <= value <= HIGHEST:
        raise Malformed("expected a whole number, got one out of range")
    return value


def loose_count(value: object) -> int:
    """A whole number, also where Discord writes it as a text."""
    is_text = isinstance(value, str) and 0 < len(value) <= 19 and value.isascii() and value.isdecimal()
    return count(int(str(value)) if is_text else value)


def moment_ms(value: object) -> int:
    """An ISO 8601 timestamp with its offset, as milliseconds since 1970 UTC."""
    if not isinstance(value, str):
        raise refuse("a timestamp", value)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise Malformed("expected a timestamp, got another text") from None
    if moment.tzinfo is None:
        raise Malformed("expected a timestamp with its offset, got one without")
    at_ms = int(moment.timestamp() * 1000)
    if not 0 <= at_ms <= LAST_MOMENT_MS:
        raise Malformed("expected a timestamp, got one out of range")
    return at_ms


def planned_ms(value: object) -> int:
    """A timestamp for which somebody can have planned an event."""
    at_ms = moment_ms(value)
    if not DISCORD_EPOCH_MS <= at_ms <= LAST_PLANNED_MS:
        raise Malformed("expected a timestamp from 2015 to 2100, got another")
    return at_ms


def one_of(*allowed: int) -> Callable[[object], int]:
    """A number of a closed list of Discord's."""

    def checked(value: object) -> int:
        if type(value) is not int:
            raise refuse("a whole number", value)
        if value not in allowed:
            raise Malformed("expected a number of Discord's list, got another")
        return value

    return checked


event_status = one_of(1, 2, 3, 4)  # "Guild Scheduled Event Status": scheduled, active, completed, cancelled
removal = one_of(20, 21, 22)  # "Audit Log Events": kicked, pruned, banned
entity_type = one_of(1, 2, 3)  # "Guild Scheduled Event Entity Types": stage, voice, elsewhere
_response = one_of(0, 1)


def answer(value: object) -> int:
    """Whether somebody is interested: said only of an answer to a single occurrence."""
    return 1 if value is None or isinstance(value, _Absent) else _response(value)


def snowflake_moment_ms(value: object) -> int:
    """When an id that Discord made for a moment says that it is."""
    return snowflake_ms(snowflake_number(value))


def rule_start_ms(value: object) -> int | None:
    """Where a recurrence rule begins; None without a rule."""
    return None if value is UNTOLD else planned_ms(value)


def objects(value: object) -> tuple[object, ...]:
    """A list of objects, each of them as the tuple of its kept fields. Nothing is an empty list."""
    if value is None or isinstance(value, _Absent):
        return ()
    if not isinstance(value, tuple):
        raise refuse("a list of objects", value)
    if len(value) > MOST_OBJECTS:
        raise Malformed(f"expected at most {MOST_OBJECTS} objects, got more")
    return value


def name(value: object) -> str:
    if not isinstance(value, str):
        raise refuse("a name", value)
    clean = kept_text(value)[:LONGEST_NAME]
    if not clean:
        raise Malformed("expected a name, got an empty text")
    return clean


def if_told(check: Callable[[object], T]) -> Callable[[object], T | None]:
    """The same check, but null where the object that would hold the field is not there either."""
    check_field = optional(check)

    def checked(value: object) -> T | None:
        return None if value is UNTOLD else check_field(value)

    return checked


def optional(check: Callable[[object], T]) -> Callable[[object], T | None]:
    """The same check, but null or nothing is kept as null."""

    def checked(value: object) -> T | None:
        return None if value is None or isinstance(value, _Absent) else check(value)

    return checked


def kept_text(text: str) -> str:
    """A text that people wrote, as it may be kept: who is erased must not go on standing in it."""
    return DIGITS_OF_AN_ID.sub(LEFT_OUT, storable(text))


def storable(text: str) -> str:
    """The text without what a database refuses: NUL and lone surrogates."""
    return UNSTORABLE.sub("", text)


def snowflake_ms(number: int) -> int:
    """When Discord made the id, in milliseconds since 1970 UTC."""
    return (number >> 22) + DISCORD_EPOCH_MS
