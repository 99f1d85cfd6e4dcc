"""Who people are elsewhere. Bookkeeping, as it says who somebody is: it goes with the person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.identities import member_number, member_numbers
from storage.tables import accounts
from storage.upsert import replace


class LinkedAccount(NamedTuple):
    user_id: int
    platform: str
    external_id: str
    linked_at_ms: int


async def link(conn: AsyncConnection, guild_id: int, told: Sequence[LinkedAccount]) -> int:
    """Links accounts, each in place of the person's one on that platform. Returns how many were new."""
    numbers = await member_numbers(conn, guild_id, [each.user_id for each in told])
    new = 0
    for each in told:
        member_no = numbers[each.user_id]
        if await _external_id(conn, guild_id, member_no, each.platform) != each.external_id:
            row = guild_id, member_no, each.platform, each.external_id, each.linked_at_ms
            await replace(conn, accounts, [row])
            new += 1
    return new


async def known(conn: AsyncConnection, guild_id: int, told: Iterable[LinkedAccount]) -> set[LinkedAccount]:
    """Those of these accounts that are linked already."""
    found = set()
    for each in told:
        member_no = await member_number(conn, guild_id, each.user_id)
        if member_no is None:
            continue
        if await _external_id(conn, guild_id, member_no, each.platform) == each.external_id:
            found.add(each)
    return found


async def _external_id(conn: AsyncConnection, guild_id: int, member_no: int, platform: str) -> str | None:
    query = select(accounts.c.external_id).where(
        accounts.c.guild_id == guild_id, accounts.c.member_no == member_no, accounts.c.platform == platform
    )
    return (await conn.execute(query)).scalar_one_or_none()
