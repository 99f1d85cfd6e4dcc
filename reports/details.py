"""One side of a period at a time, with its pictures: what stands behind a digest's buttons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from reports import wording
from reports.asked import Asked
from reports.community import active_members
from reports.comparison import uncompared
from reports.coverage_figure import coverage_figure, period_finding
from reports.cuts import EVERYBODY, Cut
from reports.events_figure import events_figure
from reports.figures import AnyFigure, TrendFigure
from reports.funnel_figure import funnel_figure
from reports.funnel_kpis import FunnelCohorts, funnel_kpis
from reports.funnel_section import funnel_caveats, funnel_finding, funnel_sections
from reports.gather import Reach, gather
from reports.health import bridge_figures, made_finding, make_report, of_cut
from reports.hosts_figure import hosts_figure
from reports.join_cohorts import cohort_matrix
from reports.lines import label_for
from reports.material import Material
from reports.newcomer_kpis import retention_kpis
from reports.periods import WEEK_KEY, Period, last_closed_week
from reports.reach import with_gaps
from reports.report import CohortMatrix, Kpi, Report, Section
from reports.retention_figure import retention_figure
from reports.sections import MOST_SERIES, growth_kpis, host_section, judged_together, so_far
from reports.segment_parts import segment_sections
from reports.segments_figure import segments_figure, segments_finding
from reports.series import Series
from reports.series_section import means, popularity, regulars_who_stopped, returned
from reports.settings import ReportSettings
from reports.trend import trend
from storage.rules import Rules


@dataclass(frozen=True, slots=True)
class Detail:
    finding: str
    sections: tuple[Section, ...]
    figures: tuple[AnyFigure, ...]
    notes: tuple[str, ...] = ()  # to bear in mind, beside what bears on every report
    cohorts: CohortMatrix | None = None


async def detail_asked(  # noqa: PLR0917  as every named report, after which one it is
    name: str, conn: AsyncConnection, guild_id: int, settings: ReportSettings, rules: Rules, asked: Asked
) -> Report:
    return await detail(conn, guild_id, settings, rules, name, asked.period, asked.now_ms, cut=asked.cut)


async def detail(  # noqa: PLR0917  the order is that of weekly(), with the name before the period
    conn: AsyncConnection,
    guild_id: int,
    settings: ReportSettings,
    rules: Rules,
    name: str,
    period: Period,
    now_ms: int,
    *,
    cut: Cut = EVERYBODY,
) -> Report:
    """`name` is one of DETAILS. Fit for a channel; exact where `settings.min_group` is 0.

    Raises NothingRecorded and NoSuchPart.
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
        cut=cut,
    )
    material = await read(period=period)
    made = DETAILS[name](material)
    if name == "growth":
        week = _week_of_trend(material)
        of_week = material if week == period else await read(period=week)
        made = replace(made, figures=(*_trend(of_week), *made.figures))
    if name == "segments" and not cut.is_of_people:
        (whole,) = made.sections
        made = replace(made, sections=(whole, *await segment_sections(conn, material, whole.kpis)))
    return presented(name, material, made)


async def material_asked(
    conn: AsyncConnection, guild_id: int, settings: ReportSettings, rules: Rules, asked: Asked
) -> Material:
    """What a named report is made of that looks back no further than health().

    Raises NothingRecorded and NoSuchPart.
    """
    return await gather(
        conn,
        guild_id,
        settings,
        rules,
        period=asked.period,
        now_ms=asked.now_ms,
        smallest_part=settings.min_group,
        reach=Reach.SHORT,
        cut=asked.cut,
    )


def presented(name: str, material: Material, made: Detail) -> Report:
    """One side of a period as a report with a finding and figures of its own."""
    made = replace(made, sections=so_far(material, made.sections))
    active = Section("", (active_members(material.pair),))  # what a report's own finding speaks of
    report = make_report(name, material, (*made.sections, active), smallest=material.smallest)
    return replace(
        report,
        finding=of_cut(material, made.finding),
        sections=with_gaps(material, made.sections),
        figures=made.figures,
        cohorts=made.cohorts,
        caveats=_with_notes(report, made.notes),
    )


def _with_notes(report: Report, notes: tuple[str, ...]) -> tuple[str, ...]:
    """That the period is not over comes first, then what this report has to say, each once."""
    place = int(report.is_open)
    return tuple(dict.fromkeys((*report.caveats[:place], *notes, *report.caveats[place:])))


def _growth(material: Material) -> Detail:
    kpis = (active_members(material.pair), *growth_kpis(material), *_left_of_active(material))
    sections = judged_together(material, [Section("Growth", kpis)])
    return Detail(made_finding(material, sections), sections, bridge_figures(material))


