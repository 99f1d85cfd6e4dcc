"""Which event was somewhere at a time: what is declared afterwards must not be counted twice."""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.event_report import OccurrenceChoice, OccurrenceKey

MINUTE_MS = 60_000


async def overlapping(  # noqa: PLR0917 - where, and from when to when
    conn: AsyncConnection,
    guild_id: int,
    place: Collection[int] | str,
    from_ms: int,
    to_ms: int,
    usual_minutes: int,
) -> OccurrenceChoice | None:
    """The first occurrence that was in one of the channels at any moment of [from_ms, to_ms), however long it
    lasted. Of what is held elsewhere than in a channel only the title tells whether it is the same: `place`.

    One that was cancelled or not held was nowhere. One without an end lasts for `usual_minutes`, one that is
    running goes on.
    """
    span = {"from_ms": from_ms, "to_ms": to_ms, "usual_ms": usual_minutes * MINUTE_MS}
    for row in await conn.execute(_AT_THAT_TIME, {"guild_id": guild_id, **span}):
        if _is_there(place, row.title, row.channels):
            key = OccurrenceKey(row.event_id, row.original_start_ms)
            return OccurrenceChoice(key, row.title, row.starts_ms, row.outcome)
    return None


def _is_there(place: Collection[int] | str, title: str, channels: str) -> bool:
    if isinstance(place, str):
        return title.casefold() == place.casefold()
    return not set(json.loads(channels)).isdisjoint(place)


# All of a server's occurrences are looked through, a few thousand: an event may be of any length and may have
# begun long before or after it was planned, so that no bound on one column alone would be right.
_AT_THAT_TIME = text("""
    WITH occurrences AS (
        SELECT event_id, original_start_ms, title, outcome, channels,
            COALESCE(window_start_ms, actual_start_ms, scheduled_start_ms) AS starts_ms,
            COALESCE(window_end_ms, actual_end_ms, scheduled_end_ms) AS ends_ms
        FROM event_occurrences
        WHERE guild_id = :guild_id AND outcome NOT IN ('cancelled', 'not_held')
    )
    SELECT event_id, original_start_ms, title, outcome, channels, starts_ms
    FROM occurrences
    WHERE starts_ms < :to_ms
        AND (outcome = 'running' OR COALESCE(ends_ms, starts_ms + :usual_ms) > :from_ms)
    ORDER BY starts_ms, event_id
""")
