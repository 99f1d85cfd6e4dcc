"""The parts that reports share, and the one family of tests that their verdicts come from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from reports.command_kpis import CommandKpis
from reports.community import active_members, voice_activity_rate
from reports.comparison import NOT_COMPARED, judged, uncompared
from reports.funnel_kpis import funnel_kpis
from reports.material import Material
from reports.newcomer_kpis import retention_kpis
from reports.periods import Period
from reports.report import Kpi, Section
from reports.series import Series
from reports.series_section import host_kpis, means
from reports.voice_kpis import voice_sessions

MOST_SERIES = 6  # behind a button: those held last


def judged_together(material: Material, sections: Iterable[Section]) -> tuple[Section, ...]:
    """A number has the same verdict wherever it is shown, and whoever may see it.

    Holm's correction is over everything that any report on the period tests, exact.
    """
    exact = material.exact()
    tested = (
        *community_section(exact).kpis,
        *CommandKpis(exact.command_pair).penetrations(),
        *event_kpis(exact),
        *means(shown_series(exact), exact.smallest),
        *funnel_kpis(exact.lifecycle, exact.smallest),
    )
    made = so_far(material, judged(sections, tested))
    return made if material.cut.can_be_compared else uncompared(made)


def so_far(material: Material, sections: Iterable[Section]) -> tuple[Section, ...]:
    """Of a period that is not over no number is compared: neither tested, nor said beside the one before."""
    if not material.is_open:
        return tuple(sections)
    return tuple(
        replace(section, kpis=tuple(replace(kpi, change=NOT_COMPARED) for kpi in section.kpis))
        for section in sections
    )


def community_section(material: Material) -> Section:
    return Section("Community", material.once("community", _community))


def event_kpis(material: Material) -> tuple[Kpi, ...]:
    return material.once("events", lambda of: of.event_section.kpis())


def _community(material: Material) -> tuple[Kpi, ...]:
    pair = material.pair
    return (
        active_members(pair),
        *how_often(material),
        voice_activity_rate(pair),
        *voice_sessions(pair, material.voice),
        *material.profile_kpis.adoption(),
        *growth_kpis(material),
        *material.segment_kpis(),
        *_retention(material),
    )


def _retention(material: Material) -> tuple[Kpi, ...]:
    """Who is core has stayed: of a segment it would say nothing."""
    if not material.cut.can_be_compared:
        return ()
    return retention_kpis(material.lifecycle, material.pair.last.last_day)


def how_often(material: Material) -> tuple[Kpi, ...]:
    """Of months alone: of a week the mean would be of seven days."""
    return (material.churn.stickiness(),) if material.pair.this.is_month else ()


def growth_kpis(material: Material) -> tuple[Kpi, ...]:
    """Who came in and who dropped out. A month's churn stands where another period's attrition does."""
    kpis = material.growth.kpis()
    if not material.pair.this.is_month:
        return kpis
    churn = {
        "soft_attrition": (material.growth.went_quiet("soft_churn"),),
        "hard_attrition": (material.churn.hard_churn(), material.churn.bounced()),
    }
    return tuple(shown for kpi in kpis for shown in churn.get(kpi.name, (kpi,)))


def host_section(material: Material) -> tuple[Kpi, ...]:
    """Of the four weeks to the end of the period, beside the four before; none of some people alone.

    Who hosts and who comes are two groups: a cut of one would leave half of the other's hours.
    """
    if material.cut.is_of_people:
        return ()
    return host_kpis(*material.host_loads(), material.hosts_recorded(), material.smallest)


def shown_series(material: Material) -> list[Series]:
    """Those that the digest may speak of, and those that its button does."""
    series, this = material.events.series(material.pair.this.end_ms), material.pair.this
    return [one for place, one in enumerate(series) if place < MOST_SERIES or was_held_in(one, this)]


def was_held_in(series: Series, period: Period) -> bool:
    return bool(series.held) and series.held[-1].occurrence.starts_ms >= period.start_ms
