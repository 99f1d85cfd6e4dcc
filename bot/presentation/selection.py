"""Which numbers a message says at once, and which belong on one line: it is read on a phone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.presentation.kpi_line import kpi_line, pair_line
from reports.report import Kpi, Measure, Report, Section, Verdict

DIGESTS = ("weekly", "monthly")

# Left to the buttons under a digest: Retention, Segments, Events.
BEHIND_BUTTONS = frozenset(
    {
        "retention_week_4",
        "retention_week_12",
        "newcomers_still_here",
        "departed_alumni",
        "attendee_hours",
        "effective_hosts",
    }
)
NOTHING_AMISS = {"estimated_sessions": 0.0, "classification_coverage": 1.0, "event_completeness": 1.0}

# Two numbers that are read together, and what the second one is called beside the first.
TOGETHER = {
    ("segment_core", "segment_regular"): "regular",
    ("segment_new", "segment_fresh"): "fresh",
    ("segment_dormant", "segment_alumni"): "silent alumni",
    ("voice_session_mean", "voice_session_median"): "median",
    ("voice_sessions_per_active_member", "voice_hours_per_active_member"): "time",
    ("events_held", "event_people"): "people",
    ("attendee_minutes_median", "attendee_minutes_mean"): "mean",
    ("partial_shows", "walk_ins"): "walk-ins",
}


def said_at_once(report: Report) -> tuple[Section, ...]:
    """A report's sections as its own message shows them. What stands out is never left out."""
    if report.name not in (*DIGESTS, "health"):
        return report.sections
    crossed = {alert.kpi for alert in report.alerts}
    return tuple(
        replace(
            section,
            kpis=tuple(kpi for kpi in section.kpis if kpi.name in crossed or not _can_wait(kpi, report.name)),
        )
        for section in report.sections
    )


def _can_wait(kpi: Kpi, report_name: str) -> bool:
    if kpi.limit or (kpi.change and kpi.change.verdict is Verdict.CLEAR):
        return False
    if not kpi.cut and kpi.name in NOTHING_AMISS:
        return _share(kpi.current) == NOTHING_AMISS[kpi.name]
    return report_name in DIGESTS and kpi.name in BEHIND_BUTTONS


def _share(measure: Measure) -> float | None:
    """Of a few things too, of which only the two counts are shown."""
    if measure.value is None and measure.numerator is not None and measure.denominator:
        return measure.numerator / measure.denominator
    return measure.value


def number_lines(kpis: Sequence[Kpi], said_above: Verdict | None) -> Iterator[str]:
    """A line a number, or for two that are read together."""
    place = 0
    while place < len(kpis):
        first, *rest = kpis[place : place + 2]
        called = TOGETHER.get((first.name, rest[0].name)) if rest else None
        if called and _are_plain(first, rest[0], said_above):
            yield pair_line(first, rest[0], called)
            place += 2
        else:
            yield kpi_line(first, said_above)
            place += 1


def _are_plain(first: Kpi, second: Kpi, said_above: Verdict | None) -> bool:
    """Nothing is to be said of one of them alone."""
    verdicts = {kpi.change.verdict for kpi in (first, second) if kpi.change}
    marked = any(kpi.cut or kpi.limit for kpi in (first, second))
    return not marked and verdicts <= {said_above} and (first.previous is None) == (second.previous is None)
