"""Attendance at one occurrence as a CSV file, for those who may see it: the table of reports, by user id."""

from __future__ import annotations

from collections.abc import Iterable

from bot.presentation.message import Enclosure
from reports.attendance_csv import attendance_table, columns_by
from reports.event_report import Attendee, EventReport
from reports.periods import local_moment

COLUMNS = columns_by("user_id", "Discord’s id of the person")


def attendance_csv(report: EventReport, rows: Iterable[tuple[int, Attendee]]) -> Enclosure:
    """UTF-8 with a byte order mark, a line for each person under their id; ids instead of names.

    Without the mark a spreadsheet takes it for another encoding, and “Café” for “CafÃ©”.
    """
    table = attendance_table(report, COLUMNS, rows, line_end="\r\n")
    starts = local_moment(report.starts_ms, report.zone)
    return Enclosure(f"attendance-{starts:%Y-%m-%d-%H%M}.csv", table.encode("utf-8-sig"), "text/csv")
