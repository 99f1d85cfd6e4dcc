"""The plain counts of each day, by the KPI's name and the date."""

from __future__ import annotations

from datetime import date
from typing import Any

from .club import VOICE_PASSES, Club
from .lifecycle import ENOUGH, recorded
from .seen import HOUR

COUNTS = ("joins", "leaves", "messages", "commands", "voice_hours", "active_members")


def daily(club: Club, day: date) -> dict[str, Any]:
    """Of a day of which nothing was recorded nothing is known, and of one with a hole in it no share."""
    known = recorded(club, {day})
    if not known:
        return {f"daily_{name} {day}": (None, None, None) for name in COUNTS}
    begins, ends = club.known.midnight(day), club.end_of(day)
    active, here = club.active([day]), club.exposed([day])
    spells = [stay for person in club.people.values() for stay in club.stays(person)]
    joins = sum(begins <= joined < ends for joined, _ in spells)
    leaves = sum(left is not None and begins <= left < ends for _, left in spells)
    messages = sum(club.messages[user, day] for user in club.people)
    commands = sum(
        one.is_success and one.user_id in club.people and club.known.day(one.at_ms) == day
        for one in club.commands.tracked
    )
    voice_ms = sum(
        length
        for (user, at), length in club.voice_ms.items()
        if at == day and user in club.people and length >= VOICE_PASSES
    )
    return {
        f"daily_active_members {day}": (len(active), len(active), len(here) if known >= ENOUGH else None),
        f"daily_joins {day}": (joins, joins, None),
        f"daily_leaves {day}": (leaves, leaves, None),
        f"daily_messages {day}": (messages, messages, None),
        f"daily_commands {day}": (commands, commands, None),
        f"daily_voice_hours {day}": voice_ms / HOUR,
    }
