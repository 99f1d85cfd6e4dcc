"""What people typed or wrote into a file, as a terminal may show it."""

from __future__ import annotations

from typing import Final
from unicodedata import category

OBEYED: Final = ("Cc", "Cf", "Cs")  # control characters, direction marks and other hidden ones, surrogates
KEPT: Final = ("\n", "\t", "\u200d")  # lines stay lines, and emoji joined
MARK: Final = "�"


def printable(text: str) -> str:
    """With a mark in place of whatever would move the cursor, colour or reorder what is shown, or hide."""
    return "".join(MARK if category(sign) in OBEYED and sign not in KEPT else sign for sign in text)
