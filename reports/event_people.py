"""Who came to a period's events and who stayed away: counted once, then cut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reports.event_section import EventSection
from reports.populations import People
from reports.report import Kpi


@dataclass(frozen=True, slots=True)
class EventPeople:
    section: EventSection
    attended: People
    no_shows: Mapping[int, tuple[int, int]]  # of each person: how often, of how many known interests

    @classmethod
    def of(cls, section: EventSection) -> EventPeople:
        this = section.pair.this
        return cls(section, section.attended(this), section.no_shows(this))

    def among(self, people: People) -> EventPeople:
        no_shows = {number: counts for number, counts in self.no_shows.items() if number in people}
        return EventPeople(self.section, self.attended & people, no_shows)

    def kpis(self) -> Iterator[Kpi]:
        """None where no event was planned in the period or the one before."""
        if self.section.is_of_any:
            yield Kpi("event_people", self.section.people_of(self.attended, self.section.pair.this))
            yield self.no_show_rate()

    def no_show_rate(self) -> Kpi:
        return Kpi("no_show_rate", self.section.rate_of(self.no_shows, self.section.pair.this))

    @property
    def is_of_few(self) -> bool:
        """Whether so few people stayed away, or did not, that it may not be said how often."""
        return self.section.hides_any(self.no_shows)
