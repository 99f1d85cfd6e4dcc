"""Time in voice. Definitions: docs/kpis.md, "Qualifying voice" and "Voice session"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from reports.columns import Numbers, numbers
from reports.periods import Period
from reports.populations import People, Populations
from reports.voice_days import VoicePart, qualifying_days
from reports.voice_records import SessionDays, VoiceRows
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


@dataclass(frozen=True, slots=True)
class VoiceMembers:
    """What of it is whose: of the people who had qualifying voice in the period."""

    people: People
    durations: Mapping[int, DayAmounts]  # milliseconds of everybody, by the period's local days
    time_ms: Numbers  # by member number, of these people at least
    sessions: Numbers  # by member number
    whose_estimated: Numbers  # the member number of each session that is estimated

    def among(self, people: People) -> VoiceMembers:
        return replace(self, people=self.people & people)

    def use(self) -> VoiceUse:
        own = numbers(self.people)
        had = own[self.sessions[own] > 0]
        own_means = self.time_ms[had] / self.sessions[had] / MINUTE_MS
        return VoiceUse(
            members=len(own),
            sessions=int(self.sessions[own].sum()),
            estimated_sessions=int(np.isin(self.whose_estimated, own).sum()),
            hours=total_voice_ms(self.durations, self.people, self.durations) / HOUR_MS,
            session_minutes_mean=fmean(own_means.tolist()) if len(own_means) else None,
            session_minutes_median=float(np.median(own_means)) if len(own_means) else None,
        )


def voice_members(rows: VoiceRows, populations: Populations, period: Period) -> VoiceMembers:
    in_voice = populations.in_voice(period)
    passed = _passed(populations, in_voice, period)
    time_ms, session_days = _sums(rows.totals, in_voice)
    told = _counted(rows.told, passed, period)
    sessions = session_days - _counted_again(told, len(time_ms))
    known = rows.people_untold[rows.people_untold < len(sessions)]
    sessions[known] = _sessions(_counted(_untold(rows, period), passed, period), len(time_ms))[known]
    whose_estimated = _different(told.of(told.estimated > 0))[0]
    return VoiceMembers(in_voice, durations_of(rows.totals), time_ms, sessions, whose_estimated)


def total_voice_ms(durations: Mapping[int, DayAmounts], in_voice: People, days: Iterable[int]) -> int:
    """The qualifying milliseconds of a period's people in voice, on days that pass the threshold.

    `durations`: milliseconds in voice, by local day.
    """
    return sum(durations[day].total(in_voice) for day in days if day in durations)


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


def _counted_again(told: SessionDays, size: int) -> Numbers:
    """How often a session counts on one more day than one, by member number. Each row is another day."""
    return np.bincount(told.member_nos, minlength=size) - _sessions(told, size)


def _sessions(days: SessionDays, size: int) -> Numbers:
    """How many different ones, by member number."""
    return np.bincount(_different(days)[0], minlength=size)


def _different(days: SessionDays) -> tuple[Numbers, Numbers]:
    """The different sessions: member numbers, starts."""
    order = np.lexsort((days.session_starts_ms, days.member_nos))
    member_nos, starts_ms = days.member_nos[order], days.session_starts_ms[order]
    is_other = np.ones(len(order), dtype=bool)
    is_other[1:] = (member_nos[1:] != member_nos[:-1]) | (starts_ms[1:] != starts_ms[:-1])
    return member_nos[is_other], starts_ms[is_other]


def _untold(rows: VoiceRows, period: Period) -> SessionDays:
    """Of all parts of those people of whom it has to be found out."""
    parts = rows.untold
    columns = (parts.member_nos, parts.starts_ms, parts.ends_ms, parts.qualifying_ms)
    voice = [
        VoicePart(place, *values)
        for place, values in enumerate(zip(*(column.tolist() for column in columns), strict=True))
    ]
    reached = [
        (part.place, day) for part, days in qualifying_days(voice, _daily_ms(rows), period) for day in days
    ]
    places, days = np.array(reached, dtype=np.int64).reshape(-1, 2).T
    return SessionDays(days, parts.member_nos[places], parts.session_starts_ms[places], np.zeros_like(days))


def _counted(days: SessionDays, passed: Passed, period: Period) -> SessionDays:
    """Those of the days on which their members passed the threshold."""
    known = days.of(days.member_nos < passed.shape[1])
    return known.of(passed[known.days - period.first_day, known.member_nos])


def _daily_ms(rows: VoiceRows) -> dict[int, dict[int, int]]:
    """Qualifying milliseconds of these people by local day, whether the day counts or not."""
    daily_ms: dict[int, dict[int, int]] = {number: {} for number in rows.people_untold.tolist()}
    for day, member_no, duration_ms in zip(*(column.tolist() for column in rows.untold_days), strict=True):
        daily_ms[member_no][day] = duration_ms
    return daily_ms
