"""Time in voice. Definitions: docs/kpis.md, "Qualifying voice" and "Voice session"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reports.columns import Numbers, numbers
from reports.periods import Period
from reports.populations import People, Populations
from reports.voice_days import VoicePart, qualifying_days
from reports.voice_records import Reached, VoiceRows, VoiceSessions
from storage.day_totals import DayAmounts, DayTotals, durations_of

HOUR_MS = 60 * 60 * 1000
MINUTE_MS = 60 * 1000

Passed = NDArray[np.bool_]  # by the period's day and the member number: who passed the threshold


@dataclass(frozen=True, slots=True)
class VoiceUse:
    """How a period's people used voice. Only days count on which a member passed the threshold."""

    members: int
    sessions: int
    estimated_sessions: int
    hours: float
    session_minutes_mean: float | None  # of the members' own means
    session_minutes_median: float | None


def voice_use(rows: VoiceRows, populations: Populations, period: Period) -> VoiceUse:
    in_voice = populations.in_voice(period)
    passed = _passed(populations, in_voice, period)
    time_ms, session_days = _sums(rows.totals, in_voice)
    told, untold = _told(rows, passed, period), _untold(rows, passed, period)
    sessions = session_days - told.counted_again(len(time_ms))
    known = rows.people_untold[rows.people_untold < len(sessions)]
    sessions[known] = untold.sessions(len(time_ms))[known]
    had = np.flatnonzero(sessions)
    own_means = time_ms[had] / sessions[had] / MINUTE_MS
    return VoiceUse(
        members=len(in_voice),
        sessions=int(sessions.sum()),
        estimated_sessions=told.estimated + untold.estimated,
        hours=total_voice_ms(durations_of(rows.totals), populations, period) / HOUR_MS,
        session_minutes_mean=fmean(own_means.tolist()) if len(had) else None,
        session_minutes_median=float(np.median(own_means)) if len(had) else None,
    )


def total_voice_ms(durations: Mapping[int, DayAmounts], populations: Populations, period: Period) -> int:
    """The qualifying milliseconds of P in a period, on days that pass the threshold.

    `durations`: milliseconds in voice, by local day.
    """
    in_voice = populations.in_voice(period)
    return sum(durations[day].total(in_voice) for day in period.days if day in durations)


def _sums(totals: Mapping[int, DayTotals], people: People) -> tuple[Numbers, Numbers]:
    """By member number, of these people: qualifying milliseconds, and sessions, each once a day."""
    time_ms, sessions = (np.zeros((people.max() if people else 0) + 1, dtype=np.int64) for _ in range(2))
    counts = np.zeros(len(time_ms), dtype=bool)
    counts[numbers(people)] = True
    for day in totals.values():
        known = day.member_nos < len(time_ms)
        known[known] = counts[day.member_nos[known]]
        time_ms[day.member_nos[known]] += day.durations_ms[known]
        sessions[day.member_nos[known]] += day.counts[known]
    return time_ms, sessions


def _passed(populations: Populations, in_voice: People, period: Period) -> Passed:
    passed = np.zeros((len(period.days), (in_voice.max() if in_voice else 0) + 1), dtype=bool)
    for place, day in enumerate(period.days):
        passed[place, numbers(populations.doing("voice", [day]) & in_voice)] = True
    return passed


class SessionDays(NamedTuple):
    """Columns of the days on which sessions count: for each of their channels one row a day."""

    member_nos: Numbers
    session_starts_ms: Numbers
    days: Numbers
    is_estimated: Numbers  # 0 or 1

    def sessions(self, size: int) -> Numbers:
        """How many different ones, by member number."""
        return np.bincount(_different(self.member_nos, self.session_starts_ms)[0], minlength=size)

    def counted_again(self, size: int) -> Numbers:
        """How often a session counts on one more day than one, by member number."""
        session_days = _different(self.member_nos, self.session_starts_ms, self.days)[0]
        return np.bincount(session_days, minlength=size) - self.sessions(size)

    @property
    def estimated(self) -> int:
        """How many different ones are so in any of their channels."""
        is_so = self.is_estimated > 0
        return len(_different(self.member_nos[is_so], self.session_starts_ms[is_so])[0])


def _different(*columns: Numbers) -> Sequence[Numbers]:
    """The different rows."""
    order = np.lexsort(columns)
    rows = [column[order] for column in columns]
    is_other = np.ones(len(order), dtype=bool)
    is_other[1:] = np.any([column[1:] != column[:-1] for column in rows], axis=0)
    return [column[is_other] for column in rows]


def _told(rows: VoiceRows, passed: Passed, period: Period) -> SessionDays:
    """Of parts that have qualifying time on each day that they reach."""
    first, after = Reached.by(rows.told, period)
    lengths = after - first
    places = np.repeat(np.arange(len(lengths)), lengths)
    nth = np.arange(len(places)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return _counted(rows.told, places, first[places] + nth, passed)


def _untold(rows: VoiceRows, passed: Passed, period: Period) -> SessionDays:
    """Of all parts of those people of whom it has to be found out."""
    parts = rows.untold
    columns = (parts.member_nos, parts.starts_ms, parts.ends_ms, parts.qualifying_ms)
    voice = [
        VoicePart(place, *values)
        for place, values in enumerate(zip(*(column.tolist() for column in columns), strict=True))
    ]
    reached = [
        (part.place, day - period.first_day)
        for part, days in qualifying_days(voice, _daily_ms(rows), period)
        for day in days
    ]
    places, days = np.array(reached, dtype=np.int64).reshape(-1, 2).T
    return _counted(parts, places, days, passed)


def _counted(parts: VoiceSessions, places: Numbers, days: Numbers, passed: Passed) -> SessionDays:
    """Those of the days, of parts at these places, on which their members passed the threshold."""
    known = parts.member_nos[places] < passed.shape[1]
    places, days = places[known], days[known]
    counts = passed[days, parts.member_nos[places]]
    own = places[counts]
    return SessionDays(
        parts.member_nos[own], parts.session_starts_ms[own], days[counts], parts.estimated[own]
    )


def _daily_ms(rows: VoiceRows) -> dict[int, dict[int, int]]:
    """Qualifying milliseconds of these people by local day, whether the day counts or not."""
    daily_ms: dict[int, dict[int, int]] = {number: {} for number in rows.people_untold.tolist()}
    for day, member_no, duration_ms in zip(*(column.tolist() for column in rows.untold_days), strict=True):
        daily_ms[member_no][day] = duration_ms
    return daily_ms
