"""What a report may be told to do differently."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CoreRule:
    """Who is core: regularly there, and then with substance (docs/kpis.md, "Lifecycle segments")."""

    min_blocks: int = 3  # of the last four blocks of 7 days
    min_events: int = 2  # attended in these 28 days; or
    min_voice_hours: float = 4.0
    min_counts: tuple[tuple[str, int], ...] = ()  # or so many of another activity: ("dota_match", 8)


@dataclass(frozen=True, slots=True)
class SegmentSettings:
    fresh_days: int = 14
    new_days: int = 56
    alumni_days: int = 60
    promoted_roles: tuple[int, ...] = ()
    core: CoreRule = CoreRule()


@dataclass(frozen=True, slots=True)
class AlertRule:
    """A limit on a KPI of the catalogue; exactly one of `above` and `below`, in the KPI's own unit."""

    kpi: str
    above: float | None = None
    below: float | None = None
    min_coverage: float = 0.8
    only_when_clear: bool = False


@dataclass(frozen=True, slots=True)
class ReportSettings:
    zone: str = "UTC"  # IANA name, the same that the tables were folded under
    week_start: str = "monday"
    min_group: int = 5  # channel posts and exports: a breakdown with a smaller cell is not shown
    qualifying: tuple[str, ...] = ("voice", "event", "command")  # activities that make a member active
    segments: SegmentSettings = SegmentSettings()
    alerts: tuple[AlertRule, ...] = ()
    funnel_days: int = 28
    missed_in_a_row: int = 3  # of a series: a regular who missed so many held has stopped
