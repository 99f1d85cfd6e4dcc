"""What was recorded, per source: one unbroken chain of intervals from the first one on.

What lies between two notes and in neither is a gap too, so that every second is accounted for. Where notes
overlap, the later note knows better.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from storage.facts import CoverageNoted
from storage.fold.changes import Changes, Interval

UNACCOUNTED = "not recorded"


class Coverage:
    def __init__(self, changes: Changes, chains: dict[str, list[Interval]]) -> None:
        self._changes = changes
        self._chains = chains

    def noted(self, fact: CoverageNoted) -> None:
        if fact.from_ms == fact.to_ms:
            return
        for source in fact.sources:
            chain = self._chains.setdefault(source, [])
            if not (chain and self._goes_on(source, chain[-1], fact)):
                self._note(source, Interval(fact.from_ms, fact.to_ms, fact.state, fact.cause))

    def _painted(touched: list[Interval], new: Interval) -> list[Interval]:
    before = [
        Interval(old.from_ms, min(old.to_ms, new.from_ms), old.state, old.cause)
        for old in touched
        if old.from_ms < new.from_ms
    ]
    after = [
        Interval(max(old.from_ms, new.to_ms), old.to_ms, old.state, old.cause)
        for old in touched
        if old.to_ms > new.to_ms
    ]
    return [*before, new, *after]


def _merged(pieces: list[Interval]) -> list[Interval]:
    merged = pieces[:1]
    for piece in pieces[1:]:
        last = merged[-1]
        if (last.state, last.cause) == (piece.state, piece.cause):
            merged[-1] = Interval(last.from_ms, piece.to_ms, last.state, last.cause)
        else:
            merged.append(piece)
    return merged
