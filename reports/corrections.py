"""What staff corrected: the trail of it, and how an occurrence stands at this moment."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pyroaring import BitMap
from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.event import NOT_KNOWN
from reports.event_report import OccurrenceKey
from reports.occurrence_records import (
    AttendanceRow,
    Occurrence,
    load_answers,
    load_attendance_of,
    load_hosts_of,
    load_occurrence,
)
from storage.corrections import CorrectionKey, Subject, numbers_in
from storage.rules import Rules
from storage.tables import corrections, event_occurrences, members

MINUTE_MS = 60_000

_C, _O = corrections.c, event_occurrences.c


class Deed(NamedTuple):
    """Who did it and when. None: they do not want to be recorded any more."""

    by: int | None
    at_ms: int


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """One thing that was told of an occurrence. People are member numbers."""

    key: CorrectionKey
    occurrence: OccurrenceKey
    title: str | None  # as members wrote it; None: the event is not known
    starts_ms: int
    subject: Subject
    member_no: int | None
    numbers: tuple[int, ...]  # the hosts or the channels
    value: str | None  # by its subject (storage/corrections.py)
    made: Deed
    taken_back: Deed | None

    @property
    def is_declaration(self) -> bool:
        return self.subject is Subject.DECLARED

    @property
    def told_of(self) -> tuple[int, ...]:
        """Whom it is about. Empty also where they do not want to be recorded any more."""
        if self.subject is Subject.HOSTS:
            return self.numbers
        return () if self.member_no is None else (self.member_no,)

    @property
    def people(self) -> set[int]:
        named = (*self.told_of, self.made.by, self.taken_back.by if self.taken_back else None)
        return {number for number in named if number is not None}


@dataclass(frozen=True, slots=True)
class State:
    """How an occurrence stands. People are member numbers."""

    occurrence: Occurrence
    ends_ms: int  # seen, as planned, or as is usual
    hosts: tuple[int, ...]
    rows: tuple[AttendanceRow, ...]
    interested: tuple[int, ...]
    outside: BitMap  # bots, and who does not want to be recorded

    @property
    def key(self) -> OccurrenceKey:
        return self.occurrence.key

    @property
    def checked_in(self) -> tuple[int, ...]:
        """At an event elsewhere everybody who attended was."""
        return tuple(row.member_no for row in self.rows if row.status == "attended" and row.is_told)

    def status_of(self, member_no: int | None) -> str | None:
        """None: they neither answered nor came."""
        return next((row.status for row in self.rows if row.member_no == member_no), None)


async def trail(
    conn: AsyncConnection, guild_id: int, occurrence: OccurrenceKey | None, limit: int
) -> list[TrailEntry]:
    """The newest that was told, of one occurrence or of all; newest first."""
    query = _entries(guild_id)
    if occurrence is not None:
        query = query.where(
            _C.event_id == occurrence.event_id, _C.original_start_ms == occurrence.original_start_ms
        )
    query = query.order_by(_C.correction_id.desc(), _C.part.desc()).limit(limit)
    return await _read(conn, guild_id, query)


async def parts_of(conn: AsyncConnection, guild_id: int, correction_id: int) -> list[TrailEntry]:
    """All that one command told."""
    query = _entries(guild_id).where(_C.correction_id == correction_id).order_by(_C.part)
    return await _read(conn, guild_id, query)


async def state(conn: AsyncConnection, guild_id: int, rules: Rules, key: OccurrenceKey, now_ms: int) -> State:
    """Raises LookupError with one sentence."""
    occurrence = await load_occurrence(conn, guild_id, key)
    if occurrence is None:
        raise LookupError(NOT_KNOWN)
    outside = await _outside(conn, guild_id)
    rows = await load_attendance_of(conn, guild_id, key)
    interested: Collection[int] = {row.member_no for row in rows if row.rsvp in ("interested", "standing")}
    if not rows:
        answers = await load_answers(conn, guild_id, key, min(now_ms, occurrence.starts_ms))
        interested = {answer.member_no for answer in answers if answer.is_interested}
    return State(
        occurrence=occurrence,
        ends_ms=_ends_ms(occurrence, rules),
        hosts=await load_hosts_of(conn, guild_id, key),
        rows=tuple(row for row in rows if row.member_no not in outside),
        interested=tuple(sorted(number for number in interested if number not in outside)),
        outside=outside,
    )


def _ends_ms(occurrence: Occurrence, rules: Rules) -> int:
    kind = rules.events.type_named(occurrence.event_type)
    usual_minutes = rules.events.usual_minutes if kind is None else kind.usual_minutes
    if occurrence.window:
        return occurrence.window[1]
    return occurrence.scheduled[1] or occurrence.starts_ms + usual_minutes * MINUTE_MS


def _entries(guild_id: int) -> Select[Any]:
    same = and_(
        _C.guild_id == _O.guild_id,
        _C.event_id == _O.event_id,
        _C.original_start_ms == _O.original_start_ms,
    )
    of_occurrence = _O.title, _O.window_start_ms, _O.scheduled_start_ms
    return (
        select(corrections, *of_occurrence)
        .join_from(corrections, event_occurrences, same, isouter=True)
        .where(_C.guild_id == guild_id)
    )


async def _read(conn: AsyncConnection, guild_id: int, query: Select[Any]) -> list[TrailEntry]:
    rows = list(await conn.execute(query))
    gone = {row.event_id for row in rows if row.title is None}
    titles = await _declared_titles(conn, guild_id, sorted(gone))
    return [_entry(row, titles) for row in rows]


async def _declared_titles(
    conn: AsyncConnection, guild_id: int, event_ids: Sequence[int]
) -> dict[int, str | None]:
    """What events were called whose declaration was taken back."""
    query = select(_C.event_id, _C.value).where(
        _C.guild_id == guild_id, _C.event_id.in_(event_ids), _C.subject == str(Subject.DECLARED)
    )
    return {row.event_id: row.value for row in await conn.execute(query)} if event_ids else {}


def _entry(row: Any, titles: dict[int, str | None]) -> TrailEntry:
    subject = Subject(row.subject)
    has_numbers = subject in (Subject.HOSTS, Subject.CHANNELS)
    starts_ms = row.window_start_ms or row.scheduled_start_ms or row.original_start_ms
    return TrailEntry(
        key=CorrectionKey(row.correction_id, row.part),
        occurrence=OccurrenceKey(row.event_id, row.original_start_ms),
        title=titles.get(row.event_id) if row.title is None else row.title,
        starts_ms=starts_ms,
        subject=subject,
        member_no=row.member_no,
        numbers=numbers_in(row.value) if has_numbers else (),
        value=row.value,
        made=Deed(row.made_by, row.at_ms),
        taken_back=None if row.taken_back_ms is None else Deed(row.taken_back_by, row.taken_back_ms),
    )


async def _outside(conn: AsyncConnection, guild_id: int) -> BitMap:
    m = members.c
    query = select(m.member_no).where(
        m.guild_id == guild_id, m.is_bot.is_(True) | m.withdrawn_at_ms.is_not(None)
    )
    return BitMap((await conn.execute(query)).scalars().all())
