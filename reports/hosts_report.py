"""`hosts`: who leads the events, what comes of it, and how much rests on how few.

It tells single people apart, by member number: for the terminal and for files, never for a channel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from statistics import fmean

from sqlalchemy.ext.asyncio import AsyncConnection

from reports import wording
from reports.asked import Asked
from reports.details import Detail, material_asked, presented
from reports.finding import LONGEST, nothing_recorded
from reports.hosts_figure import hosts_figure, leading_sentence
from reports.leaders import Led, Load, led_by, load_of
from reports.material import Material
from reports.occurrence_records import Occurrence
from reports.pair import Pair
from reports.periods import Period, span, within
from reports.report import Kpi, Measure, Report, Section
from reports.sections import host_section, judged_together
from reports.series_section import hides_of, pooled, seconds_of
from reports.settings import ReportSettings
from reports.small_groups import WITHHELD, is_small, withheld
from reports.tiers import partition
from reports.turnout import People
from storage.rules import Rules

Amount = tuple[float, int]  # as the value, and as its numerator

HOURS_UNKNOWN = "elsewhere, hours not known"
LED_DAYS = 84  # attendance and return of what they led: one period holds too little of it


@dataclass(frozen=True, slots=True)
class Leaders:
    """One host, or the hosts of a tier."""

    subject: str  # member:12, tier:captain
    label: str
    people: People


@dataclass(frozen=True, slots=True)
class HostSections:
    material: Material
    leaders: tuple[Leaders, ...]

    def load(self, title: str) -> tuple[Section, ...]:
        """Events and attendee-hours of the period beside the one before, the most hours first."""
        this, last = self.material.pair.this, self.material.pair.last
        loads = {period: self._loads(period) for period in (this, last)}
        shown = [one for one in self.leaders if any(loads[of][one.subject].events for of in loads)]
        shown.sort(
            key=lambda one: (
                -(loads[this][one.subject].hours or 0),
                -loads[this][one.subject].events,
                one.label,
            )
        )
        hidden = {of: self._hidden(loads[of]) for of in loads}

        def kpis(name: str, amount: Callable[[Load], Amount | None]) -> list[Kpi]:
            return [self._beside(name, one, loads, hidden, amount) for one in shown]

        unseen = [loads[this][one.subject].unseen for one in shown]
        hours = [
            _with_unseen_hours(kpi, number)
            for kpi, number in zip(kpis("host_hours", _hours), unseen, strict=True)
        ]
        led = [
            replace(kpi, parts=((HOURS_UNKNOWN, number),)) if number and kpi.current.value else kpi
            for kpi, number in zip(kpis("host_events", _events), unseen, strict=True)
        ]
        return Section(f"{title}, hours", tuple(hours)), Section(f"{title}, events led", tuple(led))

    def four_weeks(self, title: str) -> tuple[Section, ...]:
        """Attendee-hours of the four weeks that the finding speaks of, beside the four before."""
        material = self.material
        weeks = material.host_weeks()
        now, then = (self._loads(span) for span in weeks)
        spans = (now, then) if material.host_loads()[1] else (now,)
        hidden = [self._hidden(loads) for loads in spans]
        shown = [one for one in self.leaders if any(loads[one.subject].events for loads in spans)]
        shown.sort(key=lambda one: (-(now[one.subject].hours or 0), one.label))

        def hours(of: Leaders) -> Kpi:
            basis = self._pair_of(of).basis
            recorded = [basis.coverage("attendee_hours", span) for span in weeks]
            measures = [
                _measured(loads[of.subject], share) for loads, share in zip(spans, recorded, strict=False)
            ]
            kpi = Kpi("host_hours_of_4_weeks", measures[0], cut=of.label, subject=of.subject)
            if of.subject in hidden[0]:
                return replace(kpi, current=Measure(None, coverage=recorded[0]), caveats=(WITHHELD,))
            if len(measures) > 1 and of.subject not in hidden[1]:
                kpi = replace(kpi, previous=measures[1])
            return _with_unseen_hours(kpi, now[of.subject].unseen)

        return (Section(title, tuple(hours(one) for one in shown)),)

    def _loads(self, period: Period) -> Mapping[str, Load]:
        events = self.material.events
        during = events.during(period)
        return {
            one.subject: load_of(
                one.people, during, events.attendance, events.hosts, events.populations.outside
            )
            for one in self.leaders
        }

    def _hidden(self, loads: Mapping[str, Load]) -> frozenset[str]:
        """Whose hours are few people's, and others' until they cannot be worked out from the whole."""
        sizes = {subject: len(load.attended) for subject, load in loads.items()}
        return withheld(sizes, self.material.smallest)

    def _beside(
        self,
        name: str,
        of: Leaders,
        loads: Mapping[Period, Mapping[str, Load]],
        hidden: Mapping[Period, frozenset[str]],
        amount: Callable[[Load], Amount | None],
    ) -> Kpi:
        pair = self._pair_of(of)

        def measure(period: Period) -> Measure:
            value = amount(loads[period][of.subject])
            if value is None:
                return Measure(None, coverage=0.0)
            return pair.basis.figure(name, *value, None, period)

        made = pair.beside(name, measure)
        if of.subject in hidden[pair.this]:
            unknown = Measure(None, coverage=made.current.coverage)
            return Kpi(name, unknown, None, None, (WITHHELD,), of.label, of.subject)
        previous = None if of.subject in hidden[pair.last] else made.previous
        return Kpi(name, made.current, previous, made.change, made.caveats, of.label, of.subject)

    def _pair_of(self, of: Leaders) -> Pair:
        """Of what was lost of events that others led nothing is missing here."""
        pair, events = self.material.pair, self.material.events
        led = (one for one in events.occurrences if of.people & People(events.hosts.get(one.key, ())))
        return replace(pair, basis=pair.basis.of_events(led))

    def led(self, title: str) -> tuple[Section, ...]:
        """How many came, and came again, of what was led in 12 weeks."""
        weeks = self._weeks()
        series = self.material.events.series(weeks.end_ms)
        led = [
            (one, led_by(one.people, series, self.material.events.hosts, weeks.start_ms))
            for one in self.leaders
        ]
        led = sorted(((one, of) for one, of in led if of.sizes), key=_most_attended)
        recorded = {
            one.subject: self._pair_of(one).basis.coverage("host_attendance", weeks) for one, _ in led
        }
        return (
            Section(
                f"{title}, came each time",
                tuple(self._came(one, of, recorded[one.subject]) for one, of in led),
            ),
            Section(
                f"{title}, came again",
                tuple(self._again(one, of, recorded[one.subject]) for one, of in led if of.again),
            ),
        )

    def _came(self, of: Leaders, led: Led, recorded: float) -> Kpi:
        if any(is_small(size, self.material.smallest) for size in led.sizes):
            return self._kpi("host_attendance", of, Measure(None, coverage=recorded), (WITHHELD,))
        sizes = led.sizes
        return self._kpi(
            "host_attendance", of, Measure(fmean(sizes), sum(sizes), len(sizes), coverage=recorded)
        )

    def _again(self, of: Leaders, led: Led, recorded: float) -> Kpi:
        few = any(is_small(size, self.material.smallest) for size in led.sizes)
        if few or hides_of(led.again, self.material.smallest):
            return self._kpi("host_returned", of, Measure(None, coverage=recorded), (WITHHELD,))
        return self._kpi("host_returned", of, pooled(led.again, recorded))

    def _kpi(self, name: str, of: Leaders, measure: Measure, caveats: tuple[str, ...] = ()) -> Kpi:
        told = caveats or self._pair_of(of).basis.caveats(name, self._weeks())
        return Kpi(name, measure, caveats=told, cut=of.label, subject=of.subject)

    def _weeks(self) -> Period:
        this, zone = self.material.pair.this, self.material.settings.zone
        return span("", min(this.first_day, this.last_day - LED_DAYS + 1), this.last_day, zone)


def _hours(load: Load) -> Amount | None:
    return None if load.hours is None else (load.hours, seconds_of(load.hours))


def _events(load: Load) -> Amount:
    return load.events, load.events


def _measured(load: Load, recorded: float) -> Measure:
    hours = _hours(load)
    return Measure(*hours, coverage=recorded) if hours else Measure(None, coverage=0.0)


def _with_unseen_hours(kpi: Kpi, number: int) -> Kpi:
    if not number:
        return kpi
    events = wording.count(number, "event", "events")
    return replace(
        kpi, caveats=(*kpi.caveats, f"{events} held elsewhere: how long people stayed is not known.")
    )


def _most_attended(led: tuple[Leaders, Led]) -> tuple[float, str]:
    return -fmean(led[1].sizes), led[0].label


async def hosts_asked(
    conn: AsyncConnection, guild_id: int, settings: ReportSettings, rules: Rules, asked: Asked
) -> Report:
    """Raises NothingRecorded. Small groups are withheld where `settings.min_group` says so."""
    material = await material_asked(conn, guild_id, settings, rules, asked)
    outside = material.events.populations.outside
    hosting = _hosting(material, material.events.occurrences) - outside
    people = tuple(Leaders(f"member:{number}", f"Member {number}", People([number])) for number in hosting)
    each, of_tiers = HostSections(material, people), HostSections(material, hosting_tiers(material))
    made = (
        Section("All hosts", host_section(material)),
        *each.load(f"Each host {within(material.pair.this)}"),
        *each.four_weeks("Each host in 4 weeks, hours"),
        *each.led("Each host in 12 weeks"),
        *of_tiers.load(f"By tier {within(material.pair.this)}"),
        *of_tiers.led("By tier in 12 weeks"),
    )
    sections = judged_together(material, (part for part in made if part.kpis))
    (now, then), weeks = material.host_loads(), material.host_weeks()[0]
    figure = hosts_figure(now, then, (weeks.first_day, weeks.last_day), material.hosts_recorded()[0])
    since_ms = material.basis.recording.since_ms
    told = f"since {wording.day_text(since_ms, weeks.zone)}" if since_ms > weeks.start_ms else "of 4 weeks"
    said = leading_sentence(now, then, told) if now.hours else _nobody(material)
    figures = (figure,) if figure and material.smallest <= 1 else ()
    return presented("hosts", material, Detail(wording.first_fitting(LONGEST, said), sections, figures))


def hosting_tiers(material: Material) -> tuple[Leaders, ...]:
    """Whoever hosted anything that is looked back at, by tier."""
    ever = People([number for hosts in material.events.hosts.values() for number in hosts])
    parts = partition(material.tiers, ever - material.events.populations.outside)
    return tuple(Leaders(f"tier:{tier}", wording.sentence(tier), own) for tier, own in parts.items() if own)


def _nobody(material: Material) -> str:
    if material.is_before_recording:
        return nothing_recorded(material.pair.this)
    return "Nobody hosted an event in these four weeks."


def _hosting(material: Material, occurrences: Iterable[Occurrence]) -> People:
    return People([number for one in occurrences for number in material.events.hosts.get(one.key, ())])
