"""A report as JSON. The keys below are a promise: programs read them. Listed in docs/kpis.md, "JSON"."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from reports.catalogue import CATALOGUE
from reports.cohort_kpis import NAME as COHORT
from reports.cohort_kpis import measure
from reports.csv import why_empty
from reports.event_report import Attendee, EventReport
from reports.lines import label_for, line
from reports.occurrences import key_text
from reports.periods import Period
from reports.report import (
    Alert,
    Bridge,
    Change,
    CohortMatrix,
    CohortWeek,
    Correction,
    Driver,
    Gap,
    JoinCohort,
    Kpi,
    Measure,
    Movement,
    Report,
    Section,
)

SHAPE = 1  # raised whenever a key goes or changes its meaning; new keys may come at any time


def to_json(report: Report) -> dict[str, Any]:
    """Plain dicts, lists, strings, numbers and nulls. Moments are ISO 8601 in UTC, days ISO dates."""
    return {
        "shape": SHAPE,
        "report": report.name,
        "guild_id": str(report.guild_id),  # larger than what a JSON number keeps everywhere
        "finding": report.finding,
        "zone": report.zone,
        "period": period_json(report.period),
        "previous_period": period_json(report.previous_period),
        "is_open": report.is_open,
        "state": str(report.state),
        "corrections": [_correction(one) for one in report.corrections],
        "cut": report.cut.parts,
        "people": report.people,
        "as_of": iso_moment(report.as_of_ms),
        "rules": report.rules,
        "sections": sections_json(report.sections),
        "bridge": _bridge(report.bridge),
        "movement": _movement(report.movement),
        "cohorts": _cohorts(report.cohorts),
        "excluded": dict(report.excluded),
        "gaps": [gap_to_json(gap) for gap in report.gaps],
        "caveats": list(report.caveats),
        "alerts": [alert_json(alert) for alert in report.alerts],
    }


def event_to_json(report: EventReport) -> dict[str, Any]:
    """People by member number: the outer id is not among them."""
    return {
        "shape": SHAPE,
        "report": "event",
        "guild_id": str(report.guild_id),
        "key": key_text(report.key),
        "event_id": str(report.key.event_id),
        "original_start": iso_moment(report.key.original_start_ms),
        "title": report.title,
        "series": report.series,
        "event_type": report.event_type,
        "outcome": report.outcome,
        "finding": report.finding,
        "zone": report.zone,
        "start": iso_moment(report.starts_ms),
        "end": None if report.ends_ms is None else iso_moment(report.ends_ms),
        "as_of": iso_moment(report.as_of_ms),
        "rules": report.rules,
        "sections": sections_json(report.sections),
        "excluded": dict(report.excluded),
        "caveats": list(report.caveats),
        "hosts": list(report.hosts),
        "people": [_attendee(person) for person in report.people],
    }


def _attendee(person: Attendee) -> dict[str, Any]:
    return {
        "member_no": person.member_no,
        "status": person.status,
        "rsvp": person.rsvp,
        "minutes": round(person.minutes, 1),
        "is_early": person.is_early,
        "was_there_before": person.was_there_before,
    }


def alert_json(alert: Alert) -> dict[str, Any]:
    return {
        "kpi": alert.kpi,
        "side": str(alert.side),
        "limit": alert.limit,
        "value": alert.value,
        "sentence": alert.sentence,
    }


def _correction(correction: Correction) -> dict[str, Any]:
    return {
        "kpi": correction.kpi,
        "cut": correction.cut,
        "was": correction.was,
        "since": iso_moment(correction.since_ms),
    }


def sections_json(sections: Iterable[Section]) -> list[dict[str, Any]]:
    return [{"title": section.title, "kpis": [_kpi(kpi) for kpi in section.kpis]} for section in sections]


def period_json(period: Period) -> dict[str, Any]:
    return {
        "key": period.key,
        "first_day": period.first_date.isoformat(),
        "last_day": period.last_date.isoformat(),
        "start": iso_moment(period.start_ms),
        "end": iso_moment(period.end_ms),
    }


def _kpi(kpi: Kpi) -> dict[str, Any]:
    definition = CATALOGUE[kpi.name]
    return {
        "name": kpi.name,
        "cut": kpi.cut,
        "subject": kpi.subject,
        "label": label_for(kpi),
        "unit": str(definition.unit),
        "version": definition.version,
        "text": line(kpi).plain(),
        "current": _measure(kpi.current),
        "why_empty": why_empty(kpi),
        "previous": _measure(kpi.previous) if kpi.previous else None,
        "change": _change(kpi.change) if kpi.change else None,
        "parts": dict(kpi.parts),
        "caveats": list(kpi.caveats),
    }


def _measure(measure: Measure) -> dict[str, Any]:
    return {
        "value": measure.value,
        "numerator": measure.numerator,
        "denominator": measure.denominator,
        "interval": list(measure.interval) if measure.interval else None,
        "coverage": measure.coverage,
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "difference": change.difference,
        "gained": change.gained,
        "lost": change.lost,
        "p_value": change.p_value,
        "verdict": str(change.verdict),
        "worth": str(change.worth),
    }


def _bridge(bridge: Bridge | None) -> dict[str, Any] | None:
    return {field: getattr(bridge, field) for field in Bridge.__slots__} if bridge else None


def _movement(movement: Movement | None) -> dict[str, Any] | None:
    if movement is None:
        return None
    return {
        "sentence": movement.sentence,
        "telling": movement.telling,
        "dropped_out": [_driver(one) for one in movement.dropped_out],
        "came_in": [_driver(one) for one in movement.came_in],
    }


def _cohorts(matrix: CohortMatrix | None) -> dict[str, Any] | None:
    if matrix is None:
        return None
    return {
        "kpi": COHORT,
        "version": CATALOGUE[COHORT].version,
        "cohorts": [_cohort(one) for one in matrix.cohorts],
        "pooled": _cohort(matrix.pooled),
    }


def _cohort(of: JoinCohort) -> dict[str, Any]:
    return {
        "first_day": of.first_date.isoformat(),
        "last_day": of.last_date.isoformat(),
        "joined": of.joined,
        "weeks": [_cohort_week(of, number, week) for number, week in enumerate(of.weeks)],
    }


def _cohort_week(of: JoinCohort, number: int, week: CohortWeek) -> dict[str, Any]:
    now = measure(week)
    return {
        "week": number,
        "value": now.value,
        "retained": now.numerator,
        "eligible": week.eligible,
        "interval": list(now.interval) if now.interval else None,
        "pending": week.pending,
        "not_recorded": of.not_recorded(week),
        "coverage": now.coverage,
    }


def _driver(driver: Driver) -> dict[str, Any]:
    return {field: getattr(driver, field) for field in Driver.__slots__}


def gap_to_json(gap: Gap) -> dict[str, Any]:
    return {
        "source": gap.source,
        "from": iso_moment(gap.from_ms),
        "to": iso_moment(gap.to_ms),
        "seconds": (gap.to_ms - gap.from_ms) // 1000,
        "cause": gap.cause,
    }


def iso_moment(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
