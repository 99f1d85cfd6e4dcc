"""Why memberships ended, concluded from rows when a batch is written (storage/endings.py says how).

Looked at are leaves that are new or other ones than before, those that a new entry of the audit log may tell
of, those over which that log was read meanwhile, those near a prune by which somebody had withdrawn of whom
that was not known, and whatever is judged together with one of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.attendance.intervals import Span, merged
from storage.endings import SLACK_MS, UNKNOWN, Entry, Leave, endings
from storage.fold.changes import Changes, Member
from storage.fold.coverage import REMOVALS
from storage.fold.writing import some_at_once
from storage.tables import audit_entries, coverage, members, membership_spells

s, e, c = membership_spells.c, audit_entries.c, coverage.c


async def conclude_endings(conn: AsyncConnection, guild_id: int, changes: Changes) -> None:
    """Brings the reasons up to date, after a batch's other rows are written."""
    around = _Surroundings(conn, guild_id)
    await around.look_at(changes)
    if not around.leaves:
        return
    leaves = list(around.leaves)
    recorded = await _recorded(conn, guild_id, leaves)
    withdrawn = await _withdrawn(conn, guild_id) if around.has_prunes else ()
    found = endings(leaves, around.entries.values(), recorded, withdrawn)
    others = [
        {"of_member": leave.member_no, "since_ms": leave.joined_ms, "how": how}
        for leave, how in found.items()
        if around.leaves[leave] != how
    ]
    if others:
        it = (
            s.guild_id == guild_id,
            s.member_no == bindparam("of_member"),
            s.joined_ms == bindparam("since_ms"),
        )
        await conn.execute(update(membership_spells).where(*it).values(ended_as=bindparam("how")), others)


