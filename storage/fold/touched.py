"""Which occurrences are to be concluded anew after a batch, though nothing was said of them itself."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import BigInteger, ColumnElement, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.attendance.intervals import Span, merged
from storage.attendance.window import MINUTE_MS, NEVER_MS
from storage.fold.changes import Changes
from storage.fold.claims import spans_of_changed
from storage.fold.corrected import ToldOf
from storage.occurrence import OccurrenceKey
from storage.rules import EventRules
from storage.tables import event_occurrences

CONDITIONS_AT_ONCE = 100  # databases bound how deep a condition may be

o = event_occurrences.c


async def touched(  # noqa: PLR0917 - as the fold has them
    conn: AsyncConnection, guild_id: int, changes: Changes, told: ToldOf, rules: EventRules, now_ms: int
) -> set[OccurrenceKey]:
    """Those that staff corrected, those that began after an answer or a host's role changed, those over which
    gaps came or went, and those that nobody started beside one that was, and is another now."""
    claimed = await spans_of_changed(conn, guild_id, changes, told, rules, now_ms)
    found = changes.corrected | await _answered(conn, guild_id, changes.answered)
    conditions = [
        *_hosted(changes, rules),
        *(_overlapping(span, rules) for span in merged(changes.voice_repainted)),
        *(and_(o.actual_start_ms.is_(None), _overlapping(span, rules)) for span in merged(claimed)),
    ]
    for first in range(0, len(conditions), CONDITIONS_AT_ONCE):
        some = conditions[first : first + CONDITIONS_AT_ONCE]
        query = select(o.event_id, o.original_start_ms).where(o.guild_id == guild_id, or_(*some))
        found |= {OccurrenceKey(*row) for row in await conn.execute(query)}
    return found


async def _answered(conn: AsyncConnection, guild_id: int, since: Mapping[int, int]) -> set[OccurrenceKey]:
    if not since:
        return set()
    query = select(o.event_id, o.original_start_ms, o.window_start_ms).where(
        o.guild_id == guild_id, o.event_id.in_(list(since)), o.window_start_ms >= min(since.values())
    )
    return {
        OccurrenceKey(event_id, original_start_ms)
        for event_id, original_start_ms, begins_ms in await conn.execute(query)
        if begins_ms >= since[event_id]
    }


def _hosted(changes: Changes, rules: EventRules) -> list[ColumnElement[bool]]:
    conditions = []
    for kind in rules.types:
        since_ms = [changes.roles_since[role] for role in kind.host_roles if role in changes.roles_since]
        if since_ms:
            conditions.append(and_(o.event_type == kind.name, o.window_start_ms >= min(since_ms)))
    return conditions


def _overlapping(span: Span, rules: EventRules) -> ColumnElement[bool]:
    """Planned or held within the span, or where neither is sure, possibly."""
    longest_ms = max([rules.usual_minutes, *(kind.usual_minutes for kind in rules.types)]) * MINUTE_MS
    latest_ms = func.coalesce(o.actual_end_ms, cast(NEVER_MS, BigInteger))
    return or_(
        and_(
            o.scheduled_start_ms < span.end_ms,
            or_(
                o.scheduled_end_ms > span.start_ms,
                o.scheduled_start_ms > span.start_ms - longest_ms,
            ),
        ),
        and_(o.actual_start_ms < span.end_ms, latest_ms > span.start_ms),
    )
