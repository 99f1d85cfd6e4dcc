"""The commands that people of the story run, as they type them."""

from __future__ import annotations

from sandbox.community_calendar import MINUTE_MS
from sandbox.community_moves import DeclaresEvent, RunsCommand
from sandbox.community_place import ZONE
from sandbox.community_seed import moment

Options = dict[str, str | int]


def typed(move: RunsCommand | DeclaresEvent) -> tuple[str, Options]:
    """The command in full, and its options."""
    if isinstance(move, RunsCommand):
        return move.command, {}
    return "insights declare", {
        "title": move.title,
        "channel": move.channel_id,
        "start": f"{moment(move.start_ms).astimezone(ZONE):%Y-%m-%d %H:%M}",
        "minutes": (move.end_ms - move.start_ms) // MINUTE_MS,
        "host": move.host_id,
    }
