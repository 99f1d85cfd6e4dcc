"""Over which days a KPI's value reaches, where these are not the days of its period, and the gaps in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from statistics import fmean

from reports.funnel import closed_window
from reports.loyalty import LAST_HELD
from reports.material import Material
from reports.occurrence_records import Occurrence
from reports.periods import Period, local_day, span
from reports.report import Kpi, Measure, Section
from reports.retention import POOLED_DAYS
from reports.segments import RECENT_DAYS
from reports.series import Series
from reports.spans import Span

Windows = tuple[Period, ...]
SERIES = (
    "series_mean",
    "series_median",
    "series_peak",
    "series_returned_next",
    "series_returned_next_two",
)
SERIES_HELD = LAST_HELD + 2  # that a series' KPIs are made of: the last 8 and the two that followed


def with_gaps(material: Material, sections: Iterable[Section]) -> tuple[Section, ...]:
    """Beside each KPI the gaps that its value can have been touched by (docs/kpis.md, "Coverage")."""
    return tuple(
        replace(section, kpis=tuple(_with_gaps(material, kpi) for kpi in section.kpis))
        for section in sections
    )


def _with_gaps(material: Material, kpi: Kpi) -> Kpi:
    reach = REACHES.get(kpi.name)
    windows = reach(material, kpi) if reach else ()
    if not windows:
        return kpi
    new = [caveat for caveat in material.basis.caveats(kpi.name, *windows) if caveat not in kpi.caveats]
    told = replace(kpi, caveats=(*kpi.caveats, *new))
    if kpi.name not in SERIES:
        return told
    before = kpi.previous and _as_recorded(material, kpi.name, kpi.previous, _series_before(material, kpi))
    return replace(told, current=_as_recorded(material, kpi.name, kpi.current, windows), previous=before)


def _as_recorded(material: Material, name: str, measure: Measure, windows: Windows) -> Measure:
    recorded = fmean(material.basis.coverage(name, window) for window in windows) if windows else 1.0
    return replace(measure, coverage=min(measure.coverage, recorded))


def _days(material: Material, first: int, last: int) -> Windows:
    """Those of the days on which recording had begun."""
    zone = material.settings.zone
    first = max(first, local_day(material.basis.recording.since_ms, zone) + 1)
    return (span("", first, last, zone),) if first <= last else ()


def _segments(material: Material, _: Kpi) -> Windows:
    as_of = material.lifecycle.as_of_day
    return _days(material, as_of - max(RECENT_DAYS, material.settings.segments.alumni_days) + 1, as_of)


def _ever(material: Material, _: Kpi) -> Windows:
    return _days(material, 0, material.lifecycle.as_of_day)


def _cohorts(material: Material, _: Kpi) -> Windows:
    as_of = material.lifecycle.as_of_day
    return _days(material, as_of - POOLED_DAYS + 1, as_of)


def _funnel(material: Material, _: Kpi) -> Windows:
    days = material.settings.funnel_days
    joined = closed_window(material.lifecycle.as_of_day, days)
    return _days(material, joined.first_day, joined.last_day + 2 * days - 1)


def _hosts(material: Material, _: Kpi) -> Windows:
    now, then = material.host_weeks()
    return _days(material, then.first_day, now.last_day)


def _series(material: Material, kpi: Kpi) -> Windows:
    """What of a series was held last, from its beginning to its end."""
    held = [one for own in _own_series(material, kpi) for one in own.occurrences if one.is_held]
    return _windows(material, held[-SERIES_HELD:])


def _series_before(material: Material, kpi: Kpi) -> Windows:
    """What its previous value is made of."""
    return _windows(
        material, [held.occurrence for own in _own_series(material, kpi) for held in own.held_before]
    )


def _own_series(material: Material, kpi: Kpi) -> list[Series]:
    return [one for one in material.events.series(material.pair.this.end_ms) if one.name == kpi.subject]


def _windows(material: Material, held: Sequence[Occurrence]) -> Windows:
    return tuple(_window(one.window, material.settings.zone) for one in held if one.window)


def _window(window: Span, zone: str) -> Period:
    return Period("", local_day(window[0], zone), local_day(window[1], zone), *window, zone)


REACHES: dict[str, Callable[[Material, Kpi], Windows]] = {
    **{
        f"segment_{name}": _segments
        for name in ("core", "regular", "new", "fresh", "dormant", "alumni", "unclassified")
    },
    "departed_alumni": _ever,
    "classification_coverage": _segments,
    "retention_week_4": _cohorts,
    "retention_week_8": _cohorts,
    "retention_week_12": _cohorts,
    "newcomers_still_here": _cohorts,
    "funnel_first_command": _funnel,
    "funnel_first_event": _funnel,
    "funnel_any_event": _funnel,
    "attendee_hours": _hosts,
    "host_hours_of_4_weeks": _hosts,
    "top_two_hosts_share": _hosts,
    "effective_hosts": _hosts,
    **dict.fromkeys(SERIES, _series),
}
