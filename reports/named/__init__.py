"""Every report that can be asked for by name, one file each; the order is that of help pages.

A new one is a file with a `REPORT`, and its line here.
"""

from __future__ import annotations

from reports.asked import NamedReport
from reports.named import (
    commands,
    coverage,
    days,
    events,
    funnel,
    growth,
    health,
    hosts,
    retention,
    segments,
    series,
)

NAMED: tuple[NamedReport, ...] = (
    health.REPORT,
    growth.REPORT,
    segments.REPORT,
    retention.REPORT,
    funnel.REPORT,
    events.REPORT,
    series.REPORT,
    hosts.REPORT,
    commands.REPORT,
    days.REPORT,
    coverage.REPORT,
)
