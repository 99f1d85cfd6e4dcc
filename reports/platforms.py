"""Who has an account elsewhere linked. Definition: docs/kpis.md, "Cuts"."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.cuts import DISCORD_ONLY
from reports.populations import People
from storage.day_sets import union
from storage.tables import accounts


async def load_platforms(conn: AsyncConnection, guild_id: int, moment_ms: int) -> Mapping[str, People]:
    """By platform, in their order: whose account was linked before a moment, and still is.

    Somebody may be on two. A platform on which nobody was by then has nobody.
    """
    account = accounts.c
    rows = await conn.execute(
        select(account.platform, account.member_no, account.linked_at_ms < moment_ms)
        .where(account.guild_id == guild_id)
        .order_by(account.platform)
    )
    linked: dict[str, People] = {}
    for platform, member_no, was_linked in rows:
        people = linked.setdefault(platform, People())
        if was_linked:
            people.add(member_no)
    return linked


def with_discord_only(platforms: Mapping[str, People], people: People) -> Mapping[str, People]:
    """Some people by platform, and those who are on none."""
    on_each = {name: own & people for name, own in platforms.items()}
    return {**on_each, DISCORD_ONLY: people - union(on_each.values())}
