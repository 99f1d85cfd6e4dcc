"""What was published of a period, as reports look it up: its values then, and whether they are others now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports import wording
from reports.catalogue import CATALOGUE, DEFINITIONS, cut_to
from reports.community import MAIN
from reports.cuts import BY_PEOPLE
from reports.lines import label_for, number_text
from reports.periods import Period, describe
from reports.report import Correction, Kpi
from reports.settings import ReportSettings
from storage.fold.changed_days import WITHDRAWN
from storage.tables import changed_days, kpi_values

WEEK, MONTH = "week", "month"
MOST_NAMED = 3  # corrections in one sentence

Key: TypeAlias = tuple[str, str, str]  # KPI, what it is cut by, the cut


@dataclass(frozen=True, slots=True)
class Stored:
    """A value as it was first, under the formula, rules and settings that it is compared under."""

    first_value: float | None
    corrected_at_ms: int | None
    version: int
    rules: str
    settings: str


async def load_published(conn: AsyncConnection, guild_id: int, period: Period) -> dict[Key, Stored]:
    """Empty for a period that is not kept: an open one, or the last 7 days.

    And where somebody withdrew since: what a number was with them in it is told to nobody.
    """
    v = kpi_values.c
    columns = v.kpi, v.cut_by, v.cut, v.first_value, v.corrected_at_ms, v.version, v.rules, v.settings
    since = await withdrawn_at(conn, guild_id)
    rows = await conn.execute(
        select(*columns).where(
            v.guild_id == guild_id,
            v.period_kind == kind_of(period),
            v.period == period.key,
            v.position >= since,
            v.cut_by.not_in(BY_PEOPLE),  # of some people no report says so
        )
    )
    return {(kpi, cut_by, cut): Stored(*rest) for kpi, cut_by, cut, *rest in rows}


async def withdrawn_at(conn: AsyncConnection, guild_id: int) -> int:
    """The log's position up to which somebody withdrew last; 0: nobody did."""
    c = changed_days.c
    query = select(c.position).where(c.guild_id == guild_id, c.local_day == WITHDRAWN)
    return (await conn.execute(query)).scalar() or 0


def kind_of(period: Period) -> str:
    return MONTH if period.is_month else WEEK


def fingerprint(settings: ReportSettings) -> str:
    """Twelve hex digits of all that values depend on beside the rules: settings, and the formulas' versions.

    Not of what only decides how they are shown.
    """
    shown = replace(settings, min_group=0, alerts=())
    formulas = sorted((definition.name, definition.version) for definition in DEFINITIONS)
    encoded = msgspec.json.encode((shown, formulas), order="deterministic")
    return hashlib.blake2b(encoded, digest_size=6).hexdigest()


def key_of(kpi: Kpi) -> Key:
    cut = kpi.subject or kpi.cut
    return kpi.name, (kpi.cut_by or cut_to(kpi.name)) if cut else "", cut


def corrections(
    kpis: Iterable[Kpi],
    published: Mapping[Key, Stored],
    *,
    rules: str,
    settings: str,
    smallest: int,
    now_ms: int,
) -> tuple[Correction, ...]:
    """The numbers that are others than when they were first published.

    In a channel only how many were active is said so: what another number was might be of too few people.
    """
    found = []
    for kpi in kpis:
        stored = published.get(key_of(kpi))
        if stored is None or (smallest and kpi.name not in MAIN):
            continue
        is_same = (stored.version, stored.rules, stored.settings) == (
            CATALOGUE[kpi.name].version,
            rules,
            settings,
        )
        if is_same and differ(stored.first_value, kpi.current.value):
            since_ms = stored.corrected_at_ms or now_ms
            found.append(Correction(kpi.name, kpi.cut, label_for(kpi), stored.first_value, since_ms))
    return tuple(dict.fromkeys(found))


def correction_sentences(found: Iterable[Correction], zone: str, of: Period | None = None) -> tuple[str, ...]:
    """“Corrected since 12 Nov: Active members, was 187; In voice, was 45 %.”

    `of`: the period, where it is not the one that is spoken of: “3–9 Nov was corrected since 12 Nov: …”
    """
    by_day: dict[str, list[str]] = {}
    for one in found:
        was = "not known" if one.was is None else number_text(one.kpi, one.was)
        by_day.setdefault(wording.day_text(one.since_ms, zone), []).append(f"{one.label}, was {was}")
    said = f"{describe(of)} was corrected since" if of else "Corrected since"
    return tuple(f"{said} {day}: {_listed(told)}." for day, told in by_day.items())


def _listed(told: list[str]) -> str:
    rest = len(told) - MOST_NAMED
    shown = "; ".join(told[:MOST_NAMED])
    return shown if rest <= 0 else f"{shown}; and {wording.count(rest, 'number', 'numbers')} more"


def differ(one: float | None, other: float | None) -> bool:
    """Beyond what summing in another order does."""
    if one is None or other is None:
        return one is not other
    return abs(one - other) > 1e-9 * max(1.0, abs(one), abs(other))
