"""Whether an occurrence was held, and from when to when (docs/kpis.md, "Occurrence window")."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from storage.attendance.intervals import Span, Step, clipped, headcount, merged, times_with, total_ms
from storage.occurrence import Occurrence, Status
from storage.rules import EventRules

MINUTE_MS = 60_000
NEVER_MS = 2**62
COMPANY = 2  # humans


class Outcome(StrEnum):
    COMING = "coming"
    RUNNING = "running"
    HELD = "held"
    HELD_UNSTARTED = "held_unstarted"
    NOT_HELD = "not_held"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"  # a gap could decide it


TOOK_PLACE = frozenset({Outcome.RUNNING, Outcome.HELD, Outcome.HELD_UNSTARTED})


class Clock(NamedTuple):
    """How far the tables reach."""

    now_ms: int
    sure_ms: int  # voice is known until here: an open session has lasted so long


class Stay(NamedTuple):
    """Somebody's stay in one channel. One that is open ends at the sure moment."""

    member_no: int
    start_ms: int
    end_ms: int
    start_estimated: bool = False
    end_estimated: bool = False
    channel_id: int | None = None

    @property
    def span(self) -> Span:
        return Span(self.start_ms, self.end_ms)

    def lasts_within(self, window: Span) -> bool:
        """Whether any time of it lies in the window."""
        return max(self.start_ms, window.start_ms) < min(self.end_ms, window.end_ms)


class Judgement(NamedTuple):
    outcome: Outcome
    window: Span | None = None  # T0 and T1; None: nobody's attendance is asked for


def usual_ms(occurrence: Occurrence, rules: EventRules) -> int:
    kind = rules.type_named(occurrence.event_type)
    return (rules.usual_minutes if kind is None else kind.usual_minutes) * MINUTE_MS


def planned(occurrence: Occurrence, rules: EventRules) -> Span:
    """From its scheduled start on, as long as planned or usual."""
    return _planned_from(occurrence.scheduled_start_ms, occurrence, rules)


def possible(occurrence: Occurrence, rules: EventRules, now_ms: int) -> Span:
    """T0 and T1, or what they would have been, before anybody is looked for."""
    start_ms = occurrence.actual_start_ms
    if start_ms is None:
        return planned(occurrence, rules)
    if occurrence.actual_end_ms is not None:
        return Span(start_ms, max(start_ms, occurrence.actual_end_ms))
    if occurrence.status is Status.ACTIVE:
        return Span(start_ms, max(start_ms, now_ms))
    return _planned_from(start_ms, occurrence, rules)


def settled_from_ms(occurrence: Occurrence, rules: EventRules) -> int:
    """The moment from which on nothing new in voice changes what is concluded of it."""
    if occurrence.status is Status.ACTIVE:
        return NEVER_MS
    if occurrence.told_held is not None:
        return possible(occurrence, rules, 0).end_ms if occurrence.told_held else 0
    if _is_called_off(occurrence):
        return 0
    return possible(occurrence, rules, 0).end_ms


def needs_voice(occurrence: Occurrence, rules: EventRules, now_ms: int) -> bool:
    """Whether something can be concluded already. Else `judged` needs no stays and no gaps."""
    if occurrence.told_held is not None:
        return occurrence.told_held
    if occurrence.is_started:
        return True
    return not _is_called_off(occurrence) and now_ms >= planned(occurrence, rules).end_ms


def judged(
    occurrence: Occurrence, stays: Iterable[Stay], gaps: Sequence[Span], now_ms: int, rules: EventRules
) -> Judgement:
    """`stays` in the occurrence's channels, `gaps` in the record of voice."""
    if occurrence.told_held is False:
        return Judgement(Outcome.NOT_HELD)
    if not needs_voice(occurrence, rules, now_ms):
        return Judgement(_before(occurrence))
    window = possible(occurrence, rules, now_ms)
    if occurrence.status is Status.ACTIVE:
        return Judgement(Outcome.RUNNING, window)
    if occurrence.is_declared:
        return Judgement(Outcome.HELD, window)
    judgement = _judged_by_presence(occurrence, window, stays, gaps, rules)
    if occurrence.told_held and judgement.outcome not in TOOK_PLACE:
        return Judgement(Outcome.HELD if occurrence.is_started else Outcome.HELD_UNSTARTED, window)
    return judgement


def _judged_by_presence(
    occurrence: Occurrence, window: Span, stays: Iterable[Stay], gaps: Sequence[Span], rules: EventRules
) -> Judgement:
    if not occurrence.channels:
        return Judgement(Outcome.HELD, window) if occurrence.is_started else Judgement(Outcome.UNKNOWN)
    steps = headcount(clipped(spans, window) for spans in spans_by_person(stays).values())
    missed = merged(clipped(gaps, window))
    if occurrence.is_started:
        return _judged_started(window, steps, missed, rules)
    return _judged_unstarted(window, steps, missed, rules)


def _judged_started(
    window: Span, steps: Sequence[Step], missed: Sequence[Span], rules: EventRules
) -> Judgement:
    if not times_with(steps, COMPANY):
        return Judgement(Outcome.UNKNOWN, window) if missed else Judgement(Outcome.NOT_HELD)
    return Judgement(Outcome.HELD, _trimmed(window, steps, missed, rules))


def _judged_unstarted(
    window: Span, steps: Sequence[Step], missed: Sequence[Span], rules: EventRules
) -> Judgement:
    enough = times_with(steps, rules.held_people)
    if 2 * total_ms(enough) >= window.length_ms:
        return Judgement(Outcome.HELD_UNSTARTED, _trimmed(window, steps, missed, rules))
    if 2 * total_ms(merged([*enough, *missed])) >= window.length_ms:
        return Judgement(Outcome.UNKNOWN, window)
    return Judgement(Outcome.NOT_HELD)


def _trimmed(window: Span, steps: Sequence[Step], missed: Sequence[Span], rules: EventRules) -> Span:
    """To the last moment with two humans. Those who were there when a gap began may have stayed."""
    end_ms = times_with(steps, COMPANY)[-1].end_ms
    for gap in missed:
        if gap.start_ms - rules.break_minutes * MINUTE_MS <= end_ms < gap.end_ms:
            end_ms = gap.end_ms
    return Span(window.start_ms, end_ms)


def _planned_from(start_ms: int, occurrence: Occurrence, rules: EventRules) -> Span:
    end_ms = occurrence.scheduled_end_ms
    if end_ms is None or end_ms <= start_ms:
        end_ms = start_ms + usual_ms(occurrence, rules)
    return Span(start_ms, end_ms)


def _is_called_off(occurrence: Occurrence) -> bool:
    """Cancelled before it could have begun."""
    cancelled_ms = occurrence.cancelled_ms
    if occurrence.is_started or cancelled_ms is None:
        return False
    return cancelled_ms < occurrence.scheduled_start_ms or not occurrence.channels


def spans_by_person(stays: Iterable[Stay]) -> dict[int, list[Span]]:
    spans: dict[int, list[Span]] = {}
    for stay in stays:
        spans.setdefault(stay.member_no, []).append(stay.span)
    return spans


def _before(occurrence: Occurrence) -> Outcome:
    if occurrence.status is Status.CANCELLED:
        return Outcome.CANCELLED
    return Outcome.UNKNOWN if occurrence.status is Status.VANISHED else Outcome.COMING
