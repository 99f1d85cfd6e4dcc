"""Which event was in a channel at a time: what is declared afterwards must not be counted twice."""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.event_report import OccurrenceChoice, OccurrenceKey

DAY_MS, MINUTE_MS = 86_400_000, 60_000
LONGEST_MS = 7 * DAY_MS  # no event is longer, so that one that began before that is over
EARLIEST_MS = DAY_MS  # nor begins longer before it was to begin


async def overlapping(  # noqa: PLR0917 - where, and from when to when
    conn: AsyncConnection,
    guild_id: int,
    channel_ids: Collection[int],
    from_ms: int,
    to_ms: int,
    usual_minutes: int,
) -> OccurrenceChoice | None:
    """The first occurrence that was in one of the channels at any moment of [from_ms, to_ms).

    One that was cancelled or not held was nowhere. One without an end lasts for `usual_minutes`.
    """
    bounds = {"guild_id": guild_id, "since_ms": from_ms - LONGEST_MS, "until_ms": to_ms + EARLIEST_MS}
    for row in await conn.execute(_OCCURRENCES, bounds):
        ends_ms = row.ends_ms or row.starts_ms + usual_minutes * MINUTE_MS
        if (
            row.starts_ms < to_ms
            and ends_ms > from_ms
            and not set(json.loads(row.channels)).isdisjoint(channel_ids)
        ):
            key = OccurrenceKey(row.event_id, row.original_start_ms)
            return OccurrenceChoice(key, row.title, row.starts_ms, row.outcome)
    return None


_OCCURRENCES = text("""
    SELECT event_id, original_start_ms, title, outcome, channels,
        COALESCE(window_start_ms, actual_start_ms, scheduled_start_ms) AS starts_ms,
        COALESCE(window_end_ms, actual_end_ms, scheduled_end_ms) AS ends_ms
    FROM event_occurrences
    WHERE guild_id = :guild_id
        AND scheduled_start_ms >= :since_ms AND scheduled_start_ms < :until_ms
        AND outcome NOT IN ('cancelled', 'not_held')
    ORDER BY starts_ms, event_id
""")
