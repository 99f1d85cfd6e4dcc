"""The large community written straight into a warehouse on SQLite: what a fold would have left there."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from itertools import repeat
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from benchmarks.crowd.doings import EVENT_MS, Day, Held, present_on
from benchmarks.crowd.people import LAST_DAY, RULES, STILL_HERE, Crowd, Numbers, bridged, day_start, days_of
from sandbox.community_place import GUILD_ID
from storage.activities import COMMAND, EVENT, VOICE
from storage.database import Warehouse
from storage.day_sets import FIRST_JOIN, PRESENT, PRESENT_AT_END, serialised
from storage.day_totals import PACKED
from storage.fold.state import Remembered

__all__ = ["GUILD_ID", "fill"]

SOURCES = ("commands", "events", "members", "removals", "text", "voice")
THRESHOLD_MS = RULES.min_voice_minutes * 60_000


async def fill(path: Path, crowd: Crowd, days: Sequence[Day]) -> None:
    """Makes a warehouse with the tables of these people and these days, up to the end of the last one."""
    warehouse = await Warehouse.open(str(path))
    await warehouse.migrate()
    await warehouse.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1000000"):
            conn.execute(f"PRAGMA {pragma}")
        conn.execute("BEGIN")
        _people(conn, crowd)
        for day in days:
            _day(conn, day)
        _populations(conn, crowd, days)
        _sessions(conn, days)
        _session_days(conn, days)
        _recorded(conn, days)
        conn.execute("COMMIT")
        conn.execute("PRAGMA journal_mode = WAL")


def insert(conn: sqlite3.Connection, table: str, **columns: object) -> None:
    """Rows given by their columns, each an array, a list, or a value that all rows share."""
    names = ", ".join(f'"{name}"' for name in columns)
    places = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table} (guild_id, {names}) VALUES ({GUILD_ID}, {places})"  # noqa: S608  our own
    conn.executemany(statement, zip(*map(_values, columns.values()), strict=False))


def _values(column: object) -> Sequence[object] | repeat[object]:
    if isinstance(column, np.ndarray):
        return list(column.tolist())
    return column if isinstance(column, list) else repeat(column)


def _people(conn: sqlite3.Connection, crowd: Crowd) -> None:
    numbers = np.arange(1, crowd.size + 1)
    left_ms = _or_none(crowd.spells[:, 2], STILL_HERE)
    insert(
        conn,
        "members",
        member_no=numbers,
        is_bot=crowd.is_bot,
        is_current=np.isin(numbers, crowd.spells[crowd.spells[:, 2] == STILL_HERE, 0]),
        first_join_ms=crowd.first_join_ms,
        withdrawn_at_ms=_or_none(crowd.withdrawn_ms, 0),
        tier="member",
    )
    insert(
        conn,
        "membership_spells",
        member_no=crowd.spells[:, 0],
        joined_ms=crowd.spells[:, 1],
        left_ms=left_ms,
        left_to_ms=left_ms,
        ended_as=[None if moment is None else "left" for moment in left_ms],
        join_estimated=False,
        leave_estimated=False,
        leave_seen=crowd.spells[:, 2] != STILL_HERE,
    )


def _or_none(column: NDArray[np.int64], nothing: int) -> list[int | None]:
    return [None if value == nothing else value for value in column.tolist()]


def _day(conn: sqlite3.Connection, day: Day) -> None:
    at_events, how_often = day.at_events
    for activity, who, count, duration_ms in (
        (COMMAND, day.commands, day.command_count, np.zeros_like(day.commands)),
        (EVENT, at_events, how_often, np.zeros_like(at_events)),
        (VOICE, day.voice, day.voice_sessions, day.voice_ms),
    ):
        insert(
            conn,
            "daily_activity",
            local_day=day.number,
            activity=activity,
            member_no=who,
            count=count,
            duration_ms=duration_ms,
        )
        passed = (duration_ms >= THRESHOLD_MS) | (activity != VOICE)
        _keep_set(conn, day.number, activity, who[passed])
        _keep_totals(conn, day.number, activity, count[passed], duration_ms[passed])
    for held in day.events:
        _event(conn, day.number, held)


def _keep_set(conn: sqlite3.Connection, day: int, activity: str, people: Numbers) -> None:
    if len(people):
        members = serialised(BitMap(people.tolist()))
        insert(conn, "day_sets", local_day=[day], activity=activity, size=len(people), members=members)


def _keep_totals(
    conn: sqlite3.Connection, day: int, activity: str, count: Numbers, duration_ms: Numbers
) -> None:
    if len(count):
        insert(
            conn,
            "day_totals",
            local_day=[day],
            activity=activity,
            counts=count.astype(PACKED).tobytes(),
            durations_ms=duration_ms.astype(PACKED).tobytes(),
        )


def _event(conn: sqlite3.Connection, day: int, held: Held) -> None:
    end_ms = held.start_ms + EVENT_MS
    channel_id = held.series + 1
    key = {"event_id": held.event_id, "original_start_ms": held.start_ms}
    insert(
        conn,
        "event_occurrences",
        **key,
        series=[f"event:{held.event_id}"],
        title=f"Event {held.event_id}",
        channel_id=channel_id,
        channels=f"[{channel_id}]",
        own_channels=f"[{channel_id}]",
        scheduled_start_ms=held.start_ms,
        scheduled_end_ms=end_ms,
        actual_start_ms=held.start_ms,
        actual_end_ms=end_ms,
        window_start_ms=held.start_ms,
        window_end_ms=end_ms,
        start_estimated=False,
        end_estimated=False,
        status="completed",
        is_declared=False,
        told_hosts="[]",
        has_check_ins=False,
        limits="[]",
        outcome="held",
        voice_gap_ms=0,
        rsvps_listed=True,
    )
    insert(conn, "occurrence_hosts", **key, member_no=held.attended[:1], reason="creator")
    flags = {"is_early": False, "is_estimated": False, "is_told": False}
    insert(
        conn,
        "attendance",
        **key,
        member_no=held.attended,
        rsvp=["interested" if said else None for said in held.interested.tolist()],
        status="attended",
        presence_ms=held.presence_ms,
        **flags,
    )
    insert(
        conn,
        "attendance",
        **key,
        member_no=held.stayed_away,
        rsvp="interested",
        status="absent",
        presence_ms=0,
        **flags,
    )
    insert(
        conn,
        "attendance_days",
        **key,
        local_day=day,
        member_no=held.attended,
        presence_ms=held.presence_ms,
    )


def _populations(conn: sqlite3.Connection, crowd: Crowd, days: Sequence[Day]) -> None:
    spells = bridged(crowd.spells)
    humans = spells[~crowd.is_bot[spells[:, 0] - 1]]
    for day in days:
        there, at_end = present_on(humans, day.number)
        _keep_set(conn, day.number, PRESENT, there)
        _keep_set(conn, day.number, PRESENT_AT_END, at_end)
    joined_on = days_of(crowd.first_join_ms)
    for number in np.unique(joined_on).tolist():
        _keep_set(conn, number, FIRST_JOIN, np.flatnonzero(joined_on == number) + 1)


def _sessions(conn: sqlite3.Connection, days: Sequence[Day]) -> None:
    """In the order in which they began, as they come about. Indexes are made once the table is full."""
    found = conn.execute(
        "SELECT name, sql FROM sqlite_schema "
        "WHERE tbl_name = 'activity_sessions' AND type = 'index' AND sql IS NOT NULL"
    )
    indexes = found.fetchall()
    for name, _ in indexes:
        conn.execute(f'DROP INDEX "{name}"')
    for day in days:
        by_start = day.sessions[np.argsort(day.sessions[:, 1], kind="stable")]
        number, start_ms, end_ms, channel_id, is_estimated = by_start.T
        insert(
            conn,
            "activity_sessions",
            member_no=number,
            kind=VOICE,
            start_ms=start_ms,
            channel_id=channel_id,
            end_ms=end_ms,
            session_start_ms=start_ms,
            qualifying_ms=end_ms - start_ms,
            afk_ms=0,
            deafened_ms=0,
            alone_ms=0,
            start_estimated=False,
            end_estimated=is_estimated,
        )
    for _, statement in indexes:
        conn.execute(statement)


def _session_days(conn: sqlite3.Connection, days: Sequence[Day]) -> None:
    """Of the sessions over midnight, and of the estimated ones."""
    before = days[0].sessions[:0]
    for day in days:
        is_over = day.sessions[:, 2] > day_start(day.number + 1)
        own = np.concatenate((before, day.sessions[is_over | (day.sessions[:, 4] > 0)]))
        number, start_ms, _, _, is_estimated = own[np.lexsort((own[:, 1], own[:, 0]))].T
        insert(
            conn,
            "voice_session_days",
            local_day=day.number,
            member_no=number,
            session_start_ms=start_ms,
            is_estimated=is_estimated,
        )
        before = day.sessions[is_over]


def _recorded(conn: sqlite3.Connection, days: Sequence[Day]) -> None:
    start_ms, end_ms = day_start(days[0].number), day_start(LAST_DAY + 1)
    insert(conn, "coverage", source=list(SOURCES), from_ms=start_ms, to_ms=end_ms, state="recorded")
    state = msgspec.msgpack.encode(Remembered(clock_ms=end_ms, first_day=days[0].number))
    insert(conn, "fold_progress", position=[1], rules=RULES.fingerprint(), state=state, folded_to_ms=end_ms)
