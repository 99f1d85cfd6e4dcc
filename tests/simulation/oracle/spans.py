"""Sets of time as sorted, disjoint, half-open spans of milliseconds."""

from __future__ import annotations

from collections.abc import Iterable

FOREVER = 1 << 60
Span = tuple[int, int]
Spans = list[Span]


def union(spans: Iterable[Span]) -> Spans:
    merged: Spans = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return merged


def both(one: Spans, other: Spans) -> Spans:
    return union((max(a, c), min(b, d)) for a, b in one for c, d in other)


def without(one: Spans, other: Spans) -> Spans:
    left = one
    for start, end in other:
        left = [
            piece for a, b in left for piece in ((a, min(b, start)), (max(a, end), b)) if piece[0] < piece[1]
        ]
    return union(left)


def length(spans: Spans) -> int:
    return sum(end - start for start, end in spans)
