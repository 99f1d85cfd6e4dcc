"""Text as it may be drawn: no emoji, nothing invisible, never longer than its place."""

from __future__ import annotations

import re
import unicodedata

from charts import theme
from reports.wording import NO_BREAK

MEMBER_TEXT_LENGTH = 20

# Pictographs have no glyph in the chart's fonts. Arrows, triangles, × and ° are not among them.
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\U00002600-\U000027bf\U00002b05-\U00002bff\U0000231a-\U000023ff\u20e3\ufe00-\ufe0f]"
)
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}  # control, format and direction, surrogate, private, unassigned


def drawable(text: str) -> str:
    """The text on one line without what cannot be seen: emoji, control and direction characters, lone
    surrogates, and whatever no font of this machine has a glyph for, which would be drawn as empty boxes.
    """
    spaced = re.sub(r"[\t\n\r\v\f\u0085\u2028\u2029]", " ", text)
    visible = "".join(c for c in _EMOJI.sub("", spaced) if unicodedata.category(c) not in _INVISIBLE)
    known = theme.characters()
    kept = "".join(c for c in unicodedata.normalize("NFC", visible) if ord(c) in known)
    return re.sub(" {2,}", " ", kept).strip(" ")


def clamped(text: str, length: int) -> str:
    """At most `length` characters, the last one “…” if something was left out."""
    return text if len(text) <= length else text[: length - 1].rstrip(f" {NO_BREAK}·,;:") + "…"


def member_text(text: str) -> str:
    """A title or name written by a member, fit for a chart."""
    return clamped(drawable(text), MEMBER_TEXT_LENGTH)
