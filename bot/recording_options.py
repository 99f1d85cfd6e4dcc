"""What the community decided about recording, as the intake takes it."""

from __future__ import annotations

from bot.intake import IntakeOptions
from bot.settings import Settings


def intake_options(guild_id: int, settings: Settings) -> IntakeOptions:
    return IntakeOptions(
        guild_id=guild_id,
        excluded_channels=frozenset(settings.recording.excluded_channels),
        command_options=frozenset(settings.recording.command_options),
        records_text=settings.recording.text,
        tracked_commands=frozenset(settings.commands.tracked),
    )
