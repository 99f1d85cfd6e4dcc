"""Time in voice. Definitions: docs/kpis.md, "Qualifying voice" and "Voice session"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean, median

import numpy as np
from numpy.typing import NDArray

from reports.columns import Numbers, numbers
from reports.periods import Period, day_start_ms
from reports.populations import People, Populations
from reports.records import VoiceRows, VoiceSessions
from reports.voice_days import VoicePart, qualifying_days
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
    time_ms = _each_voice_ms(rows.totals, in_voice)
    members, estimated = _sessions(rows, _passed(rows, populations, in_voice, period), period)
    sessions = np.bincount(members, minlength=len(time_ms))
    had = np.flatnonzero(sessions)
    own_means = (time_ms[had] / sessions[had] / MINUTE_MS).tolist()
    return VoiceUse(
        members=len(in_voice),
        sessions=len(members),
        estimated_sessions=int(estimated.sum()),
        hours=total_voice_ms(durations_of(rows.totals), populations, period) / HOUR_MS,
        session_minutes_mean=fmean(own_means) if own_means else None,
        session_minutes_median=median(own_means) if own_means else None,
    )


def total_voice_ms(durations: Mapping[int, DayAmounts], populations: Populations, period: Period) -> int:
    """The qualifying milliseconds of P in a period, on days that pass the threshold.

    `durations`: milliseconds in voice, by local day.
    """
    in_voice = populations.in_voice(period)
    return sum(durations[day].total(in_voice) for day in period.days if day in durations)


def _each_voice_ms(totals: Mapping[int, DayTotals], people: People) -> Numbers:
    """The same by member number, of these people."""
    time_ms = np.zeros((people.max() if people else 0) + 1, dtype=np.int64)
    for day in totals.values():
        known = day.member_nos < len(time_ms)
        time_ms[day.member_nos[known]] += day.durations_ms[known]
    return time_ms


def _passed(rows: VoiceRows, populations: Populations, in_voice: People, period: Period) -> Passed:
    highest = max(int(rows.sessions.member_nos.max(initial=0)), in_voice.max() if in_voice else 0)
    passed = np.zeros((len(period.days), highest + 1), dtype=bool)
    for place, day in enumerate(period.days):
        passed[place, numbers(populations.doing("voice", [day]) & in_voice)] = True
    return passed


def _sessions(rows: VoiceRows, passed: Passed, period: Period) -> tuple[Numbers, Numbers]:
    """The member of each session that counts, with all of its channels, and if it is estimated (0 or 1)."""
    parts = rows.sessions
    counts = _counts(rows, passed, period)
    members, session_starts, estimated = (
        column[counts] for column in (parts.member_nos, parts.session_starts_ms, parts.estimated)
    )
    order = np.lexsort((session_starts, members))
    members, session_starts = members[order], session_starts[order]
    is_next = (members[1:] != members[:-1]) | (session_starts[1:] != session_starts[:-1])
    begins = np.flatnonzero(np.concatenate(([len(members) > 0], is_next)))
    in_any_channel = np.maximum.reduceat(estimated[order], begins) if len(begins) else estimated
    return members[begins], in_any_channel


def _counts(rows: VoiceRows, passed: Passed, period: Period) -> NDArray[np.bool_]:
    """Which parts of sessions have qualifying time on a day on which their member passed the threshold.

    One that passed on every day that a part reaches, or on none, needs no telling of how the part is spread,
    if the part lies within the period: all of them have qualifying time.
    """
    parts = rows.sessions
    starts = np.array([day_start_ms(day, period.zone) for day in period.days])
    first = np.maximum(np.searchsorted(starts, parts.starts_ms, side="right") - 1, 0)
    after = np.searchsorted(starts, np.maximum(parts.starts_ms, parts.ends_ms - 1), side="right")
    before = np.zeros((len(passed) + 1, passed.shape[1]), dtype=np.int16)  # days passed before each
    np.cumsum(passed, axis=0, out=before[1:])
    days_passed = before[after, parts.member_nos] - before[first, parts.member_nos]
    is_within = (parts.starts_ms >= period.start_ms) & (parts.ends_ms <= period.end_ms)
    counts: NDArray[np.bool_] = is_within & (days_passed == after - first)
    unsure = np.unique(parts.member_nos[(days_passed > 0) & ~counts])
    for part, days in qualifying_days(_parts_of(parts, unsure), _daily_ms(rows, unsure), period):
        counts[part.place] = any(passed[day - period.first_day, part.member_no] for day in days)
    return counts


def _parts_of(parts: VoiceSessions, member_nos: Numbers) -> list[VoicePart]:
    places = np.flatnonzero(np.isin(parts.member_nos, member_nos))
    columns = (parts.member_nos, parts.starts_ms, parts.ends_ms, parts.qualifying_ms)
    own = (column[places].tolist() for column in columns)
    return [VoicePart(*values) for values in zip(places.tolist(), *own, strict=True)]


def _daily_ms(rows: VoiceRows, member_nos: Numbers) -> dict[int, dict[int, int]]:
    """Qualifying milliseconds of these members by local day, whether the day counts or not."""
    daily_ms: dict[int, dict[int, int]] = {number: {} for number in member_nos.tolist()}
    is_own = np.isin(rows.below.member_nos, member_nos)
    below = zip(*(column[is_own].tolist() for column in rows.below), strict=True)
    for day, member_no, duration_ms in below:
        daily_ms[member_no][day] = duration_ms
    for day, totals in rows.totals.items():
        is_own = np.isin(totals.member_nos, member_nos)
        of_day = zip(totals.member_nos[is_own].tolist(), totals.durations_ms[is_own].tolist(), strict=True)
        for member_no, duration_ms in of_day:
            daily_ms[member_no][day] = duration_ms
    return daily_ms
