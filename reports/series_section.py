"""How each series fares, and who carries the events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import fmean

from reports import wording
from reports.basis import MIN_N
from reports.comparison import NOT_COMPARED, tested_otherwise
from reports.held import overflow
from reports.hosts import HostLoad
from reports.loyalty import (
    LAST_HELD,
    Stopped,
    first_timers_back,
    never_again,
    regulars_stopped,
    stopped_over_time,
)
from reports.quality import COMPARABLE
from reports.report import Change, Kpi, Measure
from reports.series import HALF, Series
from reports.small_groups import WITHHELD, is_small
from reports.statistics import bootstrap_rate, wilson

POINTS = 8  # of a share over time
MANY_REGULARS = 0.2  # of a series: so large a share of them who stopped is worth a line or a headline


def means(series: Sequence[Series], smallest: int) -> tuple[Kpi, ...]:
    """Of each series of which at least 3 were held, in the order given."""
    return tuple(_mean(one, smallest) for one in series if one.popularity)


def _mean(one: Series, smallest: int) -> Kpi:
    if one.has_small(smallest):
        return _withheld("series_mean", one)
    halves = one.halves()
    if not halves:
        return _kpi("series_mean", one, _mean_of(one, len(one.held)))
    now, then, p_value = halves
    change = tested_otherwise("series_mean", now - then, p_value)
    if one.recorded < COMPARABLE:
        change = NOT_COMPARED
    before = [len(held.attended) for held in one.held_before]
    previous = Measure(then, sum(before), len(before), coverage=one.recorded_before)
    return _kpi("series_mean", one, _mean_of(one, HALF), previous, change=change)


def _mean_of(one: Series, number: int) -> Measure:
    """Over the last so many held: attendances / held."""
    sizes = [len(held.attended) for held in one.held[-number:]]
    return Measure(fmean(sizes), sum(sizes), len(sizes), coverage=one.recorded)


def _kpi(
    name: str, one: Series, current: Measure, previous: Measure | None = None, change: Change | None = None
) -> Kpi:
    return Kpi(name, current, previous, change, left_out(one), one.label, one.name)


def _withheld(name: str, one: Series) -> Kpi:
    return Kpi(
        name, Measure(None, coverage=one.recorded), caveats=(WITHHELD,), cut=one.label, subject=one.name
    )


def left_out(one: Series) -> tuple[str, ...]:
    """Which of its last ones say nothing, because a gap hides who came, or whether it was held."""
    missed = [held for held in one.due if held.outcome == "unknown" or held.recorded < COMPARABLE]
    if not missed:
        return ()
    number, of = wording.whole(len(missed)), wording.whole(len(one.due))
    return (f"{one.label}: {number} of its last {of} left out, hardly recorded.",)


def popularity(series: Sequence[Series], smallest: int, kind: str = "series") -> tuple[Kpi, ...]:
    """Of each with at least 3 held: mean, median, peak and reach of the last 8. `kind`: series, type."""
    return tuple(kpi for one in series if one.popularity for kpi in _popularity(one, smallest, kind))


def _popularity(one: Series, smallest: int, kind: str) -> tuple[Kpi, ...]:
    popular = one.popularity
    assert popular is not None
    mean = "series_mean_of_8" if kind == "series" else "type_mean"
    figures = {
        mean: _mean_of(one, LAST_HELD),
        f"{kind}_median": Measure(popular.median, coverage=one.recorded),
        f"{kind}_peak": Measure(popular.peak, popular.peak, coverage=one.recorded),
        f"{kind}_reach": Measure(popular.reach, popular.reach, coverage=one.recorded),
    }
    if one.has_small(smallest):
        return tuple(_withheld(name, one) for name in figures)
    return tuple(_kpi(name, one, measure) for name, measure in figures.items())


def overflowed(series: Sequence[Series], smallest: int) -> tuple[Kpi, ...]:
    """Of each series of which the places of any of the last 8 held are known: how often more came."""
    return tuple(kpi for one in series if one.popularity and (kpi := _overflowed(one, smallest)))


def _overflowed(one: Series, smallest: int) -> Kpi | None:
    beyond = [overflow(held.occurrence, held.attended) for held in one.held[-LAST_HELD:]]
    known = [number for number in beyond if number is not None]
    if not known:
        return None
    if one.has_small(smallest):
        return _withheld("series_overflow", one)
    over = sum(number > 0 for number in known)
    return _kpi("series_overflow", one, Measure(None, over, len(known), coverage=one.recorded))


def returned(series: Sequence[Series], smallest: int) -> tuple[Kpi, ...]:
    """Who came again, of each series."""
    steps = (("series_returned_next", 1), ("series_returned_next_two", 2))
    return tuple(
        _returned(name, one, within, smallest) for one in series if one.popularity for name, within in steps
    )


def _returned(name: str, one: Series, within: int, smallest: int) -> Kpi:
    people = one.returned(within)
    if one.has_small(smallest) or hides_of(people, smallest):
        return _withheld(name, one)
    return _kpi(name, one, pooled(people, one.recorded))


def hides_of(people: Sequence[tuple[int, int]], smallest: int) -> bool:
    """Where few came again at all, or few did not once: either would tell of single people."""
    returned_once = sum(part > 0 for part, _ in people)
    missed_once = sum(part < whole for part, whole in people)
    return any(is_small(number, smallest) for number in (returned_once, missed_once))


def pooled(people: Sequence[tuple[int, int]], coverage: float) -> Measure:
    """A rate over attendances: (followed by another, all) of each person, with the bootstrap's interval."""
    again, came = sum(part for part, _ in people), sum(whole for _, whole in people)
    if came < MIN_N:
        return Measure(None, again, came, coverage=coverage)
    return Measure(again / came, again, came, bootstrap_rate(people).interval, coverage)


