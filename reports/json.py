"""A report as JSON. The keys below are a promise: programs read them. Listed in docs/kpis.md, "JSON"."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from reports.catalogue import CATALOGUE
from reports.lines import line
from reports.periods import Period
from reports.report import Bridge, Change, Gap, Kpi, Measure, Report

SHAPE = 1  # raised whenever a key goes or changes its meaning; new keys may come at any time


def to_json(report: Report) -> dict[str, Any]:
    """Plain dicts, lists, strings, numbers and nulls. Moments are ISO 8601 in UTC, days ISO dates."""
    return {
        "shape": SHAPE,
        "report": report.name,
        "guild_id": str(report.guild_id),  # larger than what a JSON number keeps everywhere
        "finding": report.finding,
        "zone": report.zone,
        "period": _period(report.period),
        "previous_period": _period(report.previous_period),
        "is_open": report.is_open,
        "as_of": _moment(report.as_of_ms),
        "rules": report.rules,
        "sections": [
            {"title": section.title, "kpis": [_kpi(kpi) for kpi in section.kpis]}
            for section in report.sections
        ],
        "bridge": _bridge(report.bridge),
        "excluded": dict(report.excluded),
        "gaps": [_gap(gap) for gap in report.gaps],
        "caveats": list(report.caveats),
    }


def _period(period: Period) -> dict[str, Any]:
    return {
        "key": period.key,
        "first_day": period.first_date.isoformat(),
        "last_day": period.last_date.isoformat(),
        "start": _moment(period.start_ms),
        "end": _moment(period.end_ms),
    }


def _kpi(kpi: Kpi) -> dict[str, Any]:
    definition = CATALOGUE[kpi.name]
    return {
        "name": kpi.name,
        "cut": kpi.cut,
        "label": definition.label,
        "unit": str(definition.unit),
        "version": definition.version,
        "text": line(kpi).plain(),
        "current": _measure(kpi.current),
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


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "source": gap.source,
        "from": _moment(gap.from_ms),
        "to": _moment(gap.to_ms),
        "seconds": (gap.to_ms - gap.from_ms) // 1000,
        "cause": gap.cause,
    }


def _moment(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