def _left_of_active(material: Material) -> tuple[Kpi, ...]:
    """Of a month beside its churn, which is of everybody who was there; of a week it is among the others."""
    if not material.pair.this.is_month:
        return ()
    return tuple(kpi for kpi in material.growth.kpis() if kpi.name == "hard_attrition")


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
    if not material.cut.can_be_compared:
        return Detail(_where_they_went(kpis), uncompared([Section("Segments", kpis)]), ())
    figure = segments_figure(material.lifecycle, material.smallest)
    if figure:
        return Detail(segments_finding(material.lifecycle), (Section("Segments", kpis),), (figure,))
    sentence = "Some segments are too few people to be drawn in a channel."
    if not material.lifecycle.segments.is_recorded:
        sentence = "Segments are told apart once 80 % of the last 28 days were recorded."
    return Detail(sentence, (Section("Segments", kpis),), ())


def _where_they_went(kpis: Iterable[Kpi]) -> str:
    """“94 core, 6 regular.”, the most first: what became of the people of a segment."""
    sizes = {label_for(kpi).lower(): int(kpi.current.value or 0) for kpi in kpis}
    most = sorted((name for name in sizes if sizes[name]), key=lambda name: -sizes[name])
    parts = ", ".join(f"{wording.whole(sizes[name])} {name}" for name in most)
    return f"{parts}." if parts else "Nobody was in it."


def _retention(material: Material) -> Detail:
    retained = retention_kpis(material.lifecycle, material.pair.last.last_day)
    sections = judged_together(
        material,
        [
            Section("Newcomers", retained),
            Section("First steps", funnel_kpis(material.lifecycle, material.smallest)),
        ],
    )
    cohorts = FunnelCohorts.of(material.lifecycle, material.smallest)
    steps = {kpi.name: kpi for kpi in (*sections[1].kpis, cohorts.step("funnel_both"))}
    if not any(kpi.current.value is not None or kpi.current.denominator for kpi in sections[1].kpis):
        sections = sections[:1]  # nobody of those asked for is of the newest cohort whose steps are over
    figure = retention_figure(material.lifecycle.retention(), material.smallest)
    figures = (figure, funnel_figure(material.lifecycle, steps, material.smallest))
    return Detail(
        f"{figure.headline}." if figure else "Nobody has joined since recording began.",
        sections,
        tuple(one for one in figures if one),
        cohorts=cohort_matrix(material.lifecycle.retention(), material.smallest),
    )


def _funnel(material: Material) -> Detail:
    cohorts = FunnelCohorts.of(material.lifecycle, material.smallest)
    sections = judged_together(material, funnel_sections(cohorts))
    figure = funnel_figure(
        material.lifecycle, {kpi.name: kpi for section in sections for kpi in section.kpis}, material.smallest
    )
    return Detail(
        funnel_finding(cohorts), sections, (figure,) if figure else (), funnel_caveats(material.lifecycle)
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
            Section("The last 8 held", _briefly(popularity(ranked, material.smallest))),
            Section("Who came again", returned(ranked, material.smallest)),
            Section("Regulars", _regulars(material, ranked)),
        ),
    )
    by_series = {one.name: kpi for one, kpi in zip(ranked, sections[1].kpis, strict=True)}
    figure = events_figure(series, by_series, this.zone, material.smallest)
    return Detail(
        f"{figure.headline}." if figure else "No event was held that can be shown.",
        tuple(section for section in sections if section.kpis),
        tuple(one for one in (figure, *_hosts(material)) if one),
    )


def _briefly(kpis: Iterable[Kpi]) -> tuple[Kpi, ...]:
    """The average stands above already, and a message is short: the rest is in the report `series`."""
    return tuple(kpi for kpi in kpis if kpi.name in ("series_median", "series_peak"))


def _regulars(material: Material, ranked: Sequence[Series]) -> tuple[Kpi, ...]:
    missed = material.settings.missed_in_a_row
    stopped = (regulars_who_stopped(one, missed, material.smallest) for one in ranked)
    return tuple(kpi for kpi in stopped if kpi)


def _hosts(material: Material) -> tuple[AnyFigure | None, ...]:
    """Each bar is one person, so that it is never for a channel."""
    if material.smallest > 1 or material.cut.is_of_people:
        return ()
    (now, then), weeks = material.host_loads(), material.host_weeks()[0]
    recorded = material.hosts_recorded()[0]
    return (hosts_figure(now, then, (weeks.first_day, weeks.last_day), recorded),)


def _coverage(material: Material) -> Detail:
    recording, this, now_ms = material.basis.recording, material.pair.this, material.basis.now_ms
    figure = coverage_figure(recording, material.sources, this, material.settings.week_start, now_ms)
    finding = period_finding(recording, material.sources, this, now_ms)
    return Detail(finding, (material.data_section(),), (figure,))


DETAILS: dict[str, Callable[[Material], Detail]] = {
    "growth": _growth,
    "segments": _segments,
    "retention": _retention,
    "events": _events,
    "funnel": _funnel,
    "coverage": _coverage,
}

REACHES = {"segments": Reach.LONG}  # the others look back no further than health()
