"""A KPI as the words of one line, for a message, the terminal and the sentence that says the finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from reports import wording
from reports.catalogue import CATALOGUE, Definition, Unit, label_of
from reports.report import Change, Kpi, Limit, Measure, Side, Verdict, Worth

NOTHING = "–"  # not defined, or not known
WAS, LAST_TIME = "was", "last time"
OF_A_WHOLE = (Unit.SHARE, Unit.RATIO)  # the two numbers that it is made of stand beside it


@dataclass(frozen=True, slots=True)
class Line:
    """“Active members”, “187”, “of 331”, “was 178”, “△ within noise”; what does not apply is empty.

    Of an event the value of its holding before is “last time 178”: “was” is that of the period before.
    """

    label: str
    value: str
    beside: str
    previous: str
    verdict: str
    before: str = WAS  # with which words `previous` begins
    limit: str = ""  # “alert above 25 %”, where it is checked against one

    def plain(self) -> str:
        head = " ".join(word for word in (self.label, self.value, self.beside) if word)
        return " · ".join(part for part in (head, self.limit, self.previous, self.verdict) if part)


def line(kpi: Kpi) -> Line:
    definition = CATALOGUE[kpi.name]
    value, limit = _value_and_limit(kpi)
    return Line(
        label=label_for(kpi),
        value=value,
        beside=" ".join(filter(None, (_beside(definition, kpi), _over(definition, kpi)))),
        previous=_previous(kpi),
        verdict=verdict_text(kpi.change),
        before=_before(kpi),
        limit=limit,
    )


def _value_and_limit(kpi: Kpi) -> tuple[str, str]:
    value, limit = kpi.current.value, kpi.limit
    if limit and value is not None and not limit.side.is_of_change:
        text, bound = beside_limit(kpi.name, value, limit)
        return text, _alert_at(limit.side, bound)
    return value_text_of(kpi), limit_words(kpi.name, limit) if limit else ""


def label_for(kpi: Kpi) -> str:
    definition = CATALOGUE[kpi.name]
    is_of_one = definition.label_of_one and [number for _, number in kpi.parts] == [1]
    return definition.label_of_one if is_of_one else label_of(kpi.name, kpi.cut)


def _over(definition: Definition, kpi: Kpi) -> str:
    return "" if kpi.current.value is None else definition.over


_TEXTS: dict[Unit, Callable[[float], str]] = {
    Unit.PEOPLE: wording.whole,
    Unit.PEOPLE_EACH: wording.whole,
    Unit.COUNT: wording.whole,
    Unit.SHARE: wording.percent,
    Unit.MINUTES: wording.minutes,
    Unit.HOURS: wording.hours,
    Unit.MILLISECONDS: wording.brief,
    Unit.SECONDS: lambda seconds: wording.brief(seconds * 1000) if seconds else f"0{wording.NO_BREAK}s",
    Unit.DAYS: wording.days,
    Unit.PER_PERSON: lambda value: wording.decimal(value, 1),
    Unit.NUMBER: lambda value: wording.decimal(value, 1),
    Unit.RATIO: lambda value: wording.decimal(value, 2),
}


def value_text(definition: Definition, measure: Measure) -> str:
    if measure.value is None:
        return (_counts(measure) if definition.unit in OF_A_WHOLE else "") or NOTHING
    return _TEXTS[definition.unit](measure.value)


def number_text(name: str, number: float) -> str:
    """A number in a KPI's unit."""
    return _TEXTS[CATALOGUE[name].unit](number)


def limit_text(name: str, limit: Limit) -> str:
    """“25 %”; of a change “−20 %”, and of a share's change “+10 points”."""
    if not limit.side.is_of_change:
        return number_text(name, limit.value)
    change = limit.value if limit.side is Side.RISES_BY else -limit.value
    if CATALOGUE[name].unit is Unit.SHARE:
        return wording.points(change)
    sign = "+" if change > 0 else wording.MINUS
    return f"{sign}{wording.percent(abs(change))}"


def limit_words(name: str, limit: Limit) -> str:
    """“alert above 25 %”, “alert below 100”; of a change “alert if down more than 20 %”."""
    return _alert_at(limit.side, limit_text(name, limit))


def _alert_at(side: Side, bound: str) -> str:
    words = {Side.FALLS_BY: "if down more than", Side.RISES_BY: "if up more than"}.get(side, str(side))
    return f"alert {words} {bound.lstrip('+' + wording.MINUS) if side.is_of_change else bound}"


