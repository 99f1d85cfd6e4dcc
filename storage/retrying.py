"""Dead letters, tried again under this version of the program.

One that never came into the log enters it, once, if nothing of it is missing and it is understood now. One
that is a row of the log is folded with all the others: the tables are made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import dead_letters, event_log
from storage.database import Warehouse
from storage.dead_letters import DeadLetter
from storage.event import LogRow
from storage.facts import Unparseable, parse
from storage.fold.anew import OnProgress, fold_anew
from storage.rules import Rules

IsLost = Callable[[str], bool]  # a reason says that something was not kept


class Retried(NamedTuple):
    understood: int
    staying: list[DeadLetter]  # with the reason why


async def retry(
    warehouse: Warehouse,
    guild_id: int,
    rules: Rules,
    keys: Collection[bytes],
    *,
    is_lost: IsLost,
    on_progress: OnProgress | None = None,
) -> Retried:
    """Tries these letters again, in one transaction.

    Raises WarehouseUnavailable; then nothing has changed.
    """
    async with warehouse.writing() as conn:
        await warehouse.lock_guild(conn, guild_id)
        letters = await dead_letters.with_keys(conn, guild_id, keys)
        logged = await event_log.known_keys(conn, guild_id, [letter.row.key for letter in letters])
        staying = await _enter(conn, guild_id, [one for one in letters if one.row.key not in logged], is_lost)
        if logged:
            await fold_anew(conn, guild_id, rules, on_progress=on_progress)
            staying += await dead_letters.with_keys(conn, guild_id, logged)
    return Retried(len(letters) - len(staying), staying)


async def _enter(
    conn: AsyncConnection, guild_id: int, letters: Sequence[DeadLetter], is_lost: IsLost
) -> list[DeadLetter]:
    """Enters what is understood now. Returns the others."""
    reasons = {letter.row.key: _reason(guild_id, letter, is_lost) for letter in letters}
    entering = [letter.row for letter in letters if reasons[letter.row.key] is None]
    await event_log.append(conn, guild_id, entering)
    await dead_letters.forget(conn, guild_id, [row.key for row in entering])
    return [
        letter._replace(reason=reason)
        for letter in letters
        if (reason := reasons[letter.row.key]) is not None
    ]


def _reason(guild_id: int, letter: DeadLetter, is_lost: IsLost) -> str | None:
    """Why a letter stays one; None: it does not."""
    row = letter.row
    if is_lost(letter.reason):
        return letter.reason
    try:
        parse(LogRow(0, guild_id, *row[1:]))
    except Unparseable as problem:
        return str(problem)
    return None
