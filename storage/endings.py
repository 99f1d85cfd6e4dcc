"""Why memberships ended: pure functions of the leaves, the audit log's entries, and when that log was read.

Discord tells a leave, a kick, a ban and a prune in the same words; only entries of its audit log tell them
apart, and they come before or after, up to 45 days later (docs/decisions/0017).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from storage.attendance.intervals import Span
from storage.fact_bodies import BAN, KICK, PRUNE

LEFT, PRUNED, UNKNOWN = "left", "pruned", "unknown"
BY_NAME = {KICK: "kicked", BAN: "banned"}
# A removal and its entry are stamped by two clocks, and late by different ways through Discord.
SLACK_MS = 60_000


class Leave(NamedTuple):
    """The end of a membership, at a moment within [from_ms, to_ms]."""

    member_no: int
    joined_ms: int
    from_ms: int
    to_ms: int

    def distance_ms(self, at_ms: int) -> int:
        """How far outside of its span a moment lies."""
        return max(self.from_ms - at_ms, at_ms - self.to_ms, 0)

    def may_be(self, entry: Entry) -> bool:
        """Whether the entry may tell of this leave: of this person's, or by a prune of anybody's."""
        is_meant = entry.action == PRUNE or entry.member_no == self.member_no
        return is_meant and self.distance_ms(entry.at_ms) <= SLACK_MS


class Entry(NamedTuple):
    """An entry of the audit log. A prune names nobody, the others one person."""

    entry_id: int
    action: int
    member_no: int | None
    at_ms: int
    members_removed: int | None


def endings(
    leaves: Sequence[Leave], entries: Iterable[Entry], recorded: Sequence[Span], withdrawn: Sequence[int] = ()
) -> dict[Leave, str]:
    """How each leave ended. `recorded`: when the audit log is known in whole, merged and in order.

    `entries` holds all that may tell of one of the leaves, `leaves` all that one of the entries may tell of.
    `withdrawn`: since when people are not recorded any more, in order.
    """
    entries = sorted(entries, key=lambda entry: (entry.at_ms, entry.entry_id))
    found = _named(leaves, [entry for entry in entries if entry.action != PRUNE])
    others = [leave for leave in leaves if leave not in found]
    found |= _pruned(others, [entry for entry in entries if entry.action == PRUNE], withdrawn)
    for leave in others:
        found.setdefault(leave, LEFT if _is_recorded(leave, recorded) else UNKNOWN)
    return found


def _named(leaves: Iterable[Leave], entries: Iterable[Entry]) -> dict[Leave, str]:
    """Kicked and banned: the nearest entry and leave of a person belong together, each entry to one leave."""
    by_person: dict[int | None, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_person[entry.member_no].append(entry)
    pairs = sorted(
        (leave.distance_ms(entry.at_ms), entry.at_ms, entry.entry_id, leave, entry)
        for leave in leaves
        for entry in by_person.get(leave.member_no, ())
        if leave.may_be(entry)
    )
    found: dict[Leave, str] = {}
    taken: set[int] = set()
    for *_, leave, entry in pairs:
        if leave not in found and entry.entry_id not in taken:
            found[leave] = BY_NAME[entry.action]
            taken.add(entry.entry_id)
    return found


def _pruned(leaves: Iterable[Leave], prunes: Sequence[Entry], withdrawn: Sequence[int]) -> dict[Leave, str]:
    """Pruned, or unknown where others can have been removed in their place: nobody guesses who."""
    moments = [prune.at_ms for prune in prunes]
    near: dict[Leave, range] = {}
    for leave in leaves:
        first = bisect_left(moments, leave.from_ms - SLACK_MS)
        last = bisect_right(moments, leave.to_ms + SLACK_MS)
        if first < last:
            near[leave] = range(first, last)
    doubtful = _in_doubt(near, [_of_the_recorded(prune, withdrawn) for prune in prunes])
    return {leave: UNKNOWN if leave in doubtful else PRUNED for leave in near}


def _of_the_recorded(prune: Entry, withdrawn: Sequence[int]) -> int:
    """How many it has removed at least of those whose leaves are recorded, if all who withdrew were there."""
    return max(0, (prune.members_removed or 0) - bisect_right(withdrawn, prune.at_ms + SLACK_MS))


def _in_doubt(near: Mapping[Leave, range], removed: Sequence[int]) -> set[Leave]:
    """The leaves that need not be pruned: another one can have been removed in their place.

    Each prune takes as many as it removed, first those that no later one can take. In doubt is who is left
    over, and who left near a prune that finds too few: it has removed others, of whom nothing is known, and
    nobody knows how many. Whoever is in doubt might have been any of those that the same prunes took.
    """
    taken = _shared_out(near, removed)
    doubtful = set(near).difference(*taken) | _near_too_few(near, taken, removed)
    looked_at: set[int] = set()
    ahead = list(doubtful)
    while ahead:
        for place in near[ahead.pop()]:
            if place not in looked_at:
                looked_at.add(place)
                ahead += taken[place]
                doubtful.update(taken[place])
    return doubtful


def _near_too_few(
    near: Mapping[Leave, range], taken: Sequence[Sequence[Leave]], removed: Sequence[int]
) -> set[Leave]:
    """The leaves near a prune that finds fewer than it removed, in one of the ways of sharing them out."""
    around: list[list[Leave]] = [[] for _ in removed]
    for leave, places in near.items():
        for place in places:
            around[place].append(leave)
    taken_by = {leave: place for place, leaves in enumerate(taken) for leave in leaves}
    found: set[Leave] = set()
    ahead = [place for place, leaves in enumerate(taken) if len(leaves) < removed[place]]
    looked_at = set(ahead)
    while ahead:
        leaves = around[ahead.pop()]
        found.update(leaves)
        # it might have taken these, and the lack would be where they were taken
        further = {taken_by[leave] for leave in leaves if leave in taken_by} - looked_at
        looked_at |= further
        ahead += further
    return found


def _shared_out(near: Mapping[Leave, range], removed: Sequence[int]) -> list[list[Leave]]:
    """As many leaves as possible, each taken by a prune that is near it."""
    arriving: dict[int, list[Leave]] = defaultdict(list)
    for leave, places in near.items():
        arriving[places.start].append(leave)
    waiting: list[tuple[int, Leave]] = []
    taken: list[list[Leave]] = []
    for place, number in enumerate(removed):
        for leave in arriving[place]:
            heappush(waiting, (near[leave].stop, leave))
        taken.append([])
        while waiting and len(taken[place]) < number:
            stop, leave = heappop(waiting)
            if stop > place:
                taken[place].append(leave)
    return taken


def _is_recorded(leave: Leave, recorded: Sequence[Span]) -> bool:
    place = bisect_right(recorded, leave.from_ms - SLACK_MS, key=lambda span: span.start_ms) - 1
    return place >= 0 and recorded[place].end_ms >= leave.to_ms + SLACK_MS
