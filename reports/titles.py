"""Titles that members wrote, as they may stand within a report's own sentences: one short, visible line."""

from __future__ import annotations

import unicodedata

TITLE_LENGTH = 24
_HIDDEN = {"Cc", "Cf", "Cn", "Co", "Cs"}
_JOINER = "\u200d"  # joins emoji


def short_title(title: str, length: int = TITLE_LENGTH) -> str:
    """At most `length` characters; where it escapes or drops more, whoever shows it still does so."""
    spaced = "".join(" " if character.isspace() else character for character in title)
    shown = (c for c in spaced if c == _JOINER or unicodedata.category(c) not in _HIDDEN)
    text = " ".join("".join(shown).split()).strip(_JOINER)
    if not text:
        return "Untitled"
    return text if len(text) <= length else text[: length - 1].rstrip(f" {_JOINER}") + "…"
