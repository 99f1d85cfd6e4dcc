"""One side of a period at a time, with its pictures: what stands behind a digest's buttons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.asked import Asked
from reports.community import active_members
from reports.coverage_figure import coverage_figure, coverage_finding
from reports.events_figure import events_figure
from reports.figures import AnyFigure, TrendFigure
from reports.finding import finding
from reports.funnel_figure import funnel_figure
from reports.gather import Reach, gather
from reports.health import bridge_figures, make_report
from reports.hosts_figure import hosts_figure
from reports.material import Material
from reports.newcomer_kpis import funnel_kpis, retention_kpis
from reports.periods import WEEK_KEY, Period, last_closed_week
from reports.report import Report, Section
from reports.retention_figure import retention_figure
from reports.sections import MOST_SERIES, growth_kpis, host_section, judged_together
from reports.segments_figure import segments_figure
from reports.series_section import means, popularity, returned
from reports.settings import ReportSettings
from reports.trend import trend
from storage.rules import Rules


@dataclass(frozen=True, slots=True)
class Detail:
    finding: str
    sections: tuple[Section, ...]
    figures: tuple[AnyFigure, ...]


async def detail_asked(  # noqa: PLR0917  as every named report, after which one it is
    name: str, conn: AsyncConnection, guild_id: int, settings: ReportSettings, rules: Rules, asked: Asked
) -> Report:
    return await detail(conn, guild_id, settings, rules, name, asked.period, asked.now_ms)


async def detail(  # noqa: PLR0917  the order is that of weekly(), with the name before the period
    conn: AsyncConnection,
    guild_id: int,
    settings: ReportSettings,
    rules: Rules,
    name: str,
    period: Period,
    now_ms: int,
) -> Report:
    """`name` is one of DETAILS. Fit for a channel; exact where `settings.min_group` is 0.

    Raises NothingRecorded.
    """
    read = partial(
        gather,
        conn,
        guild_id,
        settings,
        rules,
        now_ms=now_ms,
        smallest_part=settings.min_group,
        reach=REACHES.get(name, Reach.SHORT),
    )
    material = await read(period=period)
    made = DETAILS[name](material)
    if name == "growth":
        week = _week_of_trend(material)
        of_week = material if week == period else await read(period=week)
        made = replace(made, figures=(*_trend(of_week), *made.figures))
    active = Section("", (active_members(material.pair),))  # what a report's own finding speaks of
    report = make_report(name, material, (*made.sections, active), smallest=settings.min_group)
    return replace(report, finding=made.finding, sections=made.sections, figures=made.figures)


def _growth(material: Material) -> Detail:
    kpis = (active_members(material.pair), *growth_kpis(material))
    sections = judged_together(material, [Section("Growth", kpis)])
    return Detail(
        finding(sections, material.pair.this, is_open=material.is_open), sections, bridge_figures(material)
    )


def _week_of_trend(material: Material) -> Period:
    """The period itself, or the last week that is over."""
    this = material.pair.this
    if WEEK_KEY.fullmatch(this.key) and not material.is_open:
        return this
    return last_closed_week(material.basis.now_ms, this.zone, material.settings.week_start)


def _trend(material: Material) -> tuple[TrendFigure, ...]:
    """Of the weeks to the material's."""
    active = Section("", (active_members(material.pair),))
    (section,) = judged_together(material, [active])
    figure = trend(material.basis, material.pair.this, material.settings.week_start, section.kpis[0])
    return (figure,) if figure else ()


def _segments(material: Material) -> Detail:
    kpis = material.segment_kpis()
    figure = segments_figure(material.lifecycle, material.smallest)
    if figure:
        return Detail(f"{figure.headline}.", (Section("Segments", kpis),), (figure,))
    sentence = "Some segments are too few people to be drawn in a channel."
    if not material.lifecycle.segments.is_recorded:
        sentence = "Segments are told apart once 80 % of the last 28 days were recorded."
    return Detail(sentence, (Section("Segments", kpis),), ())


def _retention(material: Material) -> Detail:
    retained = retention_kpis(material.lifecycle, material.pair.last.last_day)
    sections = judged_together(
        material,
        [Section("Newcomers", retained), Section("First steps", funnel_kpis(material.lifecycle))],
    )
    steps = {kpi.name: kpi for kpi in sections[1].kpis}
    figure = retention_figure(material.lifecycle.retention(), material.smallest)
    figures = (figure, funnel_figure(material.lifecycle, steps, material.smallest))
    return Detail(
        f"{figure.headline}." if figure else "Nobody has joined since recording began.",
        sections,
        tuple(one for one in figures if one),
    )


def _events(material: Material) -> Detail:
    this, section = material.pair.this, material.event_section
    series = material.events.series(this.end_ms)[:MOST_SERIES]
    ranked = [one for one in series if one.popularity]
    sections = judged_together(
        material,
        (
            Section("Events", (*section.kpis(), *section.each(), *host_section(material))),
            Section("Average of the last 4 held", means(ranked, material.smallest)),
            Section("The last 8 held", popularity(ranked, material.smallest)),
            Section("Who came again", returned(ranked, material.smallest)),
        ),
    )
    by_series = {one.name: kpi for one, kpi in zip(ranked, sections[1].kpis, strict=True)}
    figure = events_figure(series, by_series, this.zone, material.smallest)
    return Detail(
        f"{figure.headline}." if figure else "No event was held that can be shown.",
        tuple(section for section in sections if section.kpis),
        tuple(one for one in (figure, *_hosts(material)) if one),
    )


def _hosts(material: Material) -> tuple[AnyFigure | None, ...]:
    """Each bar is one person, so that it is never for a channel."""
    if material.smallest > 1:
        return ()
    (now, then), weeks = material.host_loads(), material.host_weeks()[0]
    recorded = material.hosts_recorded()[0]
    return (hosts_figure(now, then, (weeks.first_day, weeks.last_day), recorded),)


def _coverage(material: Material) -> Detail:
    about = (
        material.basis.recording,
        material.sources,
        material.pair.this,
        material.settings.week_start,
    )
    figure = coverage_figure(*about)
    return Detail(coverage_finding(*about), (material.data_section(),), (figure,))


DETAILS: dict[str, Callable[[Material], Detail]] = {
    "growth": _growth,
    "segments": _segments,
    "retention": _retention,
    "events": _events,
    "coverage": _coverage,
}

REACHES = {"segments": Reach.LONG}  # the others look back no further than health()
