"""Tracked commands in a period: how many ran them, how often, how it ended and how long it took."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import Any

from .club import Club
from .commands import Invocation, is_named, percentile
from .community import rate


def command_use(club: Club, this: list[date], last: list[date]) -> dict[str, Any]:
    """Of each tracked command that was run by people of P, in the period or in the one before."""
    exposed = club.exposed(this)
    runs = {command: list[Invocation]() for command in _run(club, last)} | _run(club, this)
    found: dict[str, Any] = {}
    for command, own in runs.items():
        users = {one.user_id for one in own}
        successful = {one.user_id for one in own if one.is_success}
        known = [one for one in own if one.outcome is not None]
        failed = [one for one in own if one.has_failed]
        latencies = [one.latency_ms for one in own if one.latency_ms is not None]
        untold = len(own) - len(known)
        numbers = {
            "penetration": rate(len(successful), len(exposed)),
            "users": (len(users), len(users), len(exposed)),
            "invocations": (len(own), len(own), None),
            "failures": (None if own and not known else len(failed), len(failed), len(known)),
            "unknown_outcomes": (untold, untold, len(own)),
            "latency_p50": (percentile(latencies, 50), None, len(latencies)),
            "latency_p95": (percentile(latencies, 95), None, len(latencies)),
        }
        found |= {f"command_{name} {command}": number for name, number in numbers.items()}
    return found


def _run(club: Club, days: list[date]) -> dict[str, list[Invocation]]:
    found: dict[str, list[Invocation]] = defaultdict(list)
    for one in club.commands.tracked:
        if one.user_id in club.exposed(days) and club.known.day(one.at_ms) in set(days):
            found[one.command].append(one)
    return found


def profile_use(club: Club, this: list[date]) -> dict[str, Any]:
    days, active, exposed = set(this), club.active(this), club.exposed(this)
    runs = [
        one
        for one in club.commands.tracked
        if one.user_id in exposed
        and club.known.day(one.at_ms) in days
        and is_named(one.command, club.known.profile_commands)
    ]
    times = Counter(one.user_id for one in runs if one.user_id in active)
    once, often = (sum(number == 1 for number in times.values()), sum(n > 1 for n in times.values()))
    return {
        "profile_adoption": rate(len(times), len(active)),
        "profile_invocations": (len(runs), len(runs), None),
        "profile_one_time_users": (once, once, len(times)),
        "profile_repeat_users": (often, often, len(times)),
    }
