"""The one sentence that says what a report found: the largest clear change first."""

from __future__ import annotations

from reports import wording
from reports.catalogue import CATALOGUE, Unit
from reports.lines import judgement, value_text
from reports.periods import MONTH_KEY, TRAILING_WEEK, Period, describe
from reports.quality import COMPARABLE
from reports.report import Kpi, Section, Verdict

LONGEST = 120


def finding(sections: tuple[Section, ...], this: Period, *, is_open: bool) -> str:
    """At most 120 characters. Every section's changes have their verdicts already."""
    kpis = [kpi for section in sections for kpi in section.kpis]
    active = next(kpi for kpi in kpis if kpi.name == "weekly_active_members")
    clear = [kpi for kpi in kpis if kpi.change and kpi.change.verdict is Verdict.CLEAR]
    if clear:
        return _change(max(clear, key=_size), this)
    if active.change and active.change.verdict is Verdict.WITHIN_NOISE:
        return _change(active, this)
    return _uncompared(active, this, is_open=is_open)


def _size(kpi: Kpi) -> float:
    """How large a change is, as a share of the previous value."""
    if not kpi.change or not kpi.change.difference or not kpi.previous or not kpi.previous.value:
        return 0.0
    return abs(kpi.change.difference) / kpi.previous.value


def _change(kpi: Kpi, this: Period) -> str:
    definition = CATALOGUE[kpi.name]
    if definition.unit is Unit.PEOPLE:
        return _people_changed(kpi, this)
    assert kpi.change and kpi.previous and kpi.change.difference is not None
    verb = "rose" if kpi.change.difference > 0 else "fell"
    now, then = (value_text(definition, measure) for measure in (kpi.current, kpi.previous))
    counts = f"{wording.whole(kpi.current.numerator or 0)} of {wording.whole(kpi.current.denominator or 0)}"
    subject = "The share of people in voice" if kpi.name == "voice_activity_rate" else definition.label
    ending = f"{before(this)} {then}: {judgement(kpi.change)}."
    return wording.first_fitting(
        LONGEST,
        f"{subject} {verb} to {now} ({counts}); {ending}",
        f"{definition.label} {verb} to {now}; {ending}",
    )


def _people_changed(kpi: Kpi, this: Period) -> str:
    assert kpi.change and kpi.change.difference is not None and kpi.current.value is not None
    active = int(kpi.current.value)
    who = f"{wording.people(active)} {'was' if active == 1 else 'were'} active"
    return f"{who}, {more(kpi.change.difference)} {before(this)}: {judgement(kpi.change)}."


def _uncompared(active: Kpi, this: Period, *, is_open: bool) -> str:
    number = active.current.numerator
    if number is None:
        return f"Nothing of {describe(this)} was recorded, so there is nothing to say about it."
    who = f"{wording.people(number)} {'was' if number == 1 else 'were'} active"
    if is_open:
        return f"{who} so far; {describe(this)} is not over."
    if active.current.coverage < COMPARABLE:
        share = wording.percent(active.current.coverage)
        return f"{who}, but only {share} of {describe(this)} was recorded, so it is not compared."
    if active.change and active.change.verdict is Verdict.TOO_FEW:
        exposed = active.current.denominator
        if exposed is not None:
            who = f"Only {wording.whole(number)} of {wording.people(exposed)} were active"
        return f"{who}: too few to judge."
    were = "were" if this.key.startswith(TRAILING_WEEK) else "was"
    return f"{who}; {before(this)} {were} not recorded well enough to compare."


def before(this: Period) -> str:
    """What a period is compared with, in words."""
    if this.key.startswith(TRAILING_WEEK):
        return "the 7 days before"
    return "the month before" if MONTH_KEY.fullmatch(this.key) else "the week before"


def more(difference: float) -> str:
    """“9 more than”, “3 fewer than”, “as many as”."""
    if not difference:
        return "as many as"
    return f"{wording.whole(abs(difference))} {'more' if difference > 0 else 'fewer'} than"
