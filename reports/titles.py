"""Titles that members wrote, as they may stand within a report's own sentences: one short, visible line."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

TITLE_LENGTH = 24
_TYPEWRITTEN = str.maketrans("‘’ʼ“”„–—", "'''\"\"\"--")
_HIDDEN = {"Cc", "Cf", "Cn", "Co", "Cs"}
_JOINER = "\u200d"  # joins emoji


def folded(text: str) -> str:
    """As it is compared with what somebody types: no capitals, no accents, no quotes but a keyboard's."""
    if text.isascii():
        return text.lower()
    letters = unicodedata.normalize("NFKD", text.translate(_TYPEWRITTEN))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return unicodedata.normalize("NFKC", bare).casefold()


def short_title(title: str, length: int = TITLE_LENGTH) -> str:
    """At most `length` characters; where it escapes or drops more, whoever shows it still does so."""
    spaced = "".join(" " if character.isspace() else character for character in title)
    shown = (c for c in spaced if c == _JOINER or unicodedata.category(c) not in _HIDDEN)
    text = " ".join("".join(shown).split()).strip(_JOINER)
    if not text:
        return "Untitled"
    return text if len(text) <= length else text[: length - 1].rstrip(f" {_JOINER}") + "…"


def both_ends(title: str, length: int = TITLE_LENGTH) -> str:
    """A long title by its beginning and its end: titles of one house often differ only there."""
    whole = short_title(title, 1000)
    if len(whole) <= length:
        return whole
    before, ending = whole[: -(length // 2)], whole[-(length // 2) :]
    if " " in ending and not before.endswith(" "):
        ending = ending.partition(" ")[2]  # not with a part of a word
    ending = ending.strip(f" {_JOINER}")
    return f"{whole[: length - 1 - len(ending)].rstrip(f' {_JOINER}')}…{ending}"


def told_apart(names: Mapping[Key, Sequence[str]]) -> dict[Key, str]:
    """Of each the first of its names that nothing else has; where there is none, its last with a number."""
    told: dict[Key, str] = {}
    for place in range(max(map(len, names.values()), default=0)):
        rest = {key: own[min(place, len(own) - 1)] for key, own in names.items() if key not in told}
        often = Counter([*rest.values(), *told.values()])
        told |= {key: name for key, name in rest.items() if often[name] == 1}
    numbers: Counter[str] = Counter()
    for key, own in names.items():
        if key not in told:
            numbers[own[-1]] += 1
            told[key] = _numbered(own[-1], numbers[own[-1]])
    return told


def _numbered(name: str, number: int) -> str:
    return f"{name if len(name) > TITLE_LENGTH else short_title(name, TITLE_LENGTH - 4)} ({number})"
