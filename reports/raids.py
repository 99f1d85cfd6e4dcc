"""Who came and was gone within a day, without doing anything. Definition: docs/kpis.md, "Raids"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from reports.columns import bitmap
from reports.membership import bridged
from reports.periods import local_days
from reports.records import DAY_MS, DaySets, Spells
from storage.day_sets import union

People = BitMap


class Raids(NamedTuple):
    days: DaySets  # who was in the guild on a local day only by such a stay
    raiders: People  # who was never here but by such stays


def raids(
    spells: Spells,
    voice_starts: Mapping[int, Sequence[int]],
    activities: Mapping[str, DaySets],
    bridge_days: int,
    zone: str,
) -> Raids:
    """`spells`: every spell of whoever had a brief one, if not of more people, by member and time.

    `voice_starts`: by member, when their stays in voice began.

    Bridged spells of a member are days apart, so the days of a raid hold no other presence of theirs.
    """

    stays = bridged(spells, bridge_days * DAY_MS)
    is_quiet = (stays.left_ms - stays.joined_ms <= DAY_MS) & ~_came_to_voice(stays, voice_starts)
    last_ms = np.maximum(stays.joined_ms, stays.left_ms - 1)
    suspects = np.flatnonzero(is_quiet)
    first_days, last_days = (local_days(of[suspects], zone) for of in (stays.joined_ms, last_ms))
    touched = [
        (member_no, range(first, last + 1))
        for member_no, first, last in _rows(stays.member_nos[suspects], first_days, last_days)
    ]
    days = _by_day(touched)
    did = _doings(days, activities)
    if did:
        idle = [did.isdisjoint((member_no, day) for day in days) for member_no, days in touched]
        is_quiet[suspects] = idle
        days = _by_day(compress(touched, idle))
    others = bitmap(stays.member_nos[~is_quiet])
    return Raids(days, union(days.values()) - others)


def _came_to_voice(stays: Spells, voice_starts: Mapping[int, Sequence[int]]) -> NDArray[np.bool_]:
    """Of each stay, whether one in voice began in it."""
    came = np.isin(stays.member_nos, [*voice_starts])
    places = np.flatnonzero(came)
    came[places] = [
        any(joined_ms <= start_ms <= left_ms for start_ms in voice_starts[member_no])
        for member_no, joined_ms, left_ms in _rows(*(column[places] for column in stays))
    ]
    return came


def _by_day(touched: Iterable[tuple[int, Iterable[int]]]) -> dict[int, People]:
    """Those whose stay touches a day, by that day."""
    found: dict[int, list[int]] = defaultdict(list)
    for member_no, days in touched:
        for day in days:
            found[day].append(member_no)
    return {day: People(member_nos) for day, member_nos in found.items()}


def _doings(suspects: DaySets, activities: Mapping[str, DaySets]) -> set[tuple[int, int]]:
    """Who of a day's people did anything on it, each with that day."""
    return {
        (member_no, day)
        for day, people in suspects.items()
        for sets in activities.values()
        if day in sets and people.intersect(sets[day])
        for member_no in people & sets[day]
    }


def _rows(*columns: NDArray[np.int64]) -> Iterator[tuple[int, ...]]:
    return zip(*(column.tolist() for column in columns), strict=True)
