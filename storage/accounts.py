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
    """Links accounts, the newest of each person on each platform. Returns how many were new."""
    numbers = await member_numbers(conn, guild_id, [each.user_id for each in told])
    new = 0
    for each in told:
        member_no = numbers[each.user_id]
        linked = await _linked(conn, guild_id, member_no, each.platform)
        if linked is None or each.linked_at_ms >= linked.at_ms:
            row = guild_id, member_no, each.platform, each.external_id, each.linked_at_ms
            await replace(conn, accounts, [row])
        new += not _is_known(each, linked)
    return new


async def known(conn: AsyncConnection, guild_id: int, told: Iterable[LinkedAccount]) -> set[LinkedAccount]:
    """Those of these accounts that are linked already, or have given way to a newer one."""
    found = set()
    for each in told:
        member_no = await member_number(conn, guild_id, each.user_id)
        if member_no is not None and _is_known(each, await _linked(conn, guild_id, member_no, each.platform)):
            found.add(each)
    return found


class _Linked(NamedTuple):
    external_id: str
    at_ms: int


def _is_known(told: LinkedAccount, linked: _Linked | None) -> bool:
    if linked is None:
        return False
    return told.external_id == linked.external_id or told.linked_at_ms < linked.at_ms


async def _linked(conn: AsyncConnection, guild_id: int, member_no: int, platform: str) -> _Linked | None:
    a = accounts.c
    query = select(a.external_id, a.linked_at_ms).where(
        a.guild_id == guild_id, a.member_no == member_no, a.platform == platform
    )
    row = (await conn.execute(query)).first()
    return None if row is None else _Linked(*row)
