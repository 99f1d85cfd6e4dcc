"""Whose presence it is where occurrences overlap: theirs which were started, not theirs which were not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from storage.attendance.intervals import Span, clipped, merged, outside
from storage.attendance.window import Stay, possible
from storage.occurrence import Occurrence
from storage.rules import EventRules


class Claim(NamedTuple):
    """Presence in these channels belongs, so long, to an occurrence that was started or declared."""

    span: Span
    channels: frozenset[int]


def claim_of(started: Occurrence, rules: EventRules, now_ms: int) -> Claim:
    return Claim(possible(started, rules, now_ms), frozenset(started.channels))


def unclaimed(stays: Iterable[Stay], claims: Sequence[Claim]) -> list[Stay]:
    """What is left of these stays for an occurrence that nobody started."""
    left: list[Stay] = []
    for stay in stays:
        taken = [claim.span for claim in claims if stay.channel_id in claim.channels]
        left += [_part(stay, span) for span in outside([stay.span], taken)] if taken else [stay]
    return left


def telling(
    gaps: Sequence[Span], window: Span, channels: Iterable[int], claims: Sequence[Claim]
) -> list[Span]:
    """What of these gaps can hide presence that would be left: not where every channel is claimed."""
    free: list[Span] = []
    for channel in channels:
        free += outside([window], [claim.span for claim in claims if channel in claim.channels])
    return [span for part in merged(free) for span in clipped(gaps, part)]


def _part(stay: Stay, span: Span) -> Stay:
    return stay._replace(
        start_ms=span.start_ms,
        end_ms=span.end_ms,
        start_estimated=stay.start_estimated and span.start_ms == stay.start_ms,
        end_estimated=stay.end_estimated and span.end_ms == stay.end_ms,
    )
