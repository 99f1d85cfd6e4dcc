"""Half-open spans of time: joined, clipped, and how many people are there over time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple


class Span(NamedTuple):
    """[start_ms, end_ms)."""

    start_ms: int
    end_ms: int

    @property
    def length_ms(self) -> int:
        return self.end_ms - self.start_ms

    def overlaps(self, other: Span) -> bool:
        return self.start_ms < other.end_ms and other.start_ms < self.end_ms


class Step(NamedTuple):
    """From this moment on so many people, until the next step."""

    at_ms: int
    people: int


def merged(spans: Iterable[Span], break_ms: int = 0) -> list[Span]:
    """The same time as spans that do not touch; breaks up to `break_ms` belong to it."""
    joined: list[Span] = []
    for span in sorted(spans):
        if span.end_ms <= span.start_ms:
            continue
        if joined and span.start_ms - joined[-1].end_ms <= break_ms:
            joined[-1] = Span(joined[-1].start_ms, max(joined[-1].end_ms, span.end_ms))
        else:
            joined.append(span)
    return joined


def clipped(spans: Iterable[Span], window: Span) -> list[Span]:
    """What of these spans lies within the window."""
    cut = (Span(max(start, window.start_ms), min(end, window.end_ms)) for start, end in spans)
    return [span for span in cut if span.start_ms < span.end_ms]


def outside(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What of these spans is not taken."""
    blocks = merged(taken)
    left: list[Span] = []
    for span in merged(spans):
        free_from_ms = span.start_ms
        for block in clipped(blocks, span):
            left.append(Span(free_from_ms, block.start_ms))
            free_from_ms = block.end_ms
        left.append(Span(free_from_ms, span.end_ms))
    return [span for span in left if span.start_ms < span.end_ms]


def total_ms(spans: Iterable[Span]) -> int:
    """The length of spans that do not overlap."""
    return sum(span.length_ms for span in spans)


def headcount(presences: Iterable[Iterable[Span]]) -> list[Step]:
    """How many people are there over time, of each person's presence. The last step is to nobody."""
    changes: Counter[int] = Counter()
    for presence in presences:
        for span in merged(presence):
            changes[span.start_ms] += 1
            changes[span.end_ms] -= 1
    steps: list[Step] = []
    people = 0
    for at_ms in sorted(changes):
        people += changes[at_ms]
        if changes[at_ms]:
            steps.append(Step(at_ms, people))
    return steps


def times_with(steps: Sequence[Step], people: int) -> list[Span]:
    """When at least so many people were there."""
    return merged(Span(step.at_ms, after.at_ms) for step, after in pairwise(steps) if step.people >= people)
