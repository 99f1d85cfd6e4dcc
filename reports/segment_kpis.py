"""The segments' sizes, with those of a week before beside them, or of the period before."""

from __future__ import annotations

from reports.lifecycle import DAYS_BETWEEN, Lifecycle
from reports.report import Kpi, Measure
from reports.segments import RECENT_DAYS, SEGMENTS, Segments
from reports.small_groups import WITHHELD, is_small, withheld

FRESH_ONLY = frozenset({"fresh"})


def segment_kpis(lifecycle: Lifecycle, smallest: int, before: Segments | None = None) -> tuple[Kpi, ...]:
    """Of the sizes those smaller than `smallest` are withheld, with what would give them away.

    `before`: what stands beside them, where that is not a week ago.
    """
    now, then = lifecycle.history[-1], before or lifecycle.history[-2]
    had_begun = bool(before.everyone) if before else _had_begun(lifecycle)
    hidden = hidden_segments(now, smallest) | hidden_segments(then, smallest)
    shown = [name for name in SEGMENTS if name != "unclassified" or now.of(name) or then.of(name)]
    kpis = [
        _kpi(
            f"segment_{name}",
            lifecycle,
            _size(now, name),
            _size(then, name) if had_begun else None,
            is_hidden=name in hidden,
        )
        for name in shown
    ]
    left = len(now.departed), len(then.departed) if had_begun else None
    is_hidden = any(is_small(number or 0, smallest) for number in left)
    kpis.append(_kpi("departed_alumni", lifecycle, *left, is_hidden=is_hidden))
    return tuple(kpis)


def _had_begun(lifecycle: Lifecycle) -> bool:
    """Whether anything is known of the week before: before recording nobody is known to have been here."""
    day = lifecycle.as_of_day - DAYS_BETWEEN
    return bool(lifecycle.history[-2].everyone) or lifecycle.coverage.share(day, day) > 0


def hidden_segments(segments: Segments, smallest: int) -> frozenset[str]:
    return withheld({name: len(segments.of(name)) for name in SEGMENTS}, smallest)


def classification_coverage(lifecycle: Lifecycle, smallest: int) -> Kpi:
    name = "classification_coverage"
    if "unclassified" in hidden_segments(lifecycle.segments, smallest):
        return Kpi(name, Measure(None), caveats=(WITHHELD,))
    everyone, unclassified = lifecycle.segments.everyone, lifecycle.segments.of("unclassified")
    known = len(everyone) - len(unclassified)
    return Kpi(name, Measure(known / len(everyone) if everyone else None, known, len(everyone)))


def _size(segments: Segments, name: str) -> int | None:
    """None where nobody could be classified: most sizes would only say so."""
    return len(segments.of(name)) if segments.is_recorded or name in ("fresh", "unclassified") else None


def _kpi(name: str, lifecycle: Lifecycle, now: int | None, then: int | None, *, is_hidden: bool) -> Kpi:
    recorded = lifecycle.coverage.share(lifecycle.as_of_day - RECENT_DAYS + 1, lifecycle.as_of_day)
    if is_hidden:
        return Kpi(name, Measure(None, coverage=recorded), caveats=(WITHHELD,))
    previous = None if then is None or now is None else Measure(then, then)
    return Kpi(name, Measure(now, now, coverage=recorded), previous)
