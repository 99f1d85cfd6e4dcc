"""Which limits of config.toml were crossed. Definition: docs/kpis.md, "Limits"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import Enum

from reports.catalogue import CATALOGUE, Unit
from reports.lines import beside_limit, label_for, number_text
from reports.report import Alert, Kpi, Limit, Section, Side, Verdict
from reports.settings import AlertRule

CHECKS = "Checks"


class State(Enum):
    """Where a value stands to its limit."""

    CROSSED = "crossed"
    WITHIN = "within"
    UNKNOWN = "unknown"  # there is no value, or too little of it was recorded


def alerts(sections: Iterable[Section], rules: Iterable[AlertRule], *, is_open: bool) -> tuple[Alert, ...]:
    """The limits crossed by the report's KPIs, the furthest crossed first. None while the period is open."""
    if is_open:
        return ()
    kpis = list(_whole(sections))
    crossed = [
        _alert(kpi, limit_of(rule))
        for rule in rules
        for kpi in kpis
        if kpi.name == rule.kpi and state_of(kpi, rule) is State.CROSSED
    ]
    return tuple(sorted(dict.fromkeys(crossed), key=_excess, reverse=True))


def states(sections: Iterable[Section], rules: Iterable[AlertRule]) -> Mapping[AlertRule, State]:
    """Where a report's numbers stand to each limit; the period is over."""
    by_name = {kpi.name: kpi for kpi in _whole(sections)}
    return {
        rule: state_of(by_name[rule.kpi], rule) if rule.kpi in by_name else State.UNKNOWN for rule in rules
    }


def state_of(kpi: Kpi, rule: AlertRule) -> State:
    limit = limit_of(rule)
    value = watched(kpi, limit.side, rule.min_coverage)
    if value is None or kpi.current.coverage < rule.min_coverage:
        return State.UNKNOWN
    is_beyond = value < limit.value if limit.side is Side.BELOW else value > limit.value
    is_told = _is_clear(kpi, limit.side) or not rule.only_when_clear
    return State.CROSSED if is_beyond and is_told else State.WITHIN


def watched(kpi: Kpi, side: Side, min_coverage: float = 0.0) -> float | None:
    """What is held against a limit: the value, or how far it fell or rose. None where that is not known."""
    now = kpi.current.value
    if not side.is_of_change:
        return now
    is_compared = kpi.change is None or kpi.change.verdict is not Verdict.NOT_COMPARED
    then = kpi.previous.value if kpi.previous and is_compared else None
    if now is None or then is None or (kpi.previous and kpi.previous.coverage < min_coverage):
        return None
    risen = now - then
    if CATALOGUE[kpi.name].unit is not Unit.SHARE:
        if not then:
            return None  # of nothing there is no share
        risen /= abs(then)
    return risen if side is Side.RISES_BY else -risen


def with_checks(sections: tuple[Section, ...], rules: tuple[AlertRule, ...]) -> tuple[Section, ...]:
    """With a first section that holds every number against its limit; it moves there from its own section."""
    watched_for = {rule.kpi for rule in rules}
    checked = {kpi for kpi in _whole(sections) if kpi.name in watched_for}
    if not checked:
        return sections
    first = tuple(replace(kpi, limit=_told_limit(kpi, rules)) for kpi in _whole(sections) if kpi in checked)
    rest = (
        Section(section.title, tuple(kpi for kpi in section.kpis if kpi not in checked))
        for section in sections
    )
    return (Section(CHECKS, first), *(section for section in rest if section.kpis))


def _told_limit(kpi: Kpi, rules: Iterable[AlertRule]) -> Limit:
    """Of several limits of one KPI one that it crossed, else the first of the file."""
    own = [rule for rule in rules if rule.kpi == kpi.name]
    return limit_of(min(own, key=lambda rule: state_of(kpi, rule) is not State.CROSSED))


def limit_of(rule: AlertRule) -> Limit:
    for side in Side:
        value: float | None = getattr(rule, side.value)
        if value is not None:
            return Limit(side, value)
    raise AssertionError("exactly one of the four is set")


def _whole(sections: Iterable[Section]) -> Iterable[Kpi]:
    """The KPIs that are not cut to anything, each once."""
    return dict.fromkeys(kpi for section in sections for kpi in section.kpis if not kpi.cut)


def _is_clear(kpi: Kpi, side: Side) -> bool:
    """Whether it clearly moved towards the limit's side: whoever watches for a rise may welcome it."""
    change = kpi.change
    if change is None or change.verdict is not Verdict.CLEAR or not change.difference:
        return False
    return change.difference > 0 if side.is_upwards else change.difference < 0


def _alert(kpi: Kpi, limit: Limit) -> Alert:
    assert kpi.current.value is not None
    sentence = _changed(kpi, limit) if limit.side.is_of_change else _beyond(kpi, limit)
    return Alert(kpi.name, limit.value, limit.side, kpi.current.value, sentence)


def _beyond(kpi: Kpi, limit: Limit) -> str:
    """“No-shows 31 %: over the limit of 25 %.”"""
    assert kpi.current.value is not None
    value, bound = beside_limit(kpi.name, kpi.current.value, limit)
    side = "over" if limit.side is Side.ABOVE else "under"
    return f"{label_for(kpi)} {value}: {side} the limit of {bound}."


def _changed(kpi: Kpi, limit: Limit) -> str:
    """“Active members 120, was 160: −25 %, beyond the limit of −20 %.”"""
    assert kpi.current.value is not None
    assert kpi.previous is not None
    assert kpi.previous.value is not None
    now, then = number_text(kpi.name, kpi.current.value), number_text(kpi.name, kpi.previous.value)
    moved = watched(kpi, limit.side)
    assert moved is not None
    by, bound = beside_limit(kpi.name, moved, limit)
    return f"{label_for(kpi)} {now}, was {then}: {by}, beyond the limit of {bound}."


def _excess(alert: Alert) -> float:
    """How far a limit was crossed, as a share of it; of a limit to a change only that it was."""
    if alert.side.is_of_change:
        return 0.0
    return abs(alert.value - alert.limit) / abs(alert.limit) if alert.limit else float("inf")
