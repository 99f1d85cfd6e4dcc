"""Each gap that touches a report's numbers, told once under it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reports import wording
from reports.periods import Period, local_day
from reports.quality import LONG_GAP_MS, Recording
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
    days = [_days(gap, recording.zone) for gap in earlier[-MOST_EARLIER:]]
    notes = recording.caveats(sources, (*periods, *days), now_ms)
    rest = len(earlier) - len(days)
    if not rest:
        return notes
    gaps = wording.count(rest, "earlier gap", "earlier gaps")
    return (*notes, f"{gaps} of more than an hour can have touched numbers that reach that far back.")


def _earlier(
    recording: Recording, sources: Sequence[str], periods: Sequence[Period], shown: Iterable[Kpi]
) -> list[Span]:
    """The gaps outside the periods that some of the KPIs tell of, oldest first."""
    told = {caveat for kpi in shown for caveat in kpi.caveats}
    end_ms = max(period.end_ms for period in periods)
    since = _days((recording.since_ms, end_ms), recording.zone)
    gaps = recording.gaps(sources, (since,), end_ms)
    spans = sorted({(gap.from_ms, gap.to_ms) for gap in gaps if gap.to_ms - gap.from_ms > LONG_GAP_MS})
    return [
        span
        for span in spans
        if not any(overlaps(span, (period.start_ms, period.end_ms)) for period in periods)
        and any(f"not recorded {wording.span_text(*span, recording.zone)} (" in text for text in told)
    ]


def _days(span: Span, zone: str) -> Period:
    return Period("", local_day(span[0], zone), local_day(span[1], zone), *span, zone)
