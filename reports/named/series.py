"""`series`: how every series does: who comes, who comes again, which regulars stopped."""

from __future__ import annotations

from reports.asked import NamedReport
from reports.series_report import series_asked

REPORT = NamedReport(
    "series",
    "How every series does: who comes, who comes again, which regulars stopped.",
    series_asked,
)
