"""What is told of one member to those who run the community, and how it reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from reports import wording
from reports.json import SHAPE, iso_moment, period_json, sections_json
from reports.lines import NOTHING, value_and_counts
from reports.periods import Period, date_of, describe, describe_days, local_day
from reports.report import Kpi, Section

ATTENDED = "Attended, of those held while here"


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"  # not seen, and a gap could hide it


@dataclass(frozen=True, slots=True)
class MemberWeek:
    """One week of a member; of one in which they were not here the answers are None."""

    period: Period
    is_open: bool  # until now
    joined_voice: Answer | None  # any stay in a voice channel, whether it counts or not
    active: Answer | None
    events: int  # attended
    events_unknown: int  # a gap could decide it
    segment: str | None  # when it ended, or yesterday


@dataclass(frozen=True, slots=True)
class SeriesAttendance:
    """A member at the occurrences of a series that were held, and recorded, while they were here."""

    kpi: Kpi  # member_attendance: of those of which it is known
    label: str
    unknown: int  # a gap could decide it

    @property
    def series(self) -> str:
        return self.kpi.subject

    @property
    def attended(self) -> int:
        return self.kpi.current.numerator or 0

    @property
    def held(self) -> int:
        return (self.kpi.current.denominator or 0) + self.unknown


@dataclass(frozen=True, slots=True)
class MemberSpell:
    joined_ms: int
    left_ms: int | None
    ended_as: str | None  # left, kicked, banned, pruned, unknown


@dataclass(frozen=True, slots=True)
class MemberReport:
    """For staff alone. All times in it are in the guild's zone."""

    guild_id: int
    member_no: int
    zone: str
    as_of_ms: int
    rules: str
    tier: str
    tenure_days: int | None  # of the bridged spell, its first day counted; None: not here
    spells: tuple[MemberSpell, ...]  # as they were, not bridged; oldest first
    weeks: tuple[MemberWeek, ...]  # oldest first
    series: tuple[SeriesAttendance, ...]  # most attended first
    caveats: tuple[str, ...]
    now_ms: int | None = None  # as of when it was asked; None: not told

    @property
    def finding(self) -> str:
        """“In voice in 9 of the last 11 weeks, unknown in 1; this week: not yet.”"""
        over = [week.joined_voice for week in self.weeks if not week.is_open and week.joined_voice]
        sentence = "Not here in any of these weeks"
        if over:
            sentence = f"In voice in {over.count(Answer.YES)} of {_weeks(len(over))}"
            if unknown := over.count(Answer.UNKNOWN):
                sentence += f", unknown in {unknown}"
        this = next((week for week in self.weeks if week.is_open), None)
        if this and this.joined_voice:
            so_far = "not yet" if this.joined_voice is Answer.NO else str(this.joined_voice)
            sentence += f"; this week: {so_far}"
        return f"{sentence}."


def _weeks(number: int) -> str:
    return "1 week" if number == 1 else f"the last {number} weeks"


def member_to_text(report: MemberReport) -> str:
    """Lines of plain text, ending with a newline."""
    paragraphs = [
        [report.finding],
        [_heading(report), *(f"  {_spell(report, spell)}" for spell in report.spells)],
        ["Joined a voice call · active · events · segment", *map(_week, reversed(report.weeks))],
    ]
    if report.series:
        paragraphs.append([ATTENDED, *map(_series, report.series)])
    if report.caveats:
        paragraphs.append(["To bear in mind", *(f"  {caveat}" for caveat in report.caveats)])
    as_of = wording.as_of(report.as_of_ms, report.now_ms, report.zone)
    paragraphs.append([f"{report.zone} · {as_of} · rules {report.rules}"])
    return "\n\n".join("\n".join(lines) for lines in paragraphs) + "\n"


def _heading(report: MemberReport) -> str:
    here = "not here" if report.tenure_days is None else f"here for {_days(report.tenure_days)}"
    return f"Member {report.member_no} · {report.tier} · {here}"


def _days(number: int) -> str:
    return wording.count(number, "day", "days")


def _spell(report: MemberReport, spell: MemberSpell) -> str:
    first = date_of(local_day(spell.joined_ms, report.zone))
    if spell.left_ms is None:
        return f"since {describe_days(first, first, year=True)}"
    last = date_of(local_day(spell.left_ms, report.zone))
    how = "how is not known" if spell.ended_as in (None, "unknown") else spell.ended_as
    return f"{describe_days(first, last, year=True)}, {how}"


def _week(week: MemberWeek) -> str:
    label = f"{describe(week.period)}{' so far' if week.is_open else ''}"
    if week.joined_voice is None:
        return f"  {label}: not here"
    events = wording.count(week.events, "event", "events")
    if week.events_unknown:
        events += f" ({week.events_unknown} unknown)"
    return f"  {label}: {week.joined_voice} · {week.active} · {events} · {week.segment or NOTHING}"


def _series(of: SeriesAttendance) -> str:
    """“Sunday Inhouse 64 % (7/11)”, of few “7/9”; “Draft 3/4 · 1 unknown”."""
    unknown = f" · {of.unknown} unknown" if of.unknown else ""
    return f"  {' '.join(filter(None, (of.label, *value_and_counts(of.kpi))))}{unknown}"


def member_to_json(report: MemberReport) -> dict[str, Any]:
    """The keys are a promise, as those of every report. The outer id is not among them."""
    return {
        "shape": SHAPE,
        "report": "member",
        "guild_id": str(report.guild_id),
        "member_no": report.member_no,
        "finding": report.finding,
        "zone": report.zone,
        "as_of": iso_moment(report.as_of_ms),
        "rules": report.rules,
        "tier": report.tier,
        "tenure_days": report.tenure_days,
        "spells": list(_spells_json(report)),
        "weeks": [_week_json(week) for week in report.weeks],
        "sections": sections_json([Section(ATTENDED, tuple(of.kpi for of in report.series))]),
        "series": [
            {
                **{"series": of.series, "label": of.label},
                **{"attended": of.attended, "unknown": of.unknown, "held": of.held},
            }
            for of in report.series
        ],
        "caveats": list(report.caveats),
    }


def _spells_json(report: MemberReport) -> Iterator[dict[str, Any]]:
    for spell in report.spells:
        yield {
            "joined": iso_moment(spell.joined_ms),
            "left": None if spell.left_ms is None else iso_moment(spell.left_ms),
            "ended_as": spell.ended_as,
        }


def _week_json(week: MemberWeek) -> dict[str, Any]:
    return {
        "period": period_json(week.period),
        "is_open": week.is_open,
        "joined_voice": week.joined_voice and str(week.joined_voice),
        "active": week.active and str(week.active),
        "events": week.events,
        "events_unknown": week.events_unknown,
        "segment": week.segment,
    }
