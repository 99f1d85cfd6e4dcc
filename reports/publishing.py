"""What is published of closed periods: every KPI's value, kept beside what it was first.

A value is computed where reports compute it; which periods are due says reports/stale_periods.py. Decision:
docs/decisions/0026.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.catalogue import CATALOGUE, layer_of
from reports.cohort_values import CohortCell, cohort_cells
from reports.commands import command_sections
from reports.cut_people import load_everybody
from reports.cut_values import CutKpi, Cutter
from reports.day_values import day_values
from reports.drift import member_drift
from reports.funnel_kpis import FunnelCohorts
from reports.gather import Reach, gather
from reports.host_values import host_values
from reports.identity_kpis import id_coverage
from reports.logging_kpis import Logged, LoggingHealth, load_logged
from reports.material import Material
from reports.periods import Period
from reports.platforms import Link, by_platform, load_links
from reports.populations import People
from reports.published import differ, fingerprint, key_of, kind_of, withdrawn_at
from reports.quality_report import completeness, recorded
from reports.reach import with_gaps
from reports.report import Kpi, Section
from reports.sections import community_section, host_section
from reports.series_section import means, overflowed, popularity, returned, staying
from reports.settings import ReportSettings
from reports.small_groups import WITHHELD
from reports.type_section import TypeSection, events_per_attendee
from storage.rules import Rules
from storage.tables import cohort_values, fold_progress, kpi_values
from storage.upsert import Row
from storage.upsert import replace as replace_rows

PART = "part"  # what a numerator is made of: how people left, who came in


@dataclass(frozen=True, slots=True)
class Value:
    """A KPI of a period, whole or cut: `cut_by` says to what, `cut` to which."""

    kpi: str
    cut_by: str
    cut: str
    value: float | None
    numerator: int | None = None
    denominator: int | None = None
    low: float | None = None
    high: float | None = None
    coverage: float = 1.0
    is_withheld: bool = False  # from analysts: of too few people, or it would tell of too few

    @property
    def key(self) -> tuple[str, str, str]:
        return self.kpi, self.cut_by, self.cut


@dataclass(frozen=True, slots=True)
class Computed:
    """A closed period's values, and under what they were computed."""

    period: Period
    values: tuple[Value, ...]
    position: int  # of the log, that the tables stood at
    rules: str
    settings: str
    at_ms: int
    min_group: int  # fewer people are withheld
    cohorts: tuple[CohortCell, ...] | None = None  # as of the period's end; None: they were not asked for


@dataclass(frozen=True, slots=True)
class Published:
    """What was written of a period."""

    period: str
    values: int
    corrected: int  # that are others than before, under the same formula, rules and settings


async def computed(  # noqa: PLR0917  as reports have it
    conn: AsyncConnection,
    guild_id: int,
    settings: ReportSettings,
    rules: Rules,
    period: Period,
    now_ms: int,
    *,
    with_cohorts: bool = False,
) -> Computed:
    """Exact, whatever may be shown to whom. Raises NothingRecorded."""
    exact = replace(settings, min_group=0)
    material = await gather(conn, guild_id, exact, rules, period=period, now_ms=now_ms, reach=Reach.SHORT)
    beside = await _read_beside(conn, material)
    progress = (await conn.execute(select(fold_progress).where(fold_progress.c.guild_id == guild_id))).one()
    # in a thread of its own, for a running bot answers meanwhile
    values = await asyncio.to_thread(_values, material, beside, settings.min_group)
    return Computed(
        period=period,
        values=values,
        position=progress.position,
        rules=progress.rules,
        settings=fingerprint(settings),
        at_ms=now_ms,
        min_group=settings.min_group,
        cohorts=await cohort_cells(conn, material) if with_cohorts else None,
    )


@dataclass(frozen=True, slots=True)
class _Beside:
    """What is made of rows that no other report on a period reads."""

    commands: tuple[Section, ...]  # each command's
    drift: Kpi
    links: tuple[Link, ...]  # to accounts elsewhere
    everybody: People  # who was ever seen
    logged: Mapping[Period, Logged]


async def _read_beside(conn: AsyncConnection, material: Material) -> _Beside:
    guild_id, pair, this = material.records.guild_id, material.pair, material.pair.this
    return _Beside(
        commands=tuple(await command_sections(conn, material)),
        drift=await member_drift(conn, guild_id, this, None, this.zone),
        links=await load_links(conn, guild_id, this.end_ms),
        everybody=await load_everybody(conn, guild_id),
        logged=await load_logged(conn, guild_id, (this, pair.last)),
    )


def _values(material: Material, beside: _Beside, min_group: int) -> tuple[Value, ...]:
    """`min_group`: of fewer people analysts see nothing, and exact is kept what they do not see."""
    of_commands = (kpi for section in beside.commands for kpi in section.kpis)
    of_log = LoggingHealth(material.pair, beside.logged, material.sources).kpis()
    values = (
        *values_of((*kpis_of(material), *of_commands, beside.drift, *of_log)),
        *_of_accounts(material, beside.links, min_group),
        *_of_cuts(material, beside, min_group),
        *_seen_or_not(day_values(material, min_group)),
        *_seen_or_not(host_values(material, min_group)),
    )
    return tuple({value.key: value for value in values}.values())


