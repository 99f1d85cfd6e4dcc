"""People who do not want to be recorded: opting out, erasing what links a person to their rows.

The log and the tables hold member numbers only. Deleting the one row that says who a number is leaves every
aggregate as it was, and no replay brings the person back.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import dead_letters, event_log
from storage.database import Warehouse
from storage.event import Source
from storage.event_key import KeyMaker
from storage.event_log import NewRow
from storage.identities import member_number
from storage.journal import Journal
from storage.tables import accounts, identities
from storage.tables import dead_letters as dead_letters_table
from storage.tables import event_log as event_log_table
from storage.withdrawals import Kind, Withdrawal, Withdrawals

TOUCHED = (identities, accounts, dead_letters_table)

# A member number is no secret, and a withdrawal repeated from its tombstone must have the same key anywhere.
_keys = KeyMaker(b"")


class ErasureResult(NamedTuple):
    """What was found of a person. All zero and not known: only the tombstone was set."""

    known: bool  # had a member number
    accounts: int
    dead_letters: int
    journal_events: int
    clean: bool  # False: a long reader keeps deleted rows alive; erasing again later clears them


async def erase(
    warehouse: Warehouse,
    withdrawals: Withdrawals,
    guild_id: int,
    user_id: int,
    *,
    at_ms: int,
    journals: Collection[Journal],
) -> ErasureResult:
    """Makes a person of a guild unknown for good. May be repeated, also after a crash at any point.

    Another process that holds a journal drops the person itself, with its next batch.
    Raises WarehouseUnavailable; the tombstone then stands already, and nothing more is recorded.
    """
    tombstone = withdrawals.withdraw(guild_id, user_id, Kind.ERASED, at_ms)
    journal_events = 0
    for journal in journals:
        journal_events += await journal.forget_people(guild_id, [user_id])
    async with warehouse.writing() as conn:
        await warehouse.lock_guild(conn, guild_id)
        member_no = await member_number(conn, guild_id, user_id)
        if member_no is None:
            linked = letters = 0
        else:
            await _log_withdrawal(conn, guild_id, member_no, tombstone.at_ms)
            linked, letters = await _unlink(conn, guild_id, member_no)
    clean = await warehouse.scrub(TOUCHED)
    clean &= all(journal.clean for journal in journals)
    return ErasureResult(member_no is not None, linked, letters, journal_events, clean)


async def opt_out(
    warehouse: Warehouse,
    withdrawals: Withdrawals,
    guild_id: int,
    user_id: int,
    *,
    at_ms: int,
    journal: Journal | None,
) -> None:
    """Records nothing more of a person, and takes them out of every population; they may return."""
    tombstone = withdrawals.withdraw(guild_id, user_id, Kind.OPTED_OUT, at_ms)
    if journal:
        await journal.forget_people(guild_id, [user_id])
    async with warehouse.writing() as conn:
        await warehouse.lock_guild(conn, guild_id)
        member_no = await member_number(conn, guild_id, user_id)
        if member_no is not None:
            await _log_withdrawal(conn, guild_id, member_no, tombstone.at_ms)


async def reapply(warehouse: Warehouse, withdrawals: Withdrawals) -> set[int]:
    """After a restore from a backup: people who withdrew since are withdrawn again.

    Returns the guilds of which the log says so now, and the tables not yet. Writes nothing where every
    withdrawal stands, so that it can run at every start.
    """
    withdrawals.refresh()
    async with warehouse.reading() as conn:
        people = (await conn.execute(select(identities).order_by(identities.c.guild_id))).all()
        withdrawn = [
            (guild_id, member_no, tombstone)
            for guild_id, member_no, user_id in people
            if (tombstone := withdrawals.withdrawal(guild_id, user_id))
            if not await _stands(conn, guild_id, member_no, tombstone)
        ]
    if not withdrawn:
        return set()
    async with warehouse.writing() as conn:
        for guild_id, member_no, tombstone in withdrawn:
            await warehouse.lock_guild(conn, guild_id)
            await _log_withdrawal(conn, guild_id, member_no, tombstone.at_ms)
            if tombstone.kind is Kind.ERASED:
                await _unlink(conn, guild_id, member_no)
    if any(tombstone.kind is Kind.ERASED for _, _, tombstone in withdrawn):
        await warehouse.scrub(TOUCHED)
    return {guild_id for guild_id, _, _ in withdrawn}


async def _stands(conn: AsyncConnection, guild_id: int, member_no: int, tombstone: Withdrawal) -> bool:
    """An erased person has no identity any more; of one who opted out, the log says so."""
    if tombstone.kind is Kind.ERASED:
        return False
    logged = select(event_log_table.c.key).where(
        event_log_table.c.guild_id == guild_id,
        event_log_table.c.key == _key(guild_id, member_no, tombstone.at_ms),
    )
    return (await conn.execute(logged)).first() is not None


def _key(guild_id: int, member_no: int, at_ms: int) -> bytes:
    return _keys.key(at_ms, "withdrawn", guild_id, member_no)


async def _log_withdrawal(conn: AsyncConnection, guild_id: int, member_no: int, at_ms: int) -> None:
    row = NewRow(
        key=_key(guild_id, member_no, at_ms),
        source=Source.RECORDER,
        type="MEMBER_WITHDRAWN",
        member_no=member_no,
        others=None,
        occurred_from_ms=at_ms,
        occurred_to_ms=at_ms,
        recorded_at_ms=at_ms,
        body="{}",
    )
    await event_log.append(conn, guild_id, [row])


async def _unlink(conn: AsyncConnection, guild_id: int, member_no: int) -> tuple[int, int]:
    """Deletes everything that says who a number is: how many accounts and dead letters that were."""
    letters = await dead_letters.forget_member(conn, guild_id, member_no)
    linked = 0
    for table in (accounts, identities):
        mine = (table.c.guild_id == guild_id) & (table.c.member_no == member_no)
        rows = (await conn.execute(delete(table).where(mine))).rowcount
        linked += rows if table is accounts else 0
    return linked, letters
