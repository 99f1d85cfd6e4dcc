"""What told joins and leaves say of the time before recording: spells, and who was there on which day.

The record knows better: a told spell ends where a recorded one begins. A join without a leave ends at the
next join, or where recording began, and is marked estimated; a leave without a join says nothing, because
nobody knows since when they were there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pyroaring import BitMap

from storage.attendance.intervals import Span
from storage.fold.calendar import Calendar
from storage.fold.changes import DayPopulation, correct
from storage.fold.imports import Past

JOIN = "join"
UNKNOWN = "unknown"
SAME_MS = 60_000  # two clocks may tell of one moment, or round it


class Told(NamedTuple):
    at_ms: int
    change: str  # join, or how they left


class PastSpell(NamedTuple):
    joined_ms: int
    left_ms: int
    ended_as: str
    is_estimated: bool  # when they left


def past_spells(told: Iterable[Told], recorded: Iterable[int], past: Past) -> list[PastSpell]:
    """One person's spells before recording. `recorded`: when their recorded spells begin."""
    joins_ms = sorted(recorded)
    spells = []
    for spell in _paired(told, past.until_ms):
        borders = [ms for ms in joins_ms if ms > spell.joined_ms - SAME_MS]
        border_ms = min([*borders[:1], past.until_ms]) if past.is_recorded_since else past.until_ms
        cut = _before(spell, border_ms)
        if cut is not None:
            spells.append(cut)
    return spells


def _paired(told: Iterable[Told], until_ms: int) -> list[PastSpell]:
    spells = []
    joined_ms: int | None = None
    for at_ms, change in sorted(told, key=lambda one: (one.at_ms, one.change == JOIN, one.change)):
        if change != JOIN:
            if joined_ms is not None:
                spells.append(PastSpell(joined_ms, at_ms, change, is_estimated=False))
            joined_ms = None
        elif joined_ms is None:
            joined_ms = at_ms
        elif at_ms - joined_ms >= SAME_MS:
            spells.append(PastSpell(joined_ms, at_ms, UNKNOWN, is_estimated=True))
            joined_ms = at_ms
    if joined_ms is not None:
        spells.append(PastSpell(joined_ms, max(joined_ms, until_ms), UNKNOWN, is_estimated=True))
    return spells


def _before(spell: PastSpell, border_ms: int) -> PastSpell | None:
    """What of a spell lies before this moment, and is more than two clocks' difference."""
    if spell.left_ms <= border_ms:
        return spell
    if border_ms - spell.joined_ms < SAME_MS:
        return None
    return spell._replace(left_ms=border_ms, ended_as=UNKNOWN, is_estimated=True)


def populations(
    spells: Mapping[int, Sequence[Span]], days: range, *, until_ms: int, bridge_ms: int, calendar: Calendar
) -> dict[int, DayPopulation]:
    """Who of these members was there on each of these days, by their spells up to a moment."""
    present: list[tuple[int, range]] = []
    at_end: list[tuple[int, range]] = []
    for member_no, theirs in spells.items():
        for start_ms, end_ms in bridged(theirs, bridge_ms):
            first = calendar.day_of(start_ms).number
            last = calendar.day_of(max(start_ms, end_ms - 1))
            stayed_on = end_ms >= min(last.end_ms, until_ms)
            present.append((member_no, range(first, last.number + 1)))
            at_end.append((member_no, range(first, last.number + stayed_on)))
    both = zip(_by_day(present, days), _by_day(at_end, days), strict=True)
    return {day: DayPopulation(*sets) for day, sets in zip(days, both, strict=True)}


def bridged(spells: Iterable[Span], bridge_ms: int) -> list[Span]:
    """Spells that are less than this apart as one."""
    joined: list[Span] = []
    for spell in sorted(spells):
        if joined and spell.start_ms - joined[-1].end_ms < bridge_ms:
            joined[-1] = Span(joined[-1].start_ms, max(joined[-1].end_ms, spell.end_ms))
        else:
            joined.append(spell)
    return joined


def _by_day(ranges: Iterable[tuple[int, range]], days: range) -> list[BitMap]:
    """Whose ranges hold each day. One person's may touch or share a day."""
    changes: dict[int, Counter[int]] = defaultdict(Counter)
    for member_no, theirs in ranges:
        if theirs and theirs.stop > days.start:
            changes[max(theirs.start, days.start)][member_no] += 1
            changes[theirs.stop][member_no] -= 1
    there: Counter[int] = Counter()
    people = BitMap()
    found = []
    for day in days:
        for member_no, change in changes.get(day, {}).items():
            there[member_no] += change
            correct(people, member_no, there[member_no] > 0)
        found.append(people.copy())
    return found
