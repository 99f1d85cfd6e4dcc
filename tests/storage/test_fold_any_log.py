"""Whatever stands in the log, of every type: borders of batches, duplicates and restarts are nothing."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from storage import event_log, facts
from storage.database import Warehouse
from storage.event import LogRow
from storage.fold.folder import Folder
from storage.rebuild import table_digests, verify
from storage.rules import EventRules, EventTypeRule, Rules
from storage.tables import fold_progress

from .any_row import logs, rows_of, tell
from .first_joins import as_rows, as_sets

RULES = Rules(
    zone="Europe/Berlin",
    tracked_commands=("profile",),
    events=EventRules(types=(EventTypeRule("Talk", titles=("a*",), channels=(50, 51), host_roles=(2,)),)),
)
new_guild_ids = count(5000)
batches = st.lists(st.tuples(st.integers(1, 9), st.booleans(), st.booleans()), min_size=1, max_size=12)


@settings(max_examples=40)
@given(log=logs, batches=batches)
async def test_any_log_gives_the_same_tables_whatever_happens_on_the_way(
    warehouse: Warehouse, new_history: Any, log: Any, batches: Any
) -> None:
    history = new_history()
    tell(history, log)
    one_pass, followed = next(new_guild_ids), next(new_guild_ids)
    await history.logged(warehouse, one_pass)
    await caught_up(Folder(warehouse, RULES), one_pass)

    folder, rows = Folder(warehouse, RULES), list(history.rows)
    for size, is_restarted, is_loaded_again in batches:
        some, rows = rows[:size], rows[size:]
        for _ in range(1 + is_loaded_again):  # a crash between the log's commit and the journal's
            await append(warehouse, followed, some)
        await folder.advance(followed, limit=size)
        folder = Folder(warehouse, RULES) if is_restarted else folder
    await append(warehouse, followed, rows)
    await caught_up(folder, followed)

    assert await standing(warehouse, followed) == await standing(warehouse, one_pass)
    assert await as_sets(warehouse, followed) == await as_rows(warehouse, followed, RULES)
    assert await verify(warehouse, followed, RULES) == []


@pytest.mark.lines_counted_elsewhere  # made up, as the rest of this file
@pytest.mark.parametrize("type_", sorted(facts._READERS))
def test_rows_that_are_understood_are_among_them(new_history: Any, type_: str) -> None:
    def is_understood(row: Any) -> bool:
        history = new_history()
        tell(history, [(0, row)])
        try:
            facts.parse(history.rows[0])
        except facts.Unparseable:
            return False
        return True

    find(rows_of(type_), is_understood)


async def append(warehouse: Warehouse, guild_id: int, rows: list[LogRow]) -> None:
    async with warehouse.writing() as conn:
        await warehouse.lock_guild(conn, guild_id)
        await event_log.append(conn, guild_id, [new_row(row) for row in rows])


def new_row(row: LogRow) -> event_log.NewRow:
    return event_log.NewRow(
        row.position.to_bytes(16),
        *(row.source, row.type, row.member_no, row.others),
        *(row.occurred_from_ms, row.occurred_to_ms, row.recorded_at_ms, row.body),
    )


async def caught_up(folder: Folder, guild_id: int) -> None:
    while not (await folder.advance(guild_id)).caught_up:
        pass


async def standing(warehouse: Warehouse, guild_id: int) -> tuple[object, ...]:
    """The tables, and what the fold remembers beside them. Positions may have gaps, and are no part of it."""
    progress = fold_progress.c
    query = select(progress.folded_to_ms, progress.state, progress.rules)
    async with warehouse.reading() as conn:
        row = (await conn.execute(query.where(progress.guild_id == guild_id))).one()
        return await table_digests(conn, guild_id), tuple(row)