def staying(series: Sequence[Series], missed: int, smallest: int) -> tuple[Kpi, ...]:
    """Of each series: regulars who stopped, who never came again, first-timers who came again."""
    return tuple(kpi for one in series if one.popularity for kpi in _staying(one, missed, smallest))


def _staying(one: Series, missed: int, smallest: int) -> tuple[Kpi, ...]:
    again = never_again(one.held, missed)
    back = first_timers_back(one.held)
    made = (
        regulars_who_stopped(one, missed, smallest),
        _of_people(
            "series_never_again", one, _share(len(again.known - again.there), len(again.known), one), smallest
        ),
        _of_people("series_first_timers_back", one, _share(len(back.there), len(back.known), one), smallest),
    )
    return tuple(kpi for kpi in made if kpi)


def regulars_who_stopped(one: Series, missed: int, smallest: int) -> Kpi | None:
    """Beside as it stood `missed` held before, so that no occurrence is missed twice. None where pending."""
    now, then = (regulars_stopped(one.held, missed, back) for back in (0, missed))
    if now is None:
        return None
    previous = _stopped(then, one) if then and len(then.known) else None
    return _of_people("series_regulars_stopped", one, _stopped(now, one), smallest, previous)


def stopped_each_time(series: Sequence[Series], missed: int, zone: str, smallest: int) -> tuple[Kpi, ...]:
    """The share of regulars who stopped, as it stood at each of the newest held, oldest first.

    The `cut` says after which one they stopped. Of series that ever had at least 10 regulars.
    """
    over_time = {one.name: stopped_over_time(one.held, missed, POINTS) for one in series if one.popularity}
    made = [
        _stopped_after(one, stopped, zone, smallest)
        for one in series
        if any(len(stopped.known) >= MIN_N for stopped in over_time.get(one.name, ()))
        for stopped in over_time[one.name]
    ]
    return tuple(kpi for kpi in made if kpi)


def _stopped_after(one: Series, stopped: Stopped, zone: str, smallest: int) -> Kpi | None:
    made = _of_people("series_regulars_stopped", one, _stopped(stopped, one), smallest)
    day = wording.day_text(stopped.after.starts_ms, zone)[4:]
    subject = f"{one.name} {stopped.after.starts_ms}"
    return replace(made, cut=f"{one.label} after {day}", subject=subject) if made else None


def _stopped(stopped: Stopped, one: Series) -> Measure:
    return _share(len(stopped.stopped), len(stopped.known), one)


def _share(part: int, whole: int, one: Series) -> Measure:
    if whole < MIN_N:
        return Measure(None, part, whole, coverage=one.recorded)
    return Measure(part / whole, part, whole, wilson(part, whole), one.recorded)


def _of_people(
    name: str, one: Series, current: Measure, smallest: int, previous: Measure | None = None
) -> Kpi | None:
    """None where there is nobody yet to say it of."""
    if not current.denominator:
        return None
    if one.has_small(smallest) or _is_telling(current, smallest):
        return _withheld(name, one)
    shown = None if previous is None or _is_telling(previous, smallest) else previous
    return _kpi(name, one, current, shown)


def _is_telling(measure: Measure, smallest: int) -> bool:
    part, whole = measure.numerator or 0, measure.denominator or 0
    return is_small(part, smallest) or is_small(whole - part, smallest)


def host_kpis(
    now: HostLoad, then: HostLoad | None, recorded: tuple[float, float], smallest: int
) -> tuple[Kpi, ...]:
    """Of four weeks, beside the four before; `recorded`: the share of either. Empty where nobody hosted."""
    if not now.hours:
        return ()

    def kpi(name: str, value: Callable[[HostLoad], float | None]) -> Kpi:
        if is_small(len(now.attended), smallest):
            return Kpi(name, Measure(None, coverage=recorded[0]), caveats=(WITHHELD,))
        is_shown = then is not None and then.hours and not is_small(len(then.attended), smallest)
        previous = Measure(value(then), coverage=recorded[1]) if then and is_shown else None
        return Kpi(name, Measure(value(now), coverage=recorded[0]), previous)

    return (
        kpi("attendee_hours", lambda load: load.hours),
        _with_hosts(kpi("top_two_hosts_share", lambda load: load.share(load.hosts[:2])), now),
        kpi("effective_hosts", lambda load: load.effective_number),
    )


def _with_hosts(kpi: Kpi, load: HostLoad) -> Kpi:
    """How many of the two there are: “One host carries”."""
    if kpi.current.value is None:
        return kpi
    return replace(kpi, parts=(("hosts", len(load.carrying[:2])),))
