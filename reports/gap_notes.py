"""Each gap that touches a report's numbers, told once under it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reports import wording
from reports.periods import Period, reaching
from reports.quality import Recording
from reports.report import Kpi
from reports.spans import Span, overlaps

MOST_EARLIER = 3  # told one by one: what reaches back over years would tell of nothing else


def gap_notes(
    recording: Recording,
    sources: Sequence[str],
    periods: Sequence[Period],
    shown: Iterable[Kpi],
    now_ms: int,
) -> tuple[str, ...]:
    """Of the periods, and of the days before that numbers shown reach back to; the newest of those."""
    earlier = _earlier(recording, sources, periods, shown)
    days = [reaching(gap, recording.zone) for gap in earlier[-MOST_EARLIER:]]
    notes = recording.caveats(sources, (*periods, *days), now_ms)
    rest = len(earlier) - len(days)
    if not rest:
        return notes
    gaps = wording.count(rest, "earlier gap", "earlier gaps")
    return (*notes, f"{gaps} can have touched numbers that reach that far back.")


def _earlier(
    recording: Recording, sources: Sequence[str], periods: Sequence[Period], shown: Iterable[Kpi]
) -> list[Span]:
    """The gaps outside the periods that some of the KPIs tell of, oldest first."""
    told = {caveat for kpi in shown for caveat in kpi.caveats}
    end_ms = max(period.end_ms for period in periods)
    since = reaching((recording.since_ms, end_ms), recording.zone)
    gaps = recording.gaps(sources, (since,), end_ms)
    spans = sorted({span for gap in gaps if recording.is_telling(span := (gap.from_ms, gap.to_ms))})
    return [
        span
        for span in spans
        if not any(overlaps(span, (period.start_ms, period.end_ms)) for period in periods)
        and any(f"not recorded {wording.span_text(*span, recording.zone)} (" in text for text in told)
    ]
