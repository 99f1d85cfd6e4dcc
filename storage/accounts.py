"""Who people are elsewhere. Bookkeeping, as it says who somebody is: it goes with the person.

The log says only since when others are linked, so that what was published of that time is made anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import event_log
from storage.event import Source
from storage.event_key import KeyMaker
from storage.event_log import NewRow
from storage.identities import member_number, member_numbers
from storage.tables import accounts
from storage.upsert import replace

_keys = KeyMaker(b"")


class LinkedAccount(NamedTuple):
    user_id: int
    platform: str
    external_id: str
    linked_at_ms: int


async def link(conn: AsyncConnection, guild_id: int, told: Sequence[LinkedAccount], now_ms: int) -> int:
    """Links accounts, the newest of each person on each platform. Returns how many were new.

    The same account told again is linked since the earlier of its moments. The caller holds the guild's lock.
    """
    numbers = await member_numbers(conn, guild_id, [each.user_id for each in told])
    new, since = 0, []
    for each in told:
        member_no = numbers[each.user_id]
        linked = await _linked(conn, guild_id, member_no, each.platform)
        if _is_written(each, linked):
            row = guild_id, member_no, each.platform, each.external_id, each.linked_at_ms
            await replace(conn, accounts, [row])
            since.append(each.linked_at_ms if linked is None else min(each.linked_at_ms, linked.at_ms))
        new += not _is_known(each, linked)
    if since:
        await _log_links(conn, guild_id, min(since), now_ms)
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


async def _log_links(conn: AsyncConnection, guild_id: int, since_ms: int, now_ms: int) -> None:
    """No repeat of an earlier row: what is linked already is not written again."""
    row = NewRow(
        key=_keys.key(now_ms, "accounts linked", guild_id, await event_log.last_position(conn, guild_id)),
        source=Source.IMPORT,
        type="ACCOUNTS_LINKED",
        member_no=None,
        others=None,
        occurred_from_ms=since_ms,
        occurred_to_ms=since_ms,
        recorded_at_ms=now_ms,
        body="{}",
    )
    await event_log.append(conn, guild_id, [row])


def _is_written(told: LinkedAccount, linked: _Linked | None) -> bool:
    if linked is None:
        return True
    if told.external_id == linked.external_id:
        return told.linked_at_ms < linked.at_ms
    return told.linked_at_ms >= linked.at_ms


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
