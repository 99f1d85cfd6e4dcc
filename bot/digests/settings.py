"""What a digest needs to know of the configuration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class DigestSettings:
    """The weekly digest: where and when it is posted. Without a guild or a channel nothing is."""

    guild_id: int | None
    channel_id: int | None
    enabled: bool
    zone: str  # IANA name
    week_start: str  # monday to sunday
    weekday: int  # of posting, 0 is Monday
    at: time  # of posting, local

    @classmethod
    def of(cls, settings: Settings) -> DigestSettings:
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
