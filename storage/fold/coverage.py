"""What was recorded, per source: one unbroken chain of intervals from the first one on.

What lies between two notes and in neither is a gap too, so that every second is accounted for. Where notes
overlap, the later note knows better, but for gaps of another recorder: the bot heard nothing of what was
missed there, so its own notes never paint them over, come they before or after. What files know completely
fills gaps, and nothing else, whichever of the two is told first.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from storage.attendance.intervals import Span, clipped, merged, outside
from storage.attendance.window import NEVER_MS
from storage.facts import CoverageImported, CoverageNoted
from storage.fold.changes import Changes, Interval

UNACCOUNTED = "not recorded"
IMPORTED = "imported"
REMOVALS = "removals"  # each leave needs its record, so that any of it counts, and not only gaps


class Coverage:
    def __init__(
        self,
        changes: Changes,
        chains: dict[str, list[Interval]],
        told: dict[str, list[Span]],
        missed: dict[str, list[Span]],
    ) -> None:
        self._changes = changes
        self._chains = chains
        self._told = told  # source → what files know completely
        self._missed = missed  # source → gaps of another recorder, all within its chain

    def told_spans(self) -> dict[str, list[Span]]:
        return _ordered(self._told)

    def missed_spans(self) -> dict[str, list[Span]]:
        return _ordered(self._missed)

    def noted(self, fact: CoverageNoted) -> None:
        if fact.from_ms == fact.to_ms:
            return
        span = Span(fact.from_ms, fact.to_ms)
        for source in fact.sources:
            if fact.is_another_recorders:
                self._missed[source] = merged([*self._missed.get(source, ()), span])
                self._noted(source, span, fact)
                continue
            for part in outside([span], self._missed.get(source, ())):
                self._noted(source, part, fact)

    def _noted(self, source: str, span: Span, fact: CoverageNoted) -> None:
        chain = self._chains.setdefault(source, [])
        new = Interval(*span, fact.state, fact.cause)
        filled = clipped(self._told.get(source, ()), span) if fact.state == "gap" else []
        if filled:
            for part in outside([span], filled):
                self._note(source, Interval(*part, fact.state, fact.cause))
            self._fill(source, filled)
        elif not (chain and self._goes_on(source, chain[-1], new)):
            self._note(source, new)

    def told(self, fact: CoverageImported) -> None:
        """A file knows these sources completely: as late as that is, what was not recorded is no gap."""
        span = Span(fact.from_ms, fact.to_ms)
        for source in fact.sources:
            self._told[source] = merged([*self._told.get(source, ()), span])
            chain = self._chains.setdefault(source, [])
            known = [Span(each.from_ms, each.to_ms) for each in chain if each.state != "gap"]
            self._fill(source, outside([span], known))

    def _fill(self, source: str, spans: list[Span]) -> None:
        for span in spans:
            self._note(source, Interval(*span, "late", IMPORTED))

    def _goes_on(self, source: str, last: Interval, new: Interval) -> bool:
        """Lengthens the newest interval where nothing has changed: what happens every few minutes."""
        if last.to_ms != new.from_ms or last.state != new.state or last.cause != new.cause:
            return False
        if last.state == "gap" or source == REMOVALS:
            self._repaint(source, last.to_ms, new.to_ms)
        self._changes.painted_ms.append(last.to_ms)
        last.to_ms = new.to_ms
        self._changes.coverage[source, last.from_ms] = last
        return True

    def _note(self, source: str, new: Interval) -> None:
        chain = self._chains[source]
        if chain and chain[-1].to_ms < new.from_ms:
            self._paint(source, Interval(chain[-1].to_ms, new.from_ms, "gap", UNACCOUNTED))
        if chain and new.to_ms < chain[0].from_ms:
            self._paint(source, Interval(new.to_ms, chain[0].from_ms, "gap", UNACCOUNTED))
        self._paint(source, new)

    def _paint(self, source: str, new: Interval) -> None:
        chain = self._chains[source]
        self._changes.painted_ms.append(new.from_ms)
        if source == REMOVALS:
            self._repaint(source, new.from_ms, new.to_ms)
        elif not chain:
            self._repaint(source, new.from_ms, NEVER_MS)  # before the first note nothing was recorded
        elif new.state == "gap" or new.from_ms < chain[-1].to_ms:
            self._repaint(source, new.from_ms, new.to_ms)
        first = bisect_left(chain, new.from_ms, key=lambda interval: interval.to_ms)
        last = bisect_right(chain, new.to_ms, key=lambda interval: interval.from_ms)
        touched = chain[first:last]
        pieces = _merged(_painted(touched, new))
        for old in touched:
            self._changes.coverage[source, old.from_ms] = None
        for piece in pieces:
            self._changes.coverage[source, piece.from_ms] = piece
        chain[first:last] = pieces

    def _repaint(self, source: str, from_ms: int, to_ms: int) -> None:
        """Notes where gaps may have come or gone: what was concluded there is concluded anew."""
        if source == "voice":
            self._changes.voice_repainted.append(Span(from_ms, to_ms))
        elif source == REMOVALS:
            self._changes.removals_repainted.append(Span(from_ms, to_ms))


def _ordered(spans: dict[str, list[Span]]) -> dict[str, list[Span]]:
    return {source: spans[source] for source in sorted(spans)}


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
