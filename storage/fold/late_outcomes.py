"""How commands ended, where it was told too late for the fold to remember them: looked up among the rows."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.fold.changes import Changes, Invocation
from storage.fold.commands import SUCCESS, end, settle
from storage.fold.writing import some_at_once
from storage.rules import Rules
from storage.tables import command_invocations


async def end_late(conn: AsyncConnection, guild_id: int, changes: Changes, rules: Rules) -> None:
    """Ends what has no end yet, before the batch's rows are written."""
    endings = changes.late_endings
    known = [changes.invocations[number] for number in endings.keys() & changes.invocations.keys()]
    known += await _written(conn, guild_id, endings.keys() - changes.invocations.keys())
    for invocation in known:
        if invocation.outcome is None:
            end(invocation, endings[invocation.interaction_id])
            counts = rules.tracks(invocation.command) and invocation.outcome == SUCCESS
            settle(changes, invocation, counts, rules.local_day(invocation.invoked_ms))


async def _written(conn: AsyncConnection, guild_id: int, interactions: Iterable[int]) -> list[Invocation]:
    row = command_invocations.c
    columns = [row[name] for name in Invocation.__struct_fields__]
    found: list[Invocation] = []
    for some in some_at_once(interactions):
        query = select(*columns).where(row.guild_id == guild_id, row.interaction_id.in_(some))
        found += [Invocation(*values) for values in await conn.execute(query)]
    return found
