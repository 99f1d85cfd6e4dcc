"""One thing that was looked at, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    WELL = "well"
    ILL = "ill"
    UNKNOWN = "unknown"  # could not be looked at, for a reason that another finding names, or need not be


@dataclass(frozen=True, slots=True)
class Finding:
    about: str  # one or two words
    state: State
    said: str
    do: str = ""  # what to do about it; empty where nothing has to be done


def well(about: str, said: str) -> Finding:
    return Finding(about, State.WELL, said)


def ill(about: str, said: str, do: str) -> Finding:
    return Finding(about, State.ILL, said, do)


def unknown(about: str, said: str) -> Finding:
    return Finding(about, State.UNKNOWN, said)


def split(sentence: str) -> tuple[str, str]:
    """“X is locked: end that process.” → what is wrong, and what to do."""
    what, _, do = sentence.partition(": ")
    return what.rstrip("."), (do[:1].upper() + do[1:]) if do else "See docs/operations.md."
