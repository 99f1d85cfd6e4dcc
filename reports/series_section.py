"""How each series fares, and who carries the events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean

from reports.attrition import WITHHELD
from reports.basis import MIN_N
from reports.comparison import tested_otherwise
from reports.hosts import HostLoad
from reports.quality import COMPARABLE
from reports.report import Kpi, Measure
from reports.series import HALF, Popularity, Series
from reports.statistics import bootstrap_rate


def means(series: Sequence[Series], smallest: int) -> tuple[Kpi, ...]:
    """Of each series of which at least 3 were held, in the order given."""
    return tuple(_mean(one, smallest) for one in series if one.popularity)


def _mean(one: Series, smallest: int) -> Kpi:
    halves, name = one.halves(), one.label
    sizes = [len(held.attended) for held in one.held[-HALF if halves else 0 :]]
    if any(0 < size < smallest for size in (fmean(sizes), *(halves or ())[:2])):
        return Kpi("series_mean", Measure(None), caveats=(WITHHELD,), cut=name, subject=one.name)
    if not halves:
        return Kpi("series_mean", Measure(fmean(sizes)), cut=name, subject=one.name)
    now, then, p_value = halves
    change = tested_otherwise("series_mean", now - then, p_value)
    return Kpi("series_mean", Measure(now), Measure(then), change, cut=name, subject=one.name)


def popularity(series: Sequence[Series], smallest: int) -> tuple[Kpi, ...]:
    """Median and peak of the last 8 held."""

    def kpis(one: Series, popular: Popularity) -> list[Kpi]:
        name = one.label
        figures = (("series_median", popular.median), ("series_peak", float(popular.peak)))
        return [
            Kpi(kpi, Measure(None), caveats=(WITHHELD,), cut=name, subject=one.name)
            if 0 < value < smallest
            else Kpi(kpi, Measure(value), cut=name, subject=one.name)
            for kpi, value in figures
        ]

    return tuple(kpi for one in series if one.popularity for kpi in kpis(one, one.popularity))


def returned(series: Sequence[Series], smallest: int) -> tuple[Kpi, ...]:
    """Who came again, of each series."""
    steps = (("series_returned_next", 1), ("series_returned_next_two", 2))
    return tuple(
        _returned(name, one, within, smallest) for one in series if one.popularity for name, within in steps
    )


def _returned(name: str, one: Series, within: int, smallest: int) -> Kpi:
    people, cut = one.returned(within), one.label
    again, came = sum(part for part, _ in people), sum(whole for _, whole in people)
    if any(0 < number < smallest for number in (again, came - again)):
        return Kpi(name, Measure(None), caveats=(WITHHELD,), cut=cut, subject=one.name)
    if came < MIN_N:
        return Kpi(name, Measure(None, again, came), cut=cut, subject=one.name)
    return Kpi(
        name, Measure(again / came, again, came, bootstrap_rate(people).interval), cut=cut, subject=one.name
    )


def host_kpis(now: HostLoad, then: HostLoad, recorded: tuple[float, float]) -> tuple[Kpi, ...]:
    """Of four weeks, beside the four before; `recorded`: the share of either. Empty where nobody hosted."""
    if not now.hours:
        return ()

    def kpi(name: str, value: Callable[[HostLoad], float | None]) -> Kpi:
        is_comparable = bool(then.hours) and min(recorded) >= COMPARABLE
        previous = Measure(value(then), coverage=recorded[1]) if is_comparable else None
        return Kpi(name, Measure(value(now), coverage=recorded[0]), previous)

    return (
        kpi("attendee_hours", lambda load: load.hours),
        kpi("top_two_hosts_share", lambda load: load.share(load.hosts[:2])),
        kpi("effective_hosts", lambda load: load.effective_number),
    )
