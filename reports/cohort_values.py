"""Whether newcomers stay, by the week of joining and by what kind of people they are, for analysts.

The groups are a partition: sums over tiers, platforms or event types are the cohort's own numbers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.cohorts import Cohorts
from reports.event_history import EventHistory
from reports.lifecycle import Lifecycle
from reports.material import Material
from reports.periods import Period, previous, week_of
from reports.platforms import by_platform, load_links, with_discord_only
from reports.populations import People
from reports.retention import OWN_WEEKS, ActiveWeeks, Retention, Window
from reports.tiers import partition

JOIN_WEEKS = 52
NO_EVENT, NO_TYPE = "", "other"


class Group(NamedTuple):
    tier: str  # when the week ended; who had left keeps the last one
    platform: str  # of the accounts elsewhere, linked by then, the first by name
    event_type: str  # of the first event attended


class CohortCell(NamedTuple):
    """Of those who joined in a week, in one group: who was active in a week of their own clock."""

    cohort_first_day: int
    own_week: int
    tier: str
    platform: str
    event_type: str
    eligible: int
    retained: int
    pending: int


async def cohort_cells(conn: AsyncConnection, material: Material) -> tuple[CohortCell, ...]:
    """As of the end of the material's period; cells without anybody are left out."""
    guild_id, lifecycle, end_ms = material.records.guild_id, material.lifecycle, material.pair.this.end_ms
    weeks = list(_weeks(material))
    groups = _groups(
        lifecycle.cohorts.joined(weeks[0].first_day, weeks[-1].last_day),
        material.tiers,
        by_platform(await load_links(conn, guild_id, end_ms), end_ms),
        _first_event_types(material.events, end_ms),
    )
    return await asyncio.to_thread(_all_cells, lifecycle, groups, weeks)  # a running bot answers meanwhile


def _all_cells(
    lifecycle: Lifecycle, groups: Mapping[Group, People], weeks: list[Period]
) -> tuple[CohortCell, ...]:
    retention = _retention(lifecycle, weeks[0].first_day)
    return tuple(
        cell for group, people in sorted(groups.items()) for cell in _cells(group, people, retention, weeks)
    )


def _weeks(material: Material) -> Iterator[Period]:
    week = week_of(material.lifecycle.as_of_day, material.settings.zone, material.settings.week_start)
    weeks = [week]
    while len(weeks) < JOIN_WEEKS:
        weeks.append(previous(weeks[-1]))
    return reversed(weeks)


def _retention(lifecycle: Lifecycle, first_day: int) -> Retention:
    days = range(first_day, lifecycle.as_of_day + 1)
    active = ActiveWeeks(lifecycle.populations, lifecycle.coverage, days)
    return Retention(lifecycle.cohorts, active.kept())  # of each group the same


def _cells(group: Group, people: People, retention: Retention, weeks: list[Period]) -> Iterator[CohortCell]:
    of_group = replace(retention, cohorts=_among(retention.cohorts, people))
    windows = (Window(week.first_day, week.last_day) for week in weeks)
    joined = [window for window in windows if of_group.cohorts.joined(*window)]
    for window, cells in zip(joined, of_group.matrix(joined, OWN_WEEKS), strict=True):
        for own_week, cell in zip(OWN_WEEKS, cells, strict=True):
            if cell.eligible or cell.pending:
                yield CohortCell(
                    window.first_day, own_week, *group, cell.eligible, cell.retained, cell.pending
                )


def _among(cohorts: Cohorts, people: People) -> Cohorts:
    return Cohorts({day: joined & people for day, joined in cohorts.by_day.items() if joined & people})


def _groups(
    people: People,
    tiers: Mapping[str, People],
    platforms: Mapping[str, People],
    event_types: Mapping[int, str],
) -> dict[Group, People]:
    tier = _first_of(partition(tiers, people))
    platform = _first_of(with_discord_only(platforms, people))
    groups: dict[Group, People] = {}
    for number in people:
        group = Group(tier[number], platform[number], event_types.get(number, NO_EVENT))
        groups.setdefault(group, People()).add(number)
    return groups


def _first_of(parts: Mapping[str, People]) -> dict[int, str]:
    """Of everybody the first part, in their order, that they are in."""
    return {number: name for name in reversed([*parts]) for number in parts[name]}


def _first_event_types(history: EventHistory, until_ms: int) -> dict[int, str]:
    first: dict[int, str] = {}
    for one in history.occurrences:
        if one.is_held and one.starts_ms < until_ms:
            for number in history.turnout(one).attended:
                first.setdefault(number, one.event_type or NO_TYPE)
    return first
