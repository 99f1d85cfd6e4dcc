"""The digest of a week, or of another period, for a channel: small groups are not told apart."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.comparison import judged
from reports.gather import gather
from reports.health import community_section, make_report
from reports.material import Material
from reports.periods import WEEK_KEY, Period
from reports.report import Report, Section
from reports.settings import ReportSettings
from reports.trend import trend
from storage.rules import Rules


async def weekly(  # noqa: PLR0917  the order is that of health(), with the period before the moment
    conn: AsyncConnection,
    guild_id: int,
    settings: ReportSettings,
    rules: Rules,
    period: Period,
    now_ms: int,
) -> Report:
    """With the trend of weekly active members, where there is one, and the bridge. Raises NothingRecorded."""
    material = await gather(
        conn, guild_id, settings, rules, period=period, now_ms=now_ms, smallest_part=settings.min_group
    )
    sections = judged((community_section(material), material.data_section()))
    report = make_report("weekly", material, sections, smallest=settings.min_group)
    return _with_trend(report, material, sections[0])


def _with_trend(report: Report, material: Material, community: Section) -> Report:
    this = material.pair.this
    if report.is_open or not WEEK_KEY.fullmatch(this.key):
        return report
    active = next(kpi for kpi in community.kpis if kpi.name == "weekly_active_members")
    figure = trend(material.basis, this, material.settings.week_start, active)
    return replace(report, figures=(figure, *report.figures)) if figure else report
