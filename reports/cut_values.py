"""The numbers of a period by segment, tier, platform and month of joining, and no-shows by type of event.

They are what a report with that cut says. Everything was gathered once: only the people are cut.
Definitions: docs/kpis.md, "Cuts" and "Small groups".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from reports.community import active_members, voice_activity_rate
from reports.cut_withholding import Identity, Kpis, hidden_side_by_side, identity
from reports.event_people import EventPeople
from reports.event_section import EventSection
from reports.material import Material
from reports.occurrence_records import Occurrence
from reports.periods import Period, month_of, previous
from reports.platforms import with_discord_only
from reports.populations import People
from reports.report import Kpi
from reports.sections import growth_kpis, how_often
from reports.series import type_name
from reports.small_groups import is_small
from reports.tiers import partition
from reports.voice_kpis import voice_sessions

JOIN_MONTHS = 12  # that of the period's end, and those before

Parts = Mapping[str, People]


@dataclass(frozen=True, slots=True)
class CutKpi:
    """An exact number of one part; whether analysts may see it is told apart."""

    kpi: Kpi  # with what it is cut by, and to which part
    is_withheld: bool


@dataclass(frozen=True, slots=True)
class _Part:
    """Some of the people, or of the events."""

    kpis: Kpis
    people: int
    has_few_no_shows: bool

    @property
    def is_of_anybody(self) -> bool:
        """In the period, or in the one before and gone by now."""
        counted = ((kpi.current.numerator, kpi.current.denominator) for kpi in self.kpis.values())
        return self.people > 0 or any(any(counts) for counts in counted)

    def small(self, min_group: int) -> frozenset[Identity]:
        """What is of too few people whatever the other parts are."""
        if is_small(self.people, min_group):
            return frozenset(self.kpis)
        return frozenset(of for of in self.kpis if of[0] == "no_show_rate" and self.has_few_no_shows)


@dataclass(frozen=True, slots=True)
class Cutter:
    """Cuts one exact material. `everybody`: whoever was ever seen; `platforms`: as of the period's end."""

    material: Material
    everybody: People
    platforms: Parts
    min_group: int

    def kpis(self) -> Iterator[CutKpi]:
        events = EventPeople.of(replace(self.material.event_section, smallest=self.min_group))
        whole = self._part(self.material, events)
        for cut_by, parts in self._partitions().items():
            cut = {name: self._part_of(people, events) for name, people in parts.items()}
            yield from self._told(cut_by, whole, cut)
        for name, people in with_discord_only(self.platforms, self.everybody).items():
            yield from self._told("platform", whole, {name: self._part_of(people, events)})
        yield from self._told("event_type", whole, self._types(events))

    def _partitions(self) -> Mapping[str, Parts]:
        """Somebody is in one part of each at most. Platforms are none: somebody may be on two."""
        segments, cohorts = self.material.before, self.material.lifecycle.cohorts
        joined = {month.key: cohorts.joined(month.first_day, month.last_day) for month in self._join_months()}
        return {
            "segment": {name: segments.of(name) for name in segments.told},
            "tier": partition(self.material.tiers, self.everybody),
            "joined": joined,
        }

    def _join_months(self) -> Iterator[Period]:
        this = self.material.pair.this
        month = month_of(this.last_day, this.zone)
        for _ in range(JOIN_MONTHS):
            yield month
            month = previous(month)

    def _part_of(self, people: People, events: EventPeople) -> _Part:
        material = self.material
        populations = material.basis.populations.cut_to(people, self.everybody)
        pair = replace(material.pair, basis=replace(material.basis, populations=populations))
        voice = {period: members.among(people) for period, members in material.voice_members.items()}
        cut = replace(
            material,
            pair=pair,
            growth=material.growth.among(people, pair),
            events=replace(material.events, populations=populations),
            lifecycle=material.lifecycle.with_segments_of(people),
            before=material.before.among(people),
            voice={period: members.use() for period, members in voice.items()},
            voice_members=voice,
        )
        return self._part(cut, events.among(people))

    def _part(self, cut: Material, events: EventPeople) -> _Part:
        kpis = (
            active_members(cut.pair),
            *how_often(cut),
            voice_activity_rate(cut.pair),
            *voice_sessions(cut.pair, cut.voice),
            *growth_kpis(cut),
            *cut.profile_kpis.adoption(),
            *events.kpis(),
            *cut.segment_kpis(),
        )
        return _Part(
            {identity(kpi): _bare(kpi) for kpi in kpis},
            len(cut.basis.populations.exposed(cut.pair.this)),
            events.is_of_few,
        )

    def _types(self, events: EventPeople) -> Mapping[str, _Part]:
        """By type of event, named as its other numbers are."""
        pair, history, smallest = events.section.pair, events.section.history, events.section.smallest
        types: dict[str, list[Occurrence]] = {}
        for one in history.during(pair.this):
            types.setdefault(type_name(one), []).append(one)
        found = {}
        for name, occurrences in types.items():
            own = replace(pair, basis=pair.basis.of_events(occurrences))
            section = EventSection(own, replace(history, occurrences=tuple(occurrences)), smallest)
            of_type = EventPeople.of(section)
            kpi = of_type.no_show_rate()
            found[name] = _Part({identity(kpi): kpi}, len(of_type.no_shows), of_type.is_of_few)
        return found

    def _told(self, cut_by: str, whole: _Part, parts: Mapping[str, _Part]) -> Iterator[CutKpi]:
        small = {name: part.small(self.min_group) for name, part in parts.items()}
        of_parts = {name: part.kpis for name, part in parts.items()}
        hidden = hidden_side_by_side(whole.kpis, of_parts, small, self.min_group)
        for name, part in parts.items():
            if part.is_of_anybody:
                for of, kpi in part.kpis.items():
                    yield CutKpi(replace(kpi, cut_by=cut_by, cut=name), of in hidden[name])


def _bare(kpi: Kpi) -> Kpi:
    """Without the period before, that has a row of its own, and without the parts of a part."""
    return replace(kpi, previous=None, change=None, parts=(), caveats=())
