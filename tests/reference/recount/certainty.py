"""How sure a number is: a rate's interval, the test of a change, how much of its time was recorded."""

from __future__ import annotations

from collections.abc import Set
from datetime import date
from fractions import Fraction
from math import comb, sqrt
from typing import Any, TypeAlias

from .club import Club
from .commands import is_named
from .lifecycle import recorded

Z = 1.959963984540054  # beyond it lies 2.5 % of the normal distribution, on each side
Interval: TypeAlias = tuple[float, float]
OF_THE_PERIOD = (
    *("weekly_active_members", "monthly_active_members", "voice_activity_rate", "stickiness"),
    *("voice_session_mean", "voice_session_median"),
    *("voice_sessions_per_active_member", "voice_hours_per_active_member"),
    *("hard_churn", "bounced", "profile_adoption", "profile_invocations"),
    *("profile_one_time_users", "profile_repeat_users", "estimated_sessions", "id_coverage"),
)
OF_TWO_PERIODS = ("came_in", "dropped_out", "soft_attrition", "hard_attrition", "quick_ratio")


def wilson(part: int, whole: int) -> Interval:
    """Where a true share would have to lie for what was seen to be 1.96 standard deviations off at most:
    between the roots of (part / whole − p)² = z² p (1 − p) / whole."""
    seen, spread = part / whole, Z * Z / whole
    a, b, c = 1 + spread, -(2 * seen + spread), seen * seen
    root = sqrt(max(0.0, b * b - 4 * a * c))
    return max(0.0, (-b - root) / (2 * a)), min(1.0, (-b + root) / (2 * a))


def uneven(gained: int, lost: int) -> float:
    """How likely fair coins fall at least as unevenly: two-sided, exactly."""
    tosses = gained + lost
    tail = sum(comb(tosses, heads) for heads in range(min(gained, lost) + 1))
    return float(min(Fraction(1), Fraction(2 * tail, 2**tosses)))


def tested(now: Set[int], then: Set[int]) -> tuple[int, int, float]:
    """Who was gained, who was lost, and how likely that is if nothing changed."""
    gained, lost = len(now - then), len(then - now)
    return gained, lost, uneven(gained, lost)


def changes(club: Club, this: list[date], last: list[date]) -> dict[str, tuple[int, int, float]]:
    """A number of people is tested on all of them, a share on those who were there to be counted in both."""
    here = club.exposed(this) & club.exposed(last)
    active = tested(club.active(this), club.active(last))
    voice = [club.doing("voice", days) & here for days in (this, last)]
    in_both = club.active(this) & club.active(last)
    asked = [_asked_for_a_profile(club, days) & in_both for days in (this, last)]
    return {
        "weekly_active_members": active,
        "monthly_active_members": active,
        "voice_activity_rate": tested(*voice),
        "profile_adoption": tested(*asked),
    }


def _asked_for_a_profile(club: Club, days: list[date]) -> set[int]:
    return {
        one.user_id
        for one in club.commands.tracked
        if club.known.day(one.at_ms) in set(days) and is_named(one.command, club.known.profile_commands)
    }


def coverages(club: Club, this: list[date], last: list[date]) -> dict[str, Any]:
    """The recorded share of what a number is made of: a gap of this club is one of every source."""
    now, then = recorded(club, set(this)), recorded(club, set(last))
    return {**dict.fromkeys(OF_THE_PERIOD, now), **dict.fromkeys(OF_TWO_PERIODS, min(now, then))}
