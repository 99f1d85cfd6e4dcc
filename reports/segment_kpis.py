"""The segments' sizes, with those of a week before beside them, or of the period before."""

from __future__ import annotations

from reports.catalogue import active_sources
from reports.lifecycle import DAYS_BETWEEN, Lifecycle
from reports.periods import day_start_ms, span
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
    has_begun = lifecycle.recording.since_ms < day_start_ms(lifecycle.as_of_day + 1, lifecycle.settings.zone)
    hidden = hidden_segments(now, smallest) | hidden_segments(then, smallest)
    shown = [name for name in SEGMENTS if name != "unclassified" or now.of(name) or then.of(name)]
    kpis = [
        _kpi(
            f"segment_{name}",
            lifecycle,
            _size(now, name) if has_begun else None,
            _size(then, name) if had_begun else None,
            is_hidden=name in hidden,
        )
        for name in shown
    ]
    left = (
        len(now.departed) if has_begun else None,
        len(then.departed) if had_begun else None,
    )
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
    """Beside it that of a week before, as beside the segments' sizes."""
    name, recorded = "classification_coverage", _recorded(lifecycle)
    now, then = lifecycle.history[-1], lifecycle.history[-2]
    if "unclassified" in hidden_segments(now, smallest):
        return Kpi(name, Measure(None, coverage=recorded), caveats=(WITHHELD,))
    is_told = _had_begun(lifecycle) and "unclassified" not in hidden_segments(then, smallest)
    previous = _classified(then, _recorded(lifecycle, DAYS_BETWEEN)) if is_told else None
    return Kpi(name, _classified(now, recorded), previous, caveats=_caveats(lifecycle))


def _classified(segments: Segments, recorded: float) -> Measure:
    whole = len(segments.everyone)
    known = whole - len(segments.of("unclassified"))
    return Measure(known / whole if whole else None, known, whole, None, recorded)


def _recorded(lifecycle: Lifecycle, days_ago: int = 0) -> float:
    """The share of the 28 days to then that most segments are decided by."""
    last_day = lifecycle.as_of_day - days_ago
    return lifecycle.coverage.share(last_day - RECENT_DAYS + 1, last_day)


def _caveats(lifecycle: Lifecycle) -> tuple[str, ...]:
    first_day, zone = lifecycle.as_of_day - RECENT_DAYS + 1, lifecycle.settings.zone
    days = span("segments", first_day, lifecycle.as_of_day, zone)
    sources = active_sources(lifecycle.settings.qualifying)
    return lifecycle.recording.caveats(sources, (days,), days.end_ms)


def _size(segments: Segments, name: str) -> int | None:
    """None where nobody could be classified: most sizes would only say so."""
    return len(segments.of(name)) if name in segments.told else None


def _kpi(name: str, lifecycle: Lifecycle, now: int | None, then: int | None, *, is_hidden: bool) -> Kpi:
    recorded = _recorded(lifecycle)
    if is_hidden:
        return Kpi(name, Measure(None, coverage=recorded), caveats=(WITHHELD,))
    previous = None if then is None or now is None else Measure(then, then)
    return Kpi(name, Measure(now, now, coverage=recorded), previous)
