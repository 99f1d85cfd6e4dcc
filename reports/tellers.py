"""Who told what was not recorded of an occurrence: staff, or a file that was imported."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.corrections import Subject
from storage.tables import attendance, corrections, imported_attendance

_C = corrections.c


def a_file_told() -> ColumnElement[bool]:
    """Of a row of attendance: whether a file told of it. Staff may have, too, and then their word holds."""
    told, row = imported_attendance.c, attendance.c
    return exists().where(
        told.guild_id == row.guild_id,
        told.event_id == row.event_id,
        told.original_start_ms == row.original_start_ms,
        told.member_no == row.member_no,
    )


async def attendance_by_staff(conn: AsyncConnection, guild_id: int) -> set[tuple[int, int, int]]:
    """Event, original start and member: of whom staff's word on their attendance stands."""
    query = select(_C.event_id, _C.original_start_ms, _C.member_no).where(
        _C.guild_id == guild_id,
        _C.subject.in_((str(Subject.ATTENDANCE), str(Subject.CHECK_IN))),
        _C.taken_back_ms.is_(None),
        _C.member_no.is_not(None),
    )
    return {tuple(row) for row in await conn.execute(query)}


async def declared_by_staff(conn: AsyncConnection, guild_id: int) -> set[int]:
    """The events that staff told of afterwards; any other that was told of afterwards is from a file."""
    query = select(_C.event_id).where(_C.guild_id == guild_id, _C.subject == str(Subject.DECLARED))
    return set((await conn.execute(query)).scalars())
