"""The names of activities: the bot's own, and those of other platforms, such as `dota_match`.

A name is all that a platform needs here: its rows and its day sets stand under it.
"""

from __future__ import annotations

import re

from storage.day_sets import FIRST_JOIN, PRESENT, PRESENT_AT_END

VOICE = "voice"
EVENT = "event"
COMMAND = "command"
TEXT = "text"

SEEN_HERE = frozenset({VOICE, EVENT, COMMAND, TEXT})
POPULATIONS = frozenset(
    {PRESENT, PRESENT_AT_END, FIRST_JOIN}
)  # their day sets stand beside those of activities

SHAPE = re.compile(r"[a-z0-9_]{1,32}")  # as long as the tables' columns


def is_name(text: str) -> bool:
    """Whether an activity can be called so."""
    return SHAPE.fullmatch(text) is not None and text not in POPULATIONS


def is_of_others(text: str) -> bool:
    """Whether an activity that the bot does not see for itself can be called so."""
    return is_name(text) and text not in SEEN_HERE
