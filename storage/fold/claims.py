"""Occurrences for which somebody's word stands, as far as they take presence away from others."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BigInteger, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.attendance import Claim, Span, claim_of
from storage.attendance.window import NEVER_MS, needs_voice, planned, possible
from storage.fold.changes import Changes
from storage.fold.conclusions import loaded, loaded_as_concluded
from storage.fold.corrected import ToldOf, corrected
from storage.occurrence import Occurrence, OccurrenceKey, Status
from storage.rules import EventRules
from storage.tables import event_occurrences

o = event_occurrences.c


def is_claimed(occurrence: Occurrence, rules: EventRules, now_ms: int) -> bool:
    """Whether presence alone decides if it was held, so that others may take it away."""
    if occurrence.is_started or occurrence.told_held is not None or not occurrence.channels:
        return False
    if occurrence.status is Status.HIDDEN:
        return False
    return needs_voice(occurrence, rules, now_ms)


async def claims_on(
    conn: AsyncConnection,
    guild_id: int,
    unstarted: Sequence[Occurrence],
    changes: Changes,
    *,
    told: ToldOf,
    rules: EventRules,
    now_ms: int,
) -> list[Claim]:
    """All that can reach into the planned times of these occurrences, after a batch's changes."""
    if not unstarted:
        return []
    windows = [planned(occurrence, rules) for occurrence in unstarted]
    around = Span(min(w.start_ms for w in windows), max(w.end_ms for w in windows))
    keys = await _claiming_within(conn, guild_id, around) | changes.corrected
    known = await loaded(conn, guild_id, keys - changes.occurrences.keys())
    all_of_them = [corrected(each, told(each.key), rules) for each in (*known, *changes.occurrences.values())]
    claims = [claim_of(occurrence, rules, now_ms) for occurrence in all_of_them if occurrence.claims_presence]
    return [claim for claim in claims if claim.span.overlaps(around)]


async def spans_of_changed(  # noqa: PLR0917 - as `touched`, which asks
    conn: AsyncConnection, guild_id: int, changes: Changes, told: ToldOf, rules: EventRules, now_ms: int
) -> list[Span]:
    """When presence has other owners than before this batch: call it while the rows are the old ones."""
    before = await loaded_as_concluded(conn, guild_id, changes.corrected | changes.occurrences.keys())
    known = await loaded(conn, guild_id, changes.corrected - changes.occurrences.keys())
    after = [corrected(each, told(each.key), rules) for each in (*known, *changes.occurrences.values())]
    return [possible(each, rules, now_ms) for each in (*before, *after) if each.claims_presence]


async def _claiming_within(conn: AsyncConnection, guild_id: int, span: Span) -> set[OccurrenceKey]:
    ends_ms = func.coalesce(o.actual_end_ms, cast(NEVER_MS, BigInteger))
    started = and_(o.actual_start_ms < span.end_ms, ends_ms > span.start_ms)
    told = and_(o.told_held.is_(True), o.scheduled_start_ms < span.end_ms)
    query = select(o.event_id, o.original_start_ms).where(o.guild_id == guild_id, or_(started, told))
    return {OccurrenceKey(*row) for row in await conn.execute(query)}
