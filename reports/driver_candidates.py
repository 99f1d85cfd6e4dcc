"""Who could stand out among those who came in or dropped out. Definition: docs/kpis.md, "Drivers"."""

from __future__ import annotations

from collections.abc import Iterator

from reports import wording
from reports.drivers import Candidate, drivers, shown
from reports.growth import Growth
from reports.lines import label_for
from reports.material import Material
from reports.periods import Period, month_name, month_of
from reports.populations import People
from reports.records import DAY_MS
from reports.report import Bridge, Driver, Kpi, Measure, Movement
from storage.day_sets import union

SERIES_DAYS = 56
COHORT_MONTHS = 6
# The other segments say how regularly somebody is active: that the less regular drop out sooner is no news.
BY_TENURE = ("fresh", "new")
ALONE = {"voice": "in voice", "command": "by commands", "text": "by writing", "event": "at events"}


def movement(material: Material) -> Movement | None:
    """None where the two periods are not compared, or nothing stands out clearly."""
    growth, bridge = material.growth.now, material.growth.bridge
    if growth is None or bridge is None:
        return None
    lost = drivers(growth.lost, growth.returning | growth.lost, list(_of_lost(material, growth)))
    gained = drivers(growth.gained, growth.returning | growth.gained, list(_of_gained(material)))
    dropped_out, came_in = shown(lost, material.smallest), shown(gained, material.smallest)
    if not dropped_out and not came_in:
        return None
    telling = _telling(dropped_out, came_in)
    return Movement(f"{_moved(bridge)}; {telling}", telling, dropped_out, came_in)


def _of_lost(material: Material, growth: Growth) -> Iterator[Candidate]:
    """The most telling first. Everything is of the time before: it has no part in their going."""
    this, last = material.pair.this, material.pair.last
    before = (this.start_ms - SERIES_DAYS * DAY_MS, this.start_ms)
    yield from _series(material, before, f"had been at {{}} in the {SERIES_DAYS // 7} weeks before")
    yield from _cohorts(material, last)
    yield from _tiers(material)
    yield from _alone(material, last, growth.returning | growth.lost, "had been")
    for name in BY_TENURE:
        label = label_for(Kpi(f"segment_{name}", Measure(None))).lower()
        yield Candidate(f"segment:{name}", f"were {label}", material.before.of(name))


def _of_gained(material: Material) -> Iterator[Candidate]:
    """Not by segment: who was not active last is none of the active ones by definition."""
    this = material.pair.this
    yield from _series(material, (this.start_ms, this.end_ms), "came to {}")
    yield from _tiers(material)
    yield from _alone(material, this, material.basis.populations.active(this), "were")


def _series(material: Material, span: tuple[int, int], said: str) -> Iterator[Candidate]:
    """Of the series held in a span of time: who attended."""
    for series in material.events.series(material.pair.this.end_ms):
        attended = union(one.attended for one in series.held if span[0] <= one.occurrence.starts_ms < span[1])
        yield Candidate(f"series:{series.name}", said.format(series.label), attended)


def _cohorts(material: Material, last: Period) -> Iterator[Candidate]:
    month = month_of(last.last_day, last.zone)
    for _ in range(COHORT_MONTHS):
        people = material.lifecycle.cohorts.joined(month.first_day, month.last_day)
        said = f"joined in {month_name(month.first_date)}"
        yield Candidate(f"joined:{month.key}", said, people)
        month = month_of(month.first_day - 1, month.zone)


def _tiers(material: Material) -> Iterator[Candidate]:
    for name, people in material.tiers.items():
        yield Candidate(f"tier:{name}", f"were of the tier {name}", people)


def _alone(material: Material, period: Period, active: People, were: str) -> Iterator[Candidate]:
    """Who was active by one thing only."""
    people = material.basis.populations
    did = {name: people.doing(name, period.days) for name in material.settings.qualifying}
    for name, own in did.items():
        others = union(other for other_name, other in did.items() if other_name != name)
        said = f"{were} active only {ALONE.get(name, f'by {name}')}"
        yield Candidate(f"activity:{name}", said, (own & active) - others)


def _moved(bridge: Bridge) -> str:
    """“Active members −12: 38 came in, 50 dropped out (41 quiet, 9 left)”"""
    change = wording.signed(bridge.current - bridge.previous)
    parts = ""
    if bridge.dormant is not None and bridge.left is not None:
        parts = f" ({wording.whole(bridge.dormant)} quiet, {wording.whole(bridge.left)} left)"
    came, dropped = wording.whole(bridge.gained), wording.whole(bridge.lost)
    return f"Active members {change}: {came} came in, {dropped} dropped out{parts}"


def _telling(dropped_out: tuple[Driver, ...], came_in: tuple[Driver, ...]) -> str:
    """The most telling of each, with the share of all beside it."""
    sides = (("dropped out", "before", dropped_out), ("came in", "now", came_in))
    told = [
        f"{wording.whole(one.part)} of the {wording.whole(one.moved)} who {verb} {one.said} "
        f"({wording.whole(one.base_part)} of all {wording.whole(one.base)} active {when})"
        for verb, when, found in sides
        for one in found[:1]
    ]
    return f"{'; '.join(told)}."
