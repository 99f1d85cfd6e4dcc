"""What the warehouse holds of events: occurrences, who came to them, who hosted them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.columns import uncollected
from reports.event_report import OccurrenceKey
from reports.spans import Span
from reports.tellers import a_file_told, attendance_by_staff, declared_by_staff
from storage.fetching import fetched
from storage.tables import activity_sessions, attendance, event_occurrences, occurrence_hosts, rsvps

WHOLE_EVENT = 0  # in place of an occurrence's original start
HELD = ("held", "held_unstarted")
ASKED_AT_ONCE = 500  # people, or events: SQLite takes no more than 32,766 values in one query


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One holding of an event (storage/tables.py, event_occurrences)."""

    key: OccurrenceKey
    series: str
    title: str
    event_type: str | None
    channels: tuple[int, ...]  # none: it is held elsewhere than in a channel
    scheduled: tuple[int, int | None]
    outcome: str
    began_ms: int | None  # T0; None where it has not begun, and mostly where it was not held
    window: Span | None  # T0 and T1; None where it was not held, or is not over
    voice_gap_ms: int
    rsvps_listed: bool
    is_declared: bool  # told of afterwards, by staff or a file
    is_from_file: bool
    is_estimated: bool  # when it began or ended is known only within bounds
    is_seen_whole: bool  # its start and its end were seen
    told_held: bool | None  # by staff; None: they told nothing of it
    has_check_ins: bool
    capacity: int | None  # how many fit into its channels at once; None: no limit, or none was told

    @property
    def starts_ms(self) -> int:
        return self.scheduled[0] if self.began_ms is None else self.began_ms

    @property
    def is_recurring(self) -> bool:
        return self.series.startswith("event:")

    @property
    def is_held(self) -> bool:
        return self.outcome in HELD

    @property
    def tells_who_came(self) -> bool:
        """Those in its channels were recorded, or people were checked in."""
        return bool(self.channels) or self.has_check_ins

    @property
    def recorded(self) -> float:
        """The share of its window, 0 to 1, with a record of who was there. Elsewhere no record has gaps."""
        if not self.channels or not self.window or self.window[0] >= self.window[1]:
            return 1.0
        return max(0.0, 1 - self.voice_gap_ms / (self.window[1] - self.window[0]))


class AttendanceRow(NamedTuple):
    member_no: int
    rsvp: str | None  # interested, standing, declined, late_cancel
    status: str  # attended, partial, absent, unknown; none: nothing was held, or not yet
    presence_ms: int
    is_early: bool
    is_estimated: bool
    first_join_ms: int | None = None
    last_leave_ms: int | None = None
    is_told: bool = False  # what was recorded of them says nothing, or something else
    is_from_file: bool = False  # a file told it, and not staff

    @property
    def told_by(self) -> str | None:
        """staff, file; None: what was recorded counts."""
        if not self.is_told:
            return None
        return "file" if self.is_from_file else "staff"


class Answer(NamedTuple):
    """What one member answered, as it stands at a moment."""

    member_no: int
    is_to_occurrence: bool  # or to the whole event
    is_interested: bool


class Stay(NamedTuple):
    """One member in one of an occurrence's channels."""

    member_no: int
    start_ms: int
    end_ms: int


_OCCURRENCE, _ROW = event_occurrences.c, attendance.c


async def load_occurrence(conn: AsyncConnection, guild_id: int, key: OccurrenceKey) -> Occurrence | None:
    found = await _occurrences(
        conn,
        guild_id,
        select(event_occurrences).where(
            _OCCURRENCE.event_id == key.event_id, _OCCURRENCE.original_start_ms == key.original_start_ms
        ),
    )
    return found[0] if found else None


async def load_series(conn: AsyncConnection, guild_id: int, series: str) -> list[Occurrence]:
    """Every occurrence of a series, oldest first."""
    return await _occurrences(conn, guild_id, select(event_occurrences).where(_OCCURRENCE.series == series))


async def load_occurrences(
    conn: AsyncConnection, guild_id: int, from_ms: int, to_ms: int
) -> list[Occurrence]:
    """Every occurrence that began, or was to begin, within a span of time; oldest first."""
    within = or_(
        and_(_OCCURRENCE.scheduled_start_ms >= from_ms, _OCCURRENCE.scheduled_start_ms < to_ms),
        and_(_OCCURRENCE.window_start_ms >= from_ms, _OCCURRENCE.window_start_ms < to_ms),
    )
    found = await _occurrences(conn, guild_id, select(event_occurrences).where(within))
    return [occurrence for occurrence in found if from_ms <= occurrence.starts_ms < to_ms]


