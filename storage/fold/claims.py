"""Occurrences that were started or declared, as far as they take presence away from others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.attendance import Claim, Span, claim_of
from storage.attendance.window import NEVER_MS, needs_voice, planned, possible
from storage.fold.changes import Changes
from storage.fold.conclusions import loaded
from storage.occurrence import Occurrence, OccurrenceKey, Status
from storage.rules import EventRules
from storage.tables import event_occurrences

o = event_occurrences.c


def is_claimed(occurrence: Occurrence, rules: EventRules, now_ms: int) -> bool:
    """Whether presence alone decides if it was held, so that others may take it away."""
    if occurrence.is_started or not occurrence.channels or occurrence.status is Status.HIDDEN:
        return False
    return needs_voice(occurrence, rules, now_ms)


async def claims_on(
    conn: AsyncConnection,
    guild_id: int,
    unstarted: Sequence[Occurrence],
    changes: Changes,
    *,
    rules: EventRules,
    now_ms: int,
) -> list[Claim]:
    """All that can reach into the planned times of these occurrences, after a batch's changes."""
    if not unstarted:
        return []
    windows = [planned(occurrence, rules) for occurrence in unstarted]
    around = Span(min(w.start_ms for w in windows), max(w.end_ms for w in windows))
    keys = await _started_within(conn, guild_id, around) - changes.occurrences.keys()
    started = [*await loaded(conn, guild_id, keys), *filter(_claims, changes.occurrences.values())]
    claims = [claim_of(occurrence, rules, now_ms) for occurrence in started]
    return [claim for claim in claims if claim.span.overlaps(around)]


async def spans_of_changed(
    conn: AsyncConnection, guild_id: int, changes: Changes, rules: EventRules, now_ms: int
) -> list[Span]:
    """When presence has other owners than before this batch: call it while the rows are the old ones."""
    before = await loaded(conn, guild_id, changes.occurrences.keys())
    both: Iterable[Occurrence] = [*before, *changes.occurrences.values()]
    return [possible(occurrence, rules, now_ms) for occurrence in both if _claims(occurrence)]


def _claims(occurrence: Occurrence) -> bool:
    return occurrence.is_started and occurrence.status is not Status.HIDDEN


async def _started_within(conn: AsyncConnection, guild_id: int, span: Span) -> set[OccurrenceKey]:
    ends_ms = func.coalesce(o.actual_end_ms, cast(NEVER_MS, BigInteger))
    query = select(o.event_id, o.original_start_ms).where(
        o.guild_id == guild_id, o.actual_start_ms < span.end_ms, ends_ms > span.start_ms
    )
    return {OccurrenceKey(*row) for row in await conn.execute(query)}
