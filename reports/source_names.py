"""What people call the sources of the record."""

from __future__ import annotations

from typing import Final

NAMES: Final = {
    "voice": "Voice",
    "members": "Members",
    "events": "Events",
    "commands": "Commands",
    "text": "Messages",
    "removals": "Removals",
}
CONTENTS: Final = {
    "members": "(joins, leaves, roles)",
    "events": "(plans, answers)",
    "text": "(counts, no text)",
    "removals": "(kicks, bans, prunes)",
}


def source_name(source: str) -> str:
    return NAMES.get(source, source.capitalize())


def source_title(source: str) -> str:
    """“Members (joins, leaves, roles)”."""
    return " ".join(filter(None, [source_name(source), CONTENTS.get(source)]))
