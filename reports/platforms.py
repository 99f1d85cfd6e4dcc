"""Who has an account elsewhere, and since when. Definition: docs/kpis.md, "Cuts"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.cuts import DISCORD_ONLY
from reports.populations import People
from storage.day_sets import union
from storage.tables import accounts


class Link(NamedTuple):
    member_no: int
    platform: str
    linked_ms: int


async def load_links(conn: AsyncConnection, guild_id: int, until_ms: int) -> tuple[Link, ...]:
    """Every account that somebody had elsewhere before a moment, and still has, by platform."""
    row = accounts.c
    found = await conn.execute(
        select(row.member_no, row.platform, row.linked_at_ms)
        .where(row.guild_id == guild_id, row.linked_at_ms < until_ms)
        .order_by(row.platform, row.member_no)
    )
    return tuple(Link(*columns) for columns in found)


def by_platform(links: Iterable[Link], until_ms: int) -> dict[str, People]:
    """Who was linked before a moment. Somebody may be on two."""
    platforms: dict[str, People] = {}
    for link in links:
        if link.linked_ms < until_ms:
            platforms.setdefault(link.platform, People()).add(link.member_no)
    return platforms


def with_discord_only(platforms: Mapping[str, People], people: People) -> Mapping[str, People]:
    """Some people by platform, and those who are on none."""
    on_each = {name: own & people for name, own in platforms.items()}
    return {**on_each, DISCORD_ONLY: people - union(on_each.values())}
