"""Who came and was gone within a day, without doing anything. Definition: docs/kpis.md, "Raids"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from pyroaring import BitMap

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

    @cache
    def did_anything(day: int) -> list[People]:
        return [sets[day] for sets in activities.values() if day in sets]

    stays = bridged(spells, bridge_days * DAY_MS)
    first_days = local_days(stays.joined_ms, zone)
    brief = np.flatnonzero(stays.left_ms - stays.joined_ms <= DAY_MS)
    last_days = local_days(np.maximum(stays.joined_ms, stays.left_ms - 1)[brief], zone)
    columns = (*(column[brief] for column in stays), first_days[brief], last_days)
    raided: dict[int, list[int]] = defaultdict(list)
    for member_no, joined_ms, left_ms, first, last in zip(*(one.tolist() for one in columns), strict=True):
        touched = range(first, last + 1)
        did = [member_no in people for day in touched for people in did_anything(day)]
        came_to_voice = voice_starts.get(member_no, ())
        if any(did):
            continue
        if came_to_voice and any(joined_ms <= start_ms <= left_ms for start_ms in came_to_voice):
            continue
        for day in touched:
            raided[day].append(member_no)
    days = {day: People(member_nos) for day, member_nos in raided.items()}
    others = [
        member_no
        for member_no, day in zip(stays.member_nos.tolist(), first_days.tolist(), strict=True)
        if day not in days or member_no not in days[day]
    ]
    return Raids(days, union(days.values()) - People(others))
