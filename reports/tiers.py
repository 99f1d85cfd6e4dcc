"""Which tier people were in at a moment, from the roles that they held. Definition: docs/kpis.md, "Cuts"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.membership import Membership
from reports.populations import People
from storage.day_sets import union
from storage.rules import NO_TIER, TierRule
from storage.tables import member_roles


async def load_tiers(
    conn: AsyncConnection, guild_id: int, tiers: Sequence[TierRule], membership: Membership, moment_ms: int
) -> Mapping[str, People]:
    """By tier that a role makes: who was in it. Everybody else is in the one that needs no role.

    Whoever had left by then counts in their last one: a captain who went was lost as a captain.
    """
    ranks = {role: place for place, tier in reversed(list(enumerate(tiers))) for role in tier.roles}
    row = member_roles.c
    rows = await conn.execute(
        select(row.member_no, row.role_id, row.from_ms, row.to_ms).where(
            row.guild_id == guild_id, row.role_id.in_(list(ranks)), row.from_ms < moment_ms
        )
    )
    highest: dict[int, int] = {}
    for member_no, role_id, from_ms, to_ms in rows:
        last_ms = last_moment(membership, member_no, moment_ms)
        if from_ms < last_ms and (to_ms is None or to_ms >= last_ms):
            highest[member_no] = min(ranks[role_id], highest.get(member_no, len(tiers)))
    return {
        tier.name: People([number for number, own in highest.items() if own == place])
        for place, tier in enumerate(tiers)
    }


def partition(tiers: Mapping[str, People], people: People) -> Mapping[str, People]:
    """Some people by tier: who is in none that a role makes is in the one that needs no role."""
    by_role = {name: own & people for name, own in tiers.items()}
    return {**by_role, NO_TIER: people - union(by_role.values())}


def last_moment(membership: Membership, member_no: int, moment_ms: int) -> int:
    """The moment itself where somebody was here, else when they had left for the last time by then."""
    if membership.was_here(member_no, moment_ms):
        return moment_ms
    ends = [spell.left_ms for spell in membership.spells[member_no] if spell.left_ms is not None]
    return max((left_ms for left_ms in ends if left_ms <= moment_ms), default=moment_ms)
