"""Time in voice. Definitions: docs/kpis.md, "Qualifying voice" and "Voice session"."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import fmean, median

from reports.periods import Period
from reports.populations import Populations
from reports.records import VoiceRows
from reports.voice_days import qualifying_days

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
    daily_ms: dict[int, dict[int, int]] = {}
    for day, member_no, duration_ms in rows.daily_ms:
        daily_ms.setdefault(member_no, {})[day] = duration_ms
    time_ms = {
        member_no: sum(
            length for day, length in daily_ms.get(member_no, {}).items() if member_no in passed[day]
        )
        for member_no in in_voice
    }
    counted: dict[tuple[int, int], bool] = {}  # the sessions, each with all of its channels: estimated or not
    for part, days in qualifying_days(rows.sessions, daily_ms, period):
        if any(part.member_no in passed[day] for day in days):
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
