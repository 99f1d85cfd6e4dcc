"""Text that people wrote, made fit to stand in a message: it pings nobody, formats nothing, hides nothing."""

from __future__ import annotations

import re
import unicodedata

# Controls, direction marks, unassigned and private characters and lone surrogates. U+200D joins emoji: kept.
_HIDDEN = {"Cc", "Cf", "Cn", "Co", "Cs"}
_JOINER = "\u200d"
_BREAKING_SPACE = re.compile(r"[^\S\u00a0]+")  # a number and its unit stay together
_VARIATION = "\ufe0f"  # asks for an emoji's coloured form

# What Discord reads as markup wherever it stands …
_INLINE = re.compile(r"([\\*_~`|<\[\]@])|(?<=\w)(:)(?=//)")
# … and at the start of a line: headings, quotes, lists, small print.
_LINE_START = re.compile(r"^(\s*)([#>+-]|\d+(?=\.\s))")


def clean(text: str) -> str:
    """One line without control, direction and invisible characters; white space runs become one space."""
    return _BREAKING_SPACE.sub(" ", "".join(filter(_is_shown, text))).strip()


def _is_shown(character: str) -> bool:
    if character.isspace() or character in (_JOINER, _VARIATION):
        return True
    return unicodedata.category(character) not in _HIDDEN


def clamp(text: str, limit: int) -> str:
    """At most `limit` characters. What is cut ends with “…”, and never within an emoji or an accent."""
    if len(text) <= limit:
        return text
    cut = limit - 1
    while cut > 0 and _continues(text, cut):
        cut -= 1
    return text[:cut].rstrip() + "…"


def _continues(text: str, at: int) -> bool:
    """Whether the character at this place belongs to the one before it."""
    joined = text[at - 1] == _JOINER or text[at] == _JOINER
    return joined or text[at] == _VARIATION or unicodedata.combining(text[at]) > 0 or _is_skin_tone(text[at])


def _is_skin_tone(character: str) -> bool:
    return "\U0001f3fb" <= character <= "\U0001f3ff"


def escape(text: str) -> str:
    """One clean line in which nothing is markup, a mention or a link."""
    escaped = _INLINE.sub(r"\\\g<0>", clean(text))
    return _LINE_START.sub(_escape_start, escaped)


def _escape_start(match: re.Match[str]) -> str:
    indent, mark = match.groups()
    return f"{indent}{mark}\\" if mark.isdigit() else f"{indent}\\{mark}"


def member_text(text: str, limit: int) -> str:
    """What a member wrote (a title, a name), cleaned, clamped to `limit` visible characters and escaped."""
    return escape(clamp(clean(text), limit))


def escape_within(text: str, limit: int) -> str:
    """Escaped text of at most `limit` characters, the marks of escaping among them."""
    visible, escaped = limit, member_text(text, limit)
    while len(escaped) > limit:
        visible -= 1
        escaped = member_text(text, visible)
    return escaped
