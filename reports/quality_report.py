"""How good the record of a period is, as a report: every KPI of docs/kpis.md, "Data quality"."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.asked import Asked
from reports.comparison import NOT_COMPARED
from reports.data_quality import SourceQuality, quality_finding, source_names, source_quality
from reports.details import Detail, material_asked, presented
from reports.discord_lists import refused_lists
from reports.drift import member_drift, with_coverage
from reports.event_completeness import attendance_recorded, event_completeness, proper_times
from reports.identity_kpis import id_coverage
from reports.logging_kpis import LoggingHealth, load_logged
from reports.material import Material
from reports.platforms import load_links
from reports.report import Kpi, Measure, Report, Section
from reports.settings import ReportSettings
from reports.voice_kpis import estimated_sessions
from storage.rules import Rules

RECORDED = "Recorded"  # the sections that a terminal says in other words
BESIDE_DISCORD = "Beside Discord’s own list"
ONLY_RUNNING = (  # docs/decisions/0044
    "Repeats turned away, what waits in the journal, and how long the tables take: "
    "only a running bot knows, /insights quality."
)


async def quality_asked(
    conn: AsyncConnection, guild_id: int, settings: ReportSettings, rules: Rules, asked: Asked
) -> Report:
    """Exact where `settings.min_group` is 0. Raises NothingRecorded."""
    material = await material_asked(conn, guild_id, settings, rules, asked)
    pair = material.pair
    logged = await load_logged(conn, guild_id, (pair.this, pair.last))
    links = await load_links(conn, guild_id, pair.this.end_ms)
    last = None if material.is_open else pair.last
    drift = with_coverage(await member_drift(conn, guild_id, pair.this, last, settings.zone), pair)
    sections = (
        Section(RECORDED, tuple(recorded(material))),
        Section("How complete it is", (*_sessions(material), *id_coverage(pair, links, material.smallest))),
        Section("Events", completeness(material)),
        Section("The log in this time", LoggingHealth(pair, logged, material.sources).kpis()),
        Section(BESIDE_DISCORD, (drift,)),
    )
    finding = quality_finding(material.basis.recording, pair.this, asked.now_ms)
    told = tuple(section for section in sections if section.kpis)
    refused = await refused_lists(conn, guild_id, pair.this, settings.zone)
    return presented("quality", material, Detail(finding, told, (), (*refused, ONLY_RUNNING)))


def _sessions(material: Material) -> tuple[Kpi, ...]:
    return (
        estimated_sessions(material.pair, material.voice),
        material.classification_coverage(),
    )


def completeness(material: Material) -> tuple[Kpi, ...]:
    """Of the events of the period."""
    about = material.pair, material.events
    return (*proper_times(*about), *attendance_recorded(*about), *event_completeness(*about))


def recorded(material: Material) -> Iterator[Kpi]:
    """Of all sources at once and of each; and of each how many seconds were recorded, late or lost."""
    yield from material.recorded_kpis()
    pair, now_ms = material.pair, material.basis.now_ms
    recording = material.basis.recording.forgiving()
    for source in source_names(recording, pair.this):
        now, then = (source_quality(recording, source, period, now_ms) for period in (pair.this, pair.last))
        caveats = recording.caveats((source,), (pair.this, pair.last), now_ms)
        if source not in material.sources and now.share is not None:
            yield Kpi("recording_coverage", _share(now), _share(then), None, caveats, source)
        for name, seconds in _states(now).items():
            previous = _seconds(_states(then)[name], then) if then.whole_ms else None
            is_compared = not pair.this.is_open(now_ms)
            change = None if is_compared or previous is None else NOT_COMPARED
            yield Kpi(name, _seconds(seconds, now), previous, change, caveats, source)


def _share(of: SourceQuality) -> Measure:
    seen_ms = of.recorded_ms + of.late_ms
    return Measure(of.share, seen_ms // 1000, (seen_ms + of.missed_ms) // 1000, coverage=of.share or 0.0)


def _states(of: SourceQuality) -> dict[str, int]:
    return {
        "recorded_seconds": of.recorded_ms // 1000,
        "late_seconds": of.late_ms // 1000,
        "gap_seconds": of.missed_ms // 1000,
    }


def _seconds(seconds: int, of: SourceQuality) -> Measure:
    whole = of.recorded_ms + of.late_ms + of.missed_ms
    return Measure(seconds, seconds, whole // 1000, None, of.share or 0.0)
