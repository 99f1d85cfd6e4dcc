"""Attendance at one occurrence as a table, one line a person: by member number, or by another id.

Its columns are a promise, and listed in docs/kpis.md, "CSV".
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from io import StringIO

from reports.event_report import Attendee, EventReport
from reports.occurrences import key_text
from reports.periods import local_moment
from reports.titles import short_title

LONGEST_TITLE = 100  # as Discord allows
FORMULAS = tuple("=+-@＝＋－＠")  # a spreadsheet calculates what begins so: quoted, it shows it

BY_NUMBER = "member_no"
COLUMNS = {
    "event": "its key: the same in every table and JSON, and what `--event` takes",
    "title": "as members wrote it; one that a spreadsheet would calculate begins with '",
    "starts_at": "when it began, or was to begin; local, with the offset from UTC",
    "outcome": "coming, running, held, held_unstarted, not_held, cancelled, unknown",
    BY_NUMBER: "the person's number in this server's records",
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
    """By member number, without any outer id."""
    return attendance_table(report, COLUMNS, [(person.member_no, person) for person in report.people])


def columns_by(name: str, meaning: str) -> Mapping[str, str]:
    """The same columns, with another one in the place of the member number."""
    return dict((name, meaning) if own == BY_NUMBER else (own, means) for own, means in COLUMNS.items())


def attendance_table(
    report: EventReport,
    columns: Iterable[str],
    people: Iterable[tuple[int, Attendee]],
    line_end: str = "\n",
) -> str:
    """Comma separated, with a header; without people only that. Each stands under the number beside them."""
    text = StringIO()
    writer = csv.writer(text, lineterminator=line_end)
    writer.writerow(columns)
    about = (
        key_text(report.key),
        without_formula(short_title(report.title, LONGEST_TITLE)),
        _moment(report.starts_ms, report.zone),
        report.outcome,
    )
    writer.writerows([*about, number, *_line(person, report)] for number, person in people)
    return text.getvalue()


def _line(person: Attendee, report: EventReport) -> list[str]:
    return [
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
