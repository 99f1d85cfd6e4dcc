"""`series`: how every series of events fares: who comes, who stays, who stopped, when they are here."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from reports import wording
from reports.asked import Asked
from reports.best_time_section import BestTimes, best_times
from reports.details import Detail, material_asked, presented
from reports.events_figure import events_figure
from reports.finding import is_clear, nothing_recorded
from reports.material import Material
from reports.report import Kpi, Report, Section
from reports.sections import judged_together
from reports.series import Series
from reports.series_section import (
    MANY_REGULARS,
    left_out,
    means,
    overflowed,
    popularity,
    returned,
    staying,
    stopped_each_time,
)
from reports.settings import ReportSettings
from storage.rules import Rules


async def series_asked(
    conn: AsyncConnection, guild_id: int, settings: ReportSettings, rules: Rules, asked: Asked
) -> Report:
    """As of the end of the period. Raises NothingRecorded.

    Small groups are withheld where `settings.min_group` says so.
    """
    material = await material_asked(conn, guild_id, settings, rules, asked)
    series = material.events.series(asked.period.end_ms)
    ranked = sorted((one for one in series if one.popularity), key=_by_mean)
    times = await best_times(conn, material, ranked)
    return presented("series", material, _series(material, series, ranked, times))


def _series(
    material: Material, series: Sequence[Series], ranked: Sequence[Series], times: BestTimes
) -> Detail:
    this, smallest, missed = material.pair.this, material.smallest, material.settings.missed_in_a_row
    stayed = staying(ranked, missed, smallest)
    made = (
        Section("Average of the last 4 held", means(ranked, smallest)),
        Section("The last 8 held", (*popularity(ranked, smallest), *overflowed(ranked, smallest))),
        Section("Who came again", returned(ranked, smallest)),
        Section("Who stays", stayed),
        times.section,
        Section("Regulars who stopped, over time", stopped_each_time(ranked, missed, this.zone, smallest)),
    )
    sections = judged_together(material, (part for part in made if part.kpis))
    by_series = {kpi.subject: kpi for part in sections for kpi in part.kpis if kpi.name == "series_mean"}
    figure = events_figure(series, by_series, this.zone, smallest)
    clear = any(map(is_clear, by_series.values()))
    said = None if clear else _most_stopped(stayed, missed)
    shown = f"{figure.headline}." if figure else _nothing(material, series)
    notes = (*times.notes, *(note for one in ranked for note in left_out(one)))
    return Detail(said or shown, sections, (figure,) if figure else (), notes)


def _by_mean(one: Series) -> tuple[float, str]:
    popular = one.popularity
    return (-popular.mean if popular else 0.0, one.name)


def _nothing(material: Material, series: Sequence[Series]) -> str:
    if material.is_before_recording:
        return nothing_recorded(material.pair.this)
    return "Of no series can be shown what was held." if series else "No event was held yet."


def _most_stopped(stayed: tuple[Kpi, ...], missed: int) -> str | None:
    """The series that lost the largest share of its regulars, if that is many of at least 10."""
    stopped = [
        kpi
        for kpi in stayed
        if kpi.name == "series_regulars_stopped" and (kpi.current.value or 0) >= MANY_REGULARS
    ]
    if not stopped:
        return None
    most = max(stopped, key=lambda kpi: (kpi.current.value or 0, kpi.cut))
    part, whole = (
        wording.whole(number or 0) for number in (most.current.numerator, most.current.denominator)
    )
    return f"{part} of {whole} regulars of {most.cut} missed its last {missed}."
