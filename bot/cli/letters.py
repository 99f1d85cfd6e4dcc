"""A terminal that knows no more than ASCII is shown the nearest letters, never an error."""

from __future__ import annotations

import codecs
import sys
from io import TextIOWrapper
from typing import Final

NEAREST: Final = {"✓": "+", "✗": "x", "–": "-", "→": ">", "…": "...", "“": '"', "”": '"', "’": "'"}
HANDLER: Final = "insights.nearest"


def show_nearest_letters() -> None:
    """For everything that this process prints from now on."""
    codecs.register_error(HANDLER, _nearest)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=HANDLER)


def _nearest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    unknown = error.object[error.start : error.end]
    return "".join(NEAREST.get(letter, "?") for letter in unknown), error.end
