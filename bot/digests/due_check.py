"""Which check of the limits is due: a function of the time, the configuration and the checks made so far.

A check is named by its local day ("2026-11-23") and speaks of the seven days before it. Only the newest is
ever made: a limit that was crossed and is not any more is no news.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bot.digests.claim import CLAIMED, DONE, Run
from bot.digests.due import DAY_MS, LATE_AFTER_MS, Due, Recorded
from bot.settings import Settings
from reports.periods import Period, date_of, day_number, day_start_ms, local_day, span, trailing_week

ALERTS = "alerts"
LOOK_BACK = 14  # checks, where a limit stood nobody knows how


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """The daily check of the limits, posted where the weekly digest is. Without a channel none is made."""

    guild_id: int | None
    channel_id: int | None
    enabled: bool
    zone: str  # IANA name
    at: time  # local

    @classmethod
    def of(cls, settings: Settings) -> CheckSettings:
        alerts = settings.digest.alerts
        return cls(
            guild_id=settings.community.guild_id,
            channel_id=settings.digest.weekly.channel_id,
            enabled=alerts.enabled and bool(settings.alert),
            zone=settings.community.zone,
            at=time(alerts.at.hour, alerts.at.minute),
        )


def due_check(
    settings: CheckSettings, runs: Mapping[str, Run], recorded: Recorded | None, now_ms: int
) -> Due | None:
    """The newest check whose time is past, where it is not made yet; it may be in hand.

    Its seven days must be recorded from the first one on, and recorded and folded to their end.
    """
    if settings.guild_id is None or settings.channel_id is None or not settings.enabled or recorded is None:
        return None
    today = local_day(now_ms, settings.zone)
    day = today if _moment_ms(settings, today) <= now_ms else today - 1
    period, at_ms = _day(day, settings.zone), _moment_ms(settings, day)
    run = runs.get(period.key)
    if (run and run.status in DONE) or any(key > period.key for key in runs):
        return None  # a clock that was set back makes no check again
    week = seven_days(period)
    if recorded.from_ms >= week.start_ms + DAY_MS or recorded.to_ms < week.end_ms:
        return None
    late = now_ms - at_ms >= LATE_AFTER_MS
    return Due(settings.guild_id, settings.channel_id, ALERTS, period, at_ms, late, run)


def broken_off(settings: CheckSettings, runs: Mapping[str, Run], before: Due) -> Due | None:
    """The newest earlier check of which nobody knows whether it was posted: it is looked for first."""
    assert settings.guild_id is not None
    assert settings.channel_id is not None
    unsure = [key for key, run in runs.items() if run.status == CLAIMED and key < before.period.key]
    if not unsure:
        return None
    period = _day(day_number(date.fromisoformat(max(unsure))), settings.zone)
    at_ms = _moment_ms(settings, period.first_day)
    return Due(settings.guild_id, settings.channel_id, ALERTS, period, at_ms, late=True, run=runs[period.key])


def checks_made(runs: Mapping[str, Run], before: Due) -> list[Period]:
    """The days of the checks that were made before one, the newest first, as far as is looked back."""
    made = [key for key, run in runs.items() if run.status in DONE and key < before.period.key]
    newest = sorted(made, reverse=True)[:LOOK_BACK]
    return [_day(day_number(date.fromisoformat(key)), before.period.zone) for key in newest]


def seven_days(check: Period) -> Period:
    """What a check speaks of: the last seven complete days when its day began."""
    return trailing_week(check.start_ms, check.zone)


def next_check_ms(settings: CheckSettings, now_ms: int) -> int:
    """The first moment after this one at which the limits are checked."""
    today = local_day(now_ms, settings.zone)
    return next(at_ms for day in (today, today + 1) if (at_ms := _moment_ms(settings, day)) > now_ms)


def _day(day: int, zone: str) -> Period:
    return span(date_of(day).isoformat(), day, day, zone)


def _moment_ms(settings: CheckSettings, day: int) -> int:
    """A time that the clocks skip is taken as an hour later, one that comes twice the first time."""
    moment = datetime.combine(date_of(day), settings.at, ZoneInfo(settings.zone))
    return max(int(moment.timestamp()) * 1000, day_start_ms(day, settings.zone))
