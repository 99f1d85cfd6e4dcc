"""One batch of the log: taken into the state, and what that changes written into the tables."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.dead_letters import set_aside_logged
from storage.event import LogRow
from storage.facts import Unparseable, parse
from storage.fold import changed_days
from storage.fold.concluding import conclude
from storage.fold.late_halves import join_written
from storage.fold.loading import move_bookmark
from storage.fold.past_members import conclude_members
from storage.fold.past_voice import conclude_voice
from storage.fold.reconciliations import Refused
from storage.fold.removals import conclude_endings
from storage.fold.state import GuildState
from storage.fold.writing import write
from storage.rules import Rules

INLINE_ROWS = 100  # a handful is folded before a thread could have begun


class SetAside(NamedTuple):
    position: int
    reason: str


def take_in(state: GuildState, rows: Iterable[LogRow]) -> list[SetAside]:
    """Moves the state on by these rows. Returns those that say nothing, with the reason."""
    not_understood = []
    for row in rows:
        try:
            state.apply(parse(row))
        except (Unparseable, Refused) as problem:
            not_understood.append(SetAside(row.position, str(problem)))
    return not_understood


async def fold_batch(
    conn: AsyncConnection, guild_id: int, state: GuildState, rows: Sequence[LogRow], rules: Rules
) -> None:
    """Folds rows and moves the bookmark, in the caller's transaction. If it fails, the state is spoilt."""
    if len(rows) <= INLINE_ROWS:
        letters = take_in(state, rows)
    else:
        letters = await asyncio.to_thread(take_in, state, rows)  # the gateway's heartbeat goes on meanwhile
    for letter in letters:
        await set_aside_logged(conn, guild_id, letter.position, letter.reason)
    changes = state.settled()
    await join_written(conn, guild_id, changes, rules)
    await write(conn, guild_id, changes, rules)
    await conclude_members(conn, guild_id, changes, state.imports, now_ms=state.clock_ms, rules=rules)
    await conclude_voice(conn, guild_id, changes, state.imports, rules)
    await conclude_endings(conn, guild_id, changes)
    concluded_ms = await conclude(conn, guild_id, changes, state.told, state.clock, rules)
    changed = changed_days.earliest_day(changes, state.imports, concluded_ms, rules)
    await changed_days.note(conn, guild_id, changed, rows[-1].position)
    changes.clear()
    await move_bookmark(conn, guild_id, rows[-1].position, state, rules)
