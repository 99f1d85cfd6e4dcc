"""A report as plain text, for the terminal and for files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from reports import wording
from reports.catalogue import label_of
from reports.cohort_text import TITLE, cohort_lines
from reports.event_report import EventReport
from reports.lines import NOTHING, line, value_text_of
from reports.periods import TRAILING_WEEK, WEEK_KEY, Period, describe, month_name, weekday_name
from reports.quality import COMPLETE
from reports.report import Alert, Report, Section, State, Verdict
from reports.titles import short_title

STATES = {State.OPEN: "not over", State.CLOSED: "closed", State.CORRECTED: "closed, and corrected since"}

PARTLY = "*"
# As narrow as a column of a table has to be on a phone.
COLUMN_LABELS = {
    "daily_active_members": "active",
    "daily_joins": "in",
    "daily_leaves": "out",
    "daily_messages": "msgs",
    "daily_commands": "cmds",
    "daily_voice_hours": "voice",
    "segment_core": "core",
    "segment_regular": "reg.",
    "segment_new": "new",
    "segment_fresh": "fresh",
    "segment_dormant": "dorm.",
    "segment_alumni": "silent",
    "segment_unclassified": "uncl.",
    "departed_alumni": "left",
}


def title(period: Period) -> str:
    """“Week 46 · 10–16 Nov 2025”, “7 days · 16–22 Nov 2025”, “November 2025”."""
    if week := WEEK_KEY.fullmatch(period.key):
        return f"Week {int(week[2])} · {describe(period, year=True)}"
    if period.key == TRAILING_WEEK:
        return f"7 days · {describe(period, year=True)}"
    if period.is_month:
        return f"{month_name(period.first_date)} {period.first_date.year}"
    return describe(period, year=True)


def section_title(section: Section) -> str:
    """“Community · changes within noise” where something was tested and nothing is clear."""
    verdicts = {kpi.change.verdict for kpi in section.kpis if kpi.change}
    is_quiet = Verdict.WITHIN_NOISE in verdicts and Verdict.CLEAR not in verdicts
    return f"{section.title} · changes within noise" if is_quiet else section.title


def to_text(report: Report) -> str:
    """Lines of plain text, ending with a newline."""
    words = report.cut.words(report.period)
    if report.cut.is_of_people and report.people is not None:
        words = f"{words} ({wording.people(report.people)})"
    heading = " · ".join(filter(None, (title(report.period), words, STATES[report.state])))
    limits = [alert.sentence for alert in report.alerts if not _is_said(alert, report.finding)]
    return _text(report, [[report.finding], *([limits] if limits else []), [heading]])


def _is_said(alert: Alert, finding: str) -> bool:
    """The finding may be the same limit in more words."""
    number, _, limit = alert.sentence.rstrip(".").partition(": ")
    return finding.startswith(number) and limit in finding


def event_to_text(report: EventReport) -> str:
    """The same of one occurrence of an event."""
    return _text(report, [[report.finding], [f"{short_title(report.title, 100)} · {report.when}"]])


def _text(report: Report | EventReport, paragraphs: list[list[str]]) -> str:
    paragraphs += [
        [section_title(section), *(f"  {text}" for text in _lines(section))] for section in report.sections
    ]
    if isinstance(report, Report) and report.cohorts:
        paragraphs.append([TITLE, *(f"  {text}" for text in cohort_lines(report.cohorts))])
    if isinstance(report, Report) and report.movement:
        paragraphs.append(["What moved it", f"  {report.movement.sentence}"])
    if report.caveats:
        paragraphs.append(["To bear in mind", *(f"  {caveat}" for caveat in report.caveats)])
    paragraphs.append([*_excluded(report), footer(report)])
    return "\n\n".join("\n".join(lines) for lines in paragraphs) + "\n"


def _lines(section: Section) -> list[str]:
    if section.is_table:
        return table_lines(section)
    return [line(kpi).plain() for kpi in section.kpis]


def table_lines(section: Section) -> list[str]:
    """A row for each cut, under the names of the columns; an ISO date is read as “Mon 2”.

    A row of which not everything was recorded is marked: a small number in it may be a gap's doing.
    """
    columns = list(dict.fromkeys(kpi.name for kpi in section.kpis))
    cells = {(kpi.cut, kpi.name): value_text_of(kpi) for kpi in section.kpis}
    cuts = list(dict.fromkeys(kpi.cut for kpi in section.kpis))
    rows = [["", *(COLUMN_LABELS.get(name, label_of(name)) for name in columns)]]
    partly = {kpi.cut for kpi in section.kpis if 0 < kpi.current.coverage < COMPLETE}
    names = {cut: f"{_short_day(cut)}{PARTLY}" if cut in partly else _short_day(cut) for cut in cuts}
    rows += [[names[cut], *(cells.get((cut, name), NOTHING) for name in columns)] for cut in cuts]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = [
        "  ".join(
            [
                row[0].ljust(widths[0]),
                *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
            ]
        )
        for row in rows
    ]
    return [*lines, f"{PARTLY} recorded only in part"] if partly else lines


def _short_day(cut: str) -> str:
    try:
        day = date.fromisoformat(cut)
    except ValueError:
        return cut
    return f"{weekday_name(day)[:3]} {day.day}"


def _excluded(report: Report | EventReport) -> list[str]:
    counted = excluded_texts(report.excluded)
    return [f"Not counted: {', '.join(counted)}."] if counted else []


def excluded_texts(excluded: Mapping[str, int]) -> list[str]:
    """“1 bot”, “2 people who withdrew”: who is in no number, by reason."""
    texts = {
        "bots": lambda n: wording.count(n, "bot", "bots"),
        "withdrawn": lambda n: f"{wording.people(n)} who withdrew",
        "gone": lambda n: f"{wording.people(n)} who had left before it began",
        "raids": lambda n: f"{wording.whole(n)} joined and {'was' if n == 1 else 'were'} gone within a day",
    }
    return [texts[reason](number) for reason, number in excluded.items() if number]


def footer(report: Report | EventReport) -> str:
    """“Europe/Berlin · as of 22 Nov 2025, 14:00 · 95 % intervals · rules 3f2a91…”."""
    as_of, interval = wording.as_of(report.as_of_ms, report.now_ms, report.zone), wording.percent(0.95)
    return f"{report.zone} · {as_of} · {interval} intervals · rules {report.rules}"
