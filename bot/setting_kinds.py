"""The kinds of values that config.toml holds: ids, names, lists, zones, moments of the week."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import Annotated, Literal, Protocol, TypeVar, get_args
from unicodedata import category
from zoneinfo import available_timezones

import msgspec
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from storage.activities import SEEN_HERE, is_name

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[str, ...] = get_args(Weekday)

HIGHEST_SNOWFLAKE = 2**63 - 1  # Discord's ids have 64 bits, the databases' integers a sign
LOWEST_SNOWFLAKE = 2**22  # of Discord's first millisecond; below are worker and number within one
LONGEST_SNOWFLAKE = 20  # digits

MOST_WORDS, LONGEST_WORD = 3, 32  # of a command: it, its group and its subcommand

UNPRINTABLE = ("Cc", "Cs")  # Unicode's control characters and surrogates

NO_PLACES = {"localtime", "Factory"}  # the machine's own zone, and none at all

REFUSAL = "refusal"  # the type of an error that brings its own words


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


def refusal(words: str, key: str = "") -> PydanticCustomError:
    """What is wrong with a table as a whole: "must have …". `key` names another place than the table."""
    return PydanticCustomError(REFUSAL, "{words}", {"words": words, "key": key})


def nearest(value: str, known: list[str]) -> str:
    """The question that helps somebody who mistyped a name; empty where nothing is near."""
    close = get_close_matches(value, known, n=1)
    return f"did you mean {close[0]}?" if close else ""


class Named(Protocol):
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Named)


def named_once(table: str) -> Callable[[tuple[N, ...]], tuple[N, ...]]:
    """Refuses two tables `[[table]]` of one name; capitals make no difference."""

    def check(tables: tuple[N, ...]) -> tuple[N, ...]:
        names = [one.name.casefold() for one in tables]
        for place, name in enumerate(names):
            if name in names[:place]:
                before = names.index(name) + 1
                raise refusal(
                    f'must be a name of its own, not "{tables[place].name}": {table}[{before}] has it',
                    f"{table}[{place + 1}].name",
                )
        return tables

    return check


def _snowflake(value: object) -> object:
    """An id may be written with or without quotes: people copy it both ways."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= LONGEST_SNOWFLAKE:
        return int(value)
    return value


def _printable(value: object) -> object:
    """PostgreSQL takes neither NUL nor lone surrogates, and no screen shows any other control character."""
    if isinstance(value, str) and any(category(letter) in UNPRINTABLE for letter in value):
        raise ValueError("it holds a control character")
    return value


def _activity(value: object) -> object:
    if not isinstance(value, str) or value in SEEN_HERE:
        return value
    if close := get_close_matches(value, SEEN_HERE, n=1, cutoff=0.8):
        raise ValueError(f"did you mean {close[0]}?")
    if not is_name(value):
        raise ValueError("a name has up to 32 of a-z, 0-9 and _")
    return value


def _command(value: object) -> object:
    """It may be written with the slash that people type before it; the names are as Discord allows them."""
    if not isinstance(value, str):
        return value
    words = value.removeprefix("/").split(" ")
    if len(words) > MOST_WORDS or not all(map(_is_command_word, words)):
        raise ValueError("Discord’s names have no capitals: up to three words of 32 letters, digits, - and _")
    return " ".join(words)


def _command_option(value: object) -> object:
    """As intake names it: of a subcommand with all its words, “team join.name”."""
    if not isinstance(value, str):
        return value
    command, dot, option = value.rpartition(".")
    if not (dot and _is_command_word(option)):
        raise ValueError("each is a command, a dot and one of its options")
    return f"{_command(command)}.{option}"


def _is_command_word(word: str) -> bool:
    letters = all(letter in "-_'" or category(letter)[0] in "LMN" for letter in word)
    return 1 <= len(word) <= LONGEST_WORD and letters and word == word.lower()


def _tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _zone(value: object) -> object:
    if isinstance(value, str) and not is_zone(value):
        raise ValueError(nearest(value, sorted(_zones())))
    return value


def is_zone(name: str) -> bool:
    """Whether days in it are the same on every machine."""
    return name in _zones()


def _zones() -> set[str]:
    return available_timezones() - NO_PLACES


LATEST_DAY = 14  # of the month after, on which a monthly digest may be posted


class WeeklyMoment(msgspec.Struct, frozen=True):
    """A local wall-clock moment that comes once a week."""

    weekday: int  # 0 is Monday
    hour: int
    minute: int


def _weekly_moment(value: object) -> object:
    if not isinstance(value, str):
        return value
    day, _, clock = value.strip().lower().partition(" ")
    hour, _, minute = clock.strip().partition(":")
    if day not in WEEKDAYS or not (_below(hour, 24) and _below(minute, 60)):
        raise ValueError("")
    return WeeklyMoment(WEEKDAYS.index(day), int(hour), int(minute))


class DailyMoment(msgspec.Struct, frozen=True):
    """A local wall-clock moment that comes once a day."""

    hour: int
    minute: int


class MonthlyMoment(msgspec.Struct, frozen=True):
    """A local wall-clock moment that comes once a month, in its first half."""

    day: int
    hour: int
    minute: int


def _daily_moment(value: object) -> object:
    if not isinstance(value, str):
        return value
    hour, _, minute = value.strip().partition(":")
    if not (_below(hour, 24) and _below(minute, 60)):
        raise ValueError("")
    return DailyMoment(int(hour), int(minute))


def _monthly_moment(value: object) -> object:
    if not isinstance(value, str):
        return value
    day, _, clock = value.strip().partition(" ")
    hour, _, minute = clock.strip().partition(":")
    is_day = day.isascii() and day.isdecimal() and 1 <= int(day) <= LATEST_DAY
    if not is_day or not (_below(hour, 24) and _below(minute, 60)):
        raise ValueError("")
    return MonthlyMoment(int(day), int(hour), int(minute))


def _below(digits: str, limit: int) -> bool:
    return len(digits) == 2 and digits.isascii() and digits.isdecimal() and int(digits) < limit


T = TypeVar("T")
Snowflake = Annotated[int, BeforeValidator(_snowflake), Field(gt=0, le=HIGHEST_SNOWFLAKE)]
Name = Annotated[
    str, BeforeValidator(_printable), Field(min_length=1, max_length=100, pattern=r"^\S+( \S+)*$")
]
CommandName = Annotated[str, BeforeValidator(_command)]
CommandOption = Annotated[str, BeforeValidator(_command_option)]
ActivityName = Annotated[str, BeforeValidator(_activity)]
Many = Annotated[tuple[T, ...], BeforeValidator(_tuple)]
Zone = Annotated[str, BeforeValidator(_zone)]
AtDaily = Annotated[DailyMoment, BeforeValidator(_daily_moment)]
AtWeekly = Annotated[WeeklyMoment, BeforeValidator(_weekly_moment)]
AtMonthly = Annotated[MonthlyMoment, BeforeValidator(_monthly_moment)]
