"""Of how many events everything is known that should be. Definition: docs/kpis.md, `event_completeness`."""

from __future__ import annotations

from collections.abc import Callable

from reports.event_history import EventHistory
from reports.occurrence_records import Occurrence
from reports.pair import Pair
from reports.periods import Period
from reports.report import Kpi, Measure

NOT_DUE = ("coming", "running", "cancelled")


def event_completeness(pair: Pair, history: EventHistory) -> tuple[Kpi, ...]:
    """With a proper start and end and with attendance. Empty where no event was to be held."""
    return _share(
        "event_completeness",
        pair,
        history,
        lambda one: has_proper_times(one) and has_attendance(history, one),
    )


def proper_times(pair: Pair, history: EventHistory) -> tuple[Kpi, ...]:
    return _share("events_with_times", pair, history, has_proper_times)


def attendance_recorded(pair: Pair, history: EventHistory) -> tuple[Kpi, ...]:
    return _share("events_with_attendance", pair, history, lambda one: has_attendance(history, one))


def has_proper_times(one: Occurrence) -> bool:
    """Its start and its end were seen, and when."""
    return one.is_seen_whole and not one.is_estimated


def has_attendance(history: EventHistory, one: Occurrence) -> bool:
    return any(row.status == "attended" for row in history.attendance.get(one.key, ()))


def _share(
    name: str, pair: Pair, history: EventHistory, is_complete: Callable[[Occurrence], bool]
) -> tuple[Kpi, ...]:
    def share(period: Period) -> Measure:
        due = [one for one in history.during(period) if one.outcome not in NOT_DUE]
        return pair.basis.rate(name, sum(map(is_complete, due)), len(due), period)

    kpi = pair.beside(name, share)
    return (kpi,) if kpi.current.denominator else ()
