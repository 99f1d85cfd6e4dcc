"""`hosts`: who leads the events, how much rests on how few, and who comes again to what they lead."""

from __future__ import annotations

from reports.asked import NamedReport
from reports.hosts_report import hosts_asked

REPORT = NamedReport(
    "hosts",
    "Who leads the events, how much rests on how few, and who comes again to what they lead.",
    hosts_asked,
)
