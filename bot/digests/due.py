"""Which digests are due: a function of the time, the configuration and what was done so far.

A period is named by its local days ("2026-W46"), never by the moment of posting, so no clock change and no
second waking can make one of it two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from bot.digests.claim import POSTED, Run
from bot.digests.settings import DigestSettings
from reports.periods import Period, date_of, last_closed_week, previous

WEEKLY = "weekly"
CATCH_UP_WEEKS = 4  # older news than that is none
LATE_AFTER_MS = 15 * 60_000
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the tables speak of: from the first recorded moment to the latest one."""

    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True)
class Due:
    guild_id: int
    channel_id: int
    digest: str
    period: Period
    due_at_ms: int
    late: bool
    run: Run | None  # the earlier attempts, if there were any

    @property
    def marker(self) -> str:
        """What tells this digest's message from all others: it stands in the footer."""
        return f"{self.digest} {self.period.key}"

    def is_free(self, now_ms: int) -> bool:
        """Whether an attempt may be made now."""
        return self.run is None or self.run.is_free(self.channel_id, now_ms)

    @property
    def left_channel_id(self) -> int | None:
        """The channel of the last attempt, if the digest was moved since."""
        if self.run is None or self.run.channel_id == self.channel_id:
            return None
        return self.run.channel_id


def due_digests(
    settings: DigestSettings, runs: Mapping[str, Run], recorded: Recorded | None, now_ms: int
) -> list[Due]:
    """The weekly digests that should be posted by now and are not, oldest first; some may be in hand.

    Closed weeks whose time of posting is past, up to CATCH_UP_WEEKS back and never further than the first
    run (the very first digest speaks of last week, whatever history was imported). The week must be recorded
    from its first day on, and recorded and folded to its end.
    """
    if settings.guild_id is None or settings.channel_id is None or not settings.enabled or recorded is None:
        return []
    weeks = islice(_closed_weeks(settings, now_ms), CATCH_UP_WEEKS if runs else 1)
    found = [
        Due(settings.guild_id, settings.channel_id, WEEKLY, week, at_ms, now_ms - at_ms >= LATE_AFTER_MS, run)
        for week, at_ms in weeks
        for run in [runs.get(week.key)]
        if week.key >= min(runs, default="")
        and (run is None or run.status != POSTED)
        and recorded.from_ms < week.start_ms + DAY_MS
        and recorded.to_ms >= week.end_ms
    ]
    return found[::-1]


def _closed_weeks(settings: DigestSettings, now_ms: int) -> Iterator[tuple[Period, int]]:
    """Every week whose time of posting is past, with that time, newest first."""
    week = last_closed_week(now_ms, settings.zone, settings.week_start)
    while True:
        at_ms = posting_time_ms(settings, week)
        if at_ms <= now_ms:
            yield week, at_ms
        week = previous(week)


def posting_time_ms(settings: DigestSettings, week: Period) -> int:
    """The first moment at or after the week's end that is the configured local weekday and time.

    A time that the clocks skip (02:30 on a spring Sunday) is taken as an hour later; one that comes twice is
    taken the first time.
    """
    zone = ZoneInfo(week.zone)
    ends_on = date_of(week.last_day + 1)
    for days in range(8):
        on = ends_on + timedelta(days=days)
        if on.weekday() == settings.weekday and (at_ms := _moment_ms(on, settings, zone)) >= week.end_ms:
            return at_ms
    raise AssertionError("every weekday comes once in eight days")


def _moment_ms(on: date, settings: DigestSettings, zone: ZoneInfo) -> int:
    return int(datetime.combine(on, settings.at, zone).timestamp()) * 1000
