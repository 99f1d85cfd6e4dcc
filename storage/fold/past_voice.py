"""Stays in voice of which files tell, beside the recorded ones: concluded whenever either of them changes.

A piece of a stay depends on what overlaps that stay, and what counts of it on the pieces that overlap it. So
what changes is looked for twice as far as something was told, and read twice as far again.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import NamedTuple

from sqlalchemy import bindparam, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.activities import VOICE
from storage.attendance.intervals import Span, clipped, merged
from storage.attendance.window import NEVER_MS
from storage.fold.calendar import Calendar
from storage.fold.changes import Changes, ToldStay
from storage.fold.imports import Imports
from storage.fold.told_stays import Company, Counted, Recorded, counted, pieces
from storage.fold.writing import write
from storage.rules import Rules
from storage.tables import activity_sessions, imported_stay_days, imported_stays, members
from storage.upsert import Row, replace

LONGEST_MS = 7 * 86_400_000  # of a told stay: what is longer is refused when it is imported
PEOPLE_AT_ONCE = 500
INLINE_STAYS = 100

a, d, t, m = activity_sessions.c, imported_stay_days.c, imported_stays.c, members.c


class Place(NamedTuple):
    """Told stays with the same beginning: their rows are written together."""

    start_ms: int
    member_no: int
    channel_id: int


async def conclude_voice(
    conn: AsyncConnection, guild_id: int, changes: Changes, imports: Imports, rules: Rules
) -> None:
    if imports.past is None:
        return
    renewing = _Renewing(conn, guild_id, rules)
    spans = await renewing.changed(changes, imports.unsure)
    if spans:
        changes.voice_repainted += await renewing.renew(spans)


class _Renewing:
    def __init__(self, conn: AsyncConnection, guild_id: int, rules: Rules) -> None:
        self._conn = conn
        self._guild_id = guild_id
        self._rules = rules

    async def changed(self, changes: Changes, unsure: Sequence[Span]) -> list[Span]:
        """Over which time something was told, or recorded where something had been told before."""
        spans = [Span(stay.start_ms, stay.end_ms) for stay in changes.told_stays]
        if changes.sessions and unsure:
            since_ms = min(start_ms for _, start_ms, _ in changes.sessions)
            spans += clipped(unsure, Span(since_ms, NEVER_MS))
        if changes.found_out:
            theirs = select(t.start_ms, t.end_ms).where(
                t.guild_id == self._guild_id, t.member_no.in_(changes.found_out)
            )
            spans += [Span(*row) for row in await self._conn.execute(theirs)]
        return merged(spans)

    async def renew(self, spans: list[Span]) -> list[Span]:
        """Concludes anew what these spans can have changed. Returns when somebody's presence is another."""
        other_pieces = await self._told(spans)
        reach = _reach(spans, other_pieces)
        others_count = await self._told(reach)
        reach = _reach(reach, others_count)
        beside = await self._told(reach)
        context = await self._told(_reach(reach, beside))
        places = {_place(stay) for stay in others_count}
        new = await self._concluded(context, places)
        return await self._write(places, new)

    async def _told(self, spans: Sequence[Span]) -> list[ToldStay]:
        """What was told that overlaps one of these spans."""
        columns = t.start_ms, t.member_no, t.channel_id, t.end_ms, t.is_deafened, t.is_afk
        query = select(*columns).where(
            t.guild_id == self._guild_id,
            t.start_ms > spans[0].start_ms - LONGEST_MS,
            t.start_ms < spans[-1].end_ms,
            t.end_ms > spans[0].start_ms,
        )
        found = [ToldStay(*row) for row in await self._conn.execute(query)]
        return [stay for stay in found if _overlaps(stay, spans)]

    async def _concluded(self, context: Sequence[ToldStay], places: Collection[Place]) -> list[Counted]:
        of_bots = select(m.member_no).where(m.guild_id == self._guild_id, m.is_bot.is_(True))
        bots = set((await self._conn.execute(of_bots)).scalars())
        of_humans = [stay for stay in context if stay.member_no not in bots]
        if not of_humans:
            return []
        recorded = await self._recorded(of_humans)
        counting = partial(_counted, of_humans, recorded, places, self._rules)
        if len(of_humans) <= INLINE_STAYS:
            return counting()
        return await asyncio.to_thread(counting)  # the gateway's heartbeat goes on meanwhile

    async def _recorded(self, context: Sequence[ToldStay]) -> list[Recorded]:
        """Recorded stays of these people, and of others in these channels, over this time."""
        from_ms, to_ms = min(stay.start_ms for stay in context), max(stay.end_ms for stay in context)
        over_then = (
            (a.guild_id == self._guild_id),
            a.kind == VOICE,
            a.is_imported.is_(False),
            a.start_ms <= to_ms,
            or_(a.end_ms.is_(None), a.end_ms >= from_ms),
        )
        query = select(a.member_no, a.channel_id, a.start_ms, a.end_ms).where(*over_then)
        found: set[Row] = set()
        people = sorted({stay.member_no for stay in context})
        for first in range(0, len(people), PEOPLE_AT_ONCE):
            theirs = query.where(a.member_no.in_(people[first : first + PEOPLE_AT_ONCE]))
            found |= {tuple(row) for row in await self._conn.execute(theirs)}
        channels = sorted({stay.channel_id for stay in context})
        found |= {tuple(row) for row in await self._conn.execute(query.where(a.channel_id.in_(channels)))}
        return [
            Recorded(member_no, channel_id, Span(start_ms, NEVER_MS if end_ms is None else end_ms))
            for member_no, channel_id, start_ms, end_ms in sorted(found, key=lambda row: row[:3])
        ]

    # --------------------------------------------------------------------- rows

    async def _write(self, places: Collection[Place], new: Iterable[Counted]) -> list[Span]:
        sessions, days = self._rows(new)
        old_sessions, old_days = await self._old(places)
        await self._delete_sessions(old_sessions - sessions)
        await replace(self._conn, activity_sessions, sorted(sessions - old_sessions))
        await self._delete_days(old_days.keys() - days.keys())
        await replace(
            self._conn,
            imported_stay_days,
            [(self._guild_id, *key, ms) for key, ms in days.items() if old_days.get(key) != ms],
        )
        await self._write_totals(old_days, days)
        return [Span(row[3], row[5]) for row in sessions ^ old_sessions]

    def _rows(self, new: Iterable[Counted]) -> tuple[set[Row], dict[Row, int]]:
        sessions: set[Row] = set()
        days: dict[Row, int] = defaultdict(int)
        for (told, span), qualifying_ms, alone_ms, by_day in new:
            sessions.add(
                (
                    *(self._guild_id, told.member_no, VOICE, span.start_ms, told.channel_id, span.end_ms),
                    *(told.start_ms, qualifying_ms, span.length_ms if told.is_afk else 0),
                    *(span.length_ms if told.is_deafened else 0, alone_ms, False, False, True),
                )
            )
            for day, ms in by_day.items():
                days[*_place(told), day] += ms
        return sessions, dict(days)

    async def _old(self, places: Collection[Place]) -> tuple[set[Row], dict[Row, int]]:
        from_ms, to_ms = min(place.start_ms for place in places), max(place.start_ms for place in places)
        sessions = select(activity_sessions).where(
            a.guild_id == self._guild_id,
            a.kind == VOICE,
            a.start_ms >= from_ms,
            a.start_ms < to_ms + LONGEST_MS,
            a.is_imported.is_(True),
        )
        days = select(d.start_ms, d.member_no, d.channel_id, d.local_day, d.qualifying_ms).where(
            d.guild_id == self._guild_id, d.start_ms >= from_ms, d.start_ms <= to_ms
        )
        return (
            {
                tuple(row)
                for row in await self._conn.execute(sessions)
                if Place(row.session_start_ms, row.member_no, row.channel_id) in places
            },
            {
                tuple(row[:4]): row.qualifying_ms
                for row in await self._conn.execute(days)
                if Place(*row[:3]) in places
            },
        )

    async def _delete_sessions(self, rows: Iterable[Row]) -> None:
        it = delete(activity_sessions).where(
            a.guild_id == self._guild_id,
            a.member_no == bindparam("who"),
            a.kind == VOICE,
            a.start_ms == bindparam("start"),
            a.channel_id == bindparam("channel"),
            a.is_imported.is_(True),  # a recorded stay may have taken its key
        )
        gone = [{"who": row[1], "start": row[3], "channel": row[4]} for row in sorted(rows)]
        if gone:
            await self._conn.execute(it, gone)

    async def _delete_days(self, keys: Iterable[Row]) -> None:
        it = delete(imported_stay_days).where(
            d.guild_id == self._guild_id,
            d.start_ms == bindparam("start"),
            d.member_no == bindparam("who"),
            d.channel_id == bindparam("channel"),
            d.local_day == bindparam("day"),
        )
        gone = [dict(zip(("start", "who", "channel", "day"), key, strict=True)) for key in sorted(keys)]
        if gone:
            await self._conn.execute(it, gone)

    async def _write_totals(self, old: dict[Row, int], new: dict[Row, int]) -> None:
        totals = Changes()
        for sign, some in ((-1, old), (1, new)):
            for (_, member_no, _, day), ms in some.items():
                totals.add(day, VOICE, member_no, sign, sign * ms)
        unchanged = [key for key, total in totals.totals.items() if not (total.count or total.duration_ms)]
        for key in unchanged:
            del totals.totals[key]
        await write(self._conn, self._guild_id, totals, self._rules)


def _counted(
    told: Sequence[ToldStay], recorded: Sequence[Recorded], places: Collection[Place], rules: Rules
) -> list[Counted]:
    there = pieces(told, recorded)
    company, calendar = Company(there, recorded), Calendar(rules)
    return [counted(piece, company, calendar, rules) for piece in there if _place(piece.told) in places]


def _place(stay: ToldStay) -> Place:
    return Place(stay.start_ms, stay.member_no, stay.channel_id)


def _reach(spans: Iterable[Span], stays: Iterable[ToldStay]) -> list[Span]:
    return merged([*spans, *(Span(stay.start_ms, stay.end_ms) for stay in stays)])


def _overlaps(stay: ToldStay, spans: Sequence[Span]) -> bool:
    """The spans are in order and do not touch."""
    place = bisect_right(spans, stay.start_ms, key=lambda span: span.end_ms)
    return place < len(spans) and spans[place].start_ms < stay.end_ms
