"""Who came and was gone within a day, without doing anything. Definition: docs/kpis.md, "Raids"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from pyroaring import BitMap

from reports.periods import local_day
from reports.records import DAY_MS, DaySets, Spell

People = BitMap


def bridged(spells: list[Spell], bridge_ms: int) -> Iterator[Spell]:
    """One member's spells, in order, with those less than `bridge_ms` apart made one."""
    current = spells[0]
    for spell in spells[1:]:
        if current.left_ms is None or spell.joined_ms - current.left_ms < bridge_ms:
            current = Spell(current.member_no, current.joined_ms, spell.left_ms)
        else:
            yield current
            current = spell
    yield current


def raid_days(
    spells: tuple[Spell, ...],
    voice_starts: tuple[tuple[int, int], ...],
    activities: Mapping[str, DaySets],
    bridge_days: int,
    zone: str,
) -> dict[int, People]:
    """Local day → the members who were in the guild that day only by such a stay.

    `spells` holds every spell of whoever had a brief one, by member and time. Bridged spells of a member are
    days apart, so the days of such a stay hold no other presence of theirs.
    """
    entered_voice: dict[int, list[int]] = {}
    for member_no, start_ms in voice_starts:
        entered_voice.setdefault(member_no, []).append(start_ms)
    days: dict[int, People] = {}
    for member_no, own in groupby(spells, key=lambda spell: spell.member_no):
        for stay in bridged(list(own), bridge_days * DAY_MS):
            if stay.left_ms is None or stay.left_ms - stay.joined_ms > DAY_MS:
                continue
            last_ms = max(stay.joined_ms, stay.left_ms - 1)
            touched = range(local_day(stay.joined_ms, zone), local_day(last_ms, zone) + 1)
            in_voice = any(
                stay.joined_ms <= start_ms <= stay.left_ms for start_ms in entered_voice.get(member_no, ())
            )
            if in_voice or _did_anything(member_no, touched, activities):
                continue
            for day in touched:
                days.setdefault(day, People()).add(member_no)
    return days


def _did_anything(member_no: int, days: range, activities: Mapping[str, DaySets]) -> bool:
    return any(member_no in sets[day] for sets in activities.values() for day in days if day in sets)
