"""What a digest needs to know of the configuration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from bot.settings import Settings

WEEKLY, MONTHLY = "weekly", "monthly"
WEEKLY_CHANNEL, MONTHLY_CHANNEL = "digest.weekly.channel_id", "digest.monthly.channel_id"


@dataclass(frozen=True, slots=True)
class DigestSettings:
    """Where and when a digest is posted. Without a guild or a channel nothing is."""

    guild_id: int | None
    channel_id: int | None
    enabled: bool
    zone: str  # IANA name
    week_start: str  # monday to sunday
    weekday: int  # of posting a weekly one, 0 is Monday
    at: time  # of posting, local
    digest: str = WEEKLY
    day: int = 1  # of the month, of posting a monthly one
    channel_key: str = WEEKLY_CHANNEL  # what in config.toml names the channel

    @classmethod
    def of(cls, settings: Settings) -> DigestSettings:
        """The weekly digest's."""
        weekly = settings.digest.weekly
        return cls(
            guild_id=settings.community.guild_id,
            channel_id=weekly.channel_id,
            enabled=weekly.enabled,
            zone=settings.community.zone,
            week_start=settings.community.week_start,
            weekday=weekly.at.weekday,
            at=time(weekly.at.hour, weekly.at.minute),
        )

    @classmethod
    def monthly(cls, settings: Settings) -> DigestSettings:
        """The monthly digest goes where the weekly one does, if it has no channel of its own."""
        weekly, monthly = settings.digest.weekly, settings.digest.monthly
        return cls(
            guild_id=settings.community.guild_id,
            channel_id=weekly.channel_id if monthly.channel_id is None else monthly.channel_id,
            enabled=monthly.enabled,
            zone=settings.community.zone,
            week_start=settings.community.week_start,
            weekday=weekly.at.weekday,
            at=time(monthly.at.hour, monthly.at.minute),
            digest=MONTHLY,
            day=monthly.at.day,
            channel_key=WEEKLY_CHANNEL if monthly.channel_id is None else MONTHLY_CHANNEL,
        )
