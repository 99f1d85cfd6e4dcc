"""Community, of a period and the one before: (value, numerator, denominator) by the KPI's name."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from statistics import fmean, median
from typing import Any, NamedTuple, TypeAlias

from .club import Club
from .seen import HOUR, MINUTE

MIN_N = 10
Days: TypeAlias = list[date]
Number: TypeAlias = tuple[float | None, int | None, int | None]


class Rate(NamedTuple):
    """A share of people; below 10 of them only the counts."""

    value: float | None
    part: int
    whole: int


def rate(part: int, whole: int) -> Rate:
    return Rate(part / whole if whole >= MIN_N else None, part, whole)


def count(number: float, of: int | None = None) -> Number:
    return number, int(number), of


def community(club: Club, this: Days, last: Days) -> dict[str, Any]:
    active, exposed = club.active(this), club.exposed(this)
    in_voice = club.doing("voice", this) & exposed
    found: dict[str, Any] = {
        "weekly_active_members": count(len(active), len(exposed)),
        "voice_activity_rate": rate(len(in_voice), len(exposed)),
        **voice(club, this, in_voice, active),
        **growth(club, this, last),
    }
    return found


def voice(club: Club, days: Days, in_voice: set[int], active: set[int]) -> dict[str, Any]:
    time_ms: dict[int, int] = defaultdict(int)
    sessions: dict[int, set[int]] = defaultdict(set)
    for day in days:
        passed = club.doing("voice", [day]) & in_voice
        for piece, length in club.pieces[day]:
            if piece.user_id in passed:
                time_ms[piece.user_id] += length
                sessions[piece.user_id].add(piece.session)
    means = [time_ms[user] / len(sessions[user]) / MINUTE for user in sessions]
    together = sum(len(own) for own in sessions.values())
    whole_ms, number = sum(time_ms.values()), len(active)
    return {
        "voice_session_mean": (fmean(means) if means else None, None, len(in_voice)),
        "voice_session_median": (median(means) if means else None, None, len(in_voice)),
        "voice_sessions_per_active_member": (together / number if active else None, together, number),
        "voice_hours_per_active_member": (
            *(whole_ms / HOUR / number if active else None, whole_ms // 1000),
            number,
        ),
    }


def growth(club: Club, this: Days, last: Days) -> dict[str, Any]:
    now, then, here = club.active(this), club.active(last), club.here_at_end_of(this[-1])
    before = club.ever_active_before(this[0])
    lost, gained = then - now, now - then
    dormant, left = lost & here, lost - here
    first_time = gained - before
    first_seen = {u for u in first_time if club.people[u].first_joined_ms < club.known.since_ms}
    new, resurrected = first_time - first_seen, gained & before
    assert len(now) == len(new) + len(first_seen) + len(now & then) + len(resurrected)
    assert len(then) == len(now & then) + len(dormant) + len(left)
    return {
        "came_in": count(len(gained)),
        "dropped_out": count(len(lost), len(then)),
        "soft_attrition": rate(len(dormant), len(then)),
        "hard_attrition": rate(len(left), len(then)),
        "quick_ratio": len(gained) / len(lost) if lost else None,
        "bridge": {
            "previous": len(then),
            "current": len(now),
            "returning": len(now & then),
            "dormant": len(dormant),
            "left": len(left),
            "new": len(new),
            "first_seen": len(first_seen),
            "resurrected": len(resurrected),
        },
    }


def monthly(club: Club, this: Days, last: Days) -> dict[str, Any]:
    """Of two months that are over. P(start): who was here when the month before ended."""
    active, exposed = club.active(this), club.exposed(this)
    came = sum(len(club.active_on(day) & exposed) for day in this)
    at_start, at_end = club.here_at_end_of(last[-1]), club.here_at_end_of(this[-1])
    then = club.active(last)
    joined, bounced = joins(club, this)
    return {
        "monthly_active_members": count(len(active), len(exposed)),
        "stickiness": came / len(this) / len(active) if active else None,  # mean DAM / MAM
        "hard_churn": rate(len(at_start - at_end), len(at_start)),
        "soft_churn": rate(len((then & at_end) - active), len(then)),
        "bounced": rate(bounced, joined),
    }


def joins(club: Club, days: Days) -> tuple[int, int]:
    """How often somebody joined in the period, and how many of these stays ended in it."""
    from_ms, to_ms = club.known.midnight(days[0]), club.end_of(days[-1])
    began = [
        end
        for person in club.people.values()
        for start, end in club.stays(person)
        if from_ms <= start < to_ms
    ]
    return len(began), sum(end is not None and end < to_ms for end in began)
