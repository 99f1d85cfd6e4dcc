"""Time in voice. Definitions: docs/kpis.md, "Qualifying voice" and "Voice session"."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from statistics import fmean, median

from reports.periods import Period, day_start_ms
from reports.populations import Populations
from reports.records import VoiceRows, VoiceSession

HOUR_MS = 60 * 60 * 1000
MINUTE_MS = 60 * 1000


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
    passed = {day: populations.doing("voice", [day]) & in_voice for day in period.days}
    time_ms: Counter[int] = Counter()
    for day, member_no, duration_ms in rows.daily_ms:
        if day in passed and member_no in passed[day]:
            time_ms[member_no] += duration_ms
    starts = [day_start_ms(day, period.zone) for day in period.days]
    counted: dict[tuple[int, int], bool] = {}  # the sessions, each with all of its channels: estimated or not
    for part in rows.sessions:
        if any(part.member_no in passed[day] for day in _days_of(part, period, starts)):
            session = part.member_no, part.session_start_ms
            counted[session] = counted.get(session, False) or part.is_estimated
    sessions = Counter(member_no for member_no, _ in counted)
    own_means = [time_ms[member_no] / number / MINUTE_MS for member_no, number in sorted(sessions.items())]
    return VoiceUse(
        members=len(in_voice),
        sessions=len(counted),
        estimated_sessions=sum(counted.values()),
        hours=sum(time_ms.values()) / HOUR_MS,
        session_minutes_mean=fmean(own_means) if own_means else None,
        session_minutes_median=median(own_means) if own_means else None,
    )


def _days_of(session: VoiceSession, period: Period, starts: list[int]) -> range:
    """The period's days that a part of a session reaches."""
    first = max(0, bisect_right(starts, session.start_ms) - 1)
    last = bisect_right(starts, max(session.start_ms, session.end_ms - 1)) - 1
    return range(period.first_day + first, period.first_day + last + 1)
