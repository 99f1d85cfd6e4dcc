"""Holds what the reports say against what was counted a second time: every difference in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.asked import Asked
from reports.catalogue import CATALOGUE, Unit
from reports.details import detail
from reports.event import event
from reports.event_report import EventReport, OccurrenceKey
from reports.gather import Reach, gather
from reports.health import health_asked
from reports.member import member
from reports.named import NAMED
from reports.periods import MONTH_KEY, Period, date_of, previous
from reports.quality_report import quality_asked
from reports.report import Kpi, Measure, Report
from reports.settings import ReportSettings, SegmentSettings
from sandbox.community_place import GUILD_ID, REGULAR, ZONE
from storage.database import Warehouse
from storage.identities import member_number

from .recount.best_time import Habits
from .recount.certainty import Interval, changes, coverages, wilson
from .recount.club import Club
from .recount.command_use import command_use, profile_use
from .recount.community import MIN_N, Days, Rate, community, monthly
from .recount.daily import daily
from .recount.events import (
    beside_its_series,
    events,
    hosted_hours,
    one_event,
    popularity,
    popularity_before,
)
from .recount.gatherings import Holding
from .recount.hosting import (
    attendance_of,
    hosting,
    overflow,
    series_overflow,
    type_popularity,
    types_of_a_period,
)
from .recount.lifecycle import FUNNEL, WEEKS, cells, funnel, retention, segments
from .recount.quality import coverage, drift, estimated_sessions, event_completeness, id_coverage, lag
from .recount.seen import days_between
from .stories import RULES

OF_4_WEEKS = "host_hours_of_4_weeks"
Counted: TypeAlias = dict[str, Any]  # by the KPI's name, with what tells several of one name apart
# Their intervals are drawn: who draws as often gets another one.
DRAWN = {"no_show_rate", "series_returned_next", "series_returned_next_two", "host_returned"}
FOUR_WEEKS = timedelta(days=28)
SETTINGS = ReportSettings(zone=ZONE.key, min_group=0, segments=SegmentSettings(promoted_roles=(REGULAR,)))


@dataclass
class Agreement:
    """What was compared, and what was not the same."""

    compared: set[str] = field(default_factory=set)  # names of KPIs
    compared_before: set[str] = field(default_factory=set)  # of those with the value before
    tested: set[str] = field(default_factory=set)  # of those whose change was tested on who came and went
    numbers: int = 0
    differences: list[str] = field(default_factory=list)

    def add(self, other: Agreement) -> None:
        self.numbers += other.numbers
        self.compared |= other.compared
        self.compared_before |= other.compared_before
        self.tested |= other.tested
        self.differences += other.differences

    def hold(self, where: str, told: object, counted: object) -> None:
        self.numbers += 1
        if not _same(told, counted):
            self.differences.append(f"{where}: told {told}, counted {counted}")

    def hold_kpis(
        self, where: str, report: Report | EventReport, counted: Counted, before: Counted | None = None
    ) -> None:
        """`before`: what was counted of the period before, where it was recorded from its beginning."""
        for kpi in (kpi for section in report.sections for kpi in section.kpis):
            name = _name(kpi)
            if name in counted:
                self.compared.add(kpi.name)
                self.hold_measure(f"{where} {name}", kpi.name, kpi.current, counted[name])
            if before and name in before and kpi.previous is not None:
                self.compared_before.add(kpi.name)
                self.hold_measure(f"{where} {name}, previous", kpi.name, kpi.previous, before[name])

    def hold_measure(self, where: str, kpi: str, told: Measure, counted: object) -> None:
        self.hold(where, _told(told, counted), counted)
        if isinstance(counted, tuple) and kpi not in DRAWN:
            self.hold(f"{where}, interval", told.interval, _interval(kpi, told, counted))

    def hold_certainty(self, where: str, report: Report, club: Club, this: Days, last: Days) -> None:
        shares, tests = coverages(club, this, last), changes(club, this, last)
        for kpi in (kpi for section in report.sections for kpi in section.kpis):
            if kpi.name in shares:
                self.hold(f"{where} {kpi.name}, coverage", kpi.current.coverage, shares[kpi.name])
            if kpi.name in tests and kpi.change and kpi.change.p_value is not None:
                change = kpi.change
                self.tested.add(kpi.name)
                told = (change.gained, change.lost, change.p_value)
                self.hold(f"{where} {kpi.name}, change", told, tests[kpi.name])

    def hold_all(self, where: str, report: Report, counted: Counted, before: Counted | None = None) -> None:
        """And there is nothing that only one of the two has."""
        self.hold_kpis(where, report, counted, before)
        names = {name.partition(" ")[0] for name in counted}
        kpis = [kpi for section in report.sections for kpi in section.kpis if kpi.name in names]
        told = {_name(kpi) for kpi in kpis}
        expected = counted.keys() - _of_the_weeks_before_alone(kpis, counted)
        self.hold(f"{where} without the other's", told - counted.keys(), expected - told)


def _name(kpi: Kpi) -> str:
    """With what tells several of one name apart."""
    if kpi.name.startswith(("series_", "type_", "host_")):
        return f"{kpi.name} of {kpi.subject}"
    return f"{kpi.name} {kpi.cut}" if kpi.cut else kpi.name


def _told(told: Measure, counted: object) -> object:
    if not isinstance(counted, tuple):
        return told.value
    return (told.value, told.numerator, told.denominator)


def _interval(kpi: str, told: Measure, counted: tuple[Any, ...]) -> Interval | None:
    """Of a share Wilson's, in people where that is the KPI's unit; every share of people has one."""
    value, part, whole = counted
    is_owed = isinstance(counted, Rate) or told.interval is not None
    if value is None or not is_owed or not whole or whole < MIN_N:
        return None
    low, high = wilson(part, whole)
    return (low, high) if CATALOGUE[kpi].unit is Unit.SHARE else (low * whole, high * whole)


def _same(told: object, counted: object) -> bool:
    if isinstance(told, tuple) and isinstance(counted, tuple):
        return all(_same(one, other) for one, other in zip(told, counted, strict=True))
    if isinstance(told, float) or isinstance(counted, float):
        both = isinstance(told, int | float) and isinstance(counted, int | float)
        return both and abs(told - counted) < 1e-9 * max(1.0, abs(counted))
    return told == counted


def dates(period: Period) -> list[date]:
    return days_between(date_of(period.first_day), date_of(period.last_day))


@dataclass
class Recount:
    """What was counted of a club, of each period once: of the next one it is the period before."""

    club: Club
    now_ms: int
    _made: dict[tuple[str, Period], Counted] = field(default_factory=dict, repr=False)

    def of(self, what: Callable[[Recount, Period], Counted], period: Period) -> Counted:
        key = what.__name__, period
        if key not in self._made:
            self._made[key] = what(self, period)
        return self._made[key]

    def before(self, what: Callable[[Recount, Period], Counted], period: Period) -> Counted | None:
        """Of the period before; None: it began before recording did."""
        last = previous(period)
        return self.of(what, last) if last.start_ms >= self.club.known.since_ms else None


def community_of(recount: Recount, period: Period) -> Counted:
    club, this, last = recount.club, dates(period), dates(previous(period))
    return {
        **community(club, this, last),
        **(monthly(club, this, last) if MONTH_KEY.fullmatch(period.key) else {}),
        **segments(club, this[-1]),
        **retention(club, this[-1]),
    }


def commands_of(recount: Recount, period: Period) -> Counted:
    club, this, last = recount.club, dates(period), dates(previous(period))
    return {**command_use(club, this, last), **profile_use(club, this)}


def funnel_of(recount: Recount, period: Period) -> Counted:
    return funnel(recount.club, dates(period)[-1])


def quality_of(recount: Recount, period: Period) -> Counted:
    club, this = recount.club, dates(period)
    return {
        **coverage(club.known, this, recount.now_ms),
        **id_coverage(club, this),
        **lag(club, this),
        "estimated_sessions": estimated_sessions(club, this),
        "drift": drift(club.known, this) or (None, None, None),
        **({} if _touched(club, this) else event_completeness(club, this, recount.now_ms)),
    }


def events_of(recount: Recount, period: Period) -> Counted:
    """What a gap touched is left out: what is known of it is bounds, and golden tests speak of these."""
    club, this = recount.club, dates(period)
    counted: Counted = {}
    if not _touched(club, this):
        counted |= {**events(club, this), **types_of_a_period(club, this)}
    if not _touched(club, days_between(this[-1] - timedelta(days=27), this[-1])):
        counted |= hosted_hours(club, this[-1])
    for holding in {one.subject: one for one in club.programme.holdings}.values():
        if not _series_is_touched(club, holding, period.end_ms):
            for name, number in popularity(club, holding, period.end_ms).items():
                counted[f"{name} of {holding.subject}"] = number
            places = series_overflow(club, holding, period.end_ms)
            if places is not None:
                counted[f"series_overflow of {holding.subject}"] = places
    counted |= best_times(club, period)
    for kind in club.known.event_types:
        if not _type_is_touched(club, kind.name, period.end_ms):
            counted |= type_popularity(club, kind.name, period.end_ms)
    return counted


def funnel_before(recount: Recount, period: Period) -> Counted:
    """Four weeks earlier, so that nobody is in both: where all of their time was recorded."""
    club, day = recount.club, dates(period)[-1] - FOUR_WEEKS
    begins_ms = club.known.midnight(day - timedelta(days=3 * FUNNEL - 1))
    return funnel(club, day) if begins_ms >= club.known.since_ms else {}


def events_before(recount: Recount, period: Period) -> Counted:
    """Of the period before, of the four weeks before these, and of the holdings before the newest."""
    club, last, earlier = recount.club, dates(previous(period)), dates(period)[-1] - FOUR_WEEKS
    begins_ms = club.known.midnight(earlier - FOUR_WEEKS)
    counted: Counted = {}
    if not _touched(club, last) and club.known.midnight(last[0]) >= club.known.since_ms:
        counted |= {**events(club, last), **types_of_a_period(club, last)}
    if not _touched(club, days_between(earlier - FOUR_WEEKS, earlier)) and begins_ms >= club.known.since_ms:
        counted |= hosted_hours(club, earlier)
    for holding in {one.subject: one for one in club.programme.holdings}.values():
        if not _series_is_touched(club, holding, period.end_ms):
            for name, number in popularity_before(club, holding, period.end_ms).items():
                counted[f"{name} of {holding.subject}"] = number
    return counted


async def compare(
    recount: Recount, warehouse: Warehouse, period: Period, *, each_event: bool = True
) -> Agreement:
    found, club, now_ms = Agreement(), recount.club, recount.now_ms
    this, last = dates(period), dates(previous(period))
    counted = {**recount.of(community_of, period), **recount.of(funnel_of, period)}
    before = {**(recount.before(community_of, period) or {}), **funnel_before(recount, period)}
    async with warehouse.reading() as conn:
        health = await health_asked(conn, GUILD_ID, SETTINGS, RULES, Asked(period, now_ms))
        found.hold_kpis(period.key, health, counted, before)
        found.hold_certainty(period.key, health, club, this, last)
        if health.bridge is not None:
            for part, number in counted["bridge"].items():
                found.hold(f"{period.key} bridge {part}", getattr(health.bridge, part), number)
        found.hold(f"{period.key} raids", health.excluded["raids"], len(club.raided(this)))
        newcomers = await detail(conn, GUILD_ID, SETTINGS, RULES, "retention", period, now_ms)
        found.hold_kpis(period.key, newcomers, counted, before)
        await _compare_platform(found, conn, recount, period)
        quality = await quality_asked(conn, GUILD_ID, SETTINGS, RULES, Asked(period, now_ms))
        of_record = recount.of(quality_of, period), recount.before(quality_of, period)
        found.hold_kpis(period.key, quality, *of_record)
        found.hold_certainty(period.key, quality, club, this, last)
        await _compare_hosts(found, conn, club, period, now_ms)
        await _compare_matrix(found, conn, club, period, now_ms)
        for name in ("events", "series"):
            report = await _report(conn, name, period, now_ms)
            found.hold_kpis(period.key, report, recount.of(events_of, period), events_before(recount, period))
        for holding in club.held(this) if each_event else ():
            if holding.tells_who_came and not holding.is_touched(club.known.gaps):
                await _compare_event(found, conn, club, holding, period, now_ms)
    return found


async def _compare_matrix(
    found: Agreement, conn: AsyncConnection, club: Club, period: Period, now_ms: int
) -> None:
    material = await gather(
        conn, GUILD_ID, SETTINGS, RULES, period=period, now_ms=now_ms, smallest_part=0, reach=Reach.LONG
    )
    told = material.lifecycle.retention()
    for window in told.windows():
        joined = days_between(date_of(window.first_day), date_of(window.last_day))
        row = cells(club, joined, date_of(period.last_day))
        for week in WEEKS:
            cell = told.cell(window, week)
            where = f"{period.key} cohort of {joined[0]} week {week}"
            found.hold(where, (cell.retained, cell.eligible, cell.pending), row[week])
    report = await detail(conn, GUILD_ID, SETTINGS, RULES, "retention", period, now_ms)
    for cohort in report.cohorts.cohorts if report.cohorts else ():
        row = cells(club, days_between(cohort.first_date, cohort.last_date), date_of(period.last_day))
        found.compared.add("retention_of_cohort")
        for week, shown in enumerate(cohort.weeks):
            where = f"{period.key} told cohort of {cohort.first_date} week {week}"
            found.hold(where, (shown.retained, shown.eligible, shown.pending), row[week])


async def _report(conn: AsyncConnection, name: str, period: Period, now_ms: int) -> Report:
    named = next(report for report in NAMED if report.name == name)
    return await named.make(conn, GUILD_ID, SETTINGS, RULES, Asked(period, now_ms))


async def _compare_platform(
    found: Agreement, conn: AsyncConnection, recount: Recount, period: Period
) -> None:
    club, now_ms, this = recount.club, recount.now_ms, dates(period)
    commands = await _report(conn, "commands", period, now_ms)
    found.hold_all(period.key, commands, recount.of(commands_of, period), recount.before(commands_of, period))
    found.hold_certainty(period.key, commands, club, this, dates(previous(period)))
    told = await _report(conn, "funnel", period, now_ms)
    found.hold_all(period.key, told, recount.of(funnel_of, period), funnel_before(recount, period))
    each_day = {name: number for day in this for name, number in daily(club, day).items()}
    found.hold_all(period.key, await _report(conn, "days", period, now_ms), each_day)


async def _compare_hosts(
    found: Agreement, conn: AsyncConnection, club: Club, period: Period, now_ms: int
) -> None:
    """Reports call people by their number."""
    this = dates(period)
    if _touched(club, days_between(this[-1] - timedelta(days=83), this[-1])):
        return
    counted = {}
    for name, number in hosting(club, this, dates(previous(period))).items():
        kpi, _, subject = name.partition(" of ")
        kind, _, which = subject.partition(":")
        own = await member_number(conn, GUILD_ID, int(which)) if kind == "member" else which
        counted[f"{kpi} of {kind}:{own}"] = number
    found.hold_all(period.key, await _report(conn, "hosts", period, now_ms), counted)


def best_times(club: Club, period: Period) -> dict[str, Any]:
    """Where all of the twelve weeks were recorded, and the series with them."""
    last_day = dates(period)[-1]
    weeks = days_between(last_day - timedelta(days=83), last_day)
    begins, ends = club.known.midnight(weeks[0]), club.end_of(last_day)
    if begins < club.known.since_ms or any(lost < ends and back > begins for lost, back in club.known.gaps):
        return {}
    habits, found = Habits(club, last_day), dict[str, Any]()
    for holding in {one.subject: one for one in club.programme.holdings}.values():
        if not _series_is_touched(club, holding, period.end_ms):
            found |= habits.of(holding)
    return found


async def _compare_member(
    found: Agreement, conn: AsyncConnection, club: Club, user_id: int, now_ms: int
) -> None:
    told = await member(conn, GUILD_ID, SETTINGS, RULES, user_id, now_ms)
    counted = attendance_of(club, user_id)
    for one in told.series:
        if one.unknown == 0 and one.series in counted:
            found.compared.add("member_attendance")
            found.hold(f"{user_id} at {one.label}", (one.attended, one.held), counted[one.series])


async def compare_members(club: Club, warehouse: Warehouse, now_ms: int, every: int) -> Agreement:
    """One in so many of those who ever attended anything, of the series that no gap touched."""
    found = Agreement()
    came = set().union(*(one.attended() for one in club.programme.holdings)) & set(club.people)
    async with warehouse.reading() as conn:
        for user_id in sorted(came)[::every]:
            await _compare_member(found, conn, club, user_id, now_ms)
    return found


async def _compare_event(
    found: Agreement, conn: AsyncConnection, club: Club, holding: Holding, period: Period, now_ms: int
) -> None:
    key = OccurrenceKey(holding.event_id, holding.original_start)
    one = await event(conn, GUILD_ID, SETTINGS, RULES, key, now_ms)
    where = f"{period.key} {one.title}, {one.when}"
    found.hold(f"{where} window", (one.starts_ms, one.ends_ms), holding.window)
    numbers = one_event(club, holding)
    if (beyond := overflow(club, holding)) is not None:
        numbers["overflow"] = (beyond, beyond, None)
    if not _series_is_touched(club, holding, now_ms):
        numbers |= beside_its_series(club, holding)
    found.hold_kpis(where, one, numbers)


def _touched(club: Club, days: Days) -> bool:
    return any(
        holding.is_touched(club.known.gaps) and club.known.day(holding.planned_start) in days
        for holding in club.programme.holdings
    )


def _series_is_touched(club: Club, holding: Holding, until_ms: int) -> bool:
    return any(
        one.is_touched(club.known.gaps) and one.planned_start < until_ms
        for one in club.programme.holdings
        if one.series == holding.series
    )


def _type_is_touched(club: Club, name: str, until_ms: int) -> bool:
    return any(
        one.is_touched(club.known.gaps) and one.planned_start < until_ms
        for one in club.programme.holdings
        if one.kind and one.kind.name == name
    )


def _of_the_weeks_before_alone(kpis: list[Kpi], counted: Counted) -> set[str]:
    """Whoever led nothing in these four weeks is told of for the sake of the four before: but not where those
    are not compared, as they were hardly recorded.
    """
    own = [kpi for kpi in kpis if kpi.name == OF_4_WEEKS]
    if any(kpi.previous for kpi in own):
        return set()
    return {name for name, value in counted.items() if name.startswith(OF_4_WEEKS) and value == 0}
