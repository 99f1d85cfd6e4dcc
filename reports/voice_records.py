"""What the warehouse holds of voice, as far as reports read it.

Sums of days say how many sessions there were, but for those that count on several days, and not which are
estimated: of these sessions alone the days are read. Of a large community they are a twentieth of all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, case, exists, func, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.columns import Numbers, columns, columns_of_many
from reports.periods import Period
from storage import day_totals, indexes
from storage.activities import VOICE
from storage.day_totals import DayTotals
from storage.tables import activity_sessions, daily_activity, imported_stay_days, voice_session_days

PEOPLE_AT_ONCE = 500  # well below the number of values that a database takes in one statement

Flags = NDArray[np.bool_]

_PART = activity_sessions.c


class SessionDays(NamedTuple):
    """Columns of the days on which sessions have qualifying time."""

    days: Numbers
    member_nos: Numbers
    session_starts_ms: Numbers  # with the member, which session it is
    estimated: Numbers  # 0 or 1: whether any part of the session is, in whatever channel and on whatever day

    def of(self, rows: Flags) -> SessionDays:
        return SessionDays(*(column[rows] for column in self))


class VoiceParts(NamedTuple):
    """Columns of what of each session was spent in one channel, with qualifying time.

    An open one ends at the tables' latest moment.
    """

    member_nos: Numbers
    session_starts_ms: Numbers
    starts_ms: Numbers
    ends_ms: Numbers
    qualifying_ms: Numbers


class VoiceDays(NamedTuple):
    """Columns of the days on which somebody had qualifying time, above the threshold or not."""

    days: Numbers
    member_nos: Numbers
    durations_ms: Numbers


@dataclass(frozen=True, slots=True)
class VoiceRows:
    """The voice of one period."""

    totals: Mapping[int, DayTotals]  # by local day: of those who passed the threshold
    told: SessionDays  # of sessions that count on several days or are estimated, each day once
    people_untold: Numbers  # of whose sessions sums of days may count one twice, ascending
    untold: VoiceParts  # all of theirs
    untold_days: VoiceDays  # theirs


async def load_voice(conn: AsyncConnection, guild_id: int, period: Period, as_of_ms: int) -> VoiceRows:
    told = SessionDays(*await columns_of_many(conn, _session_days(guild_id, period)))
    people = np.unique(await columns(conn, _people_with_later_pieces(guild_id, period)))
    return VoiceRows(
        totals=await day_totals.load(conn, guild_id, VOICE, period.days),
        told=told,
        people_untold=people,
        untold=await _parts_of(conn, guild_id, period, as_of_ms, people.tolist()),
        untold_days=await _days_of(conn, guild_id, period, people.tolist()),
    )


def _session_days(guild_id: int, period: Period) -> Select[Any]:
    own, told = voice_session_days.c, imported_stay_days.c
    other = imported_stay_days.alias().c
    recorded = select(
        own.local_day, own.member_no, own.session_start_ms, case((own.is_estimated, 1), else_=0)
    ).where(own.guild_id == guild_id, own.local_day.between(period.first_day, period.last_day))
    on_another_day = exists().where(
        other.guild_id == told.guild_id,
        other.start_ms == told.start_ms,
        other.member_no == told.member_no,
        other.channel_id == told.channel_id,
        other.local_day != told.local_day,
    )
    imported = select(told.local_day, told.member_no, told.start_ms, literal(0)).where(
        told.guild_id == guild_id,
        told.local_day.between(period.first_day, period.last_day),
        on_another_day,
    )
    return select(union_all(recorded, imported).subquery())


def _people_with_later_pieces(guild_id: int, period: Period) -> Select[Any]:
    """Of stays that a file tells of: of two that begin at once, the days count two sessions."""
    return select(_PART.member_no).where(
        _PART.guild_id == guild_id,
        _PART.kind == VOICE,
        _PART.qualifying_ms > 0,
        _PART.end_ms > period.start_ms,
        _PART.start_ms < period.end_ms,
        indexes.IS_LATER_PIECE,
    )


async def _parts_of(
    conn: AsyncConnection, guild_id: int, period: Period, as_of_ms: int, people: Sequence[int]
) -> VoiceParts:
    query = select(
        _PART.member_no,
        _PART.session_start_ms,
        _PART.start_ms,
        func.coalesce(_PART.end_ms, as_of_ms),
        _PART.qualifying_ms,
    ).where(
        _PART.guild_id == guild_id,
        _PART.kind == VOICE,
        _PART.qualifying_ms > 0,
        _PART.start_ms < period.end_ms,
        or_(_PART.end_ms.is_(None), _PART.end_ms > period.start_ms),
    )
    return VoiceParts(*await _of_people(conn, query, _PART.member_no, people))


async def _days_of(conn: AsyncConnection, guild_id: int, period: Period, people: Sequence[int]) -> VoiceDays:
    day = daily_activity.c
    query = select(day.local_day, day.member_no, day.duration_ms).where(
        day.guild_id == guild_id, day.local_day.in_(period.days), day.activity == VOICE
    )
    return VoiceDays(*await _of_people(conn, query, day.member_no, people))


async def _of_people(
    conn: AsyncConnection, query: Select[Any], member_no: ColumnElement[int], people: Sequence[int]
) -> list[Numbers]:
    found = [[np.empty(0, dtype=np.int64)] * len(query.selected_columns)]
    for place in range(0, len(people), PEOPLE_AT_ONCE):
        some = member_no.in_(people[place : place + PEOPLE_AT_ONCE])
        found += [await columns(conn, query.where(some))]
    return [np.concatenate(column) for column in zip(*found, strict=True)]
