"""`events`: what was held in the period, who came, and how the types of events do."""

from __future__ import annotations

from reports.asked import NamedReport
from reports.events_report import events_asked

REPORT = NamedReport(
    "events",
    "What was held in the period, who came, and how the types of events do.",
    events_asked,
)
