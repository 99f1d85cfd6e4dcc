"""Time between two notes of the bot's own coverage, of which nobody told what became of it.

A record that was put back to an earlier moment has such a hole where nobody noted the gap: what was open
before it would go on through it. What files tell of is no note: they watched nobody.
"""

from __future__ import annotations

from collections.abc import Iterator

from storage.attendance.intervals import Span
from storage.facts import CoverageNoted

GOES_ON = ("voice", "members", "events")  # whatever is open in these stays open until something is seen


class Holes:
    def __init__(self, noted_to_ms: dict[str, int]) -> None:
        self._noted_to_ms = noted_to_ms  # source → the latest moment that a note spoke of

    def saved(self) -> dict[str, int]:
        return {source: self._noted_to_ms[source] for source in sorted(self._noted_to_ms)}

    def before(self, fact: CoverageNoted) -> Iterator[tuple[str, Span]]:
        """Each source of which nobody spoke until this note begins, and since when."""
        for source in GOES_ON:
            if source not in fact.sources:
                continue
            noted_to_ms = self._noted_to_ms.get(source)
            if noted_to_ms is not None and noted_to_ms < fact.from_ms:
                yield source, Span(noted_to_ms, fact.from_ms)
            self._noted_to_ms[source] = max(noted_to_ms or 0, fact.to_ms)
