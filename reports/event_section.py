"""The events of a period: how many, who was there, who was not, and what became of each series."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from reports import wording
from reports.basis import MIN_N
from reports.comparison import NOT_COMPARED, tested_otherwise
from reports.event_finding import ELSEWHERE, NOT_A_PROMISE
from reports.event_history import EventHistory
from reports.event_report import OccurrenceKey
from reports.occurrence_records import Occurrence
from reports.occurrences import key_text
from reports.pair import Pair
from reports.periods import Period, describe_days, local_moment, weekday_name
from reports.populations import People
from reports.report import Change, Kpi, Measure, Verdict, Worth
from reports.small_groups import WITHHELD, is_small
from reports.statistics import bootstrap_change, bootstrap_rate
from reports.titles import both_ends, short_title, told_apart
from storage.day_sets import union

MOST_EVENTS = 8
UNRECORDED = "without a record of who came"


@dataclass(frozen=True, slots=True)
class EventSection:
    pair: Pair
    history: EventHistory
    smallest: int  # an event with fewer people is not shown

    def kpis(self) -> tuple[Kpi, ...]:
        """Empty where no event was planned in either period."""
        if not self.is_of_any:
            return ()
        note = known_of(self.history.held(self.pair.this))
        of_people = (self._people(), _no_promise(self.no_show_rate()))
        return (self._held(), *(replace(kpi, caveats=(*kpi.caveats, *note)) for kpi in of_people))

    @property
    def is_of_any(self) -> bool:
        """Whether any event was planned in either period."""
        return any(self.history.during(period) for period in (self.pair.this, self.pair.last))

    def each(self, most: int | None = MOST_EVENTS) -> tuple[Kpi, ...]:
        """The events of the period in their order, each beside the one held before in its series.

        `most`: so many, those with most people; None: all of them.
        """
        held = self.history.held(self.pair.this)
        sizes = {one.key: len(self.history.turnout(one).attended) for one in held}
        largest = sorted(held, key=lambda one: (-sizes[one.key], one.starts_ms))[:most]
        names = self._names(held)
        return tuple(self._one(one, sizes[one.key], names[one.key]) for one in held if one in largest)

    def _held(self) -> Kpi:
        def held(period: Period) -> Measure:
            number = len(self.history.held(period))
            return self.pair.basis.figure("events_held", number, number, None, period)

        not_held = sum(one.outcome == "not_held" for one in self.history.during(self.pair.this))
        kpi = self.pair.beside("events_held", held)
        parts = (("not held", not_held), *unrecorded(self.history.held(self.pair.this)))
        return replace(kpi, parts=parts)

    def people_of(self, people: People, period: Period) -> Measure:
        """How many different people attended; not known where all of the events were held elsewhere."""
        if self.history.held(period) and not self.history.seen(period):
            return Measure(None, coverage=0.0)
        return self.pair.basis.figure("event_people", len(people), len(people), None, period)

    def _people(self) -> Kpi:
        this, last = self.pair.this, self.pair.last
        if self.hides_people(this):
            return self._withheld("event_people")
        if self.hides_people(last):
            return Kpi("event_people", self.people_of(self.attended(this), this))
        people = {period: self.attended(period) for period in (this, last)}
        if any(self.people_of(people[period], period).value is None for period in (this, last)):
            return self.pair.beside("event_people", lambda of: self.people_of(people[of], of))
        return self.pair.tested("event_people", lambda of: self.people_of(people[of], of), people)

    def attended(self, period: Period) -> People:
        return union(self.attended_each(period))

    def attended_each(self, period: Period) -> list[People]:
        return [self.history.turnout(one).attended for one in self.history.seen(period)]

    def hides_people(self, period: Period) -> bool:
        return hides(self.attended_each(period), self.smallest)

    def hides_no_shows(self, period: Period) -> bool:
        return self.hides_any(self.no_shows(period))

    def hides_any(self, no_shows: Mapping[int, tuple[int, int]]) -> bool:
        """Where few stayed away from any, or few did not from any: either would tell of single people."""
        people = no_shows.values()
        stayed_away = sum(absent > 0 for absent, _ in people)
        came = sum(absent < interests for absent, interests in people)
        return any(is_small(number, self.smallest) for number in (stayed_away, came))

    def _withheld(self, name: str) -> Kpi:
        coverage = self.pair.basis.coverage(name, self.pair.this)
        return Kpi(name, Measure(None, coverage=coverage), caveats=(WITHHELD,))

    def no_show_rate(self) -> Kpi:
        """Pooled over the period's events; its change is tested by bootstrap over members."""
        name, pair = "no_show_rate", self.pair
        if self.hides_no_shows(pair.this):
            return self._withheld(name)
        now, then = self.no_shows(pair.this), self.no_shows(pair.last)
        current = self.rate_of(now, pair.this)
        caveats = pair.caveats(name, pair.this, pair.last)
        if self.hides_no_shows(pair.last) or not sum(whole for _, whole in then.values()):
            return Kpi(name, current, caveats=caveats)
        previous = self.rate_of(then, pair.last)
        if not pair.basis.is_comparable(name, pair.this, pair.last):
            return Kpi(name, current, previous, NOT_COMPARED, caveats)
        if current.value is None or previous.value is None:
            change = Change(None, None, None, None, Verdict.TOO_FEW, Worth.NEUTRAL)
        else:
            everyone = sorted({*now, *then})
            both = [(*now.get(number, (0, 0)), *then.get(number, (0, 0))) for number in everyone]
            change = tested_otherwise(name, current.value - previous.value, bootstrap_change(both).p_value)
        return Kpi(name, current, previous, change, caveats)

    def no_shows(self, period: Period) -> dict[int, tuple[int, int]]:
        """Of each person: how often they stayed away, of how many interests whose outcome is known."""
        absent: Counter[int] = Counter()
        known: Counter[int] = Counter()
        for one in self.history.seen(period):
            turnout = self.history.turnout(one)
            known.update(turnout.known)
            absent.update(turnout.no_shows)
        return {number: (absent[number], interests) for number, interests in known.items()}

    def no_show_share(self, period: Period) -> float | None:
        """None where fewer than 10 interests are known."""
        people = self.no_shows(period).values()
        whole = sum(interests for _, interests in people)
        return sum(absent for absent, _ in people) / whole if whole >= MIN_N else None

    def rate_of(self, people: Mapping[int, tuple[int, int]], period: Period) -> Measure:
        """The share of no-shows, pooled over these people: of each how often, of how many known interests."""
        part, whole = (sum(column) for column in zip(*people.values(), strict=True)) if people else (0, 0)
        coverage = self.pair.basis.coverage("no_show_rate", period)
        if whole < MIN_N or coverage == 0:
            return Measure(None, part, whole, None, coverage)
        interval = bootstrap_rate(list(people.values())).interval
        return Measure(part / whole, part, whole, interval, coverage)

    def _names(self, held: Iterable[Occurrence]) -> dict[OccurrenceKey, str]:
        """Titles, with the day where a title was held more than once, and the time where on one day."""
        held = list(held)
        titles = told_apart({one.title: (short_title(one.title), both_ends(one.title)) for one in held})
        return told_apart({one.key: self._names_of(one, titles[one.title]) for one in held})

    def _names_of(self, one: Occurrence, title: str) -> tuple[str, ...]:
        this = self.pair.this
        begins = local_moment(one.starts_ms, this.zone)
        is_longer = this.last_day - this.first_day >= 7
        day = describe_days(begins.date(), begins.date()) if is_longer else weekday_name(begins.date())[:3]
        return title, f"{title}, {day}", f"{title}, {day} {begins:%H:%M}"

    def _one(self, one: Occurrence, size: int, name: str) -> Kpi:
        if not one.tells_who_came:
            return Kpi(
                "attendees",
                Measure(None, coverage=0.0),
                caveats=(ELSEWHERE,),
                cut=name,
                subject=key_text(one.key),
            )
        if is_small(size, self.smallest):
            unknown = Measure(None, coverage=one.recorded)
            return Kpi("attendees", unknown, caveats=(WITHHELD,), cut=name, subject=key_text(one.key))
        before = self._before(one)
        previous = None
        if before:
            number = len(self.history.turnout(before).attended)
            previous = (
                None if is_small(number, self.smallest) else Measure(number, number, coverage=before.recorded)
            )
        measure = Measure(size, size, coverage=one.recorded)
        return Kpi("attendees", measure, previous, cut=name, subject=key_text(one.key), is_of_holding=True)

    def _before(self, one: Occurrence) -> Occurrence | None:
        earlier = [
            other
            for other in self.history.occurrences
            if other.series == one.series
            and other.is_held
            and other.tells_who_came
            and other.starts_ms < one.starts_ms
        ]
        return earlier[-1] if earlier else None


