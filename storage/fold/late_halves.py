"""Halves of commands that come when the fold has forgotten the other one: joined with it among the rows."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.fold.changes import Changes, Invocation
from storage.fold.commands import count, counts, end, join
from storage.fold.writing import some_at_once
from storage.rules import Rules
from storage.tables import command_invocations


async def join_written(conn: AsyncConnection, guild_id: int, changes: Changes, rules: Rules) -> None:
    """Before the batch's rows are written: what is written of the same commands already came before them."""
    endings = changes.late_endings
    for written in await _written(conn, guild_id, changes.begun | endings.keys()):
        ending = endings.get(written.interaction_id)
        if ending is not None and written.outcome is None:
            end(written, ending)
            _count(changes, written, rules, written.is_counted)
        later = changes.invocations.setdefault(written.interaction_id, written)
        if later is not written:
            _take_over(changes, later, written, rules)


def _take_over(changes: Changes, later: Invocation, written: Invocation, rules: Rules) -> None:
    """Makes of what this batch tells the row as it is written, and adds to it what that tells. The fold may
    remember the later one, so it stays the same object."""
    half, is_success = replace(later), written.is_counted or later.is_counted
    count(changes, later, False, rules.local_day(later.invoked_ms))
    for name in Invocation.__struct_fields__:
        setattr(later, name, getattr(written, name))
    join(later, half)
    _count(changes, later, rules, is_success)


def _count(changes: Changes, invocation: Invocation, rules: Rules, is_success: bool) -> None:
    day = rules.local_day(invocation.invoked_ms)
    count(changes, invocation, counts(rules, invocation, is_success), day)


async def _written(conn: AsyncConnection, guild_id: int, interactions: Iterable[int]) -> list[Invocation]:
    row = command_invocations.c
    columns = [row[name] for name in Invocation.__struct_fields__]
    found: list[Invocation] = []
    for some in some_at_once(interactions):
        query = select(*columns).where(row.guild_id == guild_id, row.interaction_id.in_(some))
        found += [Invocation(*values) for values in await conn.execute(query)]
    return found
