"""The one sentence that says what is known of an occurrence, before, while and after it is held."""

from __future__ import annotations

from dataclasses import dataclass

from reports import wording
from reports.basis import MIN_N
from reports.finding import more
from reports.holding import Holding
from reports.lines import LAST_TIME, judgement
from reports.periods import local_moment
from reports.quality import COMPARABLE
from reports.report import Kpi, Section, Verdict

LONGEST = 120
ELSEWHERE = "It was held elsewhere: who came is not recorded."
NOT_A_PROMISE = "“Interested” is not a promise."  # said wherever it is told who did not come
_WITHOUT_PEOPLE = {
    "held": ELSEWHERE,
    "held_unstarted": ELSEWHERE,
    "cancelled": "It was cancelled.",
    "not_held": "It was not held.",
    "unknown": "Whether it was held is not known: a gap in the recording could decide it.",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand with an occurrence: what its sentence is chosen by."""

    holding: Holding
    zone: str
    now_ms: int
    there_now: int | None = None  # of one that is running
    came_so_far: int | None = None

    def finding(self, sections: tuple[Section, ...]) -> str:
        occurrence = self.holding.occurrence
        match occurrence.outcome:
            case "coming":
                return self._coming()
            case "running":
                return self._running()
            case "held" | "held_unstarted" if occurrence.tells_who_came:
                return self._held(sections)
        happened = _WITHOUT_PEOPLE[occurrence.outcome]
        if occurrence.outcome == "unknown" and not occurrence.channels:
            happened = "It was planned elsewhere: whether it was held is not recorded."
        return f"{happened}{self._interested_then()}"

    def _coming(self) -> str:
        turnout, start_ms = self.holding.turnout, self.holding.occurrence.starts_ms
        interested = wording.whole(len(turnout.interested))
        standing = f", {wording.whole(len(turnout.standing))} in the whole series" if turnout.standing else ""
        when = f"{wording.day_text(start_ms, self.zone)}, {local_moment(start_ms, self.zone):%H:%M}"
        begins = "was to begin" if start_ms < self.now_ms else "begins"
        return f"{interested} interested so far{standing}; it {begins} {when}."

    def _running(self) -> str:
        if self.holding.occurrence.has_check_ins:
            checked_in = wording.people(len(self.holding.turnout.attended))
            return f"It is running elsewhere: {checked_in} checked in so far."
        if self.there_now is None:
            return f"It is running elsewhere: who is there is not recorded.{self._interested_then()}"
        now = f"{wording.whole(self.there_now)} {'is' if self.there_now == 1 else 'are'} there now"
        return f"{now}; {wording.people(self.came_so_far or 0)} came so far."

    def _interested_then(self) -> str:
        interested = len(self.holding.turnout.interested)
        if not interested:
            return ""
        return f" {wording.people(interested)} {'was' if interested == 1 else 'were'} interested."

    def _held(self, sections: tuple[Section, ...]) -> str:
        turnout = self.holding.turnout
        came = f"{wording.whole(len(turnout.attended))} came"
        if self.holding.recorded < COMPARABLE:
            share = wording.percent_beside(self.holding.recorded, COMPARABLE)
            return f"At least {came}: only {share} of it was recorded, so it is not compared."
        attendees = _kpi(sections, "attendees")
        if _is_clear(attendees) and attendees.change:
            than = f"{more(attendees.change.difference or 0)} {LAST_TIME}"
            return f"{came}, {than}: {judgement(attendees.change)}."
        if len(turnout.known) < MIN_N:
            series = self._from_the_series()
            than = f"{_last_time(attendees)}{_verdict(attendees)}"
            return f"{came}{than}{';' if than else ','}{series}." if series else f"{came}{than}."
        no_shows = _kpi(sections, "no_show_rate")
        absent = f"{wording.whole(len(turnout.no_shows))} of {wording.whole(len(turnout.known))}"
        if not self.holding.occurrence.rsvps_listed:
            return f"{came}; {absent} known to be interested did not."
        return wording.first_fitting(
            LONGEST,
            f"{came}; {absent} interested did not{_last_time(no_shows)}{_verdict(no_shows)}.",
            f"{came}; {absent} interested did not{_verdict(no_shows)}.",
        )

    def _from_the_series(self) -> str:
        turnout = self.holding.turnout
        if not turnout.standing:
            return ""
        came = wording.whole(len(turnout.standing & turnout.attended))
        return f" {came} of {wording.whole(len(turnout.standing))} from the series"


def _kpi(sections: tuple[Section, ...], name: str) -> Kpi:
    return next(kpi for section in sections for kpi in section.kpis if kpi.name == name)


def _is_clear(kpi: Kpi) -> bool:
    return kpi.change is not None and kpi.change.verdict is Verdict.CLEAR


def _last_time(kpi: Kpi) -> str:
    """What a verdict is about: the value that this one is held against. None without a verdict."""
    previous = kpi.previous
    if not _verdict(kpi) or not previous or previous.numerator is None:
        return ""
    then = wording.whole(previous.numerator)
    if previous.denominator is not None:
        then = f"{then} of {wording.whole(previous.denominator)}"
    return f", {then} {LAST_TIME}"


def _verdict(kpi: Kpi) -> str:
    if not kpi.change or kpi.change.verdict is Verdict.NOT_COMPARED:
        return ""
    if kpi.change.verdict is not Verdict.TOO_FEW:
        return f": {judgement(kpi.change)}"
    then = kpi.previous.denominator if kpi.previous else None
    return (
        ": too few to judge"
        if then is None or then < MIN_N
        else ": too few were interested both times to judge"
    )