class _Surroundings:
    """Leaves with the reasons that the tables give so far, and the entries that may tell of them."""

    def __init__(self, conn: AsyncConnection, guild_id: int) -> None:
        self._conn = conn
        self._guild_id = guild_id
        self.leaves: dict[Leave, str] = {}
        self.entries: dict[int, Entry] = {}

    async def look_at(self, changes: Changes) -> None:
        """What a batch touches, with every entry that is near one of the leaves, and every leave near one."""
        leaves = [spell.leave for spell in changes.spells.values() if spell.leave is not None]
        self.leaves |= dict.fromkeys(leaves, UNKNOWN)  # as it was written
        leaves += await self._leaves_within(merged(changes.removals_repainted))
        entries = self._added(
            Entry(fact.entry_id, fact.action, fact.member_no, fact.from_ms, fact.members_removed)
            for fact in changes.removals.values()
        )
        entries += await self._entries_near([*leaves, *changes.leaves_undone])
        entries += await self._prunes_since(changes.members.values())
        while entries:
            leaves = await self._leaves_near(entries)
            entries = await self._entries_near(leaves)

    @property
    def has_prunes(self) -> bool:
        return any(entry.member_no is None for entry in self.entries.values())

    # ------------------------------------------------------------------ entries

    async def _prunes_since(self, people: Iterable[Member]) -> list[Entry]:
        """Those that may have removed one of them, of whom nothing is recorded any more."""
        withdrawn = [who.withdrawn_at_ms for who in people if who.withdrawn_at_ms is not None]
        if not withdrawn:
            return []
        since_ms = min(withdrawn)
        return self._added(await self._entries(and_(e.member_no.is_(None), e.at_ms >= since_ms - SLACK_MS)))

    async def _entries_near(self, leaves: Sequence[Leave]) -> list[Entry]:
        if not leaves:
            return []
        spans = merged(Span(leave.from_ms - SLACK_MS, leave.to_ms + SLACK_MS + 1) for leave in leaves)
        within = e.at_ms.between(spans[0].start_ms, spans[-1].end_ms)
        prunes = await self._entries(and_(e.member_no.is_(None), within))
        found = [prune for prune in prunes if _is_within(spans, prune.at_ms)]
        of_member: dict[int, list[Leave]] = defaultdict(list)
        for leave in leaves:
            of_member[leave.member_no].append(leave)
        for some in some_at_once(of_member):
            found += [
                entry
                for entry in await self._entries(e.member_no.in_(some))
                if any(leave.may_be(entry) for leave in of_member[entry.member_no or 0])
            ]
        return self._added(found)

    async def _entries(self, condition: ColumnElement[bool]) -> list[Entry]:
        query = select(e.entry_id, e.action, e.member_no, e.at_ms, e.members_removed)
        rows = await self._conn.execute(query.where(e.guild_id == self._guild_id, condition))
        return [Entry(*row) for row in rows]

    def _added(self, entries: Iterable[Entry]) -> list[Entry]:
        """Those that are new here."""
        new = {entry.entry_id: entry for entry in entries if entry.entry_id not in self.entries}
        self.entries |= new
        return list(new.values())

    # ------------------------------------------------------------------- leaves

    async def _leaves_near(self, entries: Sequence[Entry]) -> list[Leave]:
        new: list[Leave] = []
        named: dict[int, list[Entry]] = defaultdict(list)
        for entry in entries:
            if entry.member_no is None:
                around = Span(entry.at_ms, entry.at_ms)
                new += await self._leaves_within([around])
            else:
                named[entry.member_no].append(entry)
        for some in some_at_once(named):
            found = await self._leaves(s.member_no.in_(some))
            new += self._met(
                (leave, how)
                for leave, how in found
                if any(leave.may_be(entry) for entry in named[leave.member_no])
            )
        return new

    async def _leaves_within(self, spans: Sequence[Span]) -> list[Leave]:
        """Those that were, or by a little less than the slack may have been, within one of the spans."""
        new: list[Leave] = []
        for start_ms, end_ms in sorted(set(spans)):
            within = and_(
                s.left_to_ms >= start_ms - SLACK_MS,
                s.left_ms + 0 <= end_ms + SLACK_MS,  # as it is, SQLite might walk through all before
            )
            new += self._met(await self._leaves(within))
        return new

    async def _leaves(self, condition: ColumnElement[bool]) -> list[tuple[Leave, str]]:
        query = select(s.member_no, s.joined_ms, s.left_ms, s.left_to_ms, s.ended_as)
        ended = s.guild_id == self._guild_id, s.left_to_ms.is_not(None), s.is_imported.is_(False)
        rows = await self._conn.execute(query.where(*ended, condition))
        return [(Leave(*leave), how) for *leave, how in rows]

    def _met(self, leaves: Iterable[tuple[Leave, str]]) -> list[Leave]:
        """Those that are new here."""
        new = {leave: how for leave, how in leaves if leave not in self.leaves}
        self.leaves |= new
        return list(new)


async def _recorded(conn: AsyncConnection, guild_id: int, leaves: Sequence[Leave]) -> list[Span]:
    """When the audit log is known in whole, around these leaves."""
    query = select(c.from_ms, c.to_ms).where(
        c.guild_id == guild_id,
        c.source == REMOVALS,
        c.state != "gap",
        c.from_ms <= max(leave.to_ms for leave in leaves) + SLACK_MS,
        c.to_ms >= min(leave.from_ms for leave in leaves) - SLACK_MS,
    )
    return merged(Span(*row) for row in await conn.execute(query))


async def _withdrawn(conn: AsyncConnection, guild_id: int) -> list[int]:
    """Since when people are not recorded any more, in order. They may be here, or have come back."""
    since = members.c.withdrawn_at_ms
    query = select(since).where(members.c.guild_id == guild_id, since.is_not(None)).order_by(since)
    return list((await conn.execute(query)).scalars())


def _is_within(spans: Sequence[Span], at_ms: int) -> bool:
    place = bisect_right(spans, at_ms, key=lambda span: span.start_ms) - 1
    return place >= 0 and at_ms < spans[place].end_ms
