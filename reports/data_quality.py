"""How good the record is: what was missed, and why. Definitions: docs/kpis.md, "Data quality"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.coverage_figure import WEEKS, coverage_figure, period_finding, recent_finding
from reports.drift import member_drift
from reports.figures import CoverageFigure
from reports.periods import Period, local_day, span, week_of
from reports.populations import Populations
from reports.quality import LONG_GAP_MS, OFF, Recording
from reports.records import load
from reports.report import Gap, Kpi
from reports.settings import ReportSettings
from reports.source_names import NAMES
from reports.spans import Span, holes, length, within
from reports.voice import voice_members
from reports.voice_records import load_voice
from storage import dead_letters, event_log
from storage.rules import Rules

LAST_WEEKS = f"{WEEKS}-weeks"  # the period that is spoken of where none is named
NEWEST_LETTERS = 200  # as far as their reasons are looked at


@dataclass(frozen=True, slots=True)
class SourceQuality:
    """Of the time in which the source can have been recorded."""

    source: str
    since_ms: int  # it is recorded
    share: float | None  # recorded, late included; None where it was switched off all the time
    gaps: tuple[Gap, ...]
    whole_ms: int  # of the period, as far as the source can have been recorded
    missed_ms: int  # of it
    late_ms: int
    off_ms: int  # it was switched off, which is no gap

    @property
    def recorded_ms(self) -> int:
        """As it happened."""
        return self.whole_ms - self.missed_ms - self.late_ms - self.off_ms

    @property
    def lost_ms(self) -> int:
        return sum(gap.to_ms - gap.from_ms for gap in self.gaps)


@dataclass(frozen=True, slots=True)
class DataQuality:
    guild_id: int
    zone: str
    period: Period
    since_ms: int  # recording began
    as_of_ms: int
    now_ms: int
    finding: str
    sources: tuple[SourceQuality, ...]
    silent: tuple[Gap, ...]  # the sources of which nothing is recorded now
    events: int  # in the log
    dead_letters: int
    reasons: tuple[tuple[str, int], ...]  # of the newest dead letters, the commonest first
    drift: Kpi  # between the members that the log believes in and Discord's newest list
    sessions: int  # in voice, with qualifying time in the period
    estimated: int  # of them: when they began or ended is not surely known
    rules: str
    figure: CoverageFigure

    @property
    def gaps(self) -> tuple[tuple[Gap, ...], ...]:
        """Of all sources, the newest first; those of one time together."""
        every = sorted((gap for one in self.sources for gap in one.gaps), key=_when, reverse=True)
        return tuple(tuple(group) for _, group in groupby(every, key=_when))


def _when(gap: Gap) -> Span:
    return gap.from_ms, gap.to_ms


async def data_quality(  # noqa: PLR0917  as every report, and of which period
    conn: AsyncConnection,
    guild_id: int,
    settings: ReportSettings,
    rules: Rules,
    now_ms: int,
    period: Period | None = None,
) -> DataQuality:
    """Of a period; without one of four weeks, this one among them: those of the picture.

    Raises NothingRecorded.
    """
    records = await load(conn, guild_id)
    recording = Recording.of(records, settings.zone).forgiving()
    period = period or last_weeks(now_ms, settings)
    names = source_names(recording, period)
    letters = await dead_letters.newest(conn, guild_id, NEWEST_LETTERS)
    people = Populations.of(records, settings.qualifying, rules.bridge_days, settings.zone)
    voice = await load_voice(conn, guild_id, period, records.as_of_ms)
    use = voice_members(voice, people, period).use()
    return DataQuality(
        guild_id=guild_id,
        zone=settings.zone,
        period=period,
        since_ms=records.recording_since_ms,
        as_of_ms=records.as_of_ms,
        now_ms=now_ms,
        finding=quality_finding(recording, period, now_ms),
        sources=tuple(source_quality(recording, name, period, now_ms) for name in names),
        silent=tuple(_silent(recording, names)),
        events=await event_log.size(conn, guild_id),
        dead_letters=await dead_letters.count(conn, guild_id),
        reasons=_commonest(letter.reason for letter in letters),
        drift=await member_drift(conn, guild_id, period, None, settings.zone),
        sessions=use.sessions,
        estimated=use.estimated_sessions,
        rules=records.rules or rules.fingerprint(),
        figure=coverage_figure(recording, _drawn(recording, period), period, settings.week_start, now_ms),
    )


def last_weeks(now_ms: int, settings: ReportSettings) -> Period:
    """This week so far, and the three before."""
    today = local_day(now_ms, settings.zone)
    first = week_of(today, settings.zone, settings.week_start).first_day - 7 * (WEEKS - 1)
    return span(LAST_WEEKS, first, today, settings.zone)


def source_names(recording: Recording, period: Period) -> list[str]:
    """Of a forgiving recording: the sources of which anything was wanted by the period's end."""
    known = recording.known_sources(period.end_ms)
    return [name for name in NAMES if name in known] + sorted(known - NAMES.keys())


def quality_finding(recording: Recording, period: Period, now_ms: int) -> str:
    recording = recording.forgiving()
    drawn = _drawn(recording, period)
    told = recent_finding if period.key == LAST_WEEKS else period_finding
    return told(recording, drawn, period, now_ms)


def _drawn(recording: Recording, period: Period) -> list[str]:
    names = source_names(recording, period)
    return [name for name in names if _is_as_old_as(recording, name, period)] or names


def _first_ms(recording: Recording, name: str) -> int:
    return min(row.from_ms for row in recording.rows if row.source == name and row.state != OFF)


def _is_as_old_as(recording: Recording, name: str, period: Period) -> bool:
    """What an older version of the bot did not record at all would look lost in the picture."""
    return _first_ms(recording, name) <= max(period.start_ms, recording.since_ms + LONG_GAP_MS)


def source_quality(recording: Recording, name: str, period: Period, now_ms: int) -> SourceQuality:
    """Of a forgiving recording."""
    window = recording.window((name,), period, now_ms)
    since_ms = _first_ms(recording, name)
    begins_ms = max(window[0], since_ms)
    window = begins_ms, max(begins_ms, window[1])
    gaps = tuple(gap for gap in recording.gaps((name,), (period,), now_ms) if gap.to_ms > begins_ms)
    off = length(within(recording.switched_off(name), window))
    lost = length(holes(recording.seen(name), window))
    late = length(within(recording.late(name), window))
    whole = window[1] - window[0]
    return SourceQuality(name, since_ms, _share(whole, lost, off), gaps, whole, lost, late, off)


def _share(whole: int, lost: int, off: int) -> float | None:
    if whole > off:
        return 1 - lost / (whole - off)
    return None if off else 0.0


def _silent(recording: Recording, names: Sequence[str]) -> Iterable[Gap]:
    """Sources whose newest note is a gap that nothing has ended."""
    for name in names:
        newest = max((row for row in recording.rows if row.source == name), key=lambda row: row.to_ms)
        if newest.state == "gap":
            yield Gap(name, newest.from_ms, newest.to_ms, newest.cause)


def _commonest(reasons: Iterable[str]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for reason in reasons:
        counts[reason] = counts.get(reason, 0) + 1
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
