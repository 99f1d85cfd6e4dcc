"""Attendance at one occurrence as a CSV file, for those who may see it."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime
from io import StringIO

from bot.presentation.escape import clean
from bot.presentation.message import Enclosure
from reports.attendance_csv import without_formula
from reports.event_report import Attendee, EventReport
from reports.periods import local_moment

COLUMNS = {
    "event": "its title",
    "starts_at": "when it began, or was to begin",
    "user_id": "Discord’s id of the person",
    "status": "attended, partial, absent; unknown: not all was recorded; none: nothing was held, or not yet",
    "answer": "interested, standing (in the series), declined, late_cancel; empty: none",
    "minutes": "how long they were there",
    "first_join": "when they came, within the event; empty: never",
    "last_leave": "when they were last there",
    "early": "yes or no: there when it began; empty: not recorded",
    "was_there_before": "yes or no: at the one before; empty: there was none",
    "told_by": "staff: they told the status, or checked them in; file: an imported one did; empty: nobody",
}


def attendance_csv(report: EventReport, rows: Iterable[tuple[int, Attendee]]) -> Enclosure:
    """UTF-8 with a byte order mark, comma separated, a header and one line a person; ids instead of names.

    Without the mark a spreadsheet takes it for another encoding, and “Café” for “CafÃ©”.
    """
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    about = (harmless(report.title), _moment(report.starts_ms, report.zone))
    writer.writerows([*about, *_line(user_id, person, report.zone)] for user_id, person in rows)
    starts = local_moment(report.starts_ms, report.zone)
    return Enclosure(
        f"attendance-{starts:%Y-%m-%d-%H%M}.csv", text.getvalue().encode("utf-8-sig"), "text/csv"
    )


def _line(user_id: int, person: Attendee, zone: str) -> list[str]:
    return [
        str(user_id),
        person.status,
        person.rsvp or "",
        f"{person.minutes:.0f}",
        _moment(person.first_join_ms, zone),
        _moment(person.last_leave_ms, zone),
        _yes_no(person.is_early),
        _yes_no(person.was_there_before),
        person.told_by or "",
    ]


def harmless(text: str) -> str:
    """What a member wrote, as text for any spreadsheet."""
    return without_formula(clean(text))


def _moment(at_ms: int | None, zone: str) -> str:
    if at_ms is None:
        return ""
    moment: datetime = local_moment(at_ms, zone)
    return moment.isoformat(timespec="seconds")


def _yes_no(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"
