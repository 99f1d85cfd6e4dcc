"""What told joins and leaves say of the time before recording: spells, and who was there on which day.

The record knows better: of a told spell there is what lies outside of recorded ones. A join without a leave
ends at the next join, or where recording began, and is marked estimated; a leave without a join says
nothing, because nobody knows since when they were there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pyroaring import BitMap

from storage.attendance.intervals import Span, outside
from storage.attendance.window import NEVER_MS
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


def past_spells(told: Iterable[Told], recorded: Iterable[Span], past: Past) -> list[PastSpell]:
    """One person's spells before recording, beside those that were recorded."""
    taken = [*recorded, Span(past.until_ms, NEVER_MS)] if past.is_recorded_since else list(recorded)
    return [part for spell in _paired(told, past.until_ms) for part in _beside(spell, taken)]


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


def _beside(spell: PastSpell, taken: Sequence[Span]) -> list[PastSpell]:
    """What of a spell is not taken, and is more than two clocks' difference."""
    parts = []
    for joined_ms, left_ms in outside([Span(spell.joined_ms, spell.left_ms)], taken):
        if spell.is_estimated and joined_ms > spell.joined_ms:
            break  # the record's spell is the same one, and tells how long it lasted
        part = spell._replace(joined_ms=joined_ms, left_ms=left_ms)
        if part == spell:
            parts.append(part)
        elif left_ms - joined_ms >= SAME_MS:
            is_whole = left_ms == spell.left_ms
            parts.append(part if is_whole else part._replace(ended_as=UNKNOWN, is_estimated=True))
    return parts


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
