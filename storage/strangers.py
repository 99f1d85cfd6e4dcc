"""Stays in voice that a file told of people whose membership at that time nobody told: they count nowhere."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import activity_sessions, members, membership_spells


class Strangers(NamedTuple):
    stays: int
    people: int


async def strangers(conn: AsyncConnection, guild_id: int) -> Strangers:
    """As far as the tables follow the log. Bots are members of nothing, and not meant."""
    stay, spell = activity_sessions.c, membership_spells.c
    was_member = exists().where(
        spell.guild_id == guild_id,
        spell.member_no == stay.member_no,
        spell.joined_ms < stay.end_ms,
        or_(spell.left_ms.is_(None), spell.left_ms > stay.start_ms),
    )
    is_bot = exists().where(
        members.c.guild_id == guild_id, members.c.member_no == stay.member_no, members.c.is_bot.is_(True)
    )
    told = (
        select(stay.member_no, stay.session_start_ms)
        .where(stay.guild_id == guild_id, stay.is_imported.is_(True), ~was_member, ~is_bot)
        .distinct()
        .subquery()
    )
    query = select(func.count(), func.count(told.c.member_no.distinct())).select_from(told)
    return Strangers(*(await conn.execute(query)).one())
