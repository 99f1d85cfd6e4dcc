"""What the warehouse holds of voice, as far as reports read it.

Sums of days say how many sessions there were, but for those that count on two days, and not which are
estimated: of these sessions alone the rows are read. Of a large community they are a twentieth of all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.columns import Numbers, columns
from reports.periods import Period, day_start_ms
from storage import day_totals, indexes
from storage.activities import VOICE
from storage.day_totals import DayTotals
from storage.indexes import LONG_STAY_MS
from storage.tables import activity_sessions, daily_activity

PEOPLE_AT_ONCE = 500  # well below the number of values that a database takes in one statement

Flags = NDArray[np.bool_]

_PART = activity_sessions.c
_ANY_PART = activity_sessions.alias().c
# Of two told stays that begin at once, the days count two sessions.
_IS_LATER_PIECE = and_(_PART.is_imported, _PART.start_ms > _PART.session_start_ms)


class VoiceSessions(NamedTuple):
    """Columns of what of each session was spent in one channel, with qualifying time.

    An open one ends at the tables' latest moment.
    """

    member_nos: Numbers
    session_starts_ms: Numbers  # with the member, which session it is
    starts_ms: Numbers
    ends_ms: Numbers
    qualifying_ms: Numbers
    later_pieces: Numbers  # 0 or 1: of a stay that a file tells of
    estimated: Numbers  # 0 or 1: whether any part of the session is, in whatever channel and on whatever day

    def of(self, rows: Flags) -> VoiceSessions:
        return VoiceSessions(*(column[rows] for column in self))

    def and_estimated(self, estimated: VoiceSessions) -> VoiceSessions:
        """With all of these in the place of their own."""
        others = self.of(~np.isin(self._sessions, estimated._sessions))
        return VoiceSessions(*map(np.concatenate, zip(others, estimated, strict=True)))

    def marked_by(self, estimated: VoiceSessions) -> VoiceSessions:
        """Those that are of one of these sessions are estimated."""
        return self._replace(estimated=np.isin(self._sessions, estimated._sessions).astype(np.int64))

    @property
    def _sessions(self) -> NDArray[np.void]:
        """Which session each part is of."""
        sessions = np.empty(len(self.member_nos), dtype=[("member_no", np.int64), ("start_ms", np.int64)])
        sessions["member_no"], sessions["start_ms"] = self.member_nos, self.session_starts_ms
        return sessions


class VoiceDays(NamedTuple):
    """Columns of the days on which somebody had qualifying time, above the threshold or not."""

    days: Numbers
    member_nos: Numbers
    durations_ms: Numbers


class Reached(NamedTuple):
    """Columns of the days of a period that parts reach: places among them, the second exclusive."""

    first: Numbers
    after: Numbers

    @classmethod
    def by(cls, parts: VoiceSessions, period: Period) -> Reached:
        starts = _midnights(period)[:-1]
        return cls(
            np.maximum(np.searchsorted(starts, parts.starts_ms, side="right") - 1, 0),
            np.searchsorted(starts, np.maximum(parts.starts_ms, parts.ends_ms - 1), side="right"),
        )


@dataclass(frozen=True, slots=True)
class VoiceRows:
    """The voice of one period."""

    totals: Mapping[int, DayTotals]  # by local day: of those who passed the threshold
    told: VoiceSessions  # over midnight or estimated, with qualifying time on each day that they reach
    people_untold: Numbers  # of whose sessions it is not clear on which days they have some, ascending
    untold: VoiceSessions  # all of theirs
    untold_days: VoiceDays  # theirs


async def load_voice(conn: AsyncConnection, guild_id: int, period: Period, as_of_ms: int) -> VoiceRows:
    reaching = _query(guild_id, period, as_of_ms)
    estimated = await _estimated(conn, guild_id, period, reaching)
    parts = await _parts(conn, reaching.where(_tells_more(period, as_of_ms)), period)
    parts = parts.and_estimated(estimated)
    people = np.unique(parts.member_nos[_is_untold(parts, period)])
    untold = await _parts_of(conn, reaching, period, people.tolist())
    return VoiceRows(
        totals=await day_totals.load(conn, guild_id, VOICE, period.days),
        told=parts.of(~np.isin(parts.member_nos, people)),
        people_untold=people,
        untold=untold.marked_by(estimated),
        untold_days=await _days_of(conn, guild_id, period, people.tolist()),
    )


def _query(guild_id: int, period: Period, as_of_ms: int) -> Select[Any]:
    """The parts of sessions that reach the period, as yet without which are estimated."""
    return (
        select(
            _PART.member_no,
            _PART.session_start_ms,
            _PART.start_ms,
            func.coalesce(_PART.end_ms, as_of_ms),
            _PART.qualifying_ms,
            case((_IS_LATER_PIECE, 1), else_=0),
        )
        .where(_PART.guild_id == guild_id, _PART.kind == VOICE, _PART.qualifying_ms > 0)
        .where(or_(_PART.end_ms.is_(None), _PART.end_ms > period.start_ms))
    )


def _tells_more(period: Period, as_of_ms: int) -> Any:
    """Whether a part is one that sums of days do not tell enough of."""
    midnights = [day_start_ms(day, period.zone) for day in period.days]
    next_midnight = case(
        *((_PART.session_start_ms < midnight, midnight) for midnight in midnights), else_=period.end_ms
    )
    return or_(func.coalesce(_PART.end_ms, as_of_ms) > next_midnight, _IS_LATER_PIECE)


async def _parts(conn: AsyncConnection, query: Select[Any], period: Period) -> VoiceSessions:
    # In two, so that neither walks through all that ever began before.
    before_ms = period.start_ms - LONG_STAY_MS
    lately = query.where(_PART.start_ms >= before_ms, _PART.start_ms < period.end_ms)
    long_ago = query.where(_PART.start_ms < before_ms, indexes.IS_LONG_STAY)
    found = [await columns(conn, query) for query in (lately, long_ago)]
    return _sure(list(map(np.concatenate, zip(*found, strict=True))))


async def _estimated(
    conn: AsyncConnection, guild_id: int, period: Period, reaching: Select[Any]
) -> VoiceSessions:
    """The parts that reach the period of sessions that are estimated by any part."""
    any_part = select(_ANY_PART.member_no, _ANY_PART.session_start_ms).where(
        _ANY_PART.guild_id == guild_id,
        _ANY_PART.kind == VOICE,
        indexes.IS_ESTIMATED,
    )
    before_ms = period.start_ms - LONG_STAY_MS
    lately = any_part.where(_ANY_PART.start_ms >= before_ms, _ANY_PART.start_ms < period.end_ms)
    long_ago = any_part.where(_ANY_PART.start_ms < before_ms, indexes.IS_LONG_STAY)
    sessions = lately.union(long_ago).subquery()
    own = reaching.join(
        sessions,
        and_(
            _PART.member_no == sessions.c.member_no,
            _PART.session_start_ms == sessions.c.session_start_ms,
            _PART.start_ms >= sessions.c.session_start_ms,
            _PART.start_ms < period.end_ms,
        ),
    )
    found = await columns(conn, own)
    return _sure(found)._replace(estimated=np.ones(len(found[0]), dtype=np.int64))


async def _parts_of(
    conn: AsyncConnection, reaching: Select[Any], period: Period, people: Sequence[int]
) -> VoiceSessions:
    query = reaching.where(_PART.start_ms < period.end_ms)
    return _sure(await _of_people(conn, query, _PART.member_no, people))


def _sure(found: Sequence[Numbers]) -> VoiceSessions:
    """None of them estimated."""
    return VoiceSessions(*(*found, np.zeros(len(found[0]), dtype=np.int64)))


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


def _is_untold(parts: VoiceSessions, period: Period) -> Flags:
    """Of which parts it does not follow on which days of the period their session has qualifying time.

    It has some on each day that a part reaches if even the day with the least of it cannot hold all that
    does not qualify. What was before the part in another channel, on the day that the session began, is
    not known.
    """
    starts = _midnights(period)
    lengths = np.diff(starts)
    first, after = Reached.by(parts, period)
    in_first = np.minimum(parts.ends_ms, starts[first + 1]) - np.maximum(parts.starts_ms, starts[first])
    in_last = np.minimum(parts.ends_ms, starts[after]) - np.maximum(parts.starts_ms, starts[after - 1])
    between = np.where(after - first > 2, lengths.min(), lengths.max())
    least = np.minimum(np.minimum(in_first, in_last), between)
    is_spread = parts.qualifying_ms > parts.ends_ms - parts.starts_ms - least
    begins_later = parts.starts_ms > parts.session_starts_ms
    is_whole = (parts.session_starts_ms < period.start_ms) | ~begins_later | _is_of_one_day(parts, period)
    is_untold: Flags = ~(is_spread & is_whole) | (parts.later_pieces > 0)
    return is_untold


def _is_of_one_day(parts: VoiceSessions, period: Period) -> Flags:
    """Whether a part ends on the day on which its session began."""
    starts = _midnights(period)
    begun = np.searchsorted(starts, parts.session_starts_ms, side="right")
    ended = np.searchsorted(starts, np.maximum(parts.session_starts_ms, parts.ends_ms - 1), side="right")
    same: Flags = begun == ended
    return same


def _midnights(period: Period) -> Numbers:
    """The midnights before, between and after its days."""
    days = range(period.first_day, period.last_day + 2)
    return np.array([day_start_ms(day, period.zone) for day in days], dtype=np.int64)
