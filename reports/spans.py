"""Arithmetic of half-open spans of time. Lists of spans are sorted; their spans neither overlap nor touch."""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int]  # from, to (exclusive), milliseconds


def merged(spans: Iterable[Span]) -> list[Span]:
    """The union, as a list of spans."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return result


def within(spans: Iterable[Span], window: Span) -> list[Span]:
    return merged((max(start, window[0]), min(end, window[1])) for start, end in spans)


def holes(spans: Iterable[Span], window: Span) -> list[Span]:
    """What of the window the spans leave uncovered."""
    edges = [window[0], *(edge for span in within(spans, window) for edge in span), window[1]]
    return merged(zip(edges[::2], edges[1::2], strict=True))


def length(spans: Iterable[Span]) -> int:
    return sum(end - start for start, end in spans)


def overlaps(span: Span, window: Span) -> bool:
    return span[0] < window[1] and window[0] < span[1]
