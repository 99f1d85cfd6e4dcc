"""Each gap that touches a report's numbers, told once under it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reports import wording
from reports.catalogue import label_of
from reports.periods import Period, local_day
from reports.quality import LONG_GAP_MS, Recording
from reports.report import Kpi
from reports.spans import Span, overlaps

SUBJECTS = {  # by what the names of KPIs begin with
    "came_in": "growth",
    "dropped_out": "growth",
    "quick_ratio": "growth",
    "soft_": "attrition",
    "hard_": "attrition",
    "segment_": "segments",
    "departed_alumni": "segments",
    "classification_coverage": "segments",
    "retention_": "retention",
    "newcomers_still_here": "retention",
    "funnel_": "first steps",
    "attendee_hours": "hosts in 4 weeks",
    "top_two_hosts_share": "hosts in 4 weeks",
    "effective_hosts": "hosts in 4 weeks",
    "host_hours_of_4_weeks": "hosts in 4 weeks",
    "host_attendance": "hosts in 12 weeks",
    "host_returned": "hosts in 12 weeks",
    "series_best_time": "best times",
    "series_own_time": "best times",
    "series_": "series",
    "type_": "types of events",
}
MOST_NAMES = 6
MOST_EARLIER = 3  # told one by one: what reaches back over years would tell of nothing else


def gap_notes(
    recording: Recording,
    sources: Sequence[str],
    periods: Sequence[Period],
    shown: Iterable[Kpi],
    now_ms: int,
) -> tuple[str, ...]:
    """Of the periods, and of the days before that numbers shown reach back to; the newest of those."""
    zone, shown = recording.zone, list(shown)
    earlier = _earlier(recording, sources, periods, shown)
    newest, older = earlier[-MOST_EARLIER:], earlier[:-MOST_EARLIER]
    days = [_days(gap, zone) for gap in newest]
    notes = [
        _with_touched(note, [gap for gap in newest if _is_told(gap, note, zone)], shown, zone)
        for note in recording.caveats(sources, (*periods, *days), now_ms)
    ]
    if older:
        gaps = wording.count(len(older), "earlier gap", "earlier gaps")
        notes.append(_with_touched(f"{gaps} of more than an hour.", older, shown, zone))
    return tuple(notes)


def _with_touched(note: str, gaps: Sequence[Span], shown: Iterable[Kpi], zone: str) -> str:
    """“… Reaches into: segments, hosts.”: of a gap outside the periods nobody could tell else."""
    touched = [
        kpi.name
        for kpi in shown
        if any(_is_told(gap, caveat, zone) for gap in gaps for caveat in kpi.caveats)
    ]
    names = list(dict.fromkeys(map(_subject, touched)))
    if len(names) > MOST_NAMES:
        names[MOST_NAMES:] = [f"{len(names) - MOST_NAMES} more"]
    return f"{note} Reaches into: {', '.join(names)}." if names else note


def _subject(name: str) -> str:
    """What many numbers are together, as people call it; of another number its label."""
    together = next((subject for of, subject in SUBJECTS.items() if name.startswith(of)), None)
    label = label_of(name)
    return together or f"{label[:1].lower()}{label[1:]}"


def _is_told(gap: Span, caveat: str, zone: str) -> bool:
    return f"not recorded {wording.span_text(*gap, zone)} (" in caveat


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
        and any(_is_told(span, text, recording.zone) for text in told)
    ]


def _days(span: Span, zone: str) -> Period:
    return Period("", local_day(span[0], zone), local_day(span[1], zone), *span, zone)
