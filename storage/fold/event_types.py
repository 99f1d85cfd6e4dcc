"""What kind of event it is, which events are one series, and where presence counts."""

from __future__ import annotations

import unicodedata
from fnmatch import fnmatchcase

from storage.occurrence import BY_TITLE, RECURRING
from storage.rules import EventRules, EventTypeRule

SERIES_LENGTH = 128  # of the tables' columns


def type_of(title: str, channel_id: int | None, rules: EventRules) -> EventTypeRule | None:
    """The first type that the event fits: one of its titles, or for a type without titles its channels."""
    folded = title.casefold()
    for rule in rules.types:
        if rule.titles:
            if any(_fits(folded, pattern.casefold()) for pattern in rule.titles):
                return rule
        elif channel_id is not None and channel_id in rule.channels:
            return rule
    return None


def _fits(title: str, pattern: str) -> bool:
    """Only * and ? stand for something else: a [ is itself."""
    return fnmatchcase(title, pattern.replace("[", "[[]"))


def channels_of(own: tuple[int, ...], rule: EventTypeRule | None) -> tuple[int, ...]:
    return tuple(sorted({*own, *(rule.channels if rule else ())}))


def recurring(event_id: int) -> str:
    return f"{RECURRING}{event_id}"


def by_title(title: str) -> str:
    """The same for "Raid night #12" and "RAID NIGHT 13!"."""
    folded = unicodedata.normalize("NFKC", title).casefold()
    words = "".join(letter if _is_kept(letter) else " " for letter in folded).split()
    return (BY_TITLE + (" ".join(words) or folded))[:SERIES_LENGTH]


def _is_kept(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LM"
