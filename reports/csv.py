"""A report as a table: one line a KPI. Its columns are a promise, and listed in docs/kpis.md, "CSV"."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

from reports.catalogue import CATALOGUE
from reports.lines import label_for
from reports.report import Kpi, Report, Verdict
from reports.small_groups import WITHHELD

COLUMNS = {
    "period": "its key: 2026-W46, 2026-11, trailing-7d",
    "first_day": "local",
    "last_day": "local, inclusive",
    "section": "its title",
    "kpi": "its name in the catalogue",
    "cut": "what it is cut to; empty: nothing",
    "label": "as people read it",
    "unit": "of the value",
    "value": "empty where there is none: `why_empty` says why",
    "numerator": "",
    "denominator": "",
    "low": "of the 95 % interval, in the value’s unit",
    "high": "",
    "coverage": "recorded share of what the value needs, 0 to 1",
    "previous": (
        "what the report compares with: the period before, the span before where the value looks back "
        "further, of one event the one held before it in its series; empty where the two are not compared"
    ),
    "difference": "from it; empty where it is not tested",
    "verdict": "clear, within noise, too few, not compared; empty: untested",
    "version": "of the formula",
    "subject": "of an event, a series, a type, a host: which one, for `cut` is only how it is called",
    "parts": "what the numerator is made of: “Mon 3; Tue 5”; empty where it is not told apart",
    "people": "whom the table is cut to, as “segment=core”; empty: everybody",
    "why_empty": (
        "withheld: too few people to be handed on; too few: a rate of fewer than 10, with its counts; "
        "not recorded: nothing of what it needs was; not defined: nothing to divide by, or not enough "
        "recorded to tell; empty: there is a value"
    ),
}
WITHHELD_WORD, TOO_FEW, NOT_RECORDED, NOT_DEFINED = "withheld", "too few", "not recorded", "not defined"


def to_csv(report: Report) -> str:
    """Comma separated, with a header; numbers as Python writes them, with a point."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_lines(report))
    return text.getvalue()


def _lines(report: Report) -> Iterator[list[object]]:
    period = report.period
    about = [period.key, period.first_date.isoformat(), period.last_date.isoformat()]
    for section in report.sections:
        for kpi in section.kpis:
            yield [*about, section.title, *_kpi(kpi), report.cut.key, why_empty(kpi)]


def _kpi(kpi: Kpi) -> list[object]:
    definition, current = CATALOGUE[kpi.name], kpi.current
    low, high = current.interval or (None, None)
    return [
        kpi.name,
        kpi.cut,
        label_for(kpi),
        str(definition.unit),
        current.value,
        current.numerator,
        current.denominator,
        low,
        high,
        round(current.coverage, 6),
        _previous(kpi),
        kpi.change.difference if kpi.change else None,
        str(kpi.change.verdict) if kpi.change else None,
        definition.version,
        kpi.subject,
        "; ".join(f"{label} {number}" for label, number in kpi.parts),
    ]


def why_empty(kpi: Kpi) -> str:
    """Why a KPI has no value, in one of four words; empty where it has one."""
    current = kpi.current
    if current.value is not None:
        return ""
    if WITHHELD in kpi.caveats:
        return WITHHELD_WORD
    if current.numerator is not None and current.denominator:
        return TOO_FEW
    return NOT_DEFINED if current.coverage else NOT_RECORDED


def _previous(kpi: Kpi) -> float | None:
    if kpi.change and kpi.change.verdict is Verdict.NOT_COMPARED:
        return None
    return kpi.previous.value if kpi.previous else None