def beside_limit(name: str, value: float, limit: Limit) -> tuple[str, str]:
    """What is watched and its limit: “31 %”, “25 %”; “79.6 %”, “80 %”, with the digits that tell them apart.

    `value`: of a limit to a change how far it fell or rose.
    """
    texts = limit_text(name, replace(limit, value=value)), limit_text(name, limit)
    if value == limit.value or texts[0] != texts[1]:
        return texts
    scale, unit = _FINE.get(CATALOGUE[name].unit, (1.0, ""))
    if limit.side.is_of_change:
        scale, unit = 100.0, f"{wording.NO_BREAK}{'points' if CATALOGUE[name].unit is Unit.SHARE else '%'}"
    sign = {Side.RISES_BY: "+", Side.FALLS_BY: wording.MINUS}.get(limit.side, "")
    now, bound = (f"{sign}{text}{unit}" for text in wording.apart(value * scale, limit.value * scale))
    return now, bound


_FINE = {
    Unit.SHARE: (100.0, f"{wording.NO_BREAK}%"),
    Unit.MINUTES: (1.0, f"{wording.NO_BREAK}min"),
    Unit.HOURS: (1.0, f"{wording.NO_BREAK}h"),
    Unit.MILLISECONDS: (0.001, f"{wording.NO_BREAK}s"),
    Unit.SECONDS: (1.0, f"{wording.NO_BREAK}s"),
    Unit.DAYS: (1.0, f"{wording.NO_BREAK}days"),
}


def value_text_of(kpi: Kpi, measure: Measure | None = None) -> str:
    """A KPI's current value in words, or its other measure: in units that can be compared."""
    definition, shown = CATALOGUE[kpi.name], measure or kpi.current
    if definition.unit not in _IN_MINUTES or shown.value is None:
        return value_text(definition, shown)
    if definition.unit is Unit.HOURS and wording.is_no_time(shown.value * 60):
        return wording.hours(0)
    scale = _IN_MINUTES[definition.unit]
    both = (each.value * scale for each in (kpi.current, kpi.previous) if each and each.value is not None)
    return wording.minutes_beside(shown.value * scale, both)


_IN_MINUTES = {Unit.MINUTES: 1, Unit.HOURS: 60}


def _counts(measure: Measure) -> str:
    """“3/8”: all that is shown of a rate of few people."""
    if measure.numerator is None or not measure.denominator:
        return ""
    return f"{wording.whole(measure.numerator)}/{wording.whole(measure.denominator)}"


def _beside(definition: Definition, kpi: Kpi) -> str:
    parts = ", ".join(f"{wording.whole(number)} {label}" for label, number in kpi.parts if number)
    if parts and definition.unit in (Unit.PEOPLE, Unit.COUNT):
        return f"({parts})"
    if kpi.current.value is None:
        return ""
    if definition.unit is Unit.PEOPLE and kpi.current.denominator is not None:
        return f"of {wording.whole(kpi.current.denominator)}"
    counts = _counts(kpi.current)
    return f"({counts})" if definition.unit in OF_A_WHOLE and counts else ""


def _previous(kpi: Kpi) -> str:
    if not kpi.previous or (kpi.change and kpi.change.verdict is Verdict.NOT_COMPARED):
        return ""
    text = value_text_of(kpi, kpi.previous)
    return "" if text == NOTHING else f"{_before(kpi)} {text}"


def _before(kpi: Kpi) -> str:
    return LAST_TIME if kpi.is_of_holding else WAS


def verdict_text(change: Change | None) -> str:
    """“▲ clearly better”, “△ within noise”, “too few”, unbroken. The arrow is the number's direction."""
    if change is None or change.verdict is Verdict.NOT_COMPARED:
        return ""
    if change.verdict is Verdict.TOO_FEW:
        return str(change.verdict)
    return f"{arrow(change)}{wording.NO_BREAK}{judgement(change)}".strip()


def judgement(change: Change) -> str:
    """“clearly better”, “within noise”."""
    if change.verdict is not Verdict.CLEAR:
        return str(change.verdict)
    return f"clearly {change.worth}" if change.worth is not Worth.NEUTRAL else "a clear change"


def arrow(change: Change) -> str:
    """Filled where the change is clear, hollow within noise, none where nothing changed."""
    rising, falling = ("▲", "▼") if change.verdict is Verdict.CLEAR else ("△", "▽")
    if not change.difference:
        return ""
    return rising if change.difference > 0 else falling
