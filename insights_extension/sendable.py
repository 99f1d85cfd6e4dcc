"""What may stand in a line to the collector: single values, none of them long, and only whole characters."""

from __future__ import annotations

import re
from typing import Final

LONGEST_TEXT: Final = 200  # twice what is kept of one where config.toml lists its option
UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")  # half a character would make the whole line unreadable
DIGITS_AT_END: Final = re.compile(r"\d+\Z")


def sendable(value: object) -> str | int | float | None:
    """None for a list or an object."""
    if isinstance(value, str):
        return _clean(value)
    return value if isinstance(value, int | float) else None


def _clean(text: str) -> str:
    clean = UNSTORABLE.sub("", text)
    if len(clean) <= LONGEST_TEXT:
        return clean
    # The half of an id that was cut would no longer be known as one.
    return DIGITS_AT_END.sub("", clean[:LONGEST_TEXT])
