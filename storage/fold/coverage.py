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
        for source in fact.sources:
            self._note(source, Interval(fact.from_ms, fact.to_ms, fact.state, fact.cause))

    def _note(self, source: str, new: Interval) -> None:
        if new.from_ms == new.to_ms:
            return
        chain = self._chains.setdefault(source, [])
        if chain and _goes_on(chain[-1], new):
            chain[-1].to_ms = new.to_ms
            self._changes.coverage[source, chain[-1].from_ms] = chain[-1]
            return
        if chain and chain[-1].to_ms < new.from_ms:
            self._paint(source, Interval(chain[-1].to_ms, new.from_ms, "gap", UNACCOUNTED))
        if chain and new.to_ms < chain[0].from_ms:
            self._paint(source, Interval(new.to_ms, chain[0].from_ms, "gap", UNACCOUNTED))
        self._paint(source, new)

    def _paint(self, source: str, new: Interval) -> None:
        chain = self._chains[source]
        first = bisect_left(chain, new.from_ms, key=lambda interval: interval.to_ms)
        last = bisect_right(chain, new.to_ms, key=lambda interval: interval.from_ms)
        touched = chain[first:last]
        pieces = _merged(_painted(touched, new))
        for old in touched:
            self._changes.coverage[source, old.from_ms] = None
        for piece in pieces:
            self._changes.coverage[source, piece.from_ms] = piece
        chain[first:last] = pieces


def _goes_on(last: Interval, new: Interval) -> bool:
    return (last.to_ms, last.state, last.cause) == (new.from_ms, new.state, new.cause)


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
