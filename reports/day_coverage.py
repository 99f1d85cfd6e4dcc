"""The recorded share of any run of local days, from one look at the coverage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from reports.periods import day_start_ms
from reports.quality import Recording
from reports.records import DAY_MS
from reports.spans import holes, merged


@dataclass(frozen=True, slots=True)
class DayCoverage:
    first_day: int
    lengths_ms: Sequence[int]  # of the days before each day, added up
    missed_ms: Sequence[int]

    @classmethod
    def of(cls, recording: Recording, sources: Iterable[str], days: range) -> DayCoverage:
        """Of days that are over: what the tables do not reach counts as missed."""
        borders = [day_start_ms(day, recording.zone) for day in range(days.start, days.stop + 1)]
        window = (borders[0], borders[-1])
        missed = merged(hole for source in sources for hole in holes(recording.seen(source), window))
        by_day, place = [0] * len(days), 0
        for start, end in missed:
            while place < len(days) and borders[place + 1] <= start:
                place += 1
            at = place
            while at < len(days) and borders[at] < end:
                by_day[at] += min(end, borders[at + 1]) - max(start, borders[at])
                at += 1
        lengths = [end - start for start, end in pairwise(borders)]
        return cls(days.start, _sums(lengths), _sums(by_day))

    def share(self, first_day: int, last_day: int) -> float:
        """0 to 1, of both days and those between. A day that the tables do not reach was not recorded."""
        known = range(self.first_day, self.first_day + len(self.lengths_ms) - 1)
        start, end = max(first_day, known.start), min(last_day + 1, known.stop)
        if start >= end:
            return 0.0
        unknown = last_day + 1 - first_day - (end - start)
        length = self.lengths_ms[end - known.start] - self.lengths_ms[start - known.start]
        missed = self.missed_ms[end - known.start] - self.missed_ms[start - known.start]
        return (length - missed) / (length + unknown * DAY_MS)


def _sums(numbers: Iterable[int]) -> list[int]:
    return list(accumulate(numbers, initial=0))
