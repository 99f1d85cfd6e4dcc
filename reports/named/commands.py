"""`commands`: who runs the tracked commands, and whether they work."""

from __future__ import annotations

from reports.asked import NamedReport
from reports.commands import commands_asked
from reports.cuts import BY_PEOPLE

REPORT = NamedReport(
    "commands", "Who runs the tracked commands, and whether they work.", commands_asked, cuts=BY_PEOPLE
)
