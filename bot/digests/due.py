"""Which digests are due: a function of the time, the configuration and what was done so far.

A period is named by its local days ("2026-W46", "2026-11"), never by the moment of posting, so no clock
change and no second waking can make one of it two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from bot.digests.claim import POSTED, Run
from bot.digests.settings import MONTHLY, WEEKLY, WEEKLY_CHANNEL, DigestSettings
from reports.periods import Period, date_of, last_closed_month, last_closed_week, previous

CATCH_UP_WEEKS = 4  # older news than that is none
CATCH_UP_MONTHS = 1
MONTH_IS_NEWS_MS = 14 * 86_400_000  # after it was due; later on the next one is nearer
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
    channel_key: str = WEEKLY_CHANNEL  # what in config.toml names the channel

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
    """The digests of one kind that should be posted by now and are not, oldest first; some may be in hand.

    Closed weeks whose time of posting is past, up to CATCH_UP_WEEKS back and never further than the first
    run (the very first digest speaks of last week, whatever history was imported); or the last month, while
    that is news. The period must be recorded from its first day on, and recorded and folded to its end.
    """
    if settings.guild_id is None or settings.channel_id is None or not settings.enabled or recorded is None:
        return []
    found = [
        Due(
            settings.guild_id,
            settings.channel_id,
            settings.digest,
            period,
            at_ms,
            now_ms - at_ms >= LATE_AFTER_MS,
            run,
            settings.channel_key,
        )
        for period, at_ms in _worth_posting(settings, is_first=not runs, now_ms=now_ms)
        for run in [runs.get(period.key)]
        if period.key >= min(runs, default="")
        and (run is None or run.status != POSTED)
        and recorded.from_ms < period.start_ms + DAY_MS
        and recorded.to_ms >= period.end_ms
    ]
    return found[::-1]


def _worth_posting(settings: DigestSettings, *, is_first: bool, now_ms: int) -> Iterator[tuple[Period, int]]:
    past = _closed(settings, now_ms)
    if settings.digest == WEEKLY:
        yield from islice(past, 1 if is_first else CATCH_UP_WEEKS)
        return
    for month, at_ms in islice(past, CATCH_UP_MONTHS):
        if now_ms - at_ms < MONTH_IS_NEWS_MS:
            yield month, at_ms


def _closed(settings: DigestSettings, now_ms: int) -> Iterator[tuple[Period, int]]:
    """Every period whose time of posting is past, with that time, newest first."""
    if settings.digest == MONTHLY:
        period = last_closed_month(now_ms, settings.zone)
    else:
        period = last_closed_week(now_ms, settings.zone, settings.week_start)
    while True:
        at_ms = posting_time_ms(settings, period)
        if at_ms <= now_ms:
            yield period, at_ms
        period = previous(period)


def posting_time_ms(settings: DigestSettings, period: Period) -> int:
    """The first moment at or after the period's end that is the configured local weekday and time; of a month
    it is the configured day of the next one.

    A time that the clocks skip (02:30 on a spring Sunday) is taken as an hour later; one that comes twice is
    taken the first time.
    """
    zone = ZoneInfo(period.zone)
    ends_on = date_of(period.last_day + 1)
    if settings.digest == MONTHLY:
        return max(period.end_ms, _moment_ms(ends_on.replace(day=settings.day), settings, zone))
    for days in range(8):
        on = ends_on + timedelta(days=days)
        if on.weekday() == settings.weekday and (at_ms := _moment_ms(on, settings, zone)) >= period.end_ms:
            return at_ms
    raise AssertionError("every weekday comes once in eight days")


def _moment_ms(on: date, settings: DigestSettings, zone: ZoneInfo) -> int:
    return int(datetime.combine(on, settings.at, zone).timestamp()) * 1000
