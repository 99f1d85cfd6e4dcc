"""Which limits of config.toml were crossed. Definition: docs/kpis.md, "Limits"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from reports.lines import label_for, number_text, value_beside
from reports.report import Alert, Kpi, Limit, Section, Side, Verdict, Worth
from reports.settings import AlertRule

CHECKS = "Checks"


def alerts(sections: Iterable[Section], rules: Iterable[AlertRule], *, is_open: bool) -> tuple[Alert, ...]:
    """The limits crossed by the report's KPIs, the furthest crossed first. None while the period is open."""
    if is_open:
        return ()
    kpis = list(_whole(sections))
    crossed = [
        _alert(kpi, limit)
        for rule in rules
        for kpi in kpis
        if kpi.name == rule.kpi and _is_sure(kpi, rule) and _is_crossed(kpi, limit := limit_of(rule))
    ]
    return tuple(sorted(dict.fromkeys(crossed), key=_excess, reverse=True))


def with_checks(sections: tuple[Section, ...], rules: tuple[AlertRule, ...]) -> tuple[Section, ...]:
    """With a first section that holds every number against its limit; it moves there from its own section."""
    limits = {rule.kpi: limit_of(rule) for rule in rules}
    checked = {kpi for kpi in _whole(sections) if kpi.name in limits}
    if not checked:
        return sections
    first = tuple(replace(kpi, limit=limits[kpi.name]) for kpi in _whole(sections) if kpi in checked)
    rest = (
        Section(section.title, tuple(kpi for kpi in section.kpis if kpi not in checked))
        for section in sections
    )
    return (Section(CHECKS, first), *(section for section in rest if section.kpis))


def limit_of(rule: AlertRule) -> Limit:
    if rule.above is not None:
        return Limit(Side.ABOVE, rule.above)
    assert rule.below is not None, "exactly one of both is set"
    return Limit(Side.BELOW, rule.below)


def _whole(sections: Iterable[Section]) -> Iterable[Kpi]:
    """The KPIs that are not cut to anything, each once."""
    return dict.fromkeys(kpi for section in sections for kpi in section.kpis if not kpi.cut)


def _is_sure(kpi: Kpi, rule: AlertRule) -> bool:
    if kpi.current.coverage < rule.min_coverage:
        return False
    change = kpi.change
    is_clear = change is not None and change.verdict is Verdict.CLEAR and change.worth is not Worth.BETTER
    return is_clear or not rule.only_when_clear


def _is_crossed(kpi: Kpi, limit: Limit) -> bool:
    value = kpi.current.value
    if value is None:
        return False
    return value > limit.value if limit.side is Side.ABOVE else value < limit.value


def _alert(kpi: Kpi, limit: Limit) -> Alert:
    assert kpi.current.value is not None
    value = value_beside(kpi.name, kpi.current.value, limit.value)
    bound = number_text(kpi.name, limit.value)
    side = "over" if limit.side is Side.ABOVE else "under"
    sentence = f"{label_for(kpi)} {value}: {side} the limit of {bound}."
    return Alert(kpi.name, limit.value, limit.side, kpi.current.value, sentence)


def _excess(alert: Alert) -> float:
    """How far a limit was crossed, as a share of it."""
    return abs(alert.value - alert.limit) / abs(alert.limit) if alert.limit else float("inf")
