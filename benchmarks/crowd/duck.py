"""The same community in DuckDB's own tables: its daily rows, and what of people and events goes with them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from benchmarks.crowd.doings import Day
from benchmarks.crowd.people import DAYS, FIRST_DAY, Crowd, bridged, day_start, days_of
from storage.activities import COMMAND, EVENT, VOICE

ACTIVITIES = (COMMAND, EVENT, VOICE)
TABLES = """
CREATE TYPE activity AS ENUM ('command', 'event', 'voice');
CREATE TABLE daily (day INTEGER, activity activity, member INTEGER, count INTEGER, duration_ms INTEGER);
CREATE TABLE members (member INTEGER, join_day INTEGER, is_outside BOOLEAN, was_here BOOLEAN);
CREATE TABLE stays (member INTEGER, joined_ms BIGINT, left_ms BIGINT, first_day INTEGER, last_day INTEGER,
    is_raid BOOLEAN);
CREATE TABLE sessions (member INTEGER, start_ms BIGINT, end_ms BIGINT, is_estimated BOOLEAN);
CREATE TABLE attendance (event INTEGER, start_ms BIGINT, member INTEGER, is_interested BOOLEAN,
    attended BOOLEAN, presence_ms BIGINT);
CREATE VIEW active_days AS
    SELECT day, activity, member, count, duration_ms, was_here FROM daily JOIN members USING (member)
    WHERE NOT is_outside AND (activity <> 'voice' OR duration_ms >= 300000);
CREATE TABLE days (day INTEGER, start_ms BIGINT, end_ms BIGINT);
"""


def load(path: Path, crowd: Crowd, days: Sequence[Day]) -> duckdb.DuckDBPyConnection:
    """`stays` are bridged, and know their local days and which are raids; nobody outside is in them."""
    conn = duckdb.connect(str(path))
    conn.execute(TABLES)
    _daily(conn, days)
    _people(conn, crowd)
    sessions = np.concatenate([day.sessions for day in days])
    _insert(conn, "sessions", *sessions[:, :3].T, sessions[:, 4].astype(bool))
    _attendance(conn, days)
    numbers = np.arange(FIRST_DAY, FIRST_DAY + DAYS)
    borders = np.array([day_start(number) for number in range(FIRST_DAY, FIRST_DAY + DAYS + 1)])
    _insert(conn, "days", numbers, borders[:-1], borders[1:])
    conn.execute("ANALYZE")
    conn.execute("CHECKPOINT")
    return conn


def _daily(conn: duckdb.DuckDBPyConnection, days: Sequence[Day]) -> None:
    """In the order of time, as they come about."""
    rows = []
    for day in days:
        at_events, how_often = day.at_events
        for place, (who, count, length_ms) in enumerate(
            (
                (day.commands, day.command_count, np.zeros_like(day.commands)),
                (at_events, how_often, np.zeros_like(at_events)),
                (day.voice, day.voice_sessions, day.voice_ms),
            )
        ):
            own = np.full(len(who), day.number), np.full(len(who), place), who, count, length_ms
            rows.append(np.column_stack(own))
    day_number, activity, *others = np.concatenate(rows).T
    _insert(conn, "daily", day_number, np.array(ACTIVITIES)[activity], *others)


def _attendance(conn: duckdb.DuckDBPyConnection, days: Sequence[Day]) -> None:
    rows = []
    for held in (held for day in days for held in day.events):
        came, absent = len(held.attended), len(held.stayed_away)
        rows.append(
            np.column_stack(
                (
                    np.full(came + absent, held.event_id),
                    np.full(came + absent, held.start_ms),
                    np.concatenate((held.attended, held.stayed_away)),
                    np.concatenate((held.interested, np.ones(absent))),
                    np.concatenate((np.ones(came), np.zeros(absent))),
                    np.concatenate((held.presence_ms, np.zeros(absent))),
                )
            )
        )
    if rows:
        event, start_ms, who, interested, attended, presence_ms = np.concatenate(rows).astype(np.int64).T
        _insert(conn, "attendance", event, start_ms, who, interested == 1, attended == 1, presence_ms)


def _people(conn: duckdb.DuckDBPyConnection, crowd: Crowd) -> None:
    outside = crowd.is_bot | (crowd.withdrawn_ms > 0)
    _insert(
        conn,
        "members",
        np.arange(1, crowd.size + 1),
        days_of(crowd.first_join_ms),
        outside,
        crowd.first_join_ms < day_start(FIRST_DAY),
    )
    spells = bridged(crowd.spells)
    spells = spells[~outside[spells[:, 0] - 1]]
    _insert(
        conn,
        "stays",
        *spells.T,
        days_of(spells[:, 1]),
        days_of(np.maximum(spells[:, 1], spells[:, 2] - 1)),
        np.zeros(len(spells), dtype=bool),
    )
    # a raid: gone within a day, and neither did anything nor entered voice meanwhile
    conn.execute("""
        UPDATE stays SET is_raid = true
        WHERE left_ms - joined_ms <= 86400000
        AND NOT EXISTS (FROM daily WHERE daily.member = stays.member AND day BETWEEN first_day AND last_day)
        AND NOT EXISTS (FROM sessions WHERE sessions.member = stays.member
            AND start_ms BETWEEN joined_ms AND left_ms)
    """)


def _insert(conn: duckdb.DuckDBPyConnection, table: str, *columns: NDArray[np.generic]) -> None:
    named = {f"c{place:02}": np.ascontiguousarray(column) for place, column in enumerate(columns)}
    conn.register("given", named)
    conn.execute(f"INSERT INTO {table} SELECT * FROM given")  # noqa: S608  one of our own
    conn.unregister("given")
