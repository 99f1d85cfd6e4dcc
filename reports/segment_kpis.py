"""The segments' sizes, with those at the end of the period before beside them."""

from __future__ import annotations

from reports.catalogue import QUALIFYING, resolve
from reports.lifecycle import Lifecycle
from reports.periods import day_start_ms, span
from reports.report import Kpi, Measure
from reports.segments import RECENT_DAYS, SEGMENTS, Segments
from reports.small_groups import WITHHELD, is_small, withheld

FRESH_ONLY = frozenset({"fresh"})


def segment_kpis(lifecycle: Lifecycle, smallest: int, then: Segments) -> tuple[Kpi, ...]:
    """Of the sizes those smaller than `smallest` are withheld, with what would give them away.

    `then`: what stands beside them.
    """
    now, had_begun = lifecycle.segments, _had_begun(lifecycle, then)
    has_begun = lifecycle.recording.since_ms < day_start_ms(lifecycle.as_of_day + 1, lifecycle.settings.zone)
    hidden = hidden_segments(now, smallest) | hidden_segments(then, smallest)
    recorded = _recorded(lifecycle, now), _recorded(lifecycle, then)
    shown = [name for name in SEGMENTS if name != "unclassified" or now.of(name) or then.of(name)]
    kpis = [
        _kpi(
            f"segment_{name}",
            (_size(now, name) if has_begun else None, _size(then, name) if had_begun else None),
            recorded,
            is_hidden=name in hidden,
        )
        for name in shown
    ]
    left = (
        len(now.departed) if has_begun else None,
        len(then.departed) if had_begun else None,
    )
    is_hidden = any(is_small(number or 0, smallest) for number in left)
    kpis.append(_kpi("departed_alumni", left, recorded, is_hidden=is_hidden))
    return tuple(kpis)


def _had_begun(lifecycle: Lifecycle, then: Segments) -> bool:
    """Whether anything is known of that day: before recording nobody is known to have been here."""
    return bool(then.everyone) or lifecycle.coverage.share(then.as_of_day, then.as_of_day) > 0


def hidden_segments(segments: Segments, smallest: int) -> frozenset[str]:
    return withheld({name: len(segments.of(name)) for name in SEGMENTS}, smallest)


def classification_coverage(lifecycle: Lifecycle, smallest: int, then: Segments) -> Kpi:
    """`then`: what stands beside it, as beside the segments' sizes."""
    name, now = "classification_coverage", lifecycle.segments
    recorded = _recorded(lifecycle, now)
    if "unclassified" in hidden_segments(now, smallest):
        return Kpi(name, Measure(None, coverage=recorded), caveats=(WITHHELD,))
    is_told = _had_begun(lifecycle, then) and "unclassified" not in hidden_segments(then, smallest)
    previous = _classified(then, _recorded(lifecycle, then)) if is_told else None
    return Kpi(name, _classified(now, recorded), previous, caveats=_caveats(lifecycle))


def _classified(segments: Segments, recorded: float) -> Measure:
    whole = len(segments.everyone)
    known = whole - len(segments.of("unclassified"))
    return Measure(known / whole if whole and recorded else None, known, whole, None, recorded)


def _recorded(lifecycle: Lifecycle, of: Segments) -> float:
    """The share of the 28 days that most of these segments are decided by."""
    return lifecycle.coverage.share(of.as_of_day - RECENT_DAYS + 1, of.as_of_day)


def _caveats(lifecycle: Lifecycle) -> tuple[str, ...]:
    first_day, zone = lifecycle.as_of_day - RECENT_DAYS + 1, lifecycle.settings.zone
    days = span("segments", first_day, lifecycle.as_of_day, zone)
    sources = resolve((QUALIFYING, "members"), lifecycle.settings.qualifying)
    return lifecycle.recording.caveats(sources, (days,), days.end_ms)


def _size(segments: Segments, name: str) -> int | None:
    """None where nobody could be classified: most sizes would only say so."""
    return len(segments.of(name)) if name in segments.told else None


def _kpi(
    name: str, sizes: tuple[int | None, int | None], recorded: tuple[float, float], *, is_hidden: bool
) -> Kpi:
    """`sizes` and `recorded`: now, and then."""
    (now, then), (recorded_now, recorded_then) = sizes, recorded
    if is_hidden:
        return Kpi(name, Measure(None, coverage=recorded_now), caveats=(WITHHELD,))
    if not recorded_now:
        return Kpi(name, Measure(None, coverage=0.0))
    previous = None if then is None or now is None else Measure(then, then, coverage=recorded_then)
    return Kpi(name, Measure(now, now, coverage=recorded_now), previous)