async def _occurrences(conn: AsyncConnection, guild_id: int, query: Select[Any]) -> list[Occurrence]:
    rows = (await conn.execute(query.where(_OCCURRENCE.guild_id == guild_id))).all()
    told = {row.event_id for row in rows if row.is_declared}
    from_files = told - await declared_by_staff(conn, guild_id) if told else told
    found = [_occurrence(row, is_from_file=row.event_id in from_files) for row in rows]
    return sorted(found, key=lambda one: (one.starts_ms, one.key))


def _occurrence(row: Any, *, is_from_file: bool) -> Occurrence:
    began_ms = row.actual_start_ms if row.window_start_ms is None else row.window_start_ms
    has_window = row.window_start_ms is not None and row.window_end_ms is not None
    return Occurrence(
        key=OccurrenceKey(row.event_id, row.original_start_ms),
        series=row.series,
        title=row.title,
        event_type=row.event_type,
        channels=tuple(json.loads(row.channels)),
        scheduled=(row.scheduled_start_ms, row.scheduled_end_ms),
        outcome=row.outcome,
        began_ms=began_ms,
        window=(row.window_start_ms, row.window_end_ms) if has_window else None,
        voice_gap_ms=row.voice_gap_ms,
        rsvps_listed=row.rsvps_listed,
        is_declared=row.is_declared,
        is_from_file=is_from_file,
        is_estimated=row.start_estimated or row.end_estimated,
        is_seen_whole=None not in (row.actual_start_ms, row.actual_end_ms),
        told_held=row.told_held,
        has_check_ins=row.has_check_ins,
        capacity=row.capacity,
    )


async def load_attendance(
    conn: AsyncConnection, guild_id: int, series: str
) -> dict[OccurrenceKey, list[AttendanceRow]]:
    """Who answered or came, of every occurrence of a series."""
    same = and_(
        _ROW.guild_id == _OCCURRENCE.guild_id,
        _ROW.event_id == _OCCURRENCE.event_id,
        _ROW.original_start_ms == _OCCURRENCE.original_start_ms,
    )
    return await _attendance(conn, guild_id, and_(same, _OCCURRENCE.series == series))


async def load_attendance_since(
    conn: AsyncConnection, guild_id: int, keys: Iterable[OccurrenceKey]
) -> dict[OccurrenceKey, list[AttendanceRow]]:
    """Who answered or came to each of these occurrences, and to others of their events since the first."""
    keys = list(keys)
    events = sorted({key.event_id for key in keys})
    since_ms = min((key.original_start_ms for key in keys), default=0)
    found: dict[OccurrenceKey, list[AttendanceRow]] = {}
    for first in range(0, len(events), ASKED_AT_ONCE):
        of_some = _ROW.event_id.in_(events[first : first + ASKED_AT_ONCE])
        found |= await _attendance(conn, guild_id, and_(of_some, _ROW.original_start_ms >= since_ms))
    return found


async def load_attendance_of(conn: AsyncConnection, guild_id: int, key: OccurrenceKey) -> list[AttendanceRow]:
    """Who answered or came to one occurrence."""
    this = and_(_ROW.event_id == key.event_id, _ROW.original_start_ms == key.original_start_ms)
    return (await _attendance(conn, guild_id, this)).get(key, [])


async def _attendance(
    conn: AsyncConnection, guild_id: int, condition: Any
) -> dict[OccurrenceKey, list[AttendanceRow]]:
    row = _ROW
    query = (
        select(
            row.event_id,
            row.original_start_ms,
            row.member_no,
            row.rsvp,
            row.status,
            row.presence_ms,
            row.first_join_ms,
            row.last_leave_ms,
            row.is_early,
            row.is_estimated,
            row.is_told,
            and_(row.is_told, a_file_told()),
        )
        .where(row.guild_id == guild_id, condition)
        .order_by(row.event_id, row.original_start_ms, row.member_no)
    )
    found: dict[OccurrenceKey, list[AttendanceRow]] = {}
    with uncollected():
        for key, of_one in groupby(await fetched(conn, query), key=itemgetter(0, 1)):
            found[OccurrenceKey(*key)] = [_attendance_row(one) for one in of_one]
    if any(person.is_from_file for people in found.values() for person in people):
        by_staff = await attendance_by_staff(conn, guild_id)
        return {key: [_told_by(by_staff, key, one) for one in people] for key, people in found.items()}
    return found


