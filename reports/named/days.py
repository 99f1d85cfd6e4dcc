"""`days`: the raw counts of each day of a period."""

from __future__ import annotations

from reports.asked import NamedReport
from reports.days import days

REPORT = NamedReport(
    "days",
    "Each day's raw counts: active, joins, leaves, messages, commands, voice hours.",
    days,
)
