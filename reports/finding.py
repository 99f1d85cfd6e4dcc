"""The one sentence that says what a report found: the largest clear change first."""

from __future__ import annotations

from collections.abc import Sequence

from reports import wording
from reports.catalogue import CATALOGUE, Unit
from reports.community import MAIN
from reports.lines import NOTHING, beside_limit, counts_of, judgement, label_for, value_text_of
from reports.periods import TRAILING_WEEK, Period, describe
from reports.quality import COMPARABLE
from reports.report import Alert, Kpi, Limit, Section, Side, Verdict, Worth

LONGEST = 120


def finding(
    sections: tuple[Section, ...],
    this: Period,
    alerts: tuple[Alert, ...] = (),
    *,
    is_open: bool,
    can_be_compared: bool = True,
) -> str:
    """At most 120 characters: what stands out, else who was active.

    Every section's changes have their verdicts already.
    """
    kpis = [kpi for section in sections for kpi in section.kpis]
    active = next(kpi for kpi in kpis if kpi.name in MAIN)
    gravest = standing_out(kpis, alerts)
    alert = next((alert for alert in alerts if gravest and is_about(alert, gravest)), None)
    if gravest and is_clear(gravest):
        return _change(gravest, this)
    if gravest and alert:
        return _crossed(alert, gravest, this)
    if active.change and active.change.verdict is Verdict.WITHIN_NOISE:
        return _change(active, this)
    return _uncompared(active, this, is_open=is_open, can_be_compared=can_be_compared)


def standing_out(kpis: Sequence[Kpi], alerts: Sequence[Alert]) -> Kpi | None:
    """What a reader has to hear first: what clearly got worse beyond its limit, then what has newly crossed
    one, then the largest clear change, and last what was beyond its limit before.
    """
    crossed = [(alert, kpi) for alert in alerts for kpi in kpis if is_about(alert, kpi)]
    worse = [kpi for _, kpi in crossed if is_clear(kpi) and kpi.change and kpi.change.worth is Worth.WORSE]
    newly = [kpi for alert, kpi in crossed if not _was_crossed(alert, kpi)]
    clear = sorted(filter(is_clear, kpis), key=relative_change, reverse=True)
    return next(iter((*worse, *newly, *clear, *(kpi for _, kpi in crossed))), None)


def is_clear(kpi: Kpi) -> bool:
    return kpi.change is not None and kpi.change.verdict is Verdict.CLEAR


def is_about(alert: Alert, kpi: Kpi) -> bool:
    return kpi.name == alert.kpi and not kpi.cut


def _was_crossed(alert: Alert, kpi: Kpi) -> bool:
    """A limit to a change is crossed by each change anew."""
    if alert.side.is_of_change:
        return False
    value = kpi.previous.value if kpi.previous else None
    if value is None:
        return False
    return value > alert.limit if alert.side is Side.ABOVE else value < alert.limit


def relative_change(kpi: Kpi) -> float:
    """How large a change is, as a share of the previous value."""
    if not kpi.change or not kpi.change.difference or not kpi.previous or not kpi.previous.value:
        return 0.0
    return abs(kpi.change.difference) / kpi.previous.value


def _crossed(alert: Alert, kpi: Kpi, this: Period) -> str:
    if alert.side.is_of_change:
        return wording.first_fitting(LONGEST, alert.sentence)
    value, limit = beside_limit(alert.kpi, alert.value, Limit(alert.side, alert.limit))
    side = "over" if alert.side is Side.ABOVE else "under"
    label, counts = label_for(kpi), _counts(kpi)
    ending = f"{side} the limit of {limit}"
    previous = ""
    if kpi.previous and (not kpi.change or kpi.change.verdict is not Verdict.NOT_COMPARED):
        then = value_text_of(kpi, kpi.previous)
        previous = "" if then == NOTHING else f"; {_compared_with(kpi, this)} {then}"
    return wording.first_fitting(
        LONGEST,
        f"{label} {value}{counts}, {ending}{previous}.",
        f"{label} {value}, {ending}{previous}.",
        f"{label} {value}: {ending}.",
    )