def _attendance_row(fetched: Sequence[Any]) -> AttendanceRow:
    """What stands behind the key: the flags come last, of which SQLite knows 0 and 1."""
    member_no, rsvp, status, presence_ms, first_join_ms, last_leave_ms = fetched[2:8]
    early, estimated, told, from_file = map(bool, fetched[8:])
    return AttendanceRow(
        member_no,
        rsvp,
        status,
        presence_ms,
        early,
        estimated,
        first_join_ms,
        last_leave_ms,
        told,
        from_file,
    )


def _told_by(staff: set[tuple[int, int, int]], key: OccurrenceKey, row: AttendanceRow) -> AttendanceRow:
    return row._replace(is_from_file=row.is_from_file and (*key, row.member_no) not in staff)


async def load_answers(
    conn: AsyncConnection, guild_id: int, key: OccurrenceKey, moment_ms: int
) -> list[Answer]:
    """The answers to an occurrence, and to its whole event, that stood at a moment."""
    row = rsvps.c
    rows = await conn.execute(
        select(row.member_no, row.original_start_ms, row.interested)
        .where(row.guild_id == guild_id, row.event_id == key.event_id)
        .where(row.original_start_ms.in_((WHOLE_EVENT, key.original_start_ms)))
        .where(row.from_ms <= moment_ms, or_(row.to_ms.is_(None), row.to_ms > moment_ms))
    )
    return [Answer(number, start_ms != WHOLE_EVENT, interested) for number, start_ms, interested in rows]


async def load_hosts(conn: AsyncConnection, guild_id: int) -> dict[OccurrenceKey, tuple[int, ...]]:
    """The hosts of every occurrence, by member number."""
    host = occurrence_hosts.c
    rows = await conn.execute(
        select(host.event_id, host.original_start_ms, host.member_no)
        .where(host.guild_id == guild_id)
        .order_by(host.event_id, host.original_start_ms, host.member_no)
    )
    found: dict[OccurrenceKey, tuple[int, ...]] = {}
    for event_id, original_start_ms, member_no in rows:
        key = OccurrenceKey(event_id, original_start_ms)
        found[key] = (*found.get(key, ()), member_no)
    return found


async def load_hosts_of(conn: AsyncConnection, guild_id: int, key: OccurrenceKey) -> tuple[int, ...]:
    host = occurrence_hosts.c
    this = and_(host.event_id == key.event_id, host.original_start_ms == key.original_start_ms)
    query = select(host.member_no).where(host.guild_id == guild_id, this).order_by(host.member_no)
    return tuple((await conn.execute(query)).scalars())


async def load_stays(
    conn: AsyncConnection, guild_id: int, channels: Sequence[int], span: Span, as_of_ms: int
) -> list[Stay]:
    """Everybody's presence in channels that reaches into a span of time. An open stay ends at `as_of_ms`."""
    session = activity_sessions.c
    rows = await conn.execute(
        select(session.member_no, session.start_ms, session.end_ms)
        .where(session.guild_id == guild_id, session.kind == "voice", session.channel_id.in_(channels))
        .where(session.start_ms < span[1])
        .where(or_(session.end_ms.is_(None), session.end_ms > span[0]))
        .order_by(session.member_no, session.start_ms)
    )
    return [Stay(number, start, as_of_ms if end is None else end) for number, start, end in rows]


async def load_qualifying_stays(
    conn: AsyncConnection, guild_id: int, people: Sequence[int], window: Span, as_of_ms: int
) -> list[Stay]:
    """These people's qualifying presence in any channel that reaches into a span of time."""
    session = activity_sessions.c
    found: list[Stay] = []
    for first in range(0, len(people), ASKED_AT_ONCE):
        rows = await conn.execute(
            select(session.member_no, session.start_ms, session.end_ms)
            .where(session.guild_id == guild_id, session.kind == "voice", session.qualifying_ms > 0)
            .where(session.member_no.in_(people[first : first + ASKED_AT_ONCE]))
            .where(session.start_ms < window[1])
            .where(or_(session.end_ms.is_(None), session.end_ms > window[0]))
            .order_by(session.member_no, session.start_ms)
        )
        found += [Stay(number, start, as_of_ms if end is None else end) for number, start, end in rows]
    return found