def _of_accounts(material: Material, links: tuple[Link, ...], min_group: int) -> Iterator[Value]:
    """How many of the active are on a platform: it would tell what the cut by platform withholds."""
    exact, shown = (id_coverage(material.pair, links, smallest) for smallest in (0, min_group))
    for value, of in zip(values_of(exact), shown, strict=True):
        yield replace(value, is_withheld=WITHHELD in of.caveats)


def _of_cuts(material: Material, beside: _Beside, min_group: int) -> Iterator[Value]:
    platforms = by_platform(beside.links, material.pair.this.end_ms)
    yield from _seen_or_not(Cutter(material, beside.everybody, platforms, min_group).kpis())


def _seen_or_not(cuts: Iterable[CutKpi]) -> Iterator[Value]:
    for cut in cuts:
        yield from (replace(value, is_withheld=cut.is_withheld) for value in values_of([cut.kpi]))


def kpis_of(material: Material) -> Iterator[Kpi]:
    """Every KPI that a report on the period has, as it has it, and attrition beside churn."""
    (told,) = with_gaps(material, [Section("", tuple(_made_of(material)))])
    yield from told.kpis


def _made_of(material: Material) -> Iterator[Kpi]:
    yield from community_section(material).kpis
    yield from material.growth.kpis()
    yield from FunnelCohorts.of(material.lifecycle, material.smallest).everything()
    yield from material.event_section.kpis()
    yield from _per_attendee(material)
    yield from host_section(material)
    yield from _of_series(material)
    yield from _of_types(material)
    yield from material.data_section().kpis
    yield from recorded(material)
    yield from completeness(material)


def _per_attendee(material: Material) -> Iterator[Kpi]:
    pair, section = material.pair, material.event_section
    each = {period: section.attended_each(period) for period in (pair.this, pair.last)}
    if kpi := events_per_attendee(pair, each, material.smallest):
        yield kpi


def _of_series(material: Material) -> Iterator[Kpi]:
    smallest, missed = material.smallest, material.settings.missed_in_a_row
    series = material.events.series(material.pair.this.end_ms)
    ranked = [one for one in series if one.popularity]
    yield from means(series, smallest)
    yield from popularity(ranked, smallest)
    yield from returned(ranked, smallest)
    yield from staying(ranked, missed, smallest)
    yield from overflowed(ranked, smallest)


def _of_types(material: Material) -> Iterator[Kpi]:
    types = tuple(material.events.types(material.pair.this.end_ms))
    section = TypeSection(material.pair, material.events, types, material.smallest)
    yield from section.held()
    yield from section.people()
    yield from popularity(types, material.smallest, "type")


def values_of(kpis: Iterable[Kpi]) -> Iterator[Value]:
    for kpi in kpis:
        measure = kpi.current
        low, high = measure.interval or (None, None)
        yield Value(
            *key_of(kpi),
            None if measure.value is None else float(measure.value),
            measure.numerator,
            measure.denominator,
            low,
            high,
            measure.coverage,
        )
        for label, number in kpi.parts:
            yield Value(kpi.name, PART, label, number, number, coverage=measure.coverage)


async def publish(conn: AsyncConnection, guild_id: int, of: Computed) -> Published | None:
    """Puts a period's values in place of those that were there. None: newer ones were.

    What stands under another formula, other rules or settings is no earlier value of the same.
    """
    v = kpi_values.c
    mine = (v.guild_id == guild_id, v.period_kind == kind_of(of.period), v.period == of.period.key)
    rows = (await conn.execute(select(kpi_values).where(*mine))).all()
    since = await withdrawn_at(conn, guild_id)  # a number with somebody in it who withdrew is no first one
    before = {(row.kpi, row.cut_by, row.cut): row for row in rows if row.position >= since}
    if any(row.position > of.position for row in rows):
        return None
    made = [_row(guild_id, of, value, before.get(value.key)) for value in of.values]
    await conn.execute(delete(kpi_values).where(*mine))
    await replace_rows(conn, kpi_values, made)
    if of.cohorts is not None:
        await _publish_cohorts(conn, guild_id, of, of.cohorts)
    corrected_at = kpi_values.columns.keys().index("corrected_at_ms")
    return Published(of.period.key, len(made), sum(row[corrected_at] == of.at_ms for row in made))


async def _publish_cohorts(
    conn: AsyncConnection, guild_id: int, of: Computed, cells: Iterable[CohortCell]
) -> None:
    await conn.execute(delete(cohort_values).where(cohort_values.c.guild_id == guild_id))
    under = (of.period.last_day, of.rules, of.settings, of.position, of.at_ms)
    await replace_rows(conn, cohort_values, [(guild_id, *cell, *under) for cell in cells])


def _row(guild_id: int, of: Computed, value: Value, before: Any | None) -> Row:
    version = CATALOGUE[value.kpi].version
    first, first_at_ms, corrected_at_ms = value.value, of.at_ms, None
    if before and (before.version, before.rules, before.settings) == (version, of.rules, of.settings):
        first, first_at_ms = before.first_value, before.first_computed_at_ms
        if differ(first, value.value):
            is_another = differ(before.value, value.value)
            corrected_at_ms = of.at_ms if is_another else before.corrected_at_ms
    return (
        *(guild_id, kind_of(of.period), of.period.key, *value.key, layer_of(value.kpi)),
        *(of.period.first_day, of.period.last_day, value.value, value.numerator, value.denominator),
        *(value.low, value.high, value.coverage, version, of.rules, of.settings, of.position, of.at_ms),
        *(first, first_at_ms, corrected_at_ms, value.is_withheld, of.min_group),
    )
