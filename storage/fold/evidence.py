"""What the tables show of an occurrence: who was in its channels, what was missed, who had answered."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.activities import VOICE
from storage.attendance import Answer, Span, Stay, ToldAttendance
from storage.attendance.window import NEVER_MS
from storage.facts import WHOLE_EVENT
from storage.occurrence import Occurrence, OccurrenceKey
from storage.tables import activity_sessions, coverage, imported_attendance, member_roles, rsvps

GAP = "gap"


async def stays(
    conn: AsyncConnection, guild_id: int, channels: Sequence[int], window: Span, sure_ms: int
) -> list[Stay]:
    """In these channels, at any moment of the window. Who is still there, was until the sure moment."""
    s = activity_sessions.c
    there = select(
        *(s.member_no, s.start_ms, s.end_ms, s.start_estimated, s.end_estimated, s.channel_id)
    ).where(
        s.guild_id == guild_id,
        s.channel_id.in_(channels),
        s.kind == VOICE,
        s.start_ms + 0 < window.end_ms,  # as it is, SQLite would walk through all that ever started before
    )
    # Two queries, so that each is a range of the index by channel and end.
    over_or_open = union_all(there.where(s.end_ms > window.start_ms), there.where(s.end_ms.is_(None)))
    found = await conn.execute(over_or_open)
    return [
        Stay(
            who, start_ms, sure_ms if end_ms is None else end_ms, bool(vague_start), bool(vague_end), channel
        )
        for who, start_ms, end_ms, vague_start, vague_end, channel in found
    ]


async def gaps(conn: AsyncConnection, guild_id: int, windows: Sequence[Span]) -> list[Span]:
    """When voice was not recorded: never before the first record. What follows the last is not known."""
    if not windows:
        return []
    c = coverage.c
    of_voice = (c.guild_id == guild_id) & (c.source == "voice")
    began_ms = (await conn.execute(select(func.min(c.from_ms)).where(of_voice))).scalar()
    query = select(c.from_ms, c.to_ms).where(
        of_voice,
        c.state == GAP,
        c.from_ms < max(window.end_ms for window in windows),
        c.to_ms > min(window.start_ms for window in windows),
    )
    missed = [Span(*row) for row in await conn.execute(query.order_by(c.from_ms))]
    return [Span(-NEVER_MS, NEVER_MS if began_ms is None else began_ms), *missed]


async def answers(
    conn: AsyncConnection, guild_id: int, occurrence: Occurrence, begins_ms: int, late_cancel_ms: int
) -> list[Answer]:
    """To it or to its whole event, that stood when it began or shortly before."""
    r = rsvps.c
    query = select(r.member_no, r.original_start_ms, r.from_ms, r.to_ms, r.interested).where(
        r.guild_id == guild_id,
        r.event_id == occurrence.event_id,
        r.original_start_ms.in_((WHOLE_EVENT, occurrence.original_start_ms)),
        r.from_ms <= begins_ms,
        or_(r.to_ms.is_(None), r.to_ms >= begins_ms - late_cancel_ms),
    )
    return [Answer(*row) for row in await conn.execute(query)]


async def told(conn: AsyncConnection, guild_id: int, key: OccurrenceKey) -> dict[int, ToldAttendance]:
    """Whose attendance a file tells of."""
    i = imported_attendance.c
    query = select(i.member_no, i.attended, i.presence_ms).where(
        i.guild_id == guild_id, i.event_id == key.event_id, i.original_start_ms == key.original_start_ms
    )
    return {member_no: ToldAttendance(*row) for member_no, *row in await conn.execute(query)}


async def holders(
    conn: AsyncConnection, guild_id: int, roles: Sequence[int], people: Sequence[int], at_ms: int
) -> list[int]:
    """Those of these people who held one of the roles at a moment."""
    m = member_roles.c
    query = select(m.member_no).where(
        m.guild_id == guild_id,
        m.member_no.in_(people),
        m.role_id.in_(roles),
        m.from_ms <= at_ms,
        or_(m.to_ms.is_(None), m.to_ms > at_ms),
    )
    return sorted(set((await conn.execute(query)).scalars()))