def _no_promise(kpi: Kpi) -> Kpi:
    """With what has to be known of no-shows, where there is anything to be told of them."""
    return replace(kpi, caveats=(*kpi.caveats, NOT_A_PROMISE)) if kpi.current.denominator else kpi


def unrecorded(held: Sequence[Occurrence]) -> tuple[tuple[str, int], ...]:
    """Of how many nobody knows who came, as a part of a number; none where it is known of all."""
    number = sum(not one.tells_who_came for one in held)
    return ((UNRECORDED, number),) if number else ()


def known_of(held: Sequence[Occurrence]) -> tuple[str, ...]:
    """A caveat for whatever is made of who came to them; none where it is known of all."""
    known = sum(one.tells_who_came for one in held)
    if known == len(held):
        return ()
    of = f"{wording.whole(known)} of the {wording.count(len(held), 'event', 'events')} held"
    return (f"Who came is known of {of}: elsewhere than in a channel, without check-in, nobody saw it.",)


def hides(each: Sequence[People], smallest: int) -> bool:
    """Whether it may not be said how many were at any of some events.

    Also where all of them are many, but few were only at events whose own number is not shown.
    """
    everybody = union(each)
    shown = union(people for people in each if not is_small(len(people), smallest))
    return any(is_small(len(people), smallest) for people in (everybody, everybody - shown))
