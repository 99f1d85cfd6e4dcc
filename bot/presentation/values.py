"""A KPI as one line for a message: the number, what it was, how sure the change is (visual.md, "Wording")."""

from __future__ import annotations

from collections.abc import Callable

from bot.presentation.escape import escape
from reports import wording
from reports.catalogue import CATALOGUE, Unit, label_of
from reports.report import Change, Kpi, Measure, Verdict, Worth

FEW = 10  # below it a rate is its counts and nothing else

WRITTEN: dict[Unit, Callable[[float], str]] = {
    Unit.PEOPLE: wording.whole,
    Unit.SHARE: wording.percent,
    Unit.MINUTES: wording.minutes,
    Unit.HOURS: lambda hours: wording.minutes(hours * 60),
    Unit.PER_PERSON: lambda value: wording.decimal(value, 1),
    Unit.RATIO: lambda value: wording.decimal(value, 1),
}

VERDICTS = {Worth.BETTER: "**clearly better**", Worth.WORSE: "**clearly worse**", Worth.NEUTRAL: "**clear**"}


def kpi_line(kpi: Kpi) -> str:
    """“No-shows **31 %** (20/64) · was 14 % · ▲ **clearly worse**”."""
    unit = CATALOGUE[kpi.name].unit
    told = [f"{escape(label_of(kpi.name, kpi.cut))} {_current(kpi, unit)}", _before(kpi, unit), _verdict(kpi)]
    return " · ".join(filter(None, told))


def value_text(measure: Measure, unit: Unit) -> str:
    """The number alone: “187”, “31 %”, “3/8”, “42 min”, “1.2”."""
    if unit is Unit.SHARE and is_few(measure):
        return f"{measure.numerator}/{measure.denominator}"
    return "not defined" if measure.value is None else WRITTEN[unit](measure.value)


def is_few(measure: Measure) -> bool:
    return measure.numerator is not None and measure.denominator is not None and measure.denominator < FEW


def _current(kpi: Kpi, unit: Unit) -> str:
    return " ".join(
        filter(None, [f"**{value_text(kpi.current, unit)}**", _base(kpi.current, unit), _parts(kpi)])
    )


def _base(measure: Measure, unit: Unit) -> str:
    if measure.denominator is None or measure.value is None:
        return ""
    if unit is Unit.PEOPLE:
        return f"of {wording.whole(measure.denominator)}"
    if unit is Unit.SHARE and measure.numerator is not None and not is_few(measure):
        return f"({wording.whole(measure.numerator)}/{wording.whole(measure.denominator)})"
    return ""


def _parts(kpi: Kpi) -> str:
    parts = ", ".join(f"{wording.whole(number)} {escape(what)}" for what, number in kpi.parts)
    return f"({parts})" if parts else ""


def _before(kpi: Kpi, unit: Unit) -> str:
    if kpi.previous is None or (kpi.change and kpi.change.verdict is Verdict.NOT_COMPARED):
        return ""
    return f"was {value_text(kpi.previous, unit)}"


def _verdict(kpi: Kpi) -> str:
    """Only what stands out: that a whole section is within noise is said once, above it."""
    if is_few(kpi.current) and CATALOGUE[kpi.name].unit is Unit.SHARE:
        return "too few"
    change = kpi.change
    if change is None or change.verdict is Verdict.WITHIN_NOISE:
        return ""
    if change.verdict is Verdict.CLEAR:
        return f"{_arrow(change)} {VERDICTS[change.worth]}"
    return change.verdict.value


def _arrow(change: Change) -> str:
    """The arrow is the number's direction; its worth is said in words."""
    return "▼" if (change.difference or 0) < 0 else "▲"
