"""On which days a member's parts of sessions have qualifying time: docs/kpis.md, "Voice session".

The tables hold how much of a part qualifies and how much of a day does, not how much of a part on a day. Of
parts within one day nothing else is needed; of those over midnight it follows, for at any moment a member is
in one channel at most, and at each midnight in one part.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from reports.periods import Period, day_start_ms


class VoicePart(NamedTuple):
    """What of a session was spent in one channel. `place` tells it from all others."""

    place: int
    member_no: int
    start_ms: int
    end_ms: int
    qualifying_ms: int


Days = range  # local days
DailyMs = Mapping[int, Mapping[int, int]]  # member number → local day → qualifying milliseconds


def qualifying_days(
    parts: Sequence[VoicePart], daily_ms: DailyMs, period: Period
) -> Iterator[tuple[VoicePart, Iterable[int]]]:
    """Each part with those of the period's days on which it has qualifying time.

    `parts` are all that reach the period, `daily_ms` is everybody's of the period. A part whose days
    cannot be told is taken to have some on each: somebody is in voice over every midnight.
    """
    starts_ms = [day_start_ms(day, period.zone) for day in period.days]
    over_midnight: dict[int, dict[VoicePart, Days]] = {}
    for part in parts:
        days = _days_reached(part, period, starts_ms)
        if len(days) == 1 and _is_within(part, period):
            yield part, days
        else:
            over_midnight.setdefault(part.member_no, {})[part] = days
    inside_ms = Counter[tuple[int, int]]()  # of the same people, of parts within one day
    for part in parts:
        own = over_midnight.get(part.member_no)
        if own and part not in own:
            inside_ms[part.member_no, _days_reached(part, period, starts_ms)[0]] += part.qualifying_ms
    for member_no, crossing in over_midnight.items():
        whole_ms = daily_ms.get(member_no, {})
        rest_ms = {
            day: whole_ms.get(day, 0) - inside_ms[member_no, day]
            for days in crossing.values()
            for day in days
        }
        shares = _shares(crossing, rest_ms, period)
        for part, days in crossing.items():
            yield part, [day for day in days if shares.get((part, day), 1) > 0]


def _shares(
    crossing: Mapping[VoicePart, Days], rest_ms: Mapping[int, int], period: Period
) -> dict[tuple[VoicePart, int], int]:
    """How much of each part over midnight falls on each day, as far as one follows from another."""
    shares: dict[tuple[VoicePart, int], int] = {}
    sums = [
        *(([(part, day) for part, days in crossing.items() if day in days], rest_ms[day]) for day in rest_ms),
        *(
            ([(part, day) for day in days], part.qualifying_ms)
            for part, days in crossing.items()
            if _is_within(part, period)
        ),
    ]
    known_before = -1
    while len(shares) > known_before:
        known_before = len(shares)
        for summands, whole_ms in sums:
            missing = [summand for summand in summands if summand not in shares]
            if len(missing) == 1:
                shares[missing[0]] = whole_ms - sum(shares[one] for one in summands if one in shares)
    return shares


def _is_within(part: VoicePart, period: Period) -> bool:
    return part.start_ms >= period.start_ms and part.end_ms <= period.end_ms


def _days_reached(part: VoicePart, period: Period, starts_ms: Sequence[int]) -> Days:
    first = max(0, bisect_right(starts_ms, part.start_ms) - 1)
    last = bisect_right(starts_ms, max(part.start_ms, part.end_ms - 1)) - 1
    return range(period.first_day + first, period.first_day + last + 1)
