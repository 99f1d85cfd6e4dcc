"""Which limits have newly been crossed. Definition: docs/kpis.md, "Limits"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reports.alerts import State, limit_of
from reports.report import Alert
from reports.settings import AlertRule

States = Mapping[AlertRule, State]


def undecided(now: States, earlier: Iterable[States]) -> tuple[AlertRule, ...]:
    """The limits crossed now of which no earlier check knows where they stood.

    `earlier`: of the checks that were made, the newest first, as far as they are known.
    """
    earlier = list(earlier)
    return tuple(rule for rule in _crossed(now) if _last_known(rule, earlier) is State.UNKNOWN)


def newly_crossed(now: States, earlier: Iterable[States]) -> tuple[AlertRule, ...]:
    """The limits crossed now and not crossed at the last check that knew where they stood.

    A day of which too little was recorded says nothing: neither that a limit held, nor that it did not.
    """
    earlier = list(earlier)
    return tuple(rule for rule in _crossed(now) if _last_known(rule, earlier) is not State.CROSSED)


def is_alert_of(alert: Alert, rules: Iterable[AlertRule]) -> bool:
    """Whether an alert is that of one of these limits."""
    return any(
        (alert.kpi, alert.side, alert.limit) == (rule.kpi, limit_of(rule).side, limit_of(rule).value)
        for rule in rules
    )


def _crossed(states: States) -> list[AlertRule]:
    return [rule for rule, state in states.items() if state is State.CROSSED]


def _last_known(rule: AlertRule, earlier: Iterable[States]) -> State:
    known = (states.get(rule, State.UNKNOWN) for states in earlier)
    return next((state for state in known if state is not State.UNKNOWN), State.UNKNOWN)
