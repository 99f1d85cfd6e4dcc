"""Who is active and who is in voice. Definitions: docs/kpis.md, "Community"."""

from __future__ import annotations

from reports.basis import Basis
from reports.pair import Pair
from reports.periods import Period
from reports.report import Kpi, Measure

WEEKLY, MONTHLY, DAILY = "weekly_active_members", "monthly_active_members", "daily_active_members"
MAIN = frozenset({WEEKLY, MONTHLY})  # every report of a period has one of them


def main_name(period: Period) -> str:
    """What the number of active members of a period is called: a month's is MAM, any other's WAM."""
    return MONTHLY if period.is_month else WEEKLY


def active_members(pair: Pair) -> Kpi:
    """MAM of a month, WAM of a week or of 7 days."""
    people, name = pair.basis.populations, main_name(pair.this)
    active = {period: people.active(period) for period in (pair.this, pair.last)}
    return pair.tested(name, lambda period: active_people(pair.basis, name, period), active)


def daily_active_members(basis: Basis, today: Period) -> Kpi:
    """Open until midnight, so nothing stands beside it."""
    return Kpi(DAILY, active_people(basis, DAILY, today), caveats=basis.caveats(DAILY, today))


def active_people(basis: Basis, name: str, period: Period) -> Measure:
    active, exposed = basis.populations.active(period), basis.populations.exposed(period)
    return basis.people(name, len(active), len(exposed), period)


def voice_activity_rate(pair: Pair) -> Kpi:
    """Its change is tested on the people exposed in both periods: newcomers alone move no rate."""
    people = pair.basis.populations
    in_both = people.exposed(pair.this) & people.exposed(pair.last)
    in_voice = {period: people.in_voice(period) for period in (pair.this, pair.last)}

    def rate(period: Period) -> Measure:
        exposed = len(people.exposed(period))
        return pair.basis.rate("voice_activity_rate", len(in_voice[period]), exposed, period)

    tested_on = {period: voice & in_both for period, voice in in_voice.items()}
    return pair.tested("voice_activity_rate", rate, tested_on)
