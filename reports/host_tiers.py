"""Which tier hosts are of. Definition: docs/kpis.md, "Tiers"."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.turnout import People
from storage.tables import members, occurrence_hosts


async def load_host_tiers(conn: AsyncConnection, guild_id: int) -> Mapping[str, People]:
    """Everybody who ever hosted anything, by the tier that they are of now."""
    hosting = select(occurrence_hosts.c.member_no).where(occurrence_hosts.c.guild_id == guild_id)
    member = members.c
    rows = await conn.execute(
        select(member.tier, member.member_no)
        .where(member.guild_id == guild_id, member.member_no.in_(hosting))
        .order_by(member.tier, member.member_no)
    )
    tiers: dict[str, People] = {}
    for tier, member_no in rows:
        tiers.setdefault(tier, People()).add(member_no)
    return tiers