def _counts(kpi: Kpi) -> str:
    """“ (20 of 64)”, of a share of people."""
    current = kpi.current
    definition = CATALOGUE[kpi.name]
    counts = counts_of(definition, current, " of ") if definition.unit is Unit.SHARE else ""
    return f" ({counts})" if counts else ""


def _change(kpi: Kpi, this: Period) -> str:
    if kpi.name in MAIN:
        return _people_changed(kpi, this)
    assert kpi.change and kpi.previous and kpi.change.difference is not None
    now, then = value_text_of(kpi), value_text_of(kpi, kpi.previous)
    if kpi.name == "event_people":
        number = int(kpi.current.value or 0)
        who = f"{wording.people(number)} {'was' if number == 1 else 'were'} at an event"
        return f"{who}; {before(this)} {then}: {judgement(kpi.change)}."
    label = label_for(kpi)
    subject = "The share of people in voice" if kpi.name == "voice_activity_rate" else label
    verb, verdict = moved(kpi), judgement(kpi.change)
    if kpi.cut:
        return wording.first_fitting(LONGEST, f"{label} {verb} from {then} to {now}: {verdict}.")
    ending = f"{_compared_with(kpi, this)} {then}: {verdict}."
    return wording.first_fitting(
        LONGEST,
        f"{subject} {verb} to {now}{_counts(kpi)}; {ending}",
        f"{label} {verb} to {now}; {ending}",
    )


def moved(kpi: Kpi) -> str:
    """“doubled”, “rose”, “fell”, “halved”."""
    assert kpi.change and kpi.change.difference is not None
    then, now = (kpi.previous.value if kpi.previous else None), kpi.current.value
    if then and now is not None and 1.9 <= now / then < 2.5:
        return "doubled"
    if then and now and 1.9 <= then / now < 2.5:
        return "halved"
    return "rose" if kpi.change.difference > 0 else "fell"


def _people_changed(kpi: Kpi, this: Period) -> str:
    assert kpi.change and kpi.change.difference is not None and kpi.current.value is not None
    active = int(kpi.current.value)
    who = f"{wording.people(active)} {'was' if active == 1 else 'were'} active"
    return f"{who}, {more(kpi.change.difference)} {before(this)}: {judgement(kpi.change)}."


def _uncompared(active: Kpi, this: Period, *, is_open: bool, can_be_compared: bool) -> str:
    number = active.current.numerator
    if number is None:
        return nothing_recorded(this)
    who = f"{wording.people(number)} {'was' if number == 1 else 'were'} active"
    if is_open:
        return f"{who} so far; {describe(this)} is not over."
    if active.current.coverage < COMPARABLE:
        share = wording.percent_beside(active.current.coverage, COMPARABLE)
        return f"{who}, but only {share} of {describe(this)} was recorded, so it is not compared."
    if active.change and active.change.verdict is Verdict.TOO_FEW:
        exposed = active.current.denominator
        if exposed is not None:
            few = "Only " if number < exposed else ""
            who = f"{few}{wording.whole(number)} of {wording.people(exposed)} were active"
        return f"{who}: too few to judge."
    if not can_be_compared:
        return f"{who}."
    were = "were" if this.key.startswith(TRAILING_WEEK) else "was"
    return f"{who}; {before(this)} {were} not recorded well enough to compare."


def nothing_recorded(this: Period) -> str:
    return f"Nothing of {describe(this)} was recorded, so there is nothing to say about it."


def before(this: Period) -> str:
    """What a period is compared with, in words."""
    if this.key.startswith(TRAILING_WEEK):
        return "the 7 days before"
    return "the month before" if this.is_month else "the week before"


def _compared_with(kpi: Kpi, this: Period) -> str:
    return CATALOGUE[kpi.name].compared_with or before(this)


def more(difference: float) -> str:
    """“9 more than”, “3 fewer than”, “as many as”."""
    if not difference:
        return "as many as"
    return f"{wording.whole(abs(difference))} {'more' if difference > 0 else 'fewer'} than"
