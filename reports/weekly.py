"""The digest of a week, or of another period, for a channel: small groups are not told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.community import MAIN
from reports.digest_figure import digest_figure
from reports.figures import AnyFigure
from reports.gather import gather
from reports.health import make_report
from reports.material import Material
from reports.periods import WEEK_KEY, Period
from reports.report import Kpi, Report, Section, Verdict
from reports.sections import community_section, host_section, judged_together, was_held_in
from reports.series import Series
from reports.series_section import MANY_REGULARS, means, regulars_who_stopped
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
    """With the digest's picture first, then the trend, where there is one, and the bridge.

    Raises NothingRecorded.
    """
    material = await gather(
        conn, guild_id, settings, rules, period=period, now_ms=now_ms, smallest_part=settings.min_group
    )
    made = judged_together(
        material,
        (
            community_section(material),
            event_section(material),
            material.data_section(),
            material.watched_section(),
        ),
    )
    sections = tuple(_only_telling(section) for section in made if section.kpis)
    report = make_report(
        "monthly" if period.is_month else "weekly", material, sections, smallest=settings.min_group
    )
    return replace(report, figures=(*_pictures(report, material), *report.figures))


def event_section(material: Material) -> Section:
    """The period's events, and of every series whose last one lies in it how it fares."""
    section, this = material.event_section, material.pair.this
    held = [one for one in material.events.series(this.end_ms) if was_held_in(one, this)]
    kpis = (*section.kpis(), *section.each(), *host_section(material))
    return Section("Events", (*kpis, *(_of_series(material, held) if not material.is_open else ())))


def _of_series(material: Material, held: Sequence[Series]) -> tuple[Kpi, ...]:
    missed, smallest = material.settings.missed_in_a_row, material.smallest
    stopped = (regulars_who_stopped(one, missed, smallest) for one in held if one.popularity)
    return (*means(held, smallest), *(kpi for kpi in stopped if kpi))


def _only_telling(section: Section) -> Section:
    """A series is spoken of where it clearly changed, or lost many of its regulars: each event of the period
    is listed anyway.
    """
    return Section(section.title, tuple(kpi for kpi in section.kpis if not _is_quiet_series(kpi)))


def _is_quiet_series(kpi: Kpi) -> bool:
    if kpi.name == "series_regulars_stopped":
        return (kpi.current.value or 0.0) < MANY_REGULARS
    return kpi.name == "series_mean" and not (kpi.change and kpi.change.verdict is Verdict.CLEAR)


def _pictures(report: Report, material: Material) -> tuple[AnyFigure, ...]:
    if report.is_open:
        return ()
    this = material.pair.this
    made: list[AnyFigure | None] = [digest_figure(material, report.sections, report.alerts)]
    if WEEK_KEY.fullmatch(this.key):
        kpis = (kpi for section in report.sections for kpi in section.kpis)
        active = next(kpi for kpi in kpis if kpi.name in MAIN)
        made.append(trend(material.basis, this, material.settings.week_start, active))
    return tuple(figure for figure in made if figure)
