"""Which series of events rise or fade, as a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reports import wording
from reports.figures import EventsFigure, Holding, HoldingState, SeriesRow
from reports.occurrence_records import Occurrence
from reports.periods import describe_days, local_moment
from reports.quality import COMPARABLE
from reports.report import Kpi, Verdict, Worth
from reports.series import Series
from reports.titles import short_title

MOST_ROWS = 6
DATES = 8
NOT_YET = Holding(None, HoldingState.NONE)


def events_figure(
    series: Sequence[Series], means: Mapping[str, Kpi], zone: str, smallest: int
) -> EventsFigure | None:
    """`means`: each series' KPI with its verdict, by the series' name. None where nothing was held."""
    shown = [one for one in series if _is_shown(one, smallest)][:MOST_ROWS]
    shown.sort(key=lambda one: -_average(means.get(one.name)))
    if not shown:
        return None
    dates = [one for of in shown for one in of.occurrences[-DATES:]]
    return EventsFigure(
        headline=_headline(shown, means),
        subtitle="People per event, last 8 dates, one scale; average of the last 4",
        footer=_footer(dates, zone),
        alt_text=_alt_text(shown, means),
        rows=tuple(_row(one, means.get(one.name)) for one in shown),
    )


def _average(mean: Kpi | None) -> float:
    """For ranking: what is not ranked stands last."""
    return -1 if mean is None or mean.current.value is None else mean.current.value


def _is_shown(one: Series, smallest: int) -> bool:
    return bool(one.held) and not one.has_small(smallest)


def _row(one: Series, mean: Kpi | None) -> SeriesRow:
    attended = {held.occurrence.key: len(held.attended) for held in one.held}
    last = [_holding(occurrence, attended.get(occurrence.key)) for occurrence in one.occurrences[-DATES:]]
    return SeriesRow(
        name=one.label,
        holdings=(*[NOT_YET] * (DATES - len(last)), *last),
        average=mean.current.value if mean else None,
        note=_note(one, mean),
        is_worse=_is_clear(mean)
        and mean is not None
        and mean.change is not None
        and mean.change.worth is Worth.WORSE,
    )


def _holding(occurrence: Occurrence, people: int | None) -> Holding:
    if occurrence.outcome == "not_held":
        return Holding(None, HoldingState.NOT_HELD)
    if people is None or occurrence.outcome == "unknown":
        return Holding(None, HoldingState.GAP)
    return Holding(people, HoldingState.HELD)


def _note(one: Series, mean: Kpi | None) -> str:
    if not mean:
        return f"{len(one.held)} held: no rank"
    if not mean.previous or mean.previous.value is None or not mean.change:
        return f"{len(one.held)} held"
    verdict = "clear" if _is_clear(mean) else "noise"
    return f"was {wording.whole(mean.previous.value)} · {verdict}"


def _is_clear(mean: Kpi | None) -> bool:
    return bool(mean and mean.change and mean.change.verdict is Verdict.CLEAR)


def _headline(shown: Sequence[Series], means: Mapping[str, Kpi]) -> str:
    clear = [one for one in shown if _is_clear(means.get(one.name))]
    if clear:
        one = max(clear, key=lambda series: _size(means[series.name]))
        return _moved(one, means[one.name])
    ranked = [one for one in shown if one.name in means]
    if not ranked:
        return f"{wording.count(sum(len(one.held) for one in shown), 'event', 'events')} held so far"
    best = max(ranked, key=lambda one: means[one.name].current.value or 0)
    number = wording.whole(means[best.name].current.value or 0)
    return wording.first_fitting(
        44,
        f"{best.label} leads: {number} a time",
        f"{short_title(best.label, 20)} leads: {number} a time",
    )


def _size(mean: Kpi) -> float:
    then = mean.previous.value if mean.previous else None
    return abs((mean.current.value or 0) - then) / then if then else 0.0


def _moved(one: Series, mean: Kpi) -> str:
    assert mean.change and mean.change.difference and mean.previous
    word = "rising" if mean.change.difference > 0 else "fading"
    now, then = wording.whole(mean.current.value or 0), wording.whole(mean.previous.value or 0)
    ending = f"is {word}: {now}, was {then}"
    return wording.first_fitting(44, f"{one.label} {ending}", f"{short_title(one.label, 18)} {ending}")


def _footer(dates: Sequence[Occurrence], zone: str) -> str:
    days = [local_moment(one.starts_ms, zone).date() for one in dates]
    held = [one for one in dates if one.is_held]
    whole = sum(one.recorded >= 1 for one in held)
    notes = [
        describe_days(min(days), max(days), year=True),
        f"{wording.whole(len(held))} held, {wording.whole(whole)} fully recorded",
    ]
    if any(one.outcome == "not_held" for one in dates):
        notes.insert(0, "× not held")
    if any(one.outcome == "unknown" or (one.is_held and one.recorded < COMPARABLE) for one in dates):
        notes.append("grey: gap")
    return wording.first_fitting(76, *(" · ".join(notes[:kept]) for kept in range(len(notes), 0, -1)))


def _alt_text(shown: Sequence[Series], means: Mapping[str, Kpi]) -> str:
    told = []
    for one in shown:
        mean = means.get(one.name)
        last = len(one.held[-1].attended)
        average = f", average {wording.whole(mean.current.value or 0)}" if mean else ""
        told.append(f"{one.label}: {wording.whole(last)} at the last{average}")
    number = wording.whole(len(shown))
    return f"Small bars, people per event, last 8 dates of {number} series. {'; '.join(told)}."
