"""When those who come to each series are usually here, beside when it is held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from reports import wording
from reports.basis import MIN_N
from reports.best_time import (
    BestTime,
    Time,
    UsuallyHere,
    best_time,
    hours_of,
    usual_slots,
    usually_here,
    weeks_until,
)
from reports.loyalty import LAST_HELD, regulars_at
from reports.material import Material
from reports.occurrence_records import Occurrence, load_qualifying_stays
from reports.periods import Period, describe, span
from reports.quality import COMPARABLE
from reports.report import Kpi, Measure, Section
from reports.series import Series
from reports.small_groups import WITHHELD, is_small
from reports.turnout import People
from storage.day_sets import union


@dataclass(frozen=True, slots=True)
class BestTimes:
    section: Section
    notes: tuple[str, ...]  # of whom nothing can be said, and why


@dataclass(frozen=True, slots=True)
class Comers:
    """Whose time a series would be held at: its regulars, or else all who came lately; members still."""

    people: People
    who: str


def comers(one: Series, members: People) -> Comers:
    regulars = regulars_at(one.held, len(one.held) - 1) & members
    if len(regulars) >= MIN_N:
        return Comers(regulars, "regulars")
    return Comers(union(held.attended for held in one.held[-LAST_HELD:]) & members, "attendees")


async def best_times(conn: AsyncConnection, material: Material, series: Sequence[Series]) -> BestTimes:
    """Of the 12 weeks to the end of the period. Refused below 80 % of recorded voice, or 10 people."""
    weeks = _weeks(material)
    recorded = material.basis.coverage("series_best_time", weeks)
    members = material.basis.populations.at_end_of(weeks.last_day)
    whose = {one.name: comers(one, members) for one in series}
    if not series:
        return BestTimes(Section("", ()), ())
    if recorded < COMPARABLE:
        share = wording.percent_beside(recorded, COMPARABLE)
        return BestTimes(
            Section("", ()), (f"No best time: {share} of voice in {describe(weeks)} was recorded.",)
        )
    enough = [one for one in series if len(whose[one.name].people) >= MIN_N]
    here = await _usually_here(conn, material, weeks, union(whose[one.name].people for one in enough))
    found = {
        one.name: best_time(whose[one.name].people, here, _held(one, weeks), weeks.zone) for one in enough
    }
    shown = {
        one.name: _kpis(one, whose[one.name], best, weeks, recorded, material)
        for one in enough
        if (best := found[one.name])
    }
    few = wording.listing([one.label for one in series if one not in enough])
    notes = (f"No best time of {few}: fewer than {MIN_N} people.",) if few else ()
    better = {
        one.label: best.best
        for one in enough
        if (best := found[one.name])
        and best.own != best.best
        and shown[one.name][0].current.value is not None
    }
    taken = {one.label: usual_slots(_held(one, weeks), weeks.zone) for one in series}
    title = f"When they are here · {describe(weeks)}, {wording.percent(recorded)} recorded"
    kpis = tuple(kpi for of_one in shown.values() for kpi in of_one)
    return BestTimes(Section(title, kpis), (*notes, *drawn_elsewhere(better, taken)))


def drawn_elsewhere(better: Mapping[str, Time], taken: Mapping[str, frozenset[int]]) -> tuple[str, ...]:
    """Whoever is here may have come for another series: of which best times that is so, by series' labels.

    “Best times also count people who came for another series: Café at the time of Sunday Inhouse.”
    """
    parts = []
    for label, time in better.items():
        others = [other for other, slots in taken.items() if other != label and slots & time.slots]
        if others:
            parts.append(f"{label} at the time of {wording.listing(others)}")
    return (
        (f"Best times also count people who came for another series: {wording.listing(parts)}.",)
        if parts
        else ()
    )


def _weeks(material: Material) -> Period:
    this, zone = material.pair.this, material.settings.zone
    last_day = weeks_until(this.end_ms, material.basis.now_ms, zone)
    return span("", last_day - 83, last_day, zone)


async def _usually_here(
    conn: AsyncConnection, material: Material, weeks: Period, people: People
) -> UsuallyHere:
    window = (weeks.start_ms, weeks.end_ms)
    records = material.records
    stays = await load_qualifying_stays(conn, records.guild_id, list(people), window, records.as_of_ms)
    unseen = material.basis.recording.lost("voice", window)
    least_ms = material.rules.events.attend_minutes * 60_000
    return usually_here(stays, hours_of(weeks.last_day, weeks.zone), unseen, least_ms)


def _held(one: Series, weeks: Period) -> list[Occurrence]:
    """Of these weeks, oldest first."""
    return [
        held.occurrence for held in one.held if weeks.start_ms <= held.occurrence.starts_ms < weeks.end_ms
    ]


def _kpis(  # noqa: PLR0917  what is known of one series, in one call
    one: Series, whose: Comers, found: BestTime, weeks: Period, recorded: float, material: Material
) -> tuple[Kpi, ...]:
    caveats = material.basis.caveats("series_best_time", weeks)

    def kpi(name: str, time: Time, when: str) -> Kpi:
        cut, people = f"{one.label}, {when}: {whose.who}", len(whose.people)
        few = any(is_small(number, material.smallest) for number in (time.here, people - time.here))
        if few or one.has_small(material.smallest):
            return Kpi(name, Measure(None, coverage=recorded), caveats=(WITHHELD,), cut=cut, subject=one.name)
        measure = Measure(time.here, time.here, people, coverage=recorded)
        return Kpi(name, measure, caveats=caveats, cut=cut, subject=one.name)

    return (
        kpi("series_best_time", found.best, _when_best(found)),
        *(
            [kpi("series_own_time", found.own, f"now {found.own.text}")]
            if found.own and found.own != found.best
            else []
        ),
    )


def _when_best(found: BestTime) -> str:
    return f"{found.best.text} as now" if found.own == found.best else f"best {found.best.text}"
