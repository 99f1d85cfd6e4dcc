"""Which local days a batch changed: reports know by it which closed periods to compute again.

Kept is the earliest day of each batch, beside the position at which the batch ended. What is said of a period
may depend on every day up to its end, so that the earliest is enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.fold.changes import Changes
from storage.fold.imports import Imports
from storage.rules import Rules
from storage.tables import changed_days
from storage.upsert import add

EVERY_DAY = 0
WITHDRAWN = -1  # every day, and what was said before must not be told any more: it had somebody in it
DAY_MS = 86_400_000


async def note(conn: AsyncConnection, guild_id: int, day: int | None, position: int) -> None:
    """A later batch, or the same rows folded again, never makes a change older."""
    if day is not None:
        await add(conn, changed_days, [(guild_id, day, position)], last="position")


def earliest_day(changes: Changes, imports: Imports, concluded_ms: list[int], rules: Rules) -> int | None:
    """None: nothing that reports speak of. `concluded_ms`: when the occurrences were that are others now."""
    if any(member.withdrawn_at_ms is not None for member in changes.members.values()):
        return WITHDRAWN
    if _reaches_everywhere(changes, imports):
        return EVERY_DAY
    moment = min(chain(_moments(changes), concluded_ms), default=None)
    days = _days(changes) if moment is None else chain(_days(changes), [rules.local_day(moment)])
    return min(days, default=None)


def _reaches_everywhere(changes: Changes, imports: Imports) -> bool:
    """What a file told of may mean something else for all that it holds."""
    is_told = changes.told_memberships or changes.told_stays or changes.told_attendance
    past = imports.past
    is_past_another = past is not None and imports.is_past_another and past.from_ms < past.until_ms
    return bool(is_told) or is_past_another


def _days(changes: Changes) -> Iterator[int]:
    yield from (day for day, _, _ in changes.totals)
    yield from (day for day, _, _ in changes.session_days)
    yield from (day for day, _ in changes.text_days)
    yield from changes.days
    yield from (day for day, _ in changes.corrections)


def _moments(changes: Changes) -> Iterator[int]:
    """A row is rewritten whole: only what of it is new counts."""
    for spell in changes.spells.values():
        is_brief = spell.left_ms is not None and spell.left_ms - spell.joined_ms <= DAY_MS
        yield spell.joined_ms if spell.left_ms is None or is_brief else spell.left_ms
    for member_no in changes.found_out:
        spell_of = changes.members[member_no].spell
        yield 0 if spell_of is None else spell_of.joined_ms
    for (_, _, from_ms), to_ms in changes.roles.items():
        yield from_ms if to_ms is None else to_ms
    yield from (leave.from_ms for leave in changes.leaves_undone)
    yield from (session.start_ms for session in changes.sessions.values())
    yield from (invocation.invoked_ms for invocation in changes.invocations.values())
    yield from (removal.from_ms for removal in changes.removals.values())
    yield from (span.start_ms for span in (*changes.removals_repainted, *changes.voice_repainted))
    yield from changes.painted_ms
    yield from changes.linked_ms
    yield from (of.at_ms for of in changes.reconciliations)
