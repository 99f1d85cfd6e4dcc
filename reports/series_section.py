"""How each series fares, and who carries the events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import fmean

from reports.basis import MIN_N
from reports.comparison import tested_otherwise
from reports.hosts import HostLoad
from reports.report import Kpi, Measure
from reports.series import Series
from reports.small_groups import WITHHELD, is_small
from reports.statistics import bootstrap_rate


def means(series: Sequence[Series], smallest: int) -> tuple[Kpi, ...]:
    """Of each series of which at least 3 were held, in the order given."""
    return tuple(_mean(one, smallest) for one in series if one.popularity)


def _mean(one: Series, smallest: int) -> Kpi:
    if one.has_small(smallest):
        return _withheld("series_mean", one)
    halves = one.halves()
    if not halves:
        mean = fmean(len(held.attended) for held in one.held)
        return Kpi("series_mean", Measure(mean), cut=one.label, subject=one.name)
    now, then, p_value = halves
    change = tested_otherwise("series_mean", now - then, p_value)
    return Kpi("series_mean", Measure(now), Measure(then), change, cut=one.label, subject=one.name)


def _withheld(name: str, one: Series) -> Kpi:
    return Kpi(name, Measure(None), caveats=(WITHHELD,), cut=one.label, subject=one.name)


def popularity(series: Sequence[Series], smallest: int) -> tuple[Kpi, ...]:
    """Median and peak of the last 8 held."""

    def kpi(name: str, one: Series, value: float) -> Kpi:
        if one.has_small(smallest):
            return _withheld(name, one)
        return Kpi(name, Measure(value), cut=one.label, subject=one.name)

    ranked = [(one, one.popularity) for one in series]
    return tuple(
        kpi(name, one, value)
        for one, popular in ranked
        if popular
        for name, value in (("series_median", popular.median), ("series_peak", float(popular.peak)))
    )


def returned(series: Sequence[Series], smallest: int) -> tuple[Kpi, ...]:
    """Who came again, of each series."""
    steps = (("series_returned_next", 1), ("series_returned_next_two", 2))
    return tuple(
        _returned(name, one, within, smallest) for one in series if one.popularity for name, within in steps
    )


def _returned(name: str, one: Series, within: int, smallest: int) -> Kpi:
    people = one.returned(within)
    again, came = sum(part for part, _ in people), sum(whole for _, whole in people)
    returned_once = sum(part > 0 for part, _ in people)
    missed_once = sum(part < whole for part, whole in people)
    if one.has_small(smallest) or any(is_small(n, smallest) for n in (returned_once, missed_once)):
        return _withheld(name, one)
    if came < MIN_N:
        return Kpi(name, Measure(None, again, came), cut=one.label, subject=one.name)
    return Kpi(
        name,
        Measure(again / came, again, came, bootstrap_rate(people).interval),
        cut=one.label,
        subject=one.name,
    )


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
