"""The channels that somebody names for an event: those in which presence is recorded."""

from __future__ import annotations

from collections.abc import Iterable

from bot.commands.tables import Unanswerable
from bot.services import Services

NO_VOICE = "Presence is recorded in voice and stage channels only: name one of those."
NOT_RECORDED = "Nothing is recorded in that channel (recording.excluded_channels), so nobody can be counted."


def recorded_channels(services: Services, channel_ids: Iterable[int]) -> list[int]:
    """Each once. Raises Unanswerable where none is left."""
    named = list(dict.fromkeys(channel_ids))
    excluded = services.settings.current.recording.excluded_channels
    recorded = [channel for channel in named if channel not in excluded]
    if not recorded:
        raise Unanswerable(NOT_RECORDED if named else NO_VOICE)
    return recorded
