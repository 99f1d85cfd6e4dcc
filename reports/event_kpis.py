"""The numbers of one occurrence, with those of the occurrence before beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import fmean, median

from reports.basis import MIN_N
from reports.comparison import NOT_COMPARED, compare
from reports.event_finding import NOT_A_PROMISE
from reports.held import Again, Held, overflow
from reports.holding import Holding, InSeries
from reports.loyalty import regulars_stopped
from reports.quality import COMPARABLE
from reports.report import Change, Kpi, Measure, Section, Verdict, Worth
from reports.statistics import wilson
from reports.turnout import People

HARDLY_KNOWN = "Of less than 80 % of the attendees it is known: a gap hides the others."
SHARES = (0.25, 0.5, 0.75)
OF_KNOWN = "of those known"
Doing = tuple[People, People, People | None]  # now, then; of whom only both are compared


@dataclass(frozen=True, slots=True)
class EventNumbers:
    this: Holding
    last: Holding | None  # held before, in the same series
    series: InSeries
    missed: int = 3  # in a row: a regular who did so has stopped

    def who_came(self) -> Section:
        turnout = self.this.turnout
        kpis = [self._attendees()]
        if turnout.interested:
            of_interested = (self._of_known(self._no_shows()), self._of_known(self._show_rate()))
            kpis += [replace(kpi, caveats=(NOT_A_PROMISE,)) for kpi in of_interested]
            kpis.append(self._people("partial_shows", _partial))
        if turnout.interested & turnout.unknown:
            kpis.append(
                self._people("unknown_shows", lambda of: len(of.turnout.interested & of.turnout.unknown))
            )
        kpis.append(self._people("walk_ins", lambda of: len(of.turnout.walk_ins)))
        if turnout.standing:
            kpis.append(self._rate("standing_shows", _standing))
        if turnout.late_cancels:
            kpis.append(self._people("late_cancels", lambda of: len(of.turnout.late_cancels)))
        if turnout.interested:
            kpis.append(self._of_known(self._kpi("attendance_per_interest", _per_interest)))
        if self.this.members:
            kpis.append(self._rate("attendance_of_members", _of_members))
        if self.this.occurrence.capacity is not None:
            kpis.append(self._overflow())
        return Section("Who came", tuple(kpis))

    def _of_known(self, kpi: Kpi) -> Kpi:
        """Where not everybody who was interested is known, a rate of them compares with nothing."""
        is_whole = self.this.occurrence.rsvps_listed
        if is_whole and (self.last is None or self.last.occurrence.rsvps_listed):
            return kpi
        change = NOT_COMPARED if kpi.previous else kpi.change
        return replace(kpi, change=change, cut="" if is_whole else OF_KNOWN)

    def how_long(self) -> Section:
        """Elsewhere nobody knows."""
        if not self.this.occurrence.channels:
            return Section("How long", ())
        presence = self.this.presence
        kpis = [
            self._figure("attendee_minutes_median", lambda of: _minutes(of, median)),
            self._figure("attendee_minutes_mean", lambda of: _minutes(of, fmean)),
            self._kpi("early_attendees", _early),
        ]
        if presence:
            kpis += [self._there_at(share) for share in SHARES]
            kpis.append(self._kpi("drop_off", _drop_off))
        return Section("How long", tuple(kpis))

    def who_they_were(self) -> Section:
        attended, series = self.this.turnout.attended, self.series
        kpis: list[Kpi] = []
        if series.before:
            kpis.append(self._share_of_attendees("first_timers", series.first_timers(attended)))
            at_the_last = Again.at_any(attended, series.before[:1])
            kpis.append(self._share_of_attendees("came_to_the_one_before", at_the_last))
        if (regulars := series.regulars(attended)) is not None:
            kpis.append(self._share_of_attendees("regular_attendees", regulars))
        if stopped := self._regulars_stopped():
            kpis.append(stopped)
        for name, number in (("returned_next", 1), ("returned_next_two", 2)):
            if len(series.after) >= number:
                again = Again.at_any(attended, series.after[:number])
                kpis.append(self._share_of_attendees(name, again))
        return Section("Who they were", tuple(kpis))

    def _regulars_stopped(self) -> Kpi | None:
        """As of this one. None where nobody did, or too few were held for it."""
        if self.this.recorded < COMPARABLE:
            return None
        turnout = self.this.turnout
        held = (*reversed(self.series.before), Held(self.this.occurrence, turnout.attended, turnout.unknown))
        found = regulars_stopped(held, self.missed)
        if found is None or not found.stopped:
            return None
        name = "series_regulars_stopped"
        return Kpi(
            name,
            _share(self.this, len(found.stopped), len(found.known)),
            subject=self.this.occurrence.series,
        )

    def _attendees(self) -> Kpi:
        this = self.this.turnout
        parts = (
            ("interested", len(this.attended & this.interested)),
            ("from the series", len(this.attended & this.standing)),
            ("walked in", len(this.walk_ins)),
        )
        return self._kpi(
            "attendees",
            lambda of: _count(of, len(of.turnout.attended)),
            lambda now, then: (now.turnout.attended, then.turnout.attended, None),
            parts,
        )

    def _overflow(self) -> Kpi:
        occurrence, came = self.this.occurrence, len(self.this.turnout.attended)
        parts = (("places", occurrence.capacity or 0), ("came", came))
        return self._kpi("overflow", _beyond, parts=parts)

    def _no_shows(self) -> Kpi:
        return self._kpi(
            "no_show_rate",
            lambda of: _share(of, len(of.turnout.no_shows), len(of.turnout.known)),
            lambda now, then: (
                now.turnout.no_shows,
                then.turnout.no_shows,
                now.turnout.known & then.turnout.known,
            ),
        )

    def _show_rate(self) -> Kpi:
        return self._rate(
            "show_rate",
            lambda of: (len(of.turnout.interested & of.turnout.attended), len(of.turnout.known)),
        )

    def _there_at(self, share: float) -> Kpi:
        def measure(of: Holding) -> Measure:
            if of.presence is None:
                return Measure(None)
            moment_ms = of.presence.moment(share)
            if not of.presence.is_known(moment_ms):
                return Measure(None, coverage=of.recorded)
            return _count(of, len(of.presence.there_at(moment_ms)))

        return self._kpi("presence_at", measure, cut=f"at {share * 100:.0f}\u00a0%")

    def _share_of_attendees(self, name: str, of: Again) -> Kpi:
        """Without the previous value: of the one before it says little, for its series was shorter then."""
        if len(of.known) < COMPARABLE * len(self.this.turnout.attended):
            return Kpi(name, Measure(None, coverage=self.this.recorded), caveats=(HARDLY_KNOWN,))
        return Kpi(name, _share(self.this, len(of.there), len(of.known)))

    def _people(self, name: str, number: Callable[[Holding], int]) -> Kpi:
        return self._kpi(name, lambda of: _count(of, number(of)))

    def _rate(self, name: str, counts: Callable[[Holding], tuple[int, int]]) -> Kpi:
        return self._kpi(name, lambda of: _share(of, *counts(of)))

    def _figure(self, name: str, value: Callable[[Holding], float | None]) -> Kpi:
        return self._kpi(name, lambda of: Measure(value(of), coverage=of.recorded))

    def _kpi(
        self,
        name: str,
        measure: Callable[[Holding], Measure],
        doing: Callable[[Holding, Holding], Doing] | None = None,
        parts: tuple[tuple[str, int], ...] = (),
        cut: str = "",
    ) -> Kpi:
        current = measure(self.this)
        if not self.last:
            return Kpi(name, current, cut=cut, parts=parts)
        previous = measure(self.last)
        if min(self.this.recorded, self.last.recorded) < COMPARABLE:
            change: Change | None = NOT_COMPARED
        else:
            change = _paired(name, current, previous, doing(self.this, self.last)) if doing else None
        return Kpi(name, current, previous, change, cut=cut, parts=parts, is_of_holding=True)


def _paired(name: str, current: Measure, previous: Measure, doing: Doing) -> Change:
    """The change among the same people; fewer than 10 of them are too few."""
    now, then, of = doing
    if of is None:
        return compare(name, current, previous, now, then)
    change = compare(name, current, previous, now & of, then & of)
    if len(of) >= MIN_N:
        return change
    return replace(change, p_value=None, verdict=Verdict.TOO_FEW, worth=Worth.NEUTRAL)


def _count(of: Holding, number: int) -> Measure:
    return Measure(number, number, coverage=of.recorded)


def _share(of: Holding, part: int, whole: int) -> Measure:
    if whole < MIN_N:
        return Measure(None, part, whole, coverage=of.recorded)
    return Measure(part / whole, part, whole, wilson(part, whole), of.recorded)


def _beyond(of: Holding) -> Measure:
    beyond = overflow(of.occurrence, of.turnout.attended)
    return Measure(beyond, beyond, coverage=of.recorded)


def _early(of: Holding) -> Measure:
    if not of.is_begin_known:
        return Measure(None, coverage=of.recorded)
    return _count(of, len(of.turnout.early))


def _partial(of: Holding) -> int:
    return len(of.turnout.interested & of.turnout.partial)


def _standing(of: Holding) -> tuple[int, int]:
    turnout = of.turnout
    return len(turnout.standing & turnout.attended), len(turnout.standing - turnout.unknown)


def _per_interest(of: Holding) -> Measure:
    attended, interested = len(of.turnout.attended), len(of.turnout.interested)
    value = attended / interested if interested >= MIN_N else None
    return Measure(value, attended, interested, coverage=of.recorded)


def _of_members(of: Holding) -> tuple[int, int]:
    members = of.members or People()
    return len(of.turnout.attended & members), len(members)


def _minutes(of: Holding, statistic: Callable[[list[float]], float]) -> float | None:
    minutes = of.turnout.minutes()
    return statistic(minutes) if minutes else None


def _drop_off(of: Holding) -> Measure:
    if of.presence is None or not of.presence.is_drop_off_known:
        return Measure(None, coverage=of.recorded)
    gone, first_half = of.presence.dropped_off(of.turnout.attended)
    return _share(of, len(gone), len(first_half))
