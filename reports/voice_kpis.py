"""How long and how often people are in voice. Definitions: docs/kpis.md, "Community"."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reports.pair import Pair
from reports.periods import Period
from reports.report import Kpi, Measure
from reports.voice import VoiceUse

Uses = Mapping[Period, VoiceUse]


def voice_sessions(pair: Pair, uses: Uses) -> tuple[Kpi, ...]:
    return (
        _per_member(pair, uses, "voice_session_mean", lambda use: use.session_minutes_mean),
        _per_member(pair, uses, "voice_session_median", lambda use: use.session_minutes_median),
        _each(pair, uses, "voice_sessions_per_active_member", lambda use: (use.sessions, use.sessions)),
        _each(
            pair, uses, "voice_hours_per_active_member", lambda use: (use.hours, use.qualifying_ms // 1000)
        ),
    )


def estimated_sessions(pair: Pair, uses: Uses) -> Kpi:
    def share(period: Period) -> Measure:
        use = uses[period]
        value = use.estimated_sessions / use.sessions if use.sessions else None
        return pair.basis.figure("estimated_sessions", value, use.estimated_sessions, use.sessions, period)

    return pair.beside("estimated_sessions", share)


def _per_member(pair: Pair, uses: Uses, name: str, value: Callable[[VoiceUse], float | None]) -> Kpi:
    """A statistic over the members who had voice."""
    return pair.beside(
        name,
        lambda period: pair.basis.figure(name, value(uses[period]), None, uses[period].members, period),
    )


def _each(pair: Pair, uses: Uses, name: str, total: Callable[[VoiceUse], tuple[float, int]]) -> Kpi:
    """A total shared among the active members; `total`: in the value's unit, and as its numerator."""

    def average(period: Period) -> Measure:
        active = len(pair.basis.populations.active(period))
        amount, numerator = total(uses[period])
        return pair.basis.figure(name, amount / active if active else None, numerator, active, period)

    return pair.beside(name, average)
