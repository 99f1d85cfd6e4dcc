"""When people were at an event: the curve of presence, drop-off. Definition: docs/kpis.md, "Drop-off"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyroaring import BitMap

from reports.occurrence_records import Stay
from reports.spans import Span, merged, within

Steps = tuple[tuple[int, int], ...]  # from this moment on so many people; oldest first


@dataclass(frozen=True, slots=True)
class Presence:
    """Everybody's presence: breaks within the window merged, outside of it as it was."""

    window: Span
    spans: Mapping[int, tuple[Span, ...]]  # by member
    unseen: tuple[Span, ...] = ()  # of the window, when nothing was recorded

    @classmethod
    def of(
        cls,
        stays: Iterable[Stay],
        window: Span,
        break_ms: int,
        outside: BitMap,
        unseen: Iterable[Span] = (),
    ) -> Presence:
        by_member: dict[int, list[Span]] = {}
        for stay in stays:
            if stay.member_no not in outside:
                by_member.setdefault(stay.member_no, []).append((stay.start_ms, stay.end_ms))
        spans = {number: _presence(own, window, break_ms) for number, own in by_member.items()}
        return cls(window, spans, tuple(unseen))

    def moment(self, share: float) -> int:
        """The moment at which a share of the window is over."""
        start, end = self.window
        return start + round((end - start) * share)

    def is_known(self, moment_ms: int) -> bool:
        """Whether it was recorded who was there at that moment."""
        return not any(start <= moment_ms < end for start, end in self.unseen)

    @property
    def is_drop_off_known(self) -> bool:
        """Whether a gap leaves out nothing of the first half or of the last quarter."""
        start, end = self.window
        parts = ((start, self.moment(0.5)), (self.moment(0.75), end))
        return not any(within(self.unseen, part) for part in parts)

    @property
    def came(self) -> BitMap:
        """Who was there at any time within the window: not who had gone before it began."""
        return self.there_within(self.window)

    def there_at(self, moment_ms: int) -> BitMap:
        return self.there_within((moment_ms, moment_ms + 1))

    def there_within(self, window: Span) -> BitMap:
        return BitMap([number for number, own in self.spans.items() if within(own, window)])

    def dropped_off(self, people: BitMap) -> tuple[BitMap, BitMap]:
        """Of these people: who was gone before the last quarter, of those there in the first half."""
        start, end = self.window
        first_half = self.there_within((start, self.moment(0.5))) & people
        return first_half - self.there_within((self.moment(0.75), end)), first_half

    def steps(self, axis: Span) -> Steps:
        """How many were there, from each moment at which that changed."""
        changes: Counter[int] = Counter()
        for own in self.spans.values():
            for start, end in within(own, axis):
                changes[start] += 1
                changes[end] -= 1
        steps, people = [(axis[0], 0)], 0
        for at_ms in sorted(changes):
            if not changes[at_ms]:
                continue
            people += changes[at_ms]
            if at_ms == steps[-1][0]:
                steps[-1] = (at_ms, people)
            else:
                steps.append((at_ms, people))
        return tuple(steps)

    def peak(self) -> tuple[int, int]:
        """The first moment within the window at which most people were there, and how many."""
        return max(self.steps(self.window), key=lambda step: (step[1], -step[0]))


def _presence(own: list[Span], window: Span, break_ms: int) -> tuple[Span, ...]:
    start, end = window
    attended = without_breaks(within(own, window), break_ms)
    return tuple(merged((*within(own, (0, start)), *attended, *within(own, (end, 2**62)))))


def without_breaks(spans: Iterable[Span], break_ms: int) -> list[Span]:
    """With the spans that are at most `break_ms` apart made one."""
    result: list[Span] = []
    for start, end in spans:
        if result and start - result[-1][1] <= break_ms:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result
