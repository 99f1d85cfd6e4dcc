"""Takes the fold up again where its tables stand."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import msgspec
from pyroaring import BitMap
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import day_sets
from storage.day_sets import PRESENT, PRESENT_AT_END
from storage.fold.changes import Answer, DayPopulation, Interval, Member, Spell
from storage.fold.state import GuildState, Remembered, Tables
from storage.rules import Rules
from storage.tables import coverage, fold_progress, member_roles, members, membership_spells, rsvps
from storage.upsert import replace


class Bookmark(NamedTuple):
    """Where the tables of a guild stand."""

    position: int
    rules: str  # the fingerprint of the rules that they stand under
    state: bytes


async def bookmark(conn: AsyncConnection, guild_id: int) -> Bookmark | None:
    """None: nothing was folded yet."""
    progress = fold_progress.c
    query = select(progress.position, progress.rules, progress.state).where(progress.guild_id == guild_id)
    row = (await conn.execute(query)).first()
    return None if row is None else Bookmark(*row)


async def move_bookmark(
    conn: AsyncConnection, guild_id: int, position: int, state: GuildState, rules: Rules
) -> None:
    row = (guild_id, position, rules.fingerprint(), encoded(state), state.clock_ms)
    await replace(conn, fold_progress, [row])


def encoded(state: GuildState) -> bytes:
    return msgspec.msgpack.encode(state.remembered())


async def load(conn: AsyncConnection, guild_id: int, rules: Rules, remembered: bytes) -> GuildState:
    """The state that the tables and what is remembered beside them describe."""
    kept = msgspec.msgpack.decode(remembered, type=Remembered)
    tables = Tables(
        members=await _members(conn, guild_id),
        coverage=await _coverage(conn, guild_id),
        sets=await _sets(conn, guild_id, rules.local_day(kept.clock_ms)),
        answers=await _answers(conn, guild_id, [event.event_id for event in kept.events.events]),
    )
    return GuildState(rules, kept, tables)


async def _members(conn: AsyncConnection, guild_id: int) -> dict[int, Member]:
    m, s, r = members.c, membership_spells.c, member_roles.c
    found = {
        row.member_no: Member(
            row.member_no, row.is_bot, row.first_join_ms, row.withdrawn_at_ms, tier=row.tier
        )
        for row in await conn.execute(select(members).where(m.guild_id == guild_id))
    }
    spells = select(
        *(s.member_no, s.joined_ms, s.join_estimated),
        *(s.left_ms, s.left_to_ms, s.leave_estimated, s.leave_seen),
    ).where(s.guild_id == guild_id)
    for row in await conn.execute(spells.order_by(s.member_no, s.joined_ms)):
        found[row.member_no].spell = Spell(*row)  # the newest comes last
    held = select(r.member_no, r.role_id, r.from_ms).where(r.guild_id == guild_id, r.to_ms.is_(None))
    for member_no, role_id, from_ms in await conn.execute(held):
        found[member_no].roles[role_id] = from_ms
    return found


async def _coverage(conn: AsyncConnection, guild_id: int) -> dict[str, list[Interval]]:
    c = coverage.c
    query = select(c.source, c.from_ms, c.to_ms, c.state, c.cause).where(c.guild_id == guild_id)
    chains: dict[str, list[Interval]] = defaultdict(list)
    for source, *interval in await conn.execute(query.order_by(c.from_ms)):
        chains[source].append(Interval(*interval))
    return dict(chains)


async def _answers(conn: AsyncConnection, guild_id: int, events: list[int]) -> list[Answer]:
    r = rsvps.c
    columns = r.event_id, r.original_start_ms, r.member_no, r.from_ms, r.to_ms
    query = select(*columns, r.interested, r.from_estimated, r.to_estimated).order_by(r.from_ms)
    found = await conn.execute(query.where(r.guild_id == guild_id, r.event_id.in_(events)))
    newest = {tuple(row[:3]): Answer(*row) for row in found}  # the newest comes last
    return list(newest.values())


async def _sets(conn: AsyncConnection, guild_id: int, day: int) -> DayPopulation:
    found = await day_sets.load(conn, guild_id, (PRESENT, PRESENT_AT_END), day, day)
    present, at_end = (found[population].get(day, BitMap()) for population in (PRESENT, PRESENT_AT_END))
    return DayPopulation(present, at_end)
