"""Attendance at one occurrence as a table, one line a person, by member number and without any outer id.

Its columns are a promise, and listed in docs/kpis.md, "CSV".
"""

from __future__ import annotations

import csv
from io import StringIO

from reports.event_report import Attendee, EventReport
from reports.occurrences import key_text
from reports.periods import local_moment
from reports.titles import short_title

LONGEST_TITLE = 100  # as Discord allows
FORMULAS = tuple("=+-@＝＋－＠")  # a spreadsheet calculates what begins so: quoted, it shows it

COLUMNS = {
    "event": "its key, as `--event` takes it",
    "title": "as members wrote it; one that a spreadsheet would calculate begins with '",
    "starts_at": "when it began, or was to begin; local, with the offset from UTC",
    "outcome": "coming, running, held, held_unstarted, not_held, cancelled, unknown",
    "member_no": "the person's number in this server's records",
    "status": "attended, partial, absent; unknown: not all was recorded; none: nothing was held, or not yet",
    "answer": "interested, standing (in the series), declined, late_cancel; empty: none",
    "minutes": "how long they were there",
    "first_join": "when they came, within the event; empty: never",
    "last_leave": "when they were last there",
    "early": "yes or no: there when it began; empty: not recorded",
    "was_there_before": "yes or no: at the one before; empty: there was none, or it is not known",
    "told_by": "staff: they told the status, or checked them in; file: an imported one did; empty: nobody",
    "hosted": "yes or no",
}


def attendance_to_csv(report: EventReport) -> str:
    """Comma separated, with a header; of an event that nobody answered or came to only that."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    about = (
        key_text(report.key),
        without_formula(short_title(report.title, LONGEST_TITLE)),
        _moment(report.starts_ms, report.zone),
        report.outcome,
    )
    writer.writerows([*about, *_line(person, report)] for person in report.people)
    return text.getvalue()


def _line(person: Attendee, report: EventReport) -> list[str | int]:
    return [
        person.member_no,
        person.status,
        person.rsvp or "",
        f"{person.minutes:.0f}",
        _moment(person.first_join_ms, report.zone),
        _moment(person.last_leave_ms, report.zone),
        _yes_no(person.is_early),
        _yes_no(person.was_there_before),
        person.told_by or "",
        _yes_no(person.member_no in report.hosts),
    ]


def without_formula(text: str) -> str:
    """What a member wrote, as text for any spreadsheet."""
    return f"'{text}" if text.startswith(FORMULAS) else text


def _moment(at_ms: int | None, zone: str) -> str:
    return "" if at_ms is None else local_moment(at_ms, zone).isoformat(timespec="seconds")


def _yes_no(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"
