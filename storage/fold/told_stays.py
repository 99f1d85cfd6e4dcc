"""What told stays in voice add to the recorded ones, and how much of it qualifies.

A told stay fills only time in which the same person was not recorded anywhere, and time is never told twice:
of two stays that overlap, the later one goes on where the earlier one ends. Who was recorded keeps those
company of whom a file tells; what counts of a recorded stay is what was seen then, and stays so.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from storage.attendance.intervals import Span, clipped, headcount, outside, times_with, total_ms
from storage.fold.calendar import Calendar
from storage.fold.changes import ToldStay
from storage.rules import Rules

COMPANY = 2
SAME_MS = 60_000  # what is left beside a recorded stay is, if shorter, the difference of two clocks


class Recorded(NamedTuple):
    """A recorded stay; one that is open has no end yet."""

    member_no: int
    channel_id: int
    span: Span


class Piece(NamedTuple):
    """A told stay, as far as it counts as one."""

    told: ToldStay
    span: Span


class Counted(NamedTuple):
    piece: Piece
    qualifying_ms: int
    alone_ms: int
    by_day: Mapping[int, int]


def pieces(told: Iterable[ToldStay], recorded: Iterable[Recorded]) -> list[Piece]:
    """What of these stays is new: all that overlap one of them must be among them."""
    by_person: dict[int, list[ToldStay]] = defaultdict(list)
    for stay in told:
        by_person[stay.member_no].append(stay)
    taken: dict[int, list[Recorded]] = defaultdict(list)
    for one in recorded:
        taken[one.member_no].append(one)
    return [
        piece for member_no, theirs in by_person.items() for piece in _of_person(theirs, taken[member_no])
    ]


def _of_person(told: Iterable[ToldStay], recorded: Sequence[Recorded]) -> list[Piece]:
    found = []
    told_to_ms = 0
    rows = {(one.span.start_ms, one.channel_id) for one in recorded}
    for stay in sorted(told):
        whole = Span(max(stay.start_ms, told_to_ms), stay.end_ms)
        told_to_ms = max(told_to_ms, stay.end_ms)
        for span in outside([whole], [one.span for one in recorded]):
            is_rest = span != whole and span.length_ms < SAME_MS
            if not is_rest and (span.start_ms, stay.channel_id) not in rows:
                found.append(Piece(stay, span))
    return found


class Company:
    """When two people at least were in a channel."""

    def __init__(self, there: Iterable[Piece], recorded: Iterable[Recorded]) -> None:
        by_channel: dict[int, dict[int, list[Span]]] = defaultdict(lambda: defaultdict(list))
        for piece in there:
            by_channel[piece.told.channel_id][piece.told.member_no].append(piece.span)
        for one in recorded:
            by_channel[one.channel_id][one.member_no].append(one.span)
        self._times = {
            channel: times_with(headcount(presences.values()), COMPANY)
            for channel, presences in by_channel.items()
        }

    def during(self, piece: Piece) -> list[Span]:
        """When somebody else was there as well."""
        times = self._times.get(piece.told.channel_id, [])
        first = bisect_right(times, piece.span.start_ms, key=lambda span: span.end_ms)
        beyond = bisect_right(times, piece.span.end_ms, key=lambda span: span.start_ms)
        return clipped(times[first:beyond], piece.span)


def counted(piece: Piece, company: Company, calendar: Calendar, rules: Rules) -> Counted:
    """How much of it qualifies (docs/kpis.md, "Qualifying voice"): of what nothing is told, nothing is held
    against it."""
    told = piece.told
    spans: list[Span] = []
    accompanied = company.during(piece)
    if told.channel_id not in rules.ignored_channels and (
        (rules.voice_counts_afk or not told.is_afk) and (rules.voice_counts_deafened or not told.is_deafened)
    ):
        spans = accompanied if rules.voice_needs_company else [piece.span]
    by_day: Counter[int] = Counter()
    for span in spans:
        for day, ms in calendar.shared_out(*span):
            by_day[day] += ms
    alone_ms = piece.span.length_ms - total_ms(accompanied)
    return Counted(piece, by_day.total(), alone_ms, by_day)
